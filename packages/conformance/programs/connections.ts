/** Streams over loopback: what both sides see, in the order in which one follows from the other. */
import {
  type ClientConnectedCallback,
  ConnectionRefusedError,
  createTask,
  currentTask,
  gather,
  IncompleteReadError,
  LimitOverrunError,
  openConnection,
  OSError,
  sleep,
  startServer,
  type StartServerOptions,
  type StreamReader,
  type StreamWriter,
  type Task,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { on, type Stage } from '../src/stage.js';

export const timed = false;

const b = (text: string) => Buffer.from(text);
const host = '127.0.0.1';
const upper = (data: Buffer) => b(data.toString().toUpperCase());

function* serve(handler: ClientConnectedCallback, options: StartServerOptions = {}) {
  const server = yield* on(startServer(handler, host, 0, options));
  return [server, server.sockets[0].getsockname()[1] as number] as const;
}

export const echoByLines = byHand({
  *generator({ log }) {
    const handler = function* (reader: StreamReader, writer: StreamWriter) {
      for (let line; (line = yield* reader.readline()).length > 0;) {
        log('server', line);
        writer.write(upper(line));
        yield* writer.drain();
      }
      log('server sees the end');
      writer.close();
    };

    const server = yield* startServer(handler, host, 0);
    const [reader, writer] = yield* openConnection(...server.sockets[0].getsockname());
    for (const line of ['one\n', 'two\n']) {
      writer.write(b(line));
      log('client', yield* reader.readline());
    }
    writer.close();
    yield* writer.waitClosed();
    yield* sleep(0);
    server.close();
    yield* server.waitClosed();
    log('closed');
  },
  async async({ log }) {
    const handler = async (reader: StreamReader, writer: StreamWriter) => {
      for await (const line of reader) {
        log('server', line);
        writer.write(upper(line));
        await writer.drain();
      }
      log('server sees the end');
      writer.close();
    };

    const server = await startServer(handler, host, 0);
    const [reader, writer] = await openConnection(...server.sockets[0].getsockname());
    for (const line of ['one\n', 'two\n']) {
      writer.write(b(line));
      log('client', await reader.readline());
    }
    writer.close();
    await writer.waitClosed();
    await sleep(0);
    server.close();
    await server.waitClosed();
    log('closed');
  },
});

export function* halfClose({ log, coroutine }: Stage) {
  const handler = coroutine(function* (reader: StreamReader, writer: StreamWriter) {
    log('server', yield* on(reader.read()), reader.atEof());
    writer.write(b('after your end'));
    writer.close();
  });

  const [server, port] = yield* serve(handler);
  const [reader, writer] = yield* on(openConnection(host, port));
  writer.write(b('all I have to say'));
  log(writer.canWriteEof());
  writer.writeEof();
  log('client', yield* on(reader.read()), reader.atEof());
  writer.close();
  yield* on(writer.waitClosed());
  server.close();
  yield* on(server.waitClosed());
}

export function* incompleteRecord({ log, coroutine }: Stage) {
  const handler = coroutine(function* (_reader: StreamReader, writer: StreamWriter) {
    writer.write(b('0123'));
    writer.close();
  });

  const [server, port] = yield* serve(handler);
  const [reader, writer] = yield* on(openConnection(host, port));
  for (const read of [() => reader.readexactly(10), () => reader.readuntil(b('\n'))]) {
    try {
      yield* on(read());
    } catch (error) {
      if (!(error instanceof IncompleteReadError)) throw error;
      log(error, error.partial, error.expected);
    }
  }
  writer.close();
  yield* on(writer.waitClosed());
  server.close();
  yield* on(server.waitClosed());
}

export function* lineBeyondTheLimitOfTheServer({ log, coroutine }: Stage) {
  const handler = coroutine(function* (reader: StreamReader, writer: StreamWriter) {
    try {
      yield* on(reader.readuntil(b('\n')));
    } catch (error) {
      if (!(error instanceof LimitOverrunError)) throw error;
      log('server', error);
    }
    writer.write(b('too long\n'));
    writer.close();
  });

  const [server, port] = yield* serve(handler, { limit: 16 });
  const [reader, writer] = yield* on(openConnection(host, port));
  writer.write(b('x'.repeat(40)));
  log('client', yield* on(reader.readline()));
  writer.close();
  server.close();
  yield* on(server.waitClosed());
}

export function* nobodyListens({ log }: Stage) {
  const [server, port] = yield* serve(() => {});
  server.close();
  yield* on(server.waitClosed());
  log(server.isServing());
  try {
    yield* on(openConnection(host, port));
  } catch (error) {
    if (!(error instanceof ConnectionRefusedError)) throw error;
    log(error, error instanceof OSError);
  }
}

export function* severalClientsAtOnce({ log, body, coroutine }: Stage) {
  const handler = coroutine(function* (reader: StreamReader, writer: StreamWriter) {
    const n = Number(yield* on(reader.readline()));
    writer.write(b(`${n * n}\n`));
    yield* on(writer.drain());
    writer.close();
  });

  const client = coroutine(function* (n: number) {
    const [reader, writer] = yield* on(openConnection(host, port));
    writer.write(b(`${n}\n`));
    const square = Number(yield* on(reader.readline()));
    writer.close();
    yield* on(writer.waitClosed());
    return square;
  });

  const [server, port] = yield* serve(handler);
  yield* on(
    server.use(
      body(function* () {
        log(yield* on(gather([0, 1, 2, 3, 4].map((n) => client(n)))));
      }),
    ),
  );
  log(server.isServing());
}

export function* cancelledHandlerAndClient({ log, coroutine }: Stage) {
  const handlers: Task<unknown>[] = [];
  const handler = coroutine(function* (reader: StreamReader, writer: StreamWriter) {
    handlers.push(currentTask() as Task<unknown>);
    try {
      yield* on(reader.read());
    } catch (error) {
      log('handler cancelled');
      throw error;
    } finally {
      writer.close();
    }
  });

  const [server, port] = yield* serve(handler);
  const [reader, writer] = yield* on(openConnection(host, port));
  writer.write(b('x'));
  yield* on(writer.drain());
  while (handlers.length === 0) yield* on(sleep(0));
  yield* on(sleep(0));
  const task = createTask(reader.read());
  yield* on(sleep(0));
  handlers[0]?.cancel();
  log('client', yield* on(task));
  writer.close();
  server.close();
  yield* on(server.waitClosed());
}

export function* uploadWithBackPressure({ log, coroutine }: Stage) {
  const handler = coroutine(function* (reader: StreamReader, writer: StreamWriter) {
    let total = 0;
    for (let data; (data = yield* on(reader.read(65536))).length > 0;) total += data.length;
    writer.write(b(String(total)));
    writer.close();
  });

  const [server, port] = yield* serve(handler);
  const [reader, writer] = yield* on(openConnection(host, port));
  for (let i = 0; i < 64; i++) {
    writer.write(Buffer.alloc(65536, 'x'));
    yield* on(writer.drain());
  }
  writer.writeEof();
  log(yield* on(reader.read()));
  writer.close();
  yield* on(writer.waitClosed());
  log(writer.isClosing());
  server.close();
  yield* on(server.waitClosed());
}

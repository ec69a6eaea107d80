import { describe, expect, test } from '@jest/globals';
import { ContextVar } from '@asyncio-ts/loop';
import { coroutine, currentTask, type Future, type Task } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  type ClientConnectedCallback,
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import type { Server } from '@asyncio-ts/transports';

const scene = scenes(test, { selectors: ['node'] });

const b = (text: string): Buffer => Buffer.from(text);
const address = (server: Server): readonly [string, number] => server.sockets[0].getsockname();

/** Sends a line, gives what comes back until the end. */
function* ask(server: Server, line: string): Generator<unknown, string, unknown> {
  const [reader, writer] = yield* wait(openConnection(...address(server)));
  writer.write(b(line));
  const answer = yield* wait(reader.read().catch((error) => Buffer.from((error as Error).name)));
  writer.close();
  return answer.toString();
}

/** The tasks in which connections were served. */
const served: (Task<unknown> | null)[] = [];

const echo = function* (
  reader: StreamReader,
  writer: StreamWriter,
): Generator<unknown, void, unknown> {
  served.push(currentTask());
  const line = yield* reader.readline();
  writer.write(Buffer.concat([b('echo '), line]));
  yield* writer.drain();
  writer.close();
  yield* writer.waitClosed();
};

const echoAsync = async (reader: StreamReader, writer: StreamWriter): Promise<void> => {
  served.push(currentTask());
  writer.write(Buffer.concat([b('echo '), await reader.readline()]));
  await writer.drain();
  writer.close();
  await writer.waitClosed();
};

const callbacks: Record<string, ClientConnectedCallback> = {
  'a generator function': echo,
  'an async function': echoAsync,
  'a coroutine function': coroutine(echo),
  'a coroutine function of an async function': coroutine(echoAsync),
  'a plain function that returns a generator': (reader, writer) => echo(reader, writer),
  'a plain function that returns a promise': (reader, writer) => echoAsync(reader, writer),
};

describe('startServer', () => {
  for (const [what, callback] of Object.entries(callbacks)) {
    scene(`runs ${what} as a task [S304]`, function* () {
      served.length = 0;
      const server = yield* wait(startServer(callback, '127.0.0.1', 0));
      expect(yield* ask(server, 'one\n')).toBe('echo one\n');
      expect(yield* ask(server, 'two\n')).toBe('echo two\n');
      // One for each connection, and none of them the main one.
      expect(new Set([...served, currentTask()]).size).toBe(3);
      expect(served).not.toContain(null);
      server.close();
      yield* wait(server.waitClosed());
    });
  }

  scene('refuses what is no function, before it listens [S304]', function* () {
    const nobody = startServer('127.0.0.1' as never, null, 0);
    const error = yield* wait(nobody.catch((caught: unknown) => caught));
    expect(String(error)).toMatch(/^TypeError: Cannot serve with '127\.0\.0\.1'/);
  });

  scene('calls a plain function [S304]', function* () {
    const server = yield* wait(
      startServer(
        (_reader, writer) => {
          writer.write(b('hello'));
          writer.close();
        },
        '127.0.0.1',
        0,
      ),
    );
    expect(yield* ask(server, 'x\n')).toMatch(/^(hello|ConnectionResetError)$/);
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('each handler is a task of its own, cancelled alone [S304]', function* (t) {
    const tasks: Task<unknown>[] = [];
    const started: Future<void>[] = [t.future<void>(), t.future<void>()];
    const handler = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
      tasks.push(currentTask() as Task<unknown>);
      (started[tasks.length - 1] as Future<void>).setResult(undefined);
      const line = yield* wait(reader.readline());
      writer.write(line);
      writer.close();
    });
    const server = yield* wait(startServer(handler, '127.0.0.1', 0));
    const [reader1] = yield* wait(openConnection(...address(server)));
    yield* wait(started[0] as Future<void>);
    const [reader2, writer2] = yield* wait(openConnection(...address(server)));
    yield* wait(started[1] as Future<void>);
    expect(new Set(tasks).size).toBe(2);
    tasks[0]?.cancel();
    expect((yield* wait(reader1.read())).length).toBe(0);
    expect(tasks[0]?.cancelled()).toBe(true);
    writer2.write(b('still here\n'));
    expect((yield* wait(reader2.read())).toString()).toBe('still here\n');
    writer2.close();
    reader1.feedEof();
    server.close();
    server.closeClients();
  });

  scene('an unhandled error is reported and closes the connection [S304]', function* (t) {
    const failure = new Error('handler failed');
    const handlers: ClientConnectedCallback[] = [
      t.implementation.plain(function* (reader: StreamReader) {
        yield* wait(reader.readline());
        throw failure;
      }),
      () => {
        throw failure;
      },
    ];
    for (const handler of handlers) {
      const server = yield* wait(startServer(handler, '127.0.0.1', 0));
      expect(yield* ask(server, 'x\n')).toMatch(/^(|ConnectionResetError)$/);
      const reports = t.takeReports();
      expect(reports.map((report) => report.exception)).toEqual([failure]);
      expect(reports[0]?.message).toMatch(/^Unhandled exception in the client connected callback/);
      expect(reports[0]?.transport).toBeDefined();
      server.close();
      yield* wait(server.waitClosed());
    }
  });

  scene('handlers see the context of whoever started the server', function* (t) {
    const who = new ContextVar<string>('who', { default: 'nobody' });
    who.set('the main task');
    const server = yield* wait(
      startServer(
        t.implementation.plain(function* (_reader: StreamReader, writer: StreamWriter) {
          writer.write(b(who.get()));
          who.set('a handler');
          yield* wait(writer.drain());
          writer.close();
        }),
        '127.0.0.1',
        0,
      ),
    );
    expect(yield* ask(server, '')).toBe('the main task');
    expect(yield* ask(server, '')).toBe('the main task');
    expect(who.get()).toBe('the main task');
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('the limit counts for the lines of its connections', function* (t) {
    const server = yield* wait(
      startServer(
        t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
          try {
            yield* wait(reader.readline());
          } catch (error) {
            writer.write(b((error as Error).name));
          }
          writer.close();
        }),
        '127.0.0.1',
        0,
        { limit: 10 },
      ),
    );
    expect(yield* ask(server, `${'x'.repeat(11)}\n`)).toBe('ValueError');
    const [reader] = yield* wait(openConnection(...address(server), { limit: 5 }));
    expect(reader).toBeDefined();
    server.closeClients();
    server.close();
    yield* wait(server.waitClosed());
  });
});

import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';

import { coroutine, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { type StreamReader, startServer, type StreamWriter } from '@asyncio-ts/streams';

import { row, type Subject } from './harness/row.js';

interface Requests extends Record<string, number> {
  readonly requests: number;
  /** How many a connection sends before it reads the answers. */
  readonly pipeline: number;
}

const CONNECTIONS = 50;
const PONG = Buffer.from('+PONG\r\n');
const NEWLINE = 0x0a;
/** How the lines begin that are counted: before it begins, the client asks for the settings of a Redis, in other lines. */
const PING = 'P'.charCodeAt(0);

/** The client is a process of its own: the time of the subject's process is that of the server. */
async function redisBenchmark(port: number, { requests, pipeline }: Requests): Promise<void> {
  const load = ['-n', String(requests), '-c', String(CONNECTIONS), '-P', String(pipeline)];
  const where = ['-h', '127.0.0.1', '-p', String(port)];
  const { stdout } = await promisify(execFile)('redis-benchmark', [
    ...where,
    ...load,
    ...['-t', 'ping_inline', '--csv'],
  ]);
  if (!stdout.includes('"PING_INLINE"')) throw new Error(`redis-benchmark said: ${stdout}`);
}

type Serve = (reader: StreamReader, writer: StreamWriter) => PromiseLike<void>;

function ours(serving: (count: () => void) => Serve) {
  return async (size: Requests) => {
    const loop = new BaseEventLoop();
    let pings = 0;
    await runUntilComplete(loop, function* () {
      const serve = serving(() => pings++);
      const server = yield* startServer(serve, '127.0.0.1', 0);
      const port = server.sockets[0]?.getsockname()[1] as number;
      yield redisBenchmark(port, size);
      server.close();
      yield* server.waitClosed();
    });
    loop.close();
    return pings;
  };
}

const generator = ours((count) =>
  coroutine(function* (reader: StreamReader, writer: StreamWriter) {
    for (;;) {
      const line = yield* reader.readline();
      if (line.length === 0) break;
      if (line[0] === PING) count();
      writer.write(PONG);
      yield* writer.drain();
    }
    writer.close();
  }),
);

const asynchronous = ours((count) =>
  coroutine(async (reader: StreamReader, writer: StreamWriter) => {
    for (;;) {
      const line = await reader.readline();
      if (line.length === 0) break;
      if (line[0] === PING) count();
      writer.write(PONG);
      await writer.drain();
    }
    writer.close();
  }),
);

/** As one writes it for speed: lines are found in the chunk, and what is answered in one turn leaves in one write. */
function serveByHand(socket: Socket, count: () => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    socket.cork();
    for (let end; (end = data.indexOf(NEWLINE, start)) !== -1; start = end + 1) {
      if (data[start] === PING) count();
      socket.write(PONG);
    }
    socket.uncork();
    rest = data.subarray(start);
  });
}

async function byHand(size: Requests): Promise<number> {
  let pings = 0;
  const server = createServer((socket) => serveByHand(socket, () => pings++));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await redisBenchmark((server.address() as AddressInfo).port, size);
  server.close();
  await once(server, 'close');
  return pings;
}

const subjects = [16, 1].flatMap((pipeline): Subject<Requests>[] => {
  const against = `net, P ${pipeline}`;
  const shared = {
    against,
    quick: true,
    resize: (size: Requests): Requests => ({ ...size, pipeline }),
  };
  return [
    { name: `generator, P ${pipeline}`, load: () => generator, ...shared },
    { name: `async, P ${pipeline}`, load: () => asynchronous, ...shared },
    { name: against, load: () => byHand, ...shared },
  ];
});

function missing(): string | null {
  const { error } = spawnSync('redis-benchmark', ['--version']);
  return error === undefined ? null : 'no redis-benchmark found (Debian: apt install redis-tools)';
}

/** A server that answers lines, with a client of its own kind. */
export default row<Requests>({
  name: 'tcp-line',
  group: 'streams',
  exactly:
    '`redis-benchmark -t ping_inline -c 50 -P 1 / -P 16` against `readline()` + `write()` + `drain()`; time of the server on the processor',
  sizes: {
    full: { requests: 80_000, pipeline: 16 },
    quick: { requests: 16_000, pipeline: 16 },
    smallest: { requests: 800, pipeline: 16 },
  },
  operation: 'request',
  operations: ({ requests }) => requests,
  expected: ({ requests }) => requests,
  clock: 'cpu',
  missing,
  against: 'net, P 16',
  limits: [
    { subject: 'generator, P 16', of: 'net, P 16', atMost: 1.15 },
    { subject: 'generator, P 16', of: 'uvloop', atMost: 0.5 },
    { subject: 'generator, P 1', of: 'net, P 1', atMost: 1.1 },
  ],
  python: (size) => size,
  subjects,
});

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { coroutine, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { type StreamReader, startServer, type StreamWriter } from '@asyncio-ts/streams';

import type { Report } from './harness/report.js';
import { type Program, row } from './harness/row.js';

interface Connections extends Record<string, number> {
  readonly idle: number;
  readonly active: number;
  /** Of each active connection. */
  readonly requests: number;
}

const HOST = '127.0.0.1';
const NEWLINE = 0x0a;

/**
 * The client, a process of its own: it opens all connections and says so; told to go on, it asks on the active ones and
 * says how long the slowest hundredth of the answers took; told again, it ends. It is sent as text: it can use nothing of
 * this file.
 */
async function client(port: number, { idle, active, requests }: Connections): Promise<void> {
  const { connect } = await import('node:net');
  const { once } = (await import('node:events')).default;
  const { createInterface } = await import('node:readline');
  const commands = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const open = async (): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return socket;
  };
  const sockets: Socket[] = [];
  while (sockets.length < idle + active) {
    const wave = Math.min(100, idle + active - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: wave }, open))));
  }
  console.log(JSON.stringify({ open: sockets.length }));
  await commands.next();
  const took: number[] = [];
  const ask = async (socket: Socket): Promise<void> => {
    for (let n = 0; n < requests; n++) {
      const start = process.hrtime.bigint();
      socket.write('ping\n');
      const [data] = (await once(socket, 'data')) as [Buffer];
      if (data.length !== 5) throw new Error('an answer came in pieces');
      took.push(Number(process.hrtime.bigint() - start) / 1e9);
    }
  };
  await Promise.all(sockets.slice(0, active).map(ask));
  took.sort((a, b) => a - b);
  const p99 = took[Math.ceil(took.length * 0.99) - 1];
  console.log(JSON.stringify({ answers: took.length, p99 }));
  await commands.next();
  process.exit();
}

/** The other end of the client: what it says, line by line. */
class Client {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #complaints = '';

  constructor(port: number, size: Connections) {
    const program = `await (${client.toString()})(${port}, ${JSON.stringify(size)})`;
    this.#process = spawn(process.execPath, ['--input-type=module', '-e', program]);
    this.#process.stderr.on('data', (text) => (this.#complaints += String(text)));
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async said<T>(): Promise<T> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error(`The client died: ${this.#complaints}`);
    return JSON.parse(value as string) as T;
  }

  goOn(): void {
    this.#process.stdin.write('go on\n');
  }

  async ended(): Promise<void> {
    this.goOn();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}

/** What is asked and measured is the same for every server. */
async function measure(size: Connections, port: number, report: Report) {
  const before = process.memoryUsage.rss();
  const client = new Client(port, size);
  const { open } = await client.said<{ open: number }>();
  report.holds((process.memoryUsage.rss() - before) / open);
  client.goOn();
  const { answers, p99 } = await client.said<{ answers: number; p99: number }>();
  report.took(p99);
  await client.ended();
  return { open, answers };
}

type Serve = (reader: StreamReader, writer: StreamWriter) => PromiseLike<void>;

const serve = coroutine(function* (reader: StreamReader, writer: StreamWriter) {
  for (;;) {
    const line = yield* reader.readline();
    if (line.length === 0) break;
    writer.write(line);
    yield* writer.drain();
  }
  writer.close();
});

const asyncServe = coroutine(async (reader: StreamReader, writer: StreamWriter) => {
  for (;;) {
    const line = await reader.readline();
    if (line.length === 0) break;
    writer.write(line);
    await writer.drain();
  }
  writer.close();
});

function ours(serve: Serve): Program<Connections> {
  return async (size, report) => {
    const loop = new BaseEventLoop();
    const result = await runUntilComplete(loop, function* () {
      const server = yield* startServer(serve, HOST, 0, { backlog: 1024 });
      const port = server.sockets[0]?.getsockname()[1] as number;
      const result = yield measure(size, port, report);
      server.close();
      yield* server.waitClosed();
      return result;
    });
    loop.close();
    return result;
  };
}

/** Lines found by hand, as in the row of the lines. */
function serveByHand(socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: Buffer) => {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end; (end = data.indexOf(NEWLINE, start)) !== -1; start = end + 1) {
      socket.write(data.subarray(start, end + 1));
    }
    rest = data.subarray(start);
  });
}

async function byHand(size: Connections, report: Report) {
  const server = createServer({ noDelay: true }, serveByHand);
  server.listen(0, HOST, 1024);
  await once(server, 'listening');
  const result = await measure(size, (server.address() as AddressInfo).port, report);
  server.close();
  await once(server, 'close');
  return result;
}

const FULL: Connections = { idle: 10_000, active: 100, requests: 100 };

function missing(): string | null {
  const said = spawnSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).stdout ?? '';
  const files = said.trim() === 'unlimited' ? Infinity : Number(said);
  const needed = FULL.idle + FULL.active + 100;
  return files >= needed ? null : `a process may open ${files} files here, it needs ${needed}`;
}

/** Connections on which little happens. */
export default row<Connections>({
  name: 'connections',
  group: 'streams',
  exactly:
    '10,000 open idle stream connections and 100 active ones: memory per connection, and the time within which 99 of 100 answers came',
  sizes: {
    full: FULL,
    quick: { idle: 1000, active: 50, requests: 50 },
    smallest: { idle: 20, active: 5, requests: 4 },
  },
  operation: 'answer',
  operations: () => 1,
  expected: ({ idle, active, requests }) => ({ open: idle + active, answers: active * requests }),
  quantities: ['bytes', 'time'],
  fresh: true,
  waits: true,
  missing,
  against: 'net',
  limits: [{ subject: 'generator', of: 'net', what: 'bytes', atMost: 1.3 }],
  subjects: [
    { name: 'generator', quick: true, load: () => ours(serve) },
    { name: 'async', quick: true, load: () => ours(asyncServe) },
    { name: 'net', quick: true, load: () => byHand },
  ],
});

import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';

import { type Coroutine, coroutine, handler, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import { type Program, row } from './harness/row.js';

interface Load extends Record<string, number> {
  /** So long wrk sends what it can; 0: so many requests are sent one after the other, by Node. */
  readonly seconds: number;
  readonly requests: number;
}

const HOST = '127.0.0.1';
const HELLO = 'Hello, World!';
const HEADERS = { 'Content-Type': 'text/plain', 'Content-Length': String(HELLO.length) };

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Every subject does this, in a body of its own kind. */
function answer(response: ServerResponse): void {
  response.writeHead(200, HEADERS);
  response.end(HELLO);
}

/** Sends the requests, and says how many answers were none. */
async function load({ seconds, requests }: Load, port: number): Promise<number> {
  if (seconds > 0) return await wrk(seconds, port);
  let failed = 0;
  for (let n = 0; n < requests; n++) if ((await get(port)) !== HELLO) failed++;
  return failed;
}

/** The client is a process of its own: the time of the subject's process is that of the server. */
async function wrk(seconds: number, port: number): Promise<number> {
  const words = ['-t2', '-c64', `-d${seconds}s`, `http://${HOST}:${port}/`];
  const { stdout } = await promisify(execFile)('wrk', words);
  if (!/^Requests\/sec:/m.test(stdout)) throw new Error(`wrk said: ${stdout}`);
  const other = Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(
    stdout,
  );
  return (errors ?? []).slice(1).reduce((sum, count) => sum + Number(count), other);
}

async function get(port: number): Promise<string> {
  const [response] = (await once(request({ host: HOST, port }).end(), 'response')) as [
    IncomingMessage,
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Serves for as long as the client sends. */
async function serve(
  listener: Listener,
  size: Load,
  done: (requests: number) => void,
): Promise<Served> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    void listener(request, response);
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const failed = await load(size, (server.address() as AddressInfo).port);
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  done(requests);
  return { failed, served: requests > 0 };
}

interface Served extends Record<string, unknown> {
  readonly failed: number;
  readonly served: boolean;
}

type Main = (serving: () => Promise<Served>) => Coroutine<Served>;

/** The main coroutine is of the kind of the handler: a program is written in one of the two. */
function ours(listener: Listener, main: Main): Program<Load> {
  return async (size, report) => {
    const loop = new BaseEventLoop();
    const serving = () => serve(listener, size, (requests) => report.did(requests));
    const result = await runUntilComplete(loop, main(serving));
    loop.close();
    return result;
  };
}

const generator = ours(
  handler(
    coroutine(function* (_: IncomingMessage, response: ServerResponse) {
      answer(response);
    }),
  ),
  coroutine(function* (serving: () => Promise<Served>): Generator<unknown, Served> {
    return (yield serving()) as Served;
  }),
);

const asynchronous = ours(
  handler(
    coroutine(async (_: IncomingMessage, response: ServerResponse) => {
      answer(response);
    }),
  ),
  coroutine((serving: () => Promise<Served>) => serving()),
);

async function native(_: IncomingMessage, response: ServerResponse): Promise<void> {
  answer(response);
}

function missing(): string | null {
  const { error } = spawnSync('wrk', ['--version']);
  return error === undefined ? null : 'no wrk found (Debian: apt install wrk)';
}

/** At least 0.95 times as many requests as without the library. */
const limit = { of: 'node:http', atMost: 1 / 0.95 };

/** A task for each request of Node's own server. */
export default row<Load>({
  name: 'http',
  group: 'futures',
  exactly:
    '`wrk -t2 -c64` against a "Hello, World!" handler coroutine on Node’s `http`, against an async function there; time of the server on the processor',
  sizes: {
    full: { seconds: 2, requests: 0 },
    quick: { seconds: 1, requests: 0 },
    smallest: { seconds: 0, requests: 5 },
  },
  operation: 'request',
  // Counted by the server: how many there are is up to wrk.
  operations: () => 1,
  expected: () => ({ failed: 0, served: true }),
  clock: 'cpu',
  missing,
  against: 'node:http',
  limits: [
    { subject: 'generator', ...limit },
    { subject: 'async', ...limit },
  ],
  subjects: [
    { name: 'generator', quick: true, load: () => generator },
    { name: 'async', quick: true, load: () => asynchronous },
    {
      name: 'node:http',
      quick: true,
      load: () => (size, report) => serve(native, size, (requests) => report.did(requests)),
    },
  ],
});

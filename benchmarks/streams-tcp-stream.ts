import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { type Coroutine, coroutine, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import {
  openConnection,
  type StreamReader,
  startServer,
  type StreamWriter,
} from '@asyncio-ts/streams';

import { type Program, row } from './harness/row.js';

interface Messages extends Record<string, number> {
  readonly messages: number;
  /** Of one message. */
  readonly bytes: number;
}

/** What arrived: everything, and each message with its ends. */
interface Arrived {
  bytes: number;
  marks: number;
}

/** The first and the last byte of each message. */
const MARK = 42;
const HOST = '127.0.0.1';

const ONREAD_BYTES = 65_536;

function message({ bytes }: Messages): Buffer {
  const block = Buffer.alloc(bytes);
  block[0] = block[bytes - 1] = MARK;
  return block;
}

function take(arrived: Arrived, data: Uint8Array): void {
  arrived.bytes += data.length;
  arrived.marks += (data[0] as number) + (data[data.length - 1] as number);
}

type Serve = (size: Messages, writer: StreamWriter) => PromiseLike<void>;
type Receive = (size: Messages, port: number) => Coroutine<Arrived>;

const serve = coroutine(function* (size: Messages, writer: StreamWriter) {
  const block = message(size);
  for (let n = 0; n < size.messages; n++) {
    writer.write(block);
    yield* writer.drain();
  }
  writer.close();
});

const receive = coroutine(function* (size: Messages, port: number) {
  const arrived: Arrived = { bytes: 0, marks: 0 };
  const [reader, writer] = yield* openConnection(HOST, port);
  for (let n = 0; n < size.messages; n++) take(arrived, yield* reader.readexactly(size.bytes));
  writer.close();
  return arrived;
});

const asyncServe = coroutine(async (size: Messages, writer: StreamWriter) => {
  const block = message(size);
  for (let n = 0; n < size.messages; n++) {
    writer.write(block);
    await writer.drain();
  }
  writer.close();
});

const asyncReceive = coroutine(async (size: Messages, port: number) => {
  const arrived: Arrived = { bytes: 0, marks: 0 };
  const [reader, writer] = await openConnection(HOST, port);
  for (let n = 0; n < size.messages; n++) take(arrived, await reader.readexactly(size.bytes));
  writer.close();
  return arrived;
});

function ours(serve: Serve, receive: Receive): Program<Messages> {
  return async (size) => {
    const loop = new BaseEventLoop();
    const arrived = await runUntilComplete(loop, function* () {
      const serving = (_: StreamReader, writer: StreamWriter) => serve(size, writer);
      const server = yield* startServer(serving, HOST, 0);
      const arrived = yield* receive(size, server.sockets[0]?.getsockname()[1] as number);
      server.close();
      yield* server.waitClosed();
      return arrived;
    });
    loop.close();
    return arrived;
  };
}

/** What a careful writer does: it stops when the socket has enough, until that has left. */
async function writeAll(size: Messages, socket: Socket): Promise<void> {
  const block = message(size);
  for (let n = 0; n < size.messages; n++) {
    if (!socket.write(block)) await once(socket, 'drain');
  }
  socket.end();
}

async function nodeServer(size: Messages): Promise<[server: Server, port: number]> {
  const server = createServer((socket) => void writeAll(size, socket));
  server.listen(0, HOST);
  await once(server, 'listening');
  return [server, (server.address() as AddressInfo).port];
}

/** A socket as a stream that is iterated: messages are put together of the chunks. */
async function nodeStreams(size: Messages): Promise<Arrived> {
  const [server, port] = await nodeServer(size);
  const arrived: Arrived = { bytes: 0, marks: 0 };
  let chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of connect(port, HOST) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    while (length >= size.bytes) {
      const all = Buffer.concat(chunks, length);
      take(arrived, all.subarray(0, size.bytes));
      chunks = [all.subarray(size.bytes)];
      length -= size.bytes;
    }
  }
  server.close();
  await once(server, 'close');
  return arrived;
}

/** What `net` reads into one buffer is copied to its place in the message; no chunk is made. */
async function onread(size: Messages): Promise<Arrived> {
  const [server, port] = await nodeServer(size);
  const arrived: Arrived = { bytes: 0, marks: 0 };
  let target = Buffer.allocUnsafe(size.bytes);
  let length = 0;
  const callback = (count: number, buffer: Uint8Array): boolean => {
    for (let start = 0; start < count;) {
      const taken = Math.min(count - start, size.bytes - length);
      target.set(buffer.subarray(start, start + taken), length);
      start += taken;
      length += taken;
      if (length < size.bytes) continue;
      take(arrived, target);
      target = Buffer.allocUnsafe(size.bytes);
      length = 0;
    }
    return true;
  };
  const buffer = Buffer.alloc(ONREAD_BYTES);
  const socket = connect({ port, host: HOST, onread: { buffer, callback } });
  await once(socket, 'close');
  server.close();
  await once(server, 'close');
  return arrived;
}

/** Bytes that only go through: one connection, both ends in one process. */
export default row<Messages>({
  name: 'tcp-stream',
  group: 'streams',
  exactly:
    '1 connection: the server writes 100 x 10 MiB with `drain`, the client does `readexactly(10 MiB)`; both in one process',
  sizes: {
    full: { messages: 100, bytes: 10 * 2 ** 20 },
    quick: { messages: 10, bytes: 10 * 2 ** 20 },
    smallest: { messages: 5, bytes: 300_000 },
  },
  operation: 'message',
  operations: ({ messages }) => messages,
  expected: ({ messages, bytes }) => ({ bytes: messages * bytes, marks: messages * 2 * MARK }),
  against: 'Node streams',
  limits: [
    { subject: 'generator', of: 'Node streams', atMost: 0.6 },
    { subject: 'generator', of: 'net with onread', atMost: 1.2 },
  ],
  python: ({ messages, bytes }) => ({ messages: Math.ceil(messages / 10), bytes }),
  subjects: [
    { name: 'generator', quick: true, load: () => ours(serve, receive) },
    { name: 'async', load: () => ours(asyncServe, asyncReceive) },
    { name: 'Node streams', quick: true, load: () => nodeStreams },
    { name: 'net with onread', quick: true, load: () => onread },
  ],
});

/** Peers that are slow, halfway gone, killed, or speak another language. The network is real. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { TimeoutError, waitFor } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';
import {
  IncompleteReadError,
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import { createDefaultContext, OSError, type SSLContext } from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import {
  type Body,
  closed,
  faultScene,
  goneOf,
  portOf,
  seeded,
  serveOne,
  until,
} from './faults.js';
import { pattern } from './pattern.js';

const MIB = 1 << 20;
const b = (text: string): Buffer => Buffer.from(text);
const sum = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const program = (name: string): string =>
  fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url));
const env = { ...process.env, NODE_OPTIONS: '' };

describe('half-closed', () => {
  faultScene('by us: what the peer sends still comes, whole', function* (_t, peers) {
    const data = pattern(0, 5 * MIB);
    const port = yield* wait(
      peers.listen((socket) => {
        let asked = '';
        socket.resume().on('data', (chunk) => (asked += String(chunk)));
        // It begins when it knows that nothing more is asked for.
        socket.on('end', () => socket.end(asked === 'all of it' ? data : ''));
      }),
    );
    const [reader, writer] = yield* wait(openConnection('127.0.0.1', port));
    writer.write(b('all of it'));
    expect(writer.canWriteEof()).toBe(true);
    writer.writeEof();
    expect(sum(yield* wait(reader.read()))).toBe(sum(data));
    writer.close();
    yield* wait(writer.waitClosed());
  });

  faultScene('by the peer: what we send still goes out, whole', function* (t, peers) {
    const data = pattern(7, 5 * MIB);
    const { server, port, outcome } = yield* serveOne(t, function* (reader, writer) {
      const asked = (yield* wait(reader.read())).toString();
      expect(reader.atEof()).toBe(true);
      for (let at = 0; at < data.length; at += 100_000) {
        writer.write(data.subarray(at, at + 100_000));
        yield* wait(writer.drain());
      }
      return asked;
    });
    const peer = yield* wait(peers.connect(port));
    peer.end('all of it');
    const chunks: Buffer[] = [];
    peer.on('data', (chunk) => chunks.push(chunk));
    yield* wait(once(peer, 'end'));
    expect(yield* wait(outcome)).toBe('all of it');
    expect(sum(Buffer.concat(chunks))).toBe(sum(data));
    yield* closed(server);
  });
});

describe('a slow reader', () => {
  for (const kind of ['generator', 'async']) {
    test(`costs no more memory than the water marks say [${kind}]`, async () => {
      const args = ['--expose-gc', '--import', hook, program('slow-reader'), kind];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env });
      expect(stderr).toBe('');
      const { received, mostBuffered, waited, grown } = JSON.parse(stdout) as Record<
        string,
        number
      >;
      expect(received).toBe(200_000_000);
      // The high-water mark, and the piece that lifted it over.
      expect(mostBuffered).toBeLessThanOrEqual(64 * 1024 + 250_000);
      expect(waited).toBeGreaterThan(10);
      // Held back, it would be 200 MB.
      expect(grown).toBeLessThan(130_000_000);
    });
  }
});

faultScene('a slow writer is dropped after its time; the others are served', function* (t, peers) {
  const dropped = t.future<Error>();
  // The others may be slow themselves, on a busy machine: their time is longer.
  const limits = [0.2];
  const handler = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
    const limit = limits.pop() ?? 25;
    try {
      for (;;) {
        const line = yield* wait(waitFor(reader.readline(), limit));
        if (line.length === 0) break;
        writer.write(line);
        yield* wait(writer.drain());
      }
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      expect(limit).toBe(0.2);
      dropped.setResult(error);
      writer.transport.abort();
    }
    writer.close();
  });
  const server = yield* wait(startServer(handler, '127.0.0.1', 0));
  const loris = yield* wait(peers.connect(portOf(server)));
  const gone = goneOf(loris.resume());
  yield* until(t, () => limits.length === 0);
  const drip = function* (): Body {
    while (!loris.destroyed) {
      loris.write('x');
      yield* wait(t.sleep(0.01));
    }
  };
  const dripping = t.task(drip);
  const [reader, writer] = yield* wait(openConnection('127.0.0.1', portOf(server)));
  let served = 0;
  do {
    writer.write(b(`line ${served}\n`));
    expect((yield* wait(reader.readline())).toString()).toBe(`line ${served++}\n`);
  } while (!dropped.done());
  writer.close();
  yield* wait(writer.waitClosed());
  yield* wait(gone);
  yield* wait(dripping);
  yield* closed(server);
});

/** A program at the other end, which is killed. */
function startTransfer(port: number, manner: 'send' | 'receive'): ChildProcess {
  const args = ['--import', hook, program('transfer'), String(port), manner];
  return spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
}

describe('a peer process that is killed in the middle of a transfer', () => {
  faultScene('while it receives: whoever writes fails', function* (t) {
    let sent = 0;
    const { server, port, outcome } = yield* serveOne(t, function* (_reader, writer) {
      const piece = pattern(0, 100_000);
      for (;;) {
        writer.write(piece);
        yield* wait(writer.drain());
        sent += piece.length;
      }
    });
    const child = startTransfer(port, 'receive');
    yield* until(t, () => sent > 20 * MIB || outcome.done());
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    const error = (yield* wait(outcome)) as Error;
    expect(error).toBeInstanceOf(OSError);
    expect(['ConnectionResetError', 'BrokenPipeError']).toContain(error.name);
    yield* wait(ended);
    yield* closed(server);
  });

  faultScene('while it sends: what came is unharmed, and known to be a part', function* (t) {
    let received = 0;
    const { server, port, outcome } = yield* serveOne(t, function* (reader) {
      for (;;) {
        const data = yield* wait(reader.readexactly(100_000));
        expect(data.equals(pattern(received, data.length))).toBe(true);
        received += data.length;
      }
    });
    const child = startTransfer(port, 'send');
    yield* until(t, () => received > 2 * MIB || outcome.done());
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    const error = yield* wait(outcome);
    // The system may still send what the process had written, and then the end.
    expect((error as Error).name).toMatch(/^(IncompleteReadError|ConnectionResetError)$/);
    if (error instanceof IncompleteReadError) {
      expect(error.partial.equals(pattern(received, error.partial.length))).toBe(true);
    }
    yield* wait(ended);
    yield* closed(server);
  });
});

const serverContext = (): SSLContext =>
  createDefaultContext({ purpose: 'CLIENT_AUTH', ...certificates().server });
const clientContext = (): SSLContext => createDefaultContext({ cadata: certificates().ca });

/** A client hello, up to some byte. */
const HELLO = Buffer.concat([
  Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
  Buffer.alloc(100, 0x5a),
]);

describe('a TLS server', () => {
  faultScene('is not harmed by garbage, nor by resets in the handshake', function* (t, peers) {
    const random = seeded(5);
    const handler = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
      writer.write(yield* wait(reader.readline()));
      writer.close();
    });
    const server = yield* wait(
      startServer(handler, '127.0.0.1', 0, { ssl: serverContext(), backlog: 512 }),
    );
    const port = portOf(server);
    const gone: Promise<unknown>[] = [];
    for (let i = 0; i < 100; i++) {
      const peer = yield* wait(peers.connect(port));
      gone.push(goneOf(peer.resume()));
      const way = i % 5;
      peer.on('end', () => peer.destroy());
      if (way === 0) peer.write(randomFillSync(Buffer.alloc(1 + random(3000))), () => peer.end());
      else if (way === 1) peer.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
      else if (way === 2) peer.write(HELLO, () => peer.resetAndDestroy());
      else if (way === 3) peer.write(HELLO.subarray(0, 1 + random(20)), () => peer.end());
      else peer.resetAndDestroy();
    }
    yield* wait(Promise.all(gone));
    const [reader, writer] = yield* wait(
      openConnection('127.0.0.1', port, { ssl: clientContext(), serverHostname: 'localhost' }),
    );
    writer.write(b('hello\n'));
    expect((yield* wait(reader.read())).toString()).toBe('hello\n');
    writer.close();
    yield* wait(writer.waitClosed());
    yield* closed(server);
  });

  const states: Record<string, (reader: StreamReader, writer: StreamWriter) => Body<unknown>> = {
    *'in a read'(reader) {
      return yield* wait(reader.readexactly(10));
    },
    *'in a drain'(_reader, writer) {
      for (;;) {
        writer.write(Buffer.alloc(MIB));
        yield* wait(writer.drain());
      }
    },
    *'in a close that waits for the peer'(_reader, writer) {
      writer.write(Buffer.alloc(20 * MIB));
      writer.close();
      yield* wait(writer.waitClosed());
      return new Error('it was not told');
    },
  };
  for (const [what, handler] of Object.entries(states)) {
    faultScene(`is told of a reset ${what}`, function* (t, peers) {
      let waits = false;
      const { server, port, outcome } = yield* serveOne(
        t,
        function* (reader, writer) {
          expect((yield* wait(reader.readline())).toString()).toBe('hello\n');
          waits = true;
          return yield* handler(reader, writer);
        },
        { ssl: serverContext() },
      );
      const plain: Socket = yield* wait(peers.connect(port));
      const secure = connectTls({ socket: plain, ca: certificates().ca, servername: 'localhost' });
      secure.on('error', () => undefined);
      yield* wait(once(secure, 'secureConnect'));
      secure.pause();
      secure.write('hello\n');
      yield* until(t, () => waits);
      yield* wait(t.turns(5));
      plain.resetAndDestroy();
      const error = (yield* wait(outcome)) as Error;
      // Over TLS libuv may call a reset an end, when something came with it: session tickets, an alert.
      const names = ['ConnectionResetError', 'BrokenPipeError', 'IncompleteReadError'];
      expect(names).toContain(error.name);
      yield* closed(server);
      secure.destroy();
    });
  }
});

/**
 * CPython's asyncio at the other end of our streams, as client and as server, in plain and over TLS. What both ends see of the
 * same bytes must be the same. Processes and sockets are real.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  IncompleteReadError,
  LimitOverrunError,
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import { createDefaultContext, OSError, type SSLContext } from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { findReferee, NO_REFEREE } from '../src/referee.js';

jest.setTimeout(120_000);

type Body<T> = Generator<unknown, T, unknown>;

const referee = findReferee();
const why = referee === null ? ` (skipped: ${NO_REFEREE})` : '';
const scene = scenes(referee === null ? (test.skip as typeof test) : test, { selectors: ['node'] });
const program = fileURLToPath(new URL('../python/peers/streams.py', import.meta.url));
const b = (text: string): Buffer => Buffer.from(text);

const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-'));
const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
beforeAll(() => {
  const made = certificates();
  writeFileSync(ca, made.ca);
  writeFileSync(cert, made.server.cert);
  writeFileSync(key, made.server.key);
});
afterAll(() => rmSync(folder, { recursive: true }));

const serverContext = (): SSLContext =>
  createDefaultContext({ purpose: 'CLIENT_AUTH', ...certificates().server });
const clientContext = (): SSLContext => createDefaultContext({ cadata: certificates().ca });

/** CPython, and what it says. */
class Peer {
  readonly child: ChildProcessWithoutNullStreams;
  private readonly _ended: Promise<unknown>;
  private _said = '';
  private _failed = '';

  constructor(...words: string[]) {
    this.child = spawn(referee ?? '', ['-B', program, ...words]);
    this.child.stdout.on('data', (text) => (this._said += String(text)));
    this.child.stderr.on('data', (text) => (this._failed += String(text)));
    this._ended = once(this.child, 'close');
  }

  async port(): Promise<number> {
    while (!this._said.includes('\n') && this.child.exitCode === null) {
      await Promise.race([once(this.child.stdout, 'data'), this._ended]);
    }
    if (!this._said.includes('\n')) throw new Error(this._failed);
    return Number(this._said.split('\n')[0]);
  }

  /** What it found, in its last line. */
  async found(): Promise<unknown> {
    await this._ended;
    expect(this._failed).toBe('');
    return JSON.parse(this._said.trim().split('\n').at(-1) ?? '');
  }
}

function* outcome(awaitable: PromiseLike<Buffer>): Body<unknown> {
  try {
    return (yield* wait(awaitable)).toString();
  } catch (error) {
    if (error instanceof IncompleteReadError) {
      return ['IncompleteReadError', error.partial.toString(), error.expected];
    }
    if (error instanceof LimitOverrunError) return ['LimitOverrunError', error.consumed];
    if (error instanceof OSError || (error as Error).name === 'ValueError') {
      return [(error as Error).name];
    }
    throw error;
  }
}

const BIG = 50_000_000;
const PIECE = Buffer.from(Array.from({ length: 65_536 }, (_, i) => i & 255));

function* pieces(): Generator<Buffer> {
  for (let left = BIG; left > 0; left -= PIECE.length) yield PIECE.subarray(0, left);
}

function bigSum(): string {
  const hash = createHash('sha256');
  for (const piece of pieces()) hash.update(piece);
  return hash.digest('hex');
}

type Play = (reader: StreamReader, writer: StreamWriter, context: SSLContext) => Body<unknown>;

function* closed(writer: StreamWriter): Body<void> {
  writer.close();
  yield* wait(writer.waitClosed());
}

/** The same as in `streams.py`, in both roles. */
const plays: Record<string, Record<'talk' | 'listen', Play>> = {
  reads: {
    *listen(reader, writer) {
      const said: unknown[] = [];
      said.push(yield* outcome(reader.readline()));
      said.push(yield* outcome(reader.readuntil(b('END'))));
      said.push(yield* outcome(reader.readexactly(5)));
      said.push(yield* outcome(reader.read(4)));
      said.push(yield* outcome(reader.readuntil(b('never'))));
      said.push(yield* outcome(reader.readexactly(40)));
      said.push(yield* outcome(reader.readline()));
      said.push(yield* outcome(reader.readline()));
      said.push(yield* outcome(reader.readexactly(100)));
      said.push(yield* outcome(reader.readline()));
      said.push(reader.atEof());
      writer.write(b('heard\n'));
      yield* closed(writer);
      return said;
    },
    *talk(reader, writer) {
      writer.write(b('a line\nup to ENDexactsome'));
      writer.write(b('x'.repeat(40)));
      writer.write(b(`${'y'.repeat(41)}\n`));
      writer.write(b('last line\n'));
      writer.write(b('the rest'));
      yield* wait(writer.drain());
      writer.writeEof();
      const heard = yield* outcome(reader.read());
      yield* closed(writer);
      return heard;
    },
  },
  big: {
    *listen(reader, writer) {
      const hash = createHash('sha256');
      let left = BIG;
      while (left > 0) {
        const data = yield* wait(reader.read(1 << 20));
        if (data.length === 0) break;
        hash.update(data);
        left -= data.length;
      }
      writer.write(b(`${hash.digest('hex')}\n`));
      yield* wait(writer.drain());
      const ended = yield* outcome(reader.read());
      yield* closed(writer);
      return [left, ended];
    },
    *talk(reader, writer) {
      for (const piece of pieces()) {
        writer.write(piece);
        // The high-water mark, and one piece.
        expect(writer.transport.getWriteBufferSize()).toBeLessThanOrEqual(2 * 65_536);
        yield* wait(writer.drain());
      }
      const said = yield* outcome(reader.readline());
      yield* closed(writer);
      return [said === `${bigSum()}\n`];
    },
  },
  abort: {
    *listen(reader, writer) {
      const first = yield* outcome(reader.readline());
      writer.write(b('go\n'));
      yield* wait(writer.drain());
      const second = yield* outcome(reader.readexactly(10));
      writer.close();
      return [first, second];
    },
    *talk(reader, writer) {
      writer.write(b('hello\n'));
      yield* wait(reader.readline());
      (writer.getExtraInfo('socket')?.node as Socket).resetAndDestroy();
      writer.transport.abort();
      return ['aborted'];
    },
  },
  upgrade: {
    *listen(reader, writer, context) {
      const said: unknown[] = [yield* outcome(reader.readline())];
      writer.write(b('go ahead\n'));
      yield* wait(writer.startTls(context));
      const line = (yield* outcome(reader.readline())) as string;
      said.push(line, writer.getExtraInfo('ssl_object') !== null);
      writer.write(b(line.toUpperCase()));
      yield* wait(writer.drain());
      said.push(yield* outcome(reader.read()));
      yield* closed(writer);
      return said;
    },
    *talk(reader, writer, context) {
      writer.write(b('STARTTLS\n'));
      const said: unknown[] = [yield* outcome(reader.readline())];
      yield* wait(writer.startTls(context, { serverHostname: 'localhost' }));
      said.push(writer.getExtraInfo('ssl_object') !== null);
      writer.write(b('secret\n'));
      yield* wait(writer.drain());
      said.push(yield* outcome(reader.readline()));
      yield* closed(writer);
      return said;
    },
  },
};

/** What each role must have found, whoever plays it. */
const found: Record<string, Record<'talk' | 'listen', unknown>> = {
  reads: {
    listen: [
      'a line\n',
      'up to END',
      'exact',
      'some',
      ['LimitOverrunError', expect.any(Number)],
      'x'.repeat(40),
      ['ValueError'],
      'last line\n',
      ['IncompleteReadError', 'the rest', 100],
      '',
      true,
    ],
    talk: 'heard\n',
  },
  big: { listen: [0, ''], talk: [true] },
  abort: { listen: ['hello\n', ['ConnectionResetError']], talk: ['aborted'] },
  upgrade: {
    listen: ['STARTTLS\n', 'secret\n', true, ''],
    talk: ['go ahead\n', true, 'SECRET\n'],
  },
};

const other = { talk: 'listen', listen: 'talk' } as const;

/** We connect, CPython serves. */
function* asClient(_t: Scene, name: string, side: 'talk' | 'listen', tls: boolean): Body<void> {
  const files = tls || name === 'upgrade' ? [cert, key] : [];
  const peer = new Peer('server', '0', name, other[side], ...files);
  const port = yield* wait(peer.port());
  const [reader, writer] = yield* wait(
    openConnection('127.0.0.1', port, {
      ...(name === 'reads' ? { limit: 40 } : {}),
      ...(tls ? { ssl: clientContext(), serverHostname: 'localhost' } : {}),
    }),
  );
  expect(yield* (plays[name]?.[side] as Play)(reader, writer, clientContext())).toEqual(
    found[name]?.[side],
  );
  expect(yield* wait(peer.found())).toEqual(found[name]?.[other[side]]);
}

/** CPython connects, we serve. */
function* asServer(t: Scene, name: string, side: 'talk' | 'listen', tls: boolean): Body<void> {
  const result = t.future<unknown>();
  const handler = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
    try {
      result.setResult(yield* (plays[name]?.[side] as Play)(reader, writer, serverContext()));
    } catch (error) {
      result.setException(error as Error);
    }
  });
  const server = yield* wait(
    startServer(handler, '127.0.0.1', 0, {
      ...(name === 'reads' ? { limit: 40 } : {}),
      ...(tls ? { ssl: serverContext() } : {}),
    }),
  );
  const files = tls || name === 'upgrade' ? [ca] : [];
  const port = String(server.sockets[0].getsockname()[1]);
  const peer = new Peer('client', port, name, other[side], ...files);
  expect(yield* wait(result)).toEqual(found[name]?.[side]);
  expect(yield* wait(peer.found())).toEqual(found[name]?.[other[side]]);
  server.close();
  yield* wait(server.waitClosed());
}

const what: Record<string, string> = {
  reads: 'every manner of reading, limits, and a half-closed connection',
  big: '50 MB with back-pressure, unchanged',
  abort: 'a reset',
  upgrade: 'TLS that begins on the way',
};

for (const [role, play] of Object.entries({ client: asClient, server: asServer })) {
  describe(`as a ${role}, with CPython at the other end`, () => {
    for (const name of Object.keys(plays)) {
      for (const side of ['talk', 'listen'] as const) {
        // Whoever was connected to is the server of TLS.
        if (name === 'upgrade' && side !== (role === 'client' ? 'talk' : 'listen')) continue;
        scene(`${what[name]}: we ${side}${why}`, (t) => play(t, name, side, false));
        if (name === 'big') {
          scene(`${what[name]}, over TLS: we ${side}${why}`, (t) => play(t, name, side, true));
        }
      }
    }
  });
}

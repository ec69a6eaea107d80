/**
 * Many peers at once: 500, or as many as `npm run faults -- --connections <n>` says. They live in a process of their own. The
 * network is real; what they do is seeded, its timing is not.
 */
import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { describe, expect, jest } from '@jest/globals';
import { logger } from '@asyncio-ts/loop';
import { type Scene, wait } from '@asyncio-ts/testing';
import {
  openConnection,
  startServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import { OSError, type Server } from '@asyncio-ts/transports';

import { type Body, closed, faultScene, portOf, until } from './faults.js';
import { pattern } from './pattern.js';

const CONNECTIONS = Number(process.env['FAULTS_CONNECTIONS'] ?? 500);
const MIB = 1 << 20;

jest.setTimeout(60_000 + 30 * CONNECTIONS);

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const crowd = fileURLToPath(new URL('./programs/crowd.ts', import.meta.url));

/** A megabyte is made once: it is the transfers that are watched. */
const piece = pattern(0, MIB);
const PIECES = 16;

function* transfer(writer: StreamWriter): Body {
  for (let i = 0; i < PIECES; i++) {
    writer.write(piece.subarray(i));
    yield* wait(writer.drain());
  }
  writer.close();
}

function expectedSum(): string {
  const hash = createHash('sha256');
  for (let i = 0; i < PIECES; i++) hash.update(piece.subarray(i));
  return hash.digest('hex');
}

function* flood(writer: StreamWriter): Body {
  for (;;) {
    writer.write(piece.subarray(0, 100_000));
    yield* wait(writer.drain());
  }
}

/** Does what each line says; gives up when the connection does. */
function* serve(reader: StreamReader, writer: StreamWriter): Body {
  for (;;) {
    const line = (yield* wait(reader.readline())).toString();
    if (line === 'exactly\n') yield* wait(reader.readexactly(1000));
    else if (line === 'until\n') yield* wait(reader.readuntil(Buffer.from('end')));
    else if (line === 'flood\n') yield* flood(writer);
    else if (line === 'transfer\n') return yield* transfer(writer);
    else if (!line.endsWith('\n') || line === 'close\n') return;
    else writer.write(Buffer.from(line));
    yield* wait(writer.drain());
  }
}

/** A transfer over a connection of its own; gives the checksum of what came. */
function* transferred(server: Server): Body<string> {
  const [reader, writer] = yield* wait(openConnection('127.0.0.1', portOf(server)));
  writer.write(Buffer.from('transfer\n'));
  const hash = createHash('sha256');
  for (;;) {
    const data = yield* wait(reader.read(200_000));
    if (data.length === 0) break;
    hash.update(data);
  }
  writer.close();
  yield* wait(writer.waitClosed());
  return hash.digest('hex');
}

describe(`${CONNECTIONS} connections`, () => {
  faultScene('dropped at random do not disturb a transfer beside them', function* (t: Scene) {
    const counts = { now: 0, most: 0, began: 0 };
    const seen = new Set<string>();
    const handler = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
      counts.began++;
      counts.most = Math.max(counts.most, ++counts.now);
      try {
        yield* serve(reader, writer);
      } catch (error) {
        seen.add((error as Error).name);
        const expected =
          error instanceof OSError || (error as Error).name === 'IncompleteReadError';
        if (!expected) throw error;
      } finally {
        counts.now--;
        writer.close();
      }
    });
    const server = yield* wait(startServer(handler, '127.0.0.1', 0, { backlog: 1024 }));
    const args = [portOf(server), CONNECTIONS, 20_260_501].map(String);
    const child = fork(crowd, args, {
      execArgv: ['--import', hook],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const exited = once(child, 'exit');
    expect(yield* wait(once(child, 'message'))).toEqual(['open', undefined]);
    expect(counts.now).toBe(CONNECTIONS);

    let gone = false;
    child.once('message', () => (gone = true));
    child.send('go');
    const sum = expectedSum();
    do expect(yield* transferred(server)).toBe(sum);
    while (!gone);

    expect(yield* wait(exited)).toEqual([0, null]);
    yield* closed(server);
    expect(counts.now).toBe(0);
    expect(counts.most).toBeGreaterThanOrEqual(CONNECTIONS);
    expect(counts.began).toBeGreaterThan(CONNECTIONS);
    expect([...seen]).toEqual(
      expect.arrayContaining(['ConnectionResetError', 'IncompleteReadError']),
    );
  });

  for (const manner of ['closeClients', 'abortClients'] as const) {
    faultScene(`are ended by close and ${manner}, under load`, function* (t) {
      // Lines that were read before the end are answered after it: that is warned of, as in Python.
      const warned = jest.spyOn(logger, 'warning').mockImplementation(() => undefined);
      const counts = { began: 0, ended: 0, answered: 0 };
      const handler = t.implementation.plain(function* (
        reader: StreamReader,
        writer: StreamWriter,
      ) {
        counts.began++;
        try {
          yield* serve(reader, writer);
        } catch (error) {
          if (!(error instanceof OSError)) throw error;
        } finally {
          writer.close();
          counts.ended++;
        }
      });
      const server = yield* wait(startServer(handler, '127.0.0.1', 0, { backlog: 1024 }));
      const ask = function* (i: number): Body<string> {
        const [reader, writer] = yield* wait(openConnection('127.0.0.1', portOf(server)));
        try {
          for (;;) {
            writer.write(Buffer.from(`line of ${i}\n`));
            if ((yield* wait(reader.readline())).length === 0) return 'end';
            counts.answered++;
            yield* wait(writer.drain());
          }
        } catch (error) {
          if (!(error instanceof OSError)) throw error;
          return error.name;
        } finally {
          writer.close();
        }
      };
      const clients = Array.from({ length: 100 }, (_, i) => t.task(() => ask(i)));
      yield* until(t, () => counts.began === clients.length && counts.answered > 500);
      server.close();
      server[manner]();
      const outcomes = new Set<string>();
      for (const client of clients) outcomes.add(yield* wait(client));
      yield* wait(server.waitClosed());
      yield* until(t, () => counts.ended === clients.length);
      for (const outcome of outcomes) {
        expect(['end', 'ConnectionResetError', 'BrokenPipeError']).toContain(outcome);
      }
      for (const [message] of warned.mock.calls) expect(message).toMatch(/the data is dropped$/);
      warned.mockRestore();
    });
  }
});

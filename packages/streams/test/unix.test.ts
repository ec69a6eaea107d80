/** Readers and writers over Unix sockets, in a folder of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, test } from '@jest/globals';
import { RuntimeError, ValueError } from '@asyncio-ts/loop';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  openUnixConnection,
  startUnixServer,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';

import { clientContext, serverContext } from './contexts.js';
import { failure } from './failure.js';

const scene = scenes(test, { selectors: ['node'] });
const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-'));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
const freePath = (): string => join(folder, `${++count}.sock`);
const b = (text: string): Buffer => Buffer.from(text);

function* echo(reader: StreamReader, writer: StreamWriter): Generator<unknown, void, unknown> {
  for (;;) {
    const line = yield* wait(reader.readline());
    if (line.length === 0) break;
    writer.write(line);
    yield* wait(writer.drain());
  }
  writer.close();
  yield* wait(writer.waitClosed());
}

describe('startUnixServer and openUnixConnection', () => {
  scene('are startServer and openConnection over a path [S304]', function* (t) {
    const path = freePath();
    const server = yield* wait(startUnixServer(t.implementation.plain(echo), path));
    for (const where of [path, pathToFileURL(path)]) {
      const [reader, writer] = yield* wait(openUnixConnection(where));
      expect(writer.getExtraInfo<string>('peername')).toBe(path);
      writer.write(b('one\ntwo'));
      writer.writeEof();
      expect((yield* wait(reader.read())).toString()).toBe('one\ntwo');
      writer.close();
      yield* wait(writer.waitClosed());
    }
    server.close();
    yield* wait(server.waitClosed());
    expect((yield* failure(openUnixConnection(path))) as unknown).toMatchObject({ code: 'ENOENT' });
  });

  scene('take a socket, a limit, and TLS', function* (t) {
    const path = freePath();
    const server = yield* wait(
      startUnixServer(t.implementation.plain(echo), path, {
        ssl: serverContext(),
        mode: 0o600,
        limit: 100,
      }),
    );
    const [reader, writer] = yield* wait(
      openUnixConnection(null, {
        sock: connect(path),
        ssl: clientContext(),
        serverHostname: 'localhost',
        limit: 4,
      }),
    );
    expect(writer.getExtraInfo('peercert')?.subject.CN).toBe('localhost');
    writer.write(b('four\nand more\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('four\n');
    expect(yield* failure(reader.readline())).toBeInstanceOf(ValueError);
    writer.close();
    yield* wait(writer.waitClosed());
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('go on with TLS later [S305]', function* (t) {
    const path = freePath();
    const server = yield* wait(
      startUnixServer(
        t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
          yield* wait(writer.startTls(serverContext()));
          yield* echo(reader, writer);
        }),
        path,
      ),
    );
    const [reader, writer] = yield* wait(openUnixConnection(path));
    yield* wait(writer.startTls(clientContext(), { serverHostname: 'localhost' }));
    writer.write(b('safe\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('safe\n');
    writer.close();
    yield* wait(writer.waitClosed());
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('refuse what does not belong together', function* () {
    expect(yield* failure(openUnixConnection())).toBeInstanceOf(ValueError);
    expect(yield* failure(startUnixServer(() => undefined))).toBeInstanceOf(ValueError);
    const path = freePath();
    const error = yield* failure(openUnixConnection(path, { ssl: clientContext() }));
    expect(error.message).toMatch(/serverHostname/);
  });

  test('need a running loop', () => {
    expect(() => openUnixConnection('x').next()).toThrow(RuntimeError);
    expect(() => startUnixServer(() => undefined, 'x').next()).toThrow(RuntimeError);
  });
});

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RuntimeError, ValueError } from '@asyncio-ts/loop';
import { createTask } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  ConnectionError,
  OSError,
  sendfile,
  SendfileNotAvailableError,
  Transport,
} from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { clientContext, serverContext } from './contexts.js';
import { connectedPair, failure, type Recorder, tearDown } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });

const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-'));
const path = join(folder, 'file');
const contents = Buffer.alloc(1_500_000);
for (let i = 0; i < contents.length; i += 4) contents.writeUInt32LE(i, i);
let fd = -1;
let handle: FileHandle;

beforeAll(async () => {
  writeFileSync(path, contents);
  fd = openSync(path, 'r');
  handle = await open(path);
});
afterAll(async () => {
  closeSync(fd);
  await handle.close();
  rmSync(folder, { recursive: true });
});

describe('sendfile', () => {
  scene('sends a file, by handle or descriptor, also over TLS', function* (t) {
    const tls = {
      server: { ssl: serverContext(certificates().server) },
      client: { ssl: clientContext() },
    };
    for (const options of [{}, tls]) {
      const { server, transport, client, peer } = yield* connectedPair<Recorder, Recorder>(
        t,
        undefined,
        undefined,
        options,
      );
      transport.write(Buffer.from('header'));
      expect(yield* wait(sendfile(t.loop, transport, handle))).toBe(contents.length);
      expect(transport.getProtocol()).toBe(client);
      transport.write(Buffer.from('footer'));
      const all = yield* wait(peer.bytes(contents.length + 12));
      expect(all.subarray(0, 6).toString()).toBe('header');
      expect(all.subarray(6, -6).equals(contents)).toBe(true);
      expect(all.subarray(-6).toString()).toBe('footer');
      expect(yield* wait(sendfile(t.loop, transport, fd, 1000, 500_000))).toBe(500_000);
      expect(yield* wait(sendfile(t.loop, transport, fd, contents.length - 10, 100))).toBe(10);
      expect(yield* wait(sendfile(t.loop, transport, fd, contents.length))).toBe(0);
      const more = yield* wait(peer.bytes(contents.length + 12 + 500_010));
      expect(more.subarray(all.length, -10).equals(contents.subarray(1000, 501_000))).toBe(true);
      yield* tearDown(server);
    }
  });

  scene('holds back while the peer does not read, and receives nothing', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    peer.transport.pauseReading();
    transport.write(Buffer.alloc(20_000_000));
    expect(client.events).toEqual(['made', 'pause']);
    peer.transport.write(Buffer.from('meanwhile'));
    const task = createTask(t.loop, sendfile(t.loop, transport, fd));
    yield* wait(t.sleep(0.02));
    expect(task.done()).toBe(false);
    expect(transport.isReading()).toBe(false);
    peer.transport.resumeReading();
    yield* wait(task);
    yield* wait(peer.bytes(20_000_000 + contents.length));
    expect(transport.isReading()).toBe(true);
    yield* wait(client.bytes(9));
    while (!client.events.includes('resume')) yield* wait(t.sleep(0.001));
    expect(client.events.filter((event) => event === 'pause')).toHaveLength(1);
    yield* tearDown(server);
  });

  scene('a connection that is lost meanwhile is a ConnectionError', function* (t) {
    for (const blocked of [true, false]) {
      const { server, transport, client, peer } = yield* connectedPair(t);
      if (blocked) {
        peer.transport.pauseReading();
        transport.write(Buffer.alloc(20_000_000));
      }
      const task = createTask(t.loop, sendfile(t.loop, transport, fd));
      yield* wait(t.turns(3));
      transport.abort();
      expect(yield* failure(task)).toBeInstanceOf(ConnectionError);
      expect(yield* wait(client.lost)).toBeNull();
      yield* tearDown(server);
    }
  });

  scene('cancelled, it gives the connection back', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    const task = createTask(t.loop, sendfile(t.loop, transport, fd));
    yield* wait(t.turns(3));
    task.cancel();
    yield* failure(task);
    expect(task.cancelled()).toBe(true);
    expect(transport.getProtocol()).toBe(client);
    peer.transport.write(Buffer.from('hello'));
    yield* wait(client.bytes(5));
    yield* tearDown(server);
  });

  scene('what cannot be sent is refused', function* (t) {
    const { server, transport, client } = yield* connectedPair(t);
    const send = (...args: [Transport, number, number?, (number | null)?, object?]) =>
      failure(sendfile(t.loop, ...args));
    const native = yield* send(transport, fd, 0, null, { fallback: false });
    expect(native).toBeInstanceOf(SendfileNotAvailableError);
    expect(yield* send(transport, fd, -1)).toBeInstanceOf(ValueError);
    expect(yield* send(transport, fd, 0, 0)).toBeInstanceOf(ValueError);
    expect(yield* send(transport, 9999)).toBeInstanceOf(OSError);
    expect(transport.getProtocol()).toBe(client);
    const foreign = new (class extends Transport {
      override isClosing(): boolean {
        return false;
      }
    })();
    expect(String(yield* send(foreign, fd))).toMatch(/^RuntimeError: sendfile is not supported/);
    transport.close();
    const closing = yield* send(transport, fd);
    expect(closing).toBeInstanceOf(RuntimeError);
    expect(closing.message).toBe('Transport is closing');
    yield* tearDown(server);
  });
});

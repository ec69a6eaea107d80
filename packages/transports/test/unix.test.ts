import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import {
  connect,
  createServer as createNodeServer,
  type Server as NodeServer,
  Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, describe, expect, test } from '@jest/globals';
import { ValueError } from '@asyncio-ts/loop';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  createUnixConnection,
  createUnixServer,
  type CreateUnixServerOptions,
  OSError,
  Protocol,
  type SSLContext,
  startTls,
} from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { clientContext, serverContext } from './contexts.js';
import { failure, Recorder, tearDown } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });
const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
const newPath = (): string => join(folder, `${made++}.sock`);

const serve = (t: Scene, path: string, options: CreateUnixServerOptions = {}) =>
  createUnixServer(t.loop, () => new Protocol(), path, options);

describe('a Unix socket', () => {
  scene('carries bytes both ways, and its names are paths [S325]', function* (t) {
    const path = newPath();
    const peer = new Recorder(t.loop);
    const server = yield* wait(createUnixServer(t.loop, () => peer, path));
    expect(server.sockets[0].getsockname<string>()).toBe(path);
    const client = new Recorder(t.loop);
    const [transport, protocol] = yield* wait(createUnixConnection(t.loop, () => client, path));
    expect(protocol).toBe(client);
    expect(client.events).toEqual(['made']);
    expect(transport.getExtraInfo<string>('peername')).toBe(path);
    expect(transport.getExtraInfo<string>('sockname')).toBe('');
    transport.write(Buffer.from('question'));
    expect((yield* wait(peer.bytes(8))).toString()).toBe('question');
    expect(peer.transport.getExtraInfo<string>('sockname')).toBe(path);
    expect(peer.transport.getExtraInfo<string>('peername')).toBe('');
    peer.transport.write(Buffer.from('answer'));
    yield* wait(client.bytes(6));
    expect(transport.canWriteEof()).toBe(true);
    peer.keepOpen = true;
    transport.writeEof();
    yield* wait(peer.ended);
    peer.transport.close();
    expect(yield* wait(client.lost)).toBeNull();
    server.close();
    yield* wait(server.waitClosed());
    expect(existsSync(path)).toBe(false);
  });

  scene('may be a file: URL, and on Linux an abstract name', function* (t) {
    const url = pathToFileURL(newPath());
    const server = yield* wait(createUnixServer(t.loop, () => new Protocol(), url));
    const [transport] = yield* wait(createUnixConnection(t.loop, () => new Protocol(), url));
    transport.abort();
    yield* tearDown(server);
    if (process.platform !== 'linux') return;
    const name = `\0asyncio-ts-${process.pid}-${made++}`;
    const abstract = yield* wait(createUnixServer(t.loop, () => new Protocol(), name));
    const [other] = yield* wait(createUnixConnection(t.loop, () => new Protocol(), name));
    other.abort();
    yield* tearDown(abstract);
    const error = yield* failure(createUnixConnection(t.loop, () => new Protocol(), name));
    expect(error).toMatchObject({ name: 'ConnectionRefusedError' });
  });

  scene('speaks TLS', function* (t) {
    const path = newPath();
    const peer = new Recorder(t.loop);
    const ssl = serverContext(certificates().server);
    const server = yield* wait(createUnixServer(t.loop, () => peer, path, { ssl }));
    const client = new Recorder(t.loop);
    const [transport] = yield* wait(
      createUnixConnection(t.loop, () => client, path, {
        ssl: clientContext(),
        serverHostname: 'localhost',
      }),
    );
    transport.write(Buffer.from('secret'));
    expect((yield* wait(peer.bytes(6))).toString()).toBe('secret');
    expect(transport.getExtraInfo<string>('peername')).toBe(path);
    expect(peer.transport.getExtraInfo<string>('sockname')).toBe(path);
    transport.close();
    expect(yield* wait(client.lost)).toBeNull();
    yield* tearDown(server);
  });

  scene('begins TLS on the way', function* (t) {
    const path = newPath();
    const peer = new Recorder(t.loop);
    const server = yield* wait(createUnixServer(t.loop, () => peer, path));
    const client = new Recorder(t.loop);
    yield* wait(createUnixConnection(t.loop, () => client, path));
    yield* wait(peer.made);
    const other = t.task(function* () {
      const context = serverContext(certificates().server);
      return yield* wait(startTls(t.loop, peer.transport, peer, context, { serverSide: true }));
    });
    const options = { serverHostname: 'localhost' };
    const mine = yield* wait(startTls(t.loop, client.transport, client, clientContext(), options));
    yield* wait(other);
    mine.write(Buffer.from('secret'));
    yield* wait(peer.bytes(6));
    expect(mine.getExtraInfo<string>('peername')).toBe(path);
    yield* tearDown(server);
  });

  scene('nobody there is an OSError with the code of the system', function* (t) {
    const path = newPath();
    const error = yield* failure(createUnixConnection(t.loop, () => new Protocol(), path));
    expect(error).toBeInstanceOf(OSError);
    expect(error).toMatchObject({ code: 'ENOENT', syscall: 'connect' });
  });

  scene('path or sock, but not both nor neither; ssl with a name [S329]', function* (t) {
    const make = (path: string | null, options: object) =>
      failure(createUnixConnection(t.loop, () => new Protocol(), path, options));
    const sock = new Socket();
    const ssl = clientContext();
    const cases: [string | null, object, string][] = [
      [null, {}, 'no path and sock were specified'],
      ['/x', { sock }, 'path and sock can not be specified at the same time'],
      ['/x', { ssl }, 'You have to pass serverHostname when using ssl'],
      ['/x', { serverHostname: 'x' }, 'serverHostname is only meaningful with ssl'],
      ['/x', { sslHandshakeTimeout: 1 }, 'sslHandshakeTimeout is only meaningful with ssl'],
    ];
    for (const [path, options, message] of cases) {
      const error = yield* make(path, options);
      expect(error).toBeInstanceOf(ValueError);
      expect(error.message).toContain(message);
    }
    for (const path of ['', 5]) {
      expect(yield* make(path as string, {})).toBeInstanceOf(TypeError);
    }
    const serving = (path: string | null, options: object) =>
      failure(createUnixServer(t.loop, () => new Protocol(), path, options));
    expect((yield* serving(null, {})).message).toBe(
      'path was not specified, and no sock specified',
    );
    const node = createNodeServer();
    expect((yield* serving('/x', { sock: node })).message).toMatch(/at the same time$/);
    expect((yield* serving(null, { sock })).message).toMatch(/^A UNIX Domain Stream Socket/);
    expect((yield* serving(null, { sock: node })).message).toMatch(/does not listen yet$/);
    expect(yield* serving('/x', { ssl: true as unknown as SSLContext })).toBeInstanceOf(TypeError);
  });

  scene('takes over a socket, and a server, that somebody else made', function* (t) {
    const path = newPath();
    const node = createNodeServer();
    yield* wait(new Promise<void>((resolve) => node.listen(path, resolve)));
    const peer = new Recorder(t.loop);
    const server = yield* wait(createUnixServer(t.loop, () => peer, null, { sock: node }));
    const sock = new Socket().connect(path);
    const client = new Recorder(t.loop);
    const [transport] = yield* wait(createUnixConnection(t.loop, () => client, null, { sock }));
    transport.write(Buffer.from('hello'));
    yield* wait(peer.bytes(5));
    transport.close();
    yield* wait(peer.lost);
    yield* tearDown(server);
    expect(existsSync(path)).toBe(false);
  });
});

describe('the file of a Unix server', () => {
  scene('is removed when a server that is no more has left it [S341]', function* (t) {
    const path = newPath();
    const left = yield* wait(serve(t, path, { cleanupSocket: false }));
    yield* tearDown(left);
    expect(statSync(path).isSocket()).toBe(true);
    const server = yield* wait(serve(t, path));
    const [transport] = yield* wait(createUnixConnection(t.loop, () => new Protocol(), path));
    transport.abort();
    yield* tearDown(server);
  });

  scene('of another kind is an error, and stays [S341]', function* (t) {
    const path = newPath();
    writeFileSync(path, 'precious');
    const error = yield* failure(serve(t, path));
    expect(error).toBeInstanceOf(OSError);
    expect(error).toMatchObject({ code: 'EADDRINUSE' });
    expect(error.message).toBe(`Address "${path}" is already in use`);
    expect(statSync(path).size).toBe(8);
  });

  scene('goes with the server [S340]', function* (t) {
    const path = newPath();
    const server = yield* wait(serve(t, path));
    expect(existsSync(path)).toBe(true);
    server.close();
    expect(existsSync(path)).toBe(false);
    yield* wait(server.waitClosed());
  });

  scene('may be gone by then [S340]', function* (t) {
    const path = newPath();
    const server = yield* wait(serve(t, path));
    rmSync(path);
    yield* tearDown(server);
  });

  scene('stays when another server has replaced it [S340]', function* (t) {
    const path = newPath();
    const first = yield* wait(serve(t, path));
    const second = yield* wait(serve(t, path));
    yield* tearDown(first);
    const [transport] = yield* wait(createUnixConnection(t.loop, () => new Protocol(), path));
    transport.abort();
    yield* tearDown(second);
    expect(existsSync(path)).toBe(false);
    const third = yield* wait(serve(t, path));
    rmSync(path);
    writeFileSync(path, 'something else');
    yield* tearDown(third);
    expect(statSync(path).size).toBe(14);
  });

  scene('stays with cleanupSocket: false [S340]', function* (t) {
    const path = newPath();
    const server = yield* wait(serve(t, path, { cleanupSocket: false }));
    yield* tearDown(server);
    expect(statSync(path).isSocket()).toBe(true);
  });

  scene('has the permissions that are asked for', function* (t) {
    const path = newPath();
    const server = yield* wait(serve(t, path, { mode: 0o600 }));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    yield* tearDown(server);
  });

  scene('with startServing: false connections wait [S334]', function* (t) {
    const path = newPath();
    const peer = new Recorder(t.loop);
    const server = yield* wait(createUnixServer(t.loop, () => peer, path, { startServing: false }));
    const socket = connect(path, () => socket.write('early'));
    yield* wait(t.sleep(0.01));
    expect(peer.events).toEqual([]);
    expect((server.sockets[0].node as NodeServer).listening).toBe(true);
    yield* wait(server.startServing());
    yield* wait(peer.bytes(5));
    socket.destroy();
    yield* tearDown(server);
  });
});

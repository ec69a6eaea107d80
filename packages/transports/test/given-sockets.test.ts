import { once } from 'node:events';
import {
  connect,
  createServer as createNodeServer,
  type Server as NodeServer,
  Socket,
} from 'node:net';

import { describe, expect, test } from '@jest/globals';
import { ValueError } from '@asyncio-ts/loop';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  connectAcceptedSocket,
  createConnection,
  createServer,
  type CreateServerOptions,
  Protocol,
} from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { clientContext, serverContext } from './contexts.js';
import { failure, portOf, Recorder, tearDown } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });

const listen = async (node: NodeServer): Promise<number> => {
  await once(node.listen(0, '127.0.0.1'), 'listening');
  return (node.address() as { port: number }).port;
};

describe('connectAcceptedSocket', () => {
  scene('serves a connection that Node accepted, with TLS too', function* (t) {
    for (const secure of [false, true]) {
      const node = createNodeServer({ pauseOnConnect: true });
      const port = yield* wait(listen(node));
      const accepted = once(node, 'connection') as Promise<[Socket]>;
      const client = new Recorder(t.loop);
      const other = t.task(function* () {
        const options = secure ? { ssl: clientContext() } : {};
        return yield* wait(createConnection(t.loop, () => client, '127.0.0.1', port, options));
      });
      const [sock] = yield* wait(accepted);
      const peer = new Recorder(t.loop);
      const options = secure ? { ssl: serverContext(certificates().server) } : {};
      const [transport, protocol] = yield* wait(
        connectAcceptedSocket(t.loop, () => peer, sock, options),
      );
      expect(protocol).toBe(peer);
      yield* wait(other);
      transport.write(Buffer.from('welcome'));
      expect((yield* wait(client.bytes(7))).toString()).toBe('welcome');
      // Although Node made the socket without half-open connections.
      peer.keepOpen = true;
      if (!secure) {
        client.transport.writeEof();
        yield* wait(peer.ended);
        transport.write(Buffer.from('!'));
        yield* wait(client.bytes(8));
      }
      transport.close();
      yield* wait(client.lost);
      yield* wait(peer.lost);
      node.close();
    }
  });

  scene('takes connected sockets only', function* (t) {
    const take = (sock: unknown) =>
      failure(connectAcceptedSocket(t.loop, () => new Protocol(), sock as Socket));
    expect(yield* take({})).toBeInstanceOf(ValueError);
    expect(String(yield* take(new Socket()))).toMatch(/it is not connected$/);
    const lost = failure(
      connectAcceptedSocket(t.loop, () => new Protocol(), new Socket(), { sslHandshakeTimeout: 1 }),
    );
    expect(String(yield* lost)).toMatch(/^ValueError: sslHandshakeTimeout is only meaningful/);
  });
});

describe('createServer', () => {
  scene('serves on a server of Node that listens [S334]', function* (t) {
    const node = createNodeServer();
    const port = yield* wait(listen(node));
    const peer = new Recorder(t.loop);
    const server = yield* wait(createServer(t.loop, () => peer, null, null, { sock: node }));
    expect(portOf(server)).toBe(port);
    const client = new Recorder(t.loop);
    const [transport] = yield* wait(createConnection(t.loop, () => client, '127.0.0.1', port));
    peer.keepOpen = true;
    transport.writeEof();
    yield* wait(peer.ended);
    peer.transport.write(Buffer.from('still open'));
    yield* wait(client.bytes(10));
    transport.close();
    peer.transport.close();
    yield* tearDown(server);
    expect(node.listening).toBe(false);
  });

  scene('host and port, or sock; and what cannot be served on is refused [S329]', function* (t) {
    const serve = (host: string | null, options: CreateServerOptions) =>
      failure(createServer(t.loop, () => new Protocol(), host, null, options));
    const node = createNodeServer();
    const both = yield* serve('127.0.0.1', { sock: node });
    expect(both).toBeInstanceOf(ValueError);
    expect(both.message).toBe('host/port and sock can not be specified at the same time');
    expect(String(yield* serve(null, { sock: node }))).toMatch(/it does not listen yet$/);
    expect(String(yield* serve(null, { sock: {} as NodeServer }))).toMatch(/^ValueError: A Stream/);
  });

  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const shares = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);

  scene('shares a port with reusePort where Node can, else says so', function* (t) {
    const serve = (port: number) =>
      createServer(t.loop, () => new Protocol(), '127.0.0.1', port, { reusePort: true });
    if (!shares) {
      const error = yield* failure(serve(0));
      expect(error).toBeInstanceOf(ValueError);
      expect(error.message).toMatch(
        /^Cannot listen with reusePort: Node .* needs 22\.12, or 23\.1/,
      );
      return;
    }
    const first = yield* wait(serve(0));
    const second = yield* wait(serve(portOf(first)));
    expect(portOf(second)).toBe(portOf(first));
    yield* tearDown(first);
    yield* tearDown(second);
  });

  scene('finds peers that are gone with keepAlive, and holds a backlog', function* (t) {
    const peer = new Recorder(t.loop);
    const server = yield* wait(
      createServer(t.loop, () => peer, '127.0.0.1', 0, {
        keepAlive: true,
        backlog: 1,
        startServing: false,
      }),
    );
    const sockets = [1, 2].map(() => connect(portOf(server), '127.0.0.1'));
    const [, second] = sockets as [Socket, Socket];
    second.on('error', () => undefined).resume();
    // One waits, the other one is too many.
    yield* wait(once(second, 'close'));
    yield* wait(server.startServing());
    yield* wait(peer.made);
    for (const socket of sockets) socket.destroy();
    yield* tearDown(server);
  });
});

import { connect, createServer as createNodeServer, type Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError } from '@asyncio-ts/loop';
import { createFuture, createTask, type Future, runUntilComplete } from '@asyncio-ts/futures';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  BufferedProtocol,
  ConnectionAbortedError,
  ConnectionResetError,
  createConnection,
  createServer,
  type SocketTransport,
  SSLCertVerificationError,
  type SSLContext,
  startTls,
  type StartTlsOptions,
  TlsTransport,
  Transport,
} from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { clientContext, serverContext } from './contexts.js';
import { connectedPair, failure, portOf, Recorder, tearDown } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });

const upgradeClient = (t: Scene, protocol: Recorder, options: StartTlsOptions = {}) =>
  startTls(t.loop, protocol.transport, protocol, clientContext(), {
    serverHostname: 'localhost',
    ...options,
  });

const upgradeServer = (t: Scene, protocol: Recorder, context?: SSLContext) =>
  startTls(t.loop, protocol.transport, protocol, context ?? serverContext(certificates().server), {
    serverSide: true,
  });

/** Both sides begin to speak TLS. */
function* upgradeBoth(
  t: Scene,
  client: Recorder,
  peer: Recorder,
): Generator<unknown, [SocketTransport, SocketTransport], unknown> {
  const other = createTask(t.loop, upgradeServer(t, peer));
  const mine = yield* wait(upgradeClient(t, client));
  return [mine, yield* wait(other)];
}

describe('startTls', () => {
  scene('goes on with the same protocols, at both sides', function* (t) {
    const { server, port, client, peer } = yield* connectedPair(t);
    client.transport.write(Buffer.from('plain?'));
    yield* wait(peer.bytes(6));
    peer.transport.write(Buffer.from('tls!'));
    yield* wait(client.bytes(4));
    const [mine, its] = yield* upgradeBoth(t, client, peer);
    expect(mine).toBeInstanceOf(TlsTransport);
    expect(mine.getProtocol()).toBe(client);
    expect(client.transport.getProtocol()).toBeNull();
    expect(mine.getExtraInfo('peername')).toEqual(['127.0.0.1', port]);
    expect(mine.getExtraInfo('peercert')?.subject.CN).toBe('localhost');
    mine.write(Buffer.from('secret'));
    expect((yield* wait(peer.bytes(12))).toString()).toBe('plain?secret');
    its.write(Buffer.from('yes'));
    expect((yield* wait(client.bytes(7))).toString()).toBe('tls!yes');
    mine.close();
    expect(yield* wait(client.lost)).toBeNull();
    expect(yield* wait(peer.lost)).toBeNull();
    expect(client.events).toEqual(['made', 'data', 'lost']);
    expect(peer.events).toEqual(['made', 'data', 'eof', 'lost']);
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('leaves the old transport good for closing only', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    const [mine] = yield* upgradeBoth(t, client, peer);
    expect(transport.isClosing()).toBe(false);
    expect(() => transport.write(Buffer.from('in the clear'))).toThrow(RuntimeError);
    expect(() => transport.write(Buffer.from('x'))).toThrow(/the transport that startTls gave/);
    transport.close();
    expect(mine.isClosing()).toBe(true);
    expect(transport.isClosing()).toBe(true);
    transport.abort();
    expect(yield* wait(client.lost)).toBeNull();
    expect(client.events).toEqual(['made', 'lost']);
    yield* tearDown(server);
  });

  scene('sends what was written before in the clear, first', function* (t) {
    const { server, client, peer } = yield* connectedPair(t);
    const payload = Buffer.alloc(5_000_000, 'in the clear ');
    peer.transport.write(payload);
    peer.transport.write(Buffer.from('now'));
    const other = createTask(t.loop, upgradeServer(t, peer));
    yield* wait(t.sleep(0));
    expect((yield* wait(client.bytes(payload.length + 3))).subarray(-3).toString()).toBe('now');
    const mine = yield* wait(upgradeClient(t, client));
    const its = yield* wait(other);
    its.write(Buffer.from('then'));
    const all = yield* wait(client.bytes(payload.length + 7));
    expect(all.subarray(0, payload.length).equals(payload)).toBe(true);
    expect(all.subarray(-7).toString()).toBe('nowthen');
    // The writer was paused by the old transport, and is resumed.
    expect(peer.events).toEqual(['made', 'pause', 'resume']);
    mine.abort();
    yield* tearDown(server);
  });

  scene('what came and the protocol has not seen counts as TLS [S306]', function* (t) {
    for (const glued of [false, true]) {
      const upgraded: Future<SocketTransport> = createFuture(t.loop);
      const recorder = new Recorder(t.loop);
      /** Reads a line of four bytes, and not one more. */
      class Line extends BufferedProtocol {
        transport!: SocketTransport;
        readonly line = Buffer.alloc(4);
        at = 0;
        override connectionMade(transport: SocketTransport): void {
          this.transport = transport;
        }
        override getBuffer(): Uint8Array {
          return this.line.subarray(this.at);
        }
        override bufferUpdated(length: number): void {
          this.at += length;
          if (this.at < this.line.length) return;
          this.transport.pauseReading();
          recorder.transport = this.transport;
          // Late: the hello of the client is here by then.
          t.loop.callLater(0.02, () => {
            const task = createTask(t.loop, upgradeServer(t, recorder));
            task.addDoneCallback(() => upgraded.setResult(task.result()));
          });
        }
      }
      const line = new Line();
      const server = yield* wait(createServer(t.loop, () => line, '127.0.0.1', 0));
      const client = new Recorder(t.loop);
      yield* wait(createConnection(t.loop, () => client, '127.0.0.1', portOf(server)));
      client.transport.write(Buffer.from('tls\n'));
      if (!glued) yield* wait(t.sleep(0.005));
      const mine = yield* wait(upgradeClient(t, client));
      expect(line.line.toString()).toBe('tls\n');
      mine.write(Buffer.from('secret'));
      yield* wait(upgraded);
      expect((yield* wait(recorder.bytes(6))).toString()).toBe('secret');
      yield* tearDown(server);
    }
  });

  scene('a certificate that is refused ends the connection, once, at both sides', function* (t) {
    const { server, client, peer } = yield* connectedPair(t);
    const other = createTask(t.loop, upgradeServer(t, peer, serverContext(certificates().expired)));
    const error = yield* failure(upgradeClient(t, client));
    expect(error).toBeInstanceOf(SSLCertVerificationError);
    expect(yield* wait(client.lost)).toBe(error);
    const its = yield* failure(other);
    expect(yield* wait(peer.lost)).toBe(its);
    expect(client.events).toEqual(['made', 'lost SSLCertVerificationError']);
    server.close();
    yield* wait(server.waitClosed());
    expect(t.takeReports()).toEqual([]);
  });

  scene('cancelled, it ends the connection', function* (t) {
    const { server, client, peer } = yield* connectedPair(t);
    peer.transport.pauseReading();
    const before = t.loop._outside;
    const task = createTask(t.loop, upgradeClient(t, client));
    yield* wait(t.sleep(0.01));
    task.cancel();
    yield* failure(task);
    expect(task.cancelled()).toBe(true);
    expect(yield* wait(client.lost)).toBeNull();
    expect(client.events).toEqual(['made', 'lost']);
    expect(client.transport.isClosing()).toBe(true);
    expect(t.loop._outside).toBe(before - 1);
    peer.transport.resumeReading();
    yield* wait(peer.lost);
    yield* tearDown(server);
  });

  scene('takes sslHandshakeTimeout at most, the flush included', function* (t) {
    const { server, client, peer } = yield* connectedPair(t);
    peer.transport.pauseReading();
    client.transport.write(Buffer.alloc(50_000_000));
    const error = yield* failure(upgradeClient(t, client, { sslHandshakeTimeout: 0.02 }));
    expect(error).toBeInstanceOf(ConnectionAbortedError);
    expect(error.message).toMatch(/^SSL handshake is taking longer than 0.02 seconds/);
    expect(yield* wait(client.lost)).toBe(error);
    yield* tearDown(server);
  });

  scene('closing or aborting the old transport meanwhile ends it', function* (t) {
    for (const end of ['close', 'abort'] as const) {
      const { server, client, peer } = yield* connectedPair(t);
      peer.transport.pauseReading();
      const task = createTask(t.loop, upgradeClient(t, client));
      yield* wait(t.sleep(0.01));
      client.transport[end]();
      const error = yield* failure(task);
      expect(error).toBeInstanceOf(ConnectionAbortedError);
      expect(yield* wait(client.lost)).toBeNull();
      expect(client.events).toEqual(['made', 'lost']);
      yield* tearDown(server);
    }
  });

  scene('a peer that is gone is a ConnectionResetError', function* (t) {
    const { server, client, peer } = yield* connectedPair(t);
    client.keepOpen = true;
    peer.transport.close();
    yield* wait(client.ended);
    const error = yield* failure(upgradeClient(t, client));
    expect(error).toBeInstanceOf(ConnectionResetError);
    expect(yield* wait(client.lost)).toBe(error);
    const again = yield* failure(upgradeClient(t, client));
    expect(again).toBeInstanceOf(ConnectionResetError);
    expect(again.message).toBe('Cannot start TLS: the connection is closed or closing');
    yield* tearDown(server);
  });

  scene('needs a connection and an SSLContext', function* (t) {
    const { server, client } = yield* connectedPair(t);
    const start = (transport: Transport, context: SSLContext) =>
      failure(startTls(t.loop, transport, client, context, { serverHostname: 'x' }));
    expect(yield* start(new Transport(), clientContext())).toBeInstanceOf(TypeError);
    expect(yield* start(client.transport, {} as SSLContext)).toBeInstanceOf(TypeError);
    const nameless = startTls(t.loop, client.transport, client, clientContext());
    expect(String(yield* failure(nameless))).toMatch(/^ValueError: .* requires serverHostname$/);
    expect(client.transport.isClosing()).toBe(false);
    yield* tearDown(server);
  });

  scene('TLS inside TLS', function* (t) {
    const { server, client, peer } = yield* connectedPair(t);
    const [outer, itsOuter] = yield* upgradeBoth(t, client, peer);
    client.transport = outer;
    peer.transport = itsOuter;
    const [inner, itsInner] = yield* upgradeBoth(t, client, peer);
    const payload = Buffer.alloc(300_000, 'twice');
    inner.write(payload);
    expect((yield* wait(peer.bytes(payload.length))).equals(payload)).toBe(true);
    itsInner.write(Buffer.from('back'));
    expect((yield* wait(client.bytes(4))).toString()).toBe('back');
    inner.close();
    expect(yield* wait(client.lost)).toBeNull();
    expect(yield* wait(peer.lost)).toBeNull();
    yield* tearDown(server);
  });

  test('goes with its loop', async () => {
    const loop = new BaseEventLoop();
    loop.setExceptionHandler(() => undefined);
    const peer = await new Promise<Socket>((resolve, reject) => {
      const node = createNodeServer((socket) => {
        node.close();
        resolve(socket.on('error', () => undefined).resume());
      });
      node.listen(0, '127.0.0.1', () => {
        const { port } = node.address() as { port: number };
        runUntilComplete(loop, function* () {
          const client = new Recorder(loop);
          yield* createConnection(loop, () => client, '127.0.0.1', port);
          const options = { serverHostname: 'localhost' };
          createTask(loop, startTls(loop, client.transport, client, clientContext(), options));
          yield;
          yield;
        }).catch(reject);
      });
    });
    const gone = new Promise((resolve) => peer.once('close', resolve));
    await new Promise((resolve) => connectedTurn(resolve));
    loop.close();
    await gone;
  });
});

/** A round of Node's own loop. */
function connectedTurn(done: (value: unknown) => void): void {
  const socket = connect(1, '127.0.0.1').on('error', done);
  socket.unref();
}

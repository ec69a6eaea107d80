import { connect, type Server as NodeServer } from 'node:net';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError, ValueError, VirtualSelector } from '@asyncio-ts/loop';
import { createTask, runUntilComplete } from '@asyncio-ts/futures';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  createConnection,
  createServer,
  type CreateServerOptions,
  OSError,
  Protocol,
  type Server,
} from '@asyncio-ts/transports';

import { connectedPair, portOf, Recorder, tearDown } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });

const serve = (t: Scene, options: CreateServerOptions = {}) =>
  createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, options);

/** A client nobody needs to look at. */
const client = (t: Scene, server: Server) =>
  createConnection(t.loop, () => new Recorder(t.loop), '127.0.0.1', portOf(server));

describe('Server', () => {
  scene('serves from the start, unless told not to [S334]', function* (t) {
    const server = yield* wait(serve(t));
    expect(server.isServing()).toBe(true);
    expect(server.getLoop()).toBe(t.loop);
    yield* wait(server.startServing());
    yield* tearDown(server);
    expect(server.isServing()).toBe(false);

    const peer = new Recorder(t.loop);
    const later = yield* wait(
      createServer(t.loop, () => peer, '127.0.0.1', 0, { startServing: false }),
    );
    expect(later.isServing()).toBe(false);
    const [transport] = yield* wait(client(t, later));
    transport.write(Buffer.from('early'));
    yield* wait(t.turns(5));
    expect(peer.events).toEqual([]);
    yield* wait(later.startServing());
    yield* wait(later.startServing());
    expect(later.isServing()).toBe(true);
    expect((yield* wait(peer.bytes(5))).toString()).toBe('early');
    yield* tearDown(later);
  });

  scene('serveForever twice or when closed is a RuntimeError [S335]', function* (t) {
    const server = yield* wait(serve(t, { startServing: false }));
    const forever = createTask(t.loop, server.serveForever());
    yield* wait(t.turns(2));
    expect(server.isServing()).toBe(true);
    const second = createTask(t.loop, server.serveForever());
    try {
      yield* wait(second);
    } catch (error) {
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toMatch(/already being awaited on serveForever\(\)/);
    }
    forever.cancel();
    try {
      yield* wait(forever);
    } catch {
      expect(forever.cancelled()).toBe(true);
    }
    expect(server.sockets).toEqual([]);
    const third = createTask(t.loop, server.serveForever());
    try {
      yield* wait(third);
    } catch (error) {
      expect(String(error)).toMatch(/is closed$/);
    }
  });

  scene('cancelling serveForever waits for the connections [S335]', function* (t) {
    const { server, client: recorder } = yield* connectedPair(t);
    const forever = createTask(t.loop, server.serveForever());
    yield* wait(t.turns(2));
    forever.cancel();
    yield* wait(t.turns(5));
    expect(forever.done()).toBe(false);
    expect(server.isServing()).toBe(false);
    server.closeClients();
    try {
      yield* wait(forever);
    } catch {
      expect(forever.cancelled()).toBe(true);
    }
    expect(yield* wait(recorder.lost)).toBeNull();
  });

  scene('close stops listening and leaves connections alone [S336]', function* (t) {
    const { server, port, transport, peer, client: recorder } = yield* connectedPair(t);
    const forever = createTask(t.loop, server.serveForever());
    yield* wait(t.turns(2));
    server.close();
    server.close();
    expect(server.sockets).toEqual([]);
    expect(server.isServing()).toBe(false);
    try {
      yield* wait(createConnection(t.loop, () => new Protocol(), '127.0.0.1', port));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    }
    transport.write(Buffer.from('still here'));
    yield* wait(peer.bytes(10));
    expect(forever.done()).toBe(false);
    transport.close();
    yield* wait(recorder.lost);
    try {
      yield* wait(forever);
    } catch {
      expect(forever.cancelled()).toBe(true);
    }
  });

  scene('waitClosed waits for the close and for the connections [S337]', function* (t) {
    const { server, transport } = yield* connectedPair(t);
    const waiters = [1, 2].map(() => createTask(t.loop, server.waitClosed()));
    yield* wait(t.turns(3));
    server.close();
    const late = createTask(t.loop, server.waitClosed());
    yield* wait(t.turns(3));
    expect([...waiters, late].map((task) => task.done())).toEqual([false, false, false]);
    transport.close();
    for (const task of [...waiters, late]) yield* wait(task);
    yield* wait(server.waitClosed());
  });

  scene('waitClosed on an open server without connections waits [S337]', function* (t) {
    const server = yield* wait(serve(t));
    const waiter = createTask(t.loop, server.waitClosed());
    yield* wait(t.turns(3));
    expect(waiter.done()).toBe(false);
    server.close();
    yield* wait(waiter);
  });

  scene('closeClients flushes, the server goes on [S338]', function* (t) {
    const { server, peer, client: recorder } = yield* connectedPair(t);
    peer.transport.write(Buffer.alloc(3_000_000));
    server.closeClients();
    expect((yield* wait(recorder.bytes(3_000_000))).length).toBe(3_000_000);
    yield* wait(recorder.lost);
    expect(server.isServing()).toBe(true);
    yield* tearDown(server);
  });

  scene('abortClients drops what was not sent [S338]', function* (t) {
    const { server, transport, peer, client: recorder } = yield* connectedPair(t);
    transport.pauseReading();
    peer.transport.write(Buffer.alloc(30_000_000));
    server.abortClients();
    yield* wait(peer.lost);
    transport.resumeReading();
    yield* wait(recorder.lost);
    expect(recorder.received.length).toBeLessThan(30_000_000);
    expect(server.isServing()).toBe(true);
    yield* tearDown(server);
  });

  scene('use closes the server and waits for it [S339]', function* (t) {
    const server = yield* wait(serve(t));
    const seen = yield* wait(
      server.use(
        t.coroutine(function* () {
          const [transport] = yield* wait(client(t, server));
          transport.close();
          return server.isServing();
        }),
      ),
    );
    expect(seen).toBe(true);
    expect(server.sockets).toEqual([]);
    yield* wait(server.waitClosed());
    const other = yield* wait(serve(t));
    yield* wait(other[Symbol.asyncDispose]());
    expect(other.isServing()).toBe(false);
  });

  scene('several hosts, each once [S342]', function* (t) {
    const server = yield* wait(
      createServer(t.loop, () => new Protocol(), ['127.0.0.1', '127.0.0.2', '127.0.0.1'], 0),
    );
    const names = server.sockets.map((socket) => socket.getsockname());
    expect(names.map(([host]) => host)).toEqual(['127.0.0.1', '127.0.0.2']);
    expect(new Set(names.map(([, port]) => port)).size).toBe(1);
    for (const [host, port] of names) {
      const [transport] = yield* wait(createConnection(t.loop, () => new Protocol(), host, port));
      transport.close();
    }
    server.close();
    yield* wait(server.waitClosed());
  });

  scene('the empty host and null are all interfaces [S342]', function* (t) {
    for (const host of ['', null]) {
      const server = yield* wait(createServer(t.loop, () => new Protocol(), host, 0));
      const hosts = server.sockets.map((socket) => socket.getsockname()[0]);
      expect(hosts).toContain('0.0.0.0');
      expect(['0.0.0.0', '::']).toEqual(expect.arrayContaining(hosts));
      const [transport] = yield* wait(client(t, server));
      transport.close();
      server.close();
      yield* wait(server.waitClosed());
    }
  });

  scene('a port in use is an OSError, and nothing stays open [S342]', function* (t) {
    const server = yield* wait(serve(t));
    const task = createTask(
      t.loop,
      createServer(t.loop, () => new Protocol(), ['127.0.0.2', '127.0.0.1'], portOf(server)),
    );
    try {
      yield* wait(task);
      throw new Error('it did not fail');
    } catch (error) {
      expect(error).toBeInstanceOf(OSError);
      expect(error).toMatchObject({ code: 'EADDRINUSE' });
      expect(String(error)).toMatch(/while attempting to bind on address 127\.0\.0\.1:\d+/);
    }
    const again = yield* wait(
      createServer(t.loop, () => new Protocol(), '127.0.0.2', portOf(server)),
    );
    yield* tearDown(again);
    yield* tearDown(server);
  });

  scene('what cannot be listened on is refused', function* (t) {
    const factory = (): Protocol => new Protocol();
    const refused: [Promise<unknown> | PromiseLike<unknown>, RegExp, typeof Error?][] = [
      [createServer(t.loop, factory, 8080 as never, 0), /^Cannot listen on 8080: /, TypeError],
      [createServer(t.loop, factory), /^Neither host\/port nor sock/],
      [createServer(t.loop, factory, '127.0.0.1', -1), /integer from 0 to 65535/],
      [serve(t, { reuseAddress: false }), /always sets SO_REUSEADDR/],
    ];
    for (const [coro, message, kind = ValueError] of refused) {
      try {
        yield* wait(coro);
        throw new Error('it did not fail');
      } catch (error) {
        expect(error).toBeInstanceOf(kind);
        expect((error as Error).message).toMatch(message);
      }
    }
  });

  scene('a protocol factory that fails is reported, the server goes on', function* (t) {
    let fail = true;
    const peer = new Recorder(t.loop);
    const server = yield* wait(
      createServer(
        t.loop,
        () => {
          if (fail) throw new Error('no protocol');
          return peer;
        },
        '127.0.0.1',
        0,
      ),
    );
    const refused = new Recorder(t.loop);
    yield* wait(createConnection(t.loop, () => refused, '127.0.0.1', portOf(server)));
    yield* wait(refused.lost);
    expect(t.takeReports().map((report) => report.message)).toEqual([
      'Error on transport creation for incoming connection',
    ]);
    fail = false;
    const [transport] = yield* wait(client(t, server));
    yield* wait(peer.made);
    transport.close();
    yield* tearDown(server);
  });

  scene('is closed with its loop', function* (t) {
    const server = yield* wait(serve(t));
    const node = server.sockets[0].node as NodeServer;
    expect(node.listening).toBe(true);
    t.loop._atClose(() => expect(node.listening).toBe(false));
  });

  test('virtual time does not pass while a connection may still bring something', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    let elapsed = 0;
    await runUntilComplete(loop, function* () {
      const peer = new Recorder(loop);
      const server = yield* createServer(loop, () => peer, '127.0.0.1', 0);
      const timer = loop.callLater(3600, () => undefined);
      const socket = connect(portOf(server), '127.0.0.1', () => socket.end('x'));
      yield* peer.lost;
      elapsed = loop.time();
      timer.cancel();
      server.close();
      yield* server.waitClosed();
    });
    expect(elapsed).toBe(0);
    expect(loop._outside).toBe(0);
    loop.close();
  });
});

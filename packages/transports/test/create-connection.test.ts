import { once } from 'node:events';
import { createServer as createNodeServer, Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, ValueError } from '@asyncio-ts/loop';
import { createTask, runUntilComplete } from '@asyncio-ts/futures';
import { ExceptionGroup } from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  ConnectionRefusedError,
  createConnection,
  createServer,
  OSError,
  Protocol,
} from '@asyncio-ts/transports';

import { failure, portOf, Recorder, tearDown } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });

/** A port nobody listens on. */
function* freePort(): Generator<unknown, number, unknown> {
  const server = createNodeServer();
  const port = yield* wait(
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    }),
  );
  yield* wait(new Promise((resolve) => server.close(resolve)));
  return port;
}

describe('createConnection', () => {
  scene('gives the transport and the protocol, which knows it already [S309]', function* (t) {
    const server = yield* wait(createServer(t.loop, () => new Protocol(), '127.0.0.1', 0));
    const events: string[] = [];
    const client = new Recorder(t.loop);
    const result = yield* wait(
      createConnection(
        t.loop,
        () => {
          events.push('factory');
          return client;
        },
        '127.0.0.1',
        portOf(server),
      ),
    );
    expect(events).toEqual(['factory']);
    expect(result).toEqual([client.transport, client]);
    yield* tearDown(server);
  });

  scene('finds a host by its name [S328]', function* (t) {
    const server = yield* wait(createServer(t.loop, () => new Protocol(), 'localhost', 0));
    const client = new Recorder(t.loop);
    yield* wait(createConnection(t.loop, () => client, 'localhost', portOf(server)));
    expect(client.events).toEqual(['made']);
    yield* tearDown(server);
  });

  scene('one refusal is raised as it is [S328]', function* (t) {
    const port = yield* freePort();
    const error = yield* failure(createConnection(t.loop, () => new Protocol(), '127.0.0.1', port));
    expect(error).toBeInstanceOf(ConnectionRefusedError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect' });
    const group = yield* failure(
      createConnection(t.loop, () => new Protocol(), '127.0.0.1', port, { allErrors: true }),
    );
    expect(group).toBeInstanceOf(ExceptionGroup);
    expect((group as ExceptionGroup<Error>).exceptions).toHaveLength(1);
    expect((group as ExceptionGroup<Error>).exceptions[0]).toBeInstanceOf(ConnectionRefusedError);
  });

  scene('an address that cannot be used is an OSError of its kind [S328]', function* (t) {
    const host = 'no-such-host.invalid';
    const error = yield* failure(createConnection(t.loop, () => new Protocol(), host, 1));
    expect(error).toBeInstanceOf(OSError);
    expect(error).toMatchObject({ syscall: 'getaddrinfo' });
  });

  scene('a number is not looked up, and must be of the family asked for [S330]', function* (t) {
    const error = yield* failure(
      createConnection(t.loop, () => new Protocol(), '127.0.0.1', 1, { family: 6 }),
    );
    expect(String(error)).toBe('OSError: Cannot use 127.0.0.1: it is no IPv6 address');
  });

  scene('host and port, or sock, but not both nor neither [S329]', function* (t) {
    const make = (...args: [host?: string | null, port?: number | null, options?: object]) =>
      createConnection(t.loop, () => new Protocol(), ...args);
    const sock = new Socket();
    const both = yield* failure(make('127.0.0.1', 1, { sock }));
    expect(both).toBeInstanceOf(ValueError);
    expect(both.message).toBe('host/port and sock can not be specified at the same time');
    expect((yield* failure(make(null, 1, { sock }))).message).toBe(both.message);
    const neither = yield* failure(make());
    expect(neither).toBeInstanceOf(ValueError);
    expect(neither.message).toBe('host and port was not specified and no sock specified');
    const alien = yield* failure(make(null, null, { sock: {} }));
    expect(alien).toBeInstanceOf(ValueError);
    expect(alien.message).toMatch(/^A Stream Socket was expected/);
    const idle = yield* failure(make(null, null, { sock }));
    expect(idle.message).toMatch(/it is not connected$/);
    expect((yield* failure(make('127.0.0.1', 70_000))).message).toBe(
      'Cannot use port 70000: it must be an integer from 0 to 65535',
    );
  });

  scene('takes over a socket that is connected or about to be [S329]', function* (t) {
    const peer = new Recorder(t.loop);
    const server = yield* wait(createServer(t.loop, () => peer, '127.0.0.1', 0));
    const sock = new Socket({ allowHalfOpen: true });
    sock.connect(portOf(server), '127.0.0.1');
    const client = new Recorder(t.loop);
    const [transport] = yield* wait(createConnection(t.loop, () => client, null, null, { sock }));
    yield* wait(peer.made);
    peer.transport.write(Buffer.from('hello'));
    yield* wait(client.bytes(5));
    transport.close();
    yield* wait(peer.lost);
    yield* tearDown(server);
  });

  scene('binds this side to a local address', function* (t) {
    const peer = new Recorder(t.loop);
    const server = yield* wait(createServer(t.loop, () => peer, '127.0.0.1', 0));
    const port = yield* freePort();
    const [transport] = yield* wait(
      createConnection(t.loop, () => new Recorder(t.loop), '127.0.0.1', portOf(server), {
        localAddr: ['127.0.0.1', port],
      }),
    );
    expect(transport.getExtraInfo('sockname')).toEqual(['127.0.0.1', port]);
    transport.abort();
    const error = yield* failure(
      createConnection(t.loop, () => new Protocol(), '127.0.0.1', portOf(server), {
        localAddr: ['::1', 0],
      }),
    );
    expect(error.message).toBe('no matching local address with family 4 found');
    yield* tearDown(server);
  });

  scene('a protocol factory that fails closes the connection', function* (t) {
    const peer = new Recorder(t.loop);
    const server = yield* wait(createServer(t.loop, () => peer, '127.0.0.1', 0));
    const wrong = new Error('no protocol');
    const error = yield* failure(
      createConnection(
        t.loop,
        () => {
          throw wrong;
        },
        '127.0.0.1',
        portOf(server),
      ),
    );
    expect(error).toBe(wrong);
    yield* wait(peer.lost);
    yield* tearDown(server);
  });

  scene('cancelled on the way, it leaves no connection', function* (t) {
    const server = yield* wait(createServer(t.loop, () => new Protocol(), '127.0.0.1', 0));
    const before = t.loop._outside;
    for (let turns = 0; turns < 4; turns++) {
      const client = new Recorder(t.loop);
      const task = createTask(
        t.loop,
        createConnection(t.loop, () => client, '127.0.0.1', portOf(server)),
      );
      yield* wait(t.turns(turns));
      task.cancel();
      try {
        yield* wait(task);
      } catch {
        // cancelled, or made just in time
      }
      expect(task.cancelled()).toBe(true);
      if (client.made.done()) yield* wait(client.lost);
    }
    yield* tearDown(server);
    expect(t.loop._outside).toBeLessThanOrEqual(before);
  });

  test('a loop that is closed meanwhile leaves no connection', async () => {
    const node = createNodeServer().listen(0, '127.0.0.1');
    await once(node, 'listening');
    const { port } = node.address() as { port: number };
    node.on('connection', (socket) => socket.on('error', () => undefined).resume());
    for (let turns = 1; turns < 4; turns++) {
      const loop = new BaseEventLoop();
      loop.setExceptionHandler(() => undefined);
      createTask(
        loop,
        createConnection(loop, () => new Protocol(), '127.0.0.1', port),
      );
      await runUntilComplete(loop, function* () {
        for (let i = 0; i < turns; i++) yield;
      });
      loop.close();
    }
    // Connections are accepted in order: once this one is, the others were, and are gone for good.
    const probe = new Socket().connect(port, '127.0.0.1');
    while (probe.connecting) await once(probe, 'connect');
    probe.resume().end('x');
    await once(probe, 'close');
    node.close();
    await once(node, 'close');
  });
});

// Real sockets: what is tried here is how the loop sees Node's own.
import net from 'node:net';
import { once } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';

import { afterEach, describe, expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  EVENT_READ,
  EVENT_WRITE,
  getRunningLoop,
  NodeSelector,
  RuntimeError,
  ValueError,
  VirtualSelector,
} from '@asyncio-ts/loop';

const toClose: { destroy?(): void; close?(): void }[] = [];

afterEach(() => {
  for (const thing of toClose.splice(0)) {
    if (thing.destroy !== undefined) thing.destroy();
    else thing.close?.();
  }
});

/** So many rounds of Node's own loop. */
async function rounds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function pair(): Promise<[net.Socket, net.Socket]> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const client = net.connect(port, '127.0.0.1');
  const [[peer]] = await Promise.all([accepted, once(client, 'connect')]);
  server.close();
  toClose.push(client, peer);
  return [client, peer];
}

const selectors = { virtual: () => new VirtualSelector(), node: () => new NodeSelector() };

describe.each(Object.entries(selectors))('on the selector %s', (_name, newSelector) => {
  const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: newSelector() });

  test('[S240] a reader is called, inside the loop, in each turn while bytes are buffered', async () => {
    const loop = newLoop();
    const [client, peer] = await pair();
    const got: string[] = [];
    let calls = 0;
    loop.addReader(
      peer,
      (tag: string) => {
        expect(getRunningLoop()).toBe(loop);
        expect(tag).toBe('tag');
        // Level-triggered: nothing is read the first time, and it is called again.
        if (++calls === 1) return;
        const data = peer.read() as Buffer | null;
        if (data !== null) got.push(data.toString());
        if (got.join('') === 'hello') loop.stop();
      },
      'tag',
    );
    client.write('hello');
    await loop.runForever();
    expect(calls).toBeGreaterThanOrEqual(2);
    loop.close();
  });

  test('[S240] the end of the stream is readable too', async () => {
    const loop = newLoop();
    const [client, peer] = await pair();
    loop.addReader(peer, () => {
      if (peer.read() === null) loop.stop();
    });
    client.end();
    await loop.runForever();
    loop.close();
  });

  test('[S241] adding replaces, and removing says whether there was one', async () => {
    const loop = newLoop();
    const [client, peer] = await pair();
    const log: string[] = [];
    expect(loop.removeReader(peer)).toBe(false);
    expect(loop.removeWriter(peer)).toBe(false);
    const first = loop.addReader(peer, () => log.push('first'));
    const second = loop.addReader(peer, () => {
      log.push('second');
      peer.read();
      loop.stop();
    });
    expect(first.cancelled()).toBe(true);
    expect(second.cancelled()).toBe(false);
    client.write('x');
    await loop.runForever();
    expect(log).toEqual(['second']);
    expect(loop.removeReader(peer)).toBe(true);
    expect(second.cancelled()).toBe(true);
    expect(loop.removeReader(peer)).toBe(false);
    expect(loop._selector.getMap().size).toBe(0);
    loop.close();
  });

  test('[S240] a reader removed in the turn in which it is ready is not called', async () => {
    const loop = newLoop();
    const [client, peer] = await pair();
    const [client2, peer2] = await pair();
    const log: string[] = [];
    const read = (name: string, other: net.Socket) => () => {
      log.push(name);
      loop.removeReader(other);
      loop.callSoon(() => loop.stop());
    };
    client.write('x');
    client2.write('x');
    await Promise.all([once(peer, 'readable'), once(peer2, 'readable')]);
    loop.addReader(peer, read('one', peer2));
    loop.addReader(peer2, read('two', peer));
    await loop.runForever();
    expect(log[0]).toBe('one');
    expect(log).not.toContain('two');
    loop.close();
  });

  test('a writer is called while there is room, next to a reader of the same socket', async () => {
    const loop = newLoop();
    const [client, peer] = await pair();
    const log: string[] = [];
    loop.addReader(peer, () => log.push(`read ${(peer.read() as Buffer).toString()}`));
    loop.addWriter(peer, () => {
      log.push('write');
      expect(loop.removeWriter(peer)).toBe(true);
      peer.write('from peer');
    });
    loop.addReader(client, () => {
      log.push(`client ${(client.read() as Buffer).toString()}`);
      client.write('from client');
      loop.removeReader(client);
      loop.addReader(peer, () => {
        log.push(`read ${(peer.read() as Buffer).toString()}`);
        loop.stop();
      });
    });
    await loop.runForever();
    expect(log).toEqual(['write', 'client from peer', 'read from client']);
    loop.close();
  });

  test('a stream whose buffer is full is not writable until it drains', async () => {
    const loop = newLoop();
    let taken: () => void = () => {};
    const stream = new Duplex({
      highWaterMark: 4,
      read: () => {},
      write: (_chunk, _encoding, callback) => {
        taken = callback;
      },
    });
    const log: string[] = [];
    loop.addWriter(stream, () => {
      log.push(`room ${stream.writableHighWaterMark - stream.writableLength}`);
      stream.write('abc');
      if (log.length === 3) loop.stop();
    });
    const run = loop.runForever();
    while (log.length < 2) await rounds(1);
    await rounds(5);
    expect(log).toEqual(['room 4', 'room 1']);
    taken();
    await rounds(2);
    taken();
    await run;
    expect(log).toEqual(['room 4', 'room 1', 'room 4']);
    loop.close();
  });

  test('a server is readable while a connection is pending; accept takes it', async () => {
    const loop = newLoop();
    const server = net.createServer().listen(0, '127.0.0.1');
    toClose.push(server);
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const accepted: net.Socket[] = [];
    const accept = (): net.Socket | null => {
      return (loop._selector as NodeSelector | VirtualSelector).accept(server);
    };
    loop.addReader(server, () => {
      const socket = accept();
      if (socket === null) return;
      accepted.push(socket);
      toClose.push(socket);
      if (accepted.length === 2) loop.stop();
    });
    expect(accept()).toBeNull();
    toClose.push(net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1'));
    await loop.runForever();
    expect(accepted).toHaveLength(2);
    loop.close();
  });

  test('a destroyed socket is ready for everything, so that whoever waits looks', async () => {
    const loop = newLoop();
    const [, peer] = await pair();
    const log: string[] = [];
    loop.addReader(peer, () => {
      log.push(`destroyed ${peer.destroyed}`);
      loop.removeReader(peer);
      loop.stop();
    });
    setImmediate(() => peer.destroy());
    await loop.runForever();
    expect(log).toEqual(['destroyed true']);
    loop.close();
  });

  test('any Node stream can be registered', async () => {
    const loop = newLoop();
    const stream = new PassThrough();
    const got: string[] = [];
    loop.addReader(stream, () => {
      got.push((stream.read() as Buffer).toString());
      loop.stop();
    });
    setImmediate(() => stream.write('piped'));
    await loop.runForever();
    expect(got).toEqual(['piped']);
    loop.close();
  });

  test('closing the loop lets go of the sockets', async () => {
    const loop = newLoop();
    const [client, peer] = await pair();
    const listeners = peer.listenerCount('readable');
    loop.addReader(peer, () => {});
    loop.addReader(client, () => {});
    loop.close();
    expect(peer.listenerCount('readable')).toBe(listeners);
    expect(loop._selector.getMap().size).toBe(0);
  });
});

test('the selector speaks in Python’s names', async () => {
  const selector = new NodeSelector();
  const [client] = await pair();
  expect(selector.getKey(client)).toBeUndefined();
  const key = selector.register(client, EVENT_WRITE, 'data');
  expect(key.fileobj).toBe(client);
  expect(key.events).toBe(EVENT_WRITE);
  expect(key.data).toBe('data');
  expect(selector.getKey(client)).toBe(key);
  expect(selector.select(0)).toEqual([[key, EVENT_WRITE]]);
  expect(() => selector.register(client, EVENT_READ)).toThrow(RuntimeError);
  selector.modify(client, EVENT_READ, 'other');
  expect(selector.getKey(client)?.data).toBe('other');
  expect(selector.select(0)).toEqual([]);
  expect(selector.unregister(client)).toBe(key);
  expect(() => selector.unregister(client)).toThrow(/was never registered/);
  expect(() => selector.modify(client, EVENT_READ)).toThrow(RuntimeError);
  for (const events of [0, 4, 7]) {
    expect(() => selector.register(client, events)).toThrow(ValueError);
  }
  expect(() => selector.register({}, EVENT_READ)).toThrow(/only of sockets, servers and streams/);
  expect(selector.getMap().size).toBe(0);
  selector.close();
});

import { describe, expect, test } from '@jest/globals';
import {
  createTask,
  EventLoop,
  getRunningLoop,
  run,
  sleep,
  StreamReader,
  StreamReaderProtocol,
  StreamWriter,
  type Task,
  Transport,
  VirtualSelector,
} from 'asyncio-ts';

import { Client } from '../examples/resp/client.js';
import { type HandlerKind, RespServer } from '../examples/resp/server.js';
import { Store } from '../examples/resp/store.js';
import { kinds } from './resp-wire.js';

const onVirtualTime = <T>(body: () => Promise<T>): Promise<T> =>
  run(body, { loopFactory: () => new EventLoop({ selector: new VirtualSelector() }) });

describe('Store', () => {
  const timed = (body: (store: Store, time: () => number) => Promise<void>) => () =>
    onVirtualTime(async () => {
      const loop = getRunningLoop();
      await body(new Store(loop), () => loop.time());
    });

  test(
    'lets a key expire at its time, and not before',
    timed(async (store, time) => {
      store.set('a', '1');
      store.expireAt('a', time() + 3600);
      await sleep(3599);
      expect(store.remaining('a')).toBe(1);
      expect(store.getString('a')).toBe('1');
      await sleep(1);
      expect(store.remaining('a')).toBeNull();
      expect(store.size).toBe(0);
      expect(store.expiring).toBe(0);
    }),
  );

  test('does not give out what has expired and was not removed yet', () => {
    const selector = new VirtualSelector();
    const store = new Store(new EventLoop({ selector }));
    store.set('a', '1');
    store.expireAt('a', 1);
    // The loop does not run: its timers are late.
    selector.advance(2);
    expect(store.keys()).toEqual([]);
    expect(store.delete('a')).toBe(false);
    expect(store.size).toBe(0);
  });

  test(
    'forgets the deadline of a key that is set to stay, deleted or cleared',
    timed(async (store, time) => {
      for (const key of ['a', 'b', 'c']) {
        store.set(key, '1');
        store.expireAt(key, time() + 10);
      }
      store.expireAt('a', time() + 20);
      store.persist('b');
      store.delete('c');
      store.set('c', '2');
      expect(store.remaining('c')).toBe(Infinity);
      await sleep(15);
      expect(store.keys()).toEqual(['a', 'b', 'c']);
      await sleep(10);
      expect(store.keys()).toEqual(['b', 'c']);
      store.clear();
      expect(store.size).toBe(0);
    }),
  );

  test(
    'deletes a key whose deadline has passed already',
    timed(async (store, time) => {
      store.set('a', '1');
      store.expireAt('a', time() - 1);
      expect(store.has('a')).toBe(false);
    }),
  );

  test(
    'has no empty lists, and keeps strings and lists apart',
    timed(async (store) => {
      expect(store.push('l', 'right', ['a', 'b'])).toBe(2);
      expect(store.push('l', 'left', ['c', 'd'])).toBe(4);
      expect(store.getList('l')?.slice()).toEqual(['d', 'c', 'a', 'b']);
      expect(() => store.getString('l')).toThrow(/^WRONGTYPE/);
      store.set('s', 'x');
      expect(() => store.push('s', 'left', ['a'])).toThrow(/^WRONGTYPE/);
      expect(() => store.pop('s', 'left')).toThrow(/^WRONGTYPE/);
      expect([1, 2, 3, 4].map(() => store.pop('l', 'left'))).toEqual(['d', 'c', 'a', 'b']);
      expect(store.has('l')).toBe(false);
      expect(store.pop('l', 'right')).toBeNull();
    }),
  );
});

/** A connection without a network. */
class Line extends Transport {
  heard = '';
  closed = false;

  override write(data: Uint8Array): void {
    this.heard += Buffer.from(data).toString('latin1');
  }
  override getWriteBufferSize(): number {
    return 0;
  }
  override isClosing(): boolean {
    return this.closed;
  }
  override close(): void {
    this.closed = true;
  }
  override abort(): void {
    this.closed = true;
  }
}

/** A client on the line, on virtual time. */
class Caller {
  readonly line = new Line();
  readonly reader = new StreamReader();
  readonly task: Task<void>;

  constructor(server: RespServer) {
    const loop = getRunningLoop();
    const protocol = new StreamReaderProtocol(this.reader, null, { loop });
    const writer = new StreamWriter(this.line, protocol, this.reader, loop);
    this.task = createTask(server.handlers.serveClient(new Client(server, this.reader, writer)));
  }

  say(words: string): void {
    this.reader.feedData(Buffer.from(`${words}\r\n`));
  }

  hears(): string {
    const { heard } = this.line;
    this.line.heard = '';
    return heard;
  }

  async ask(words: string): Promise<string> {
    this.say(words);
    await sleep(0.001);
    return this.hears();
  }
}

describe.each(kinds)('on virtual time, with %s handlers', (kind: HandlerKind) => {
  const called = (body: (caller: Caller, server: RespServer) => Promise<void>) => () =>
    onVirtualTime(async () => {
      const server = new RespServer(kind);
      const caller = new Caller(server);
      await body(caller, server);
      caller.reader.feedEof();
      await caller.task;
      expect(caller.line.closed).toBe(true);
      expect(server.clients.size).toBe(0);
    });

  test(
    'SET with EX and PX, EXPIRE and TTL',
    called(async (caller) => {
      expect(await caller.ask('SET a 1 EX 100')).toBe('+OK\r\n');
      expect(await caller.ask('SET b 1 PX 1500')).toBe('+OK\r\n');
      expect(await caller.ask('TTL a')).toBe(':100\r\n');
      await sleep(1.4);
      expect(await caller.ask('MGET a b')).toBe('*2\r\n$1\r\n1\r\n$1\r\n1\r\n');
      await sleep(0.1);
      expect(await caller.ask('MGET a b')).toBe('*2\r\n$1\r\n1\r\n$-1\r\n');
      expect(await caller.ask('EXPIRE a 1000')).toBe(':1\r\n');
      await sleep(999);
      expect(await caller.ask('EXISTS a')).toBe(':1\r\n');
      await sleep(1);
      expect(await caller.ask('TTL a')).toBe(':-2\r\n');
      expect(await caller.ask('SET c 1 EX 1')).toBe('+OK\r\n');
      expect(await caller.ask('SET c 2')).toBe('+OK\r\n');
      await sleep(3600);
      expect(await caller.ask('TTL c')).toBe(':-1\r\n');
    }),
  );

  test(
    'BLPOP waits as long as it was told to',
    called(async (caller, server) => {
      caller.say('BLPOP q r 3600');
      await sleep(3599.9);
      expect(caller.hears()).toBe('');
      await sleep(0.2);
      expect(caller.hears()).toBe('*-1\r\n');
      server.store.push('q', 'left', ['late']);
      server.lists.serve('q');
      expect(await caller.ask('LPOP q')).toBe('$4\r\nlate\r\n');
    }),
  );

  test(
    'BLPOP that came to its time in the turn of the push answers once, and nothing is lost',
    called(async (caller, server) => {
      for (const early of [0, 0.001, -0.001]) {
        caller.say('BLPOP q 10');
        // The timers of both are due in one turn, in either order.
        getRunningLoop().callLater(10 - early, () => {
          server.store.push('q', 'right', ['x']);
          server.lists.serve('q');
        });
        await sleep(11);
        const heard = caller.hears();
        const left = server.store.pop('q', 'left');
        expect([heard, left]).toEqual(
          heard === '*-1\r\n' ? ['*-1\r\n', 'x'] : ['*2\r\n$1\r\nq\r\n$1\r\nx\r\n', null],
        );
      }
    }),
  );

  test(
    'a client whose end was seen in the turn of the push gets nothing',
    called(async (caller, server) => {
      const gone = new Caller(server);
      gone.say('BLPOP q 0');
      caller.say('BLPOP q 0');
      await sleep(1);
      gone.reader.feedEof();
      server.store.push('q', 'right', ['x', 'y']);
      server.lists.serve('q');
      await gone.task;
      expect(gone.hears()).toBe('');
      await sleep(1);
      expect(caller.hears()).toBe('*2\r\n$1\r\nq\r\n$1\r\nx\r\n');
      expect(await caller.ask('LRANGE q 0 -1')).toBe('*1\r\n$1\r\ny\r\n');
    }),
  );
});

// Coroutine objects without a generator, resumed by hand: as those that have one. All of it is what CPython 3.13 does.
import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import {
  type Coroutine,
  Event,
  type Future,
  Lock,
  Queue,
  RuntimeError,
  sleep,
  StreamReader,
  ValueError,
} from 'asyncio-ts';
import { Life } from '@asyncio-ts/futures';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test, { selectors: ['virtual'] });

/** What must wait, and what is to be seen of it from outside once nobody waits any more. */
type Waiting = readonly [coro: () => Coroutine<unknown>, outside: () => unknown];

function full(): Queue<number> {
  const queue = new Queue<number>(1);
  queue.putNowait(1);
  return queue;
}

/** The step of the first call is over at once: the lock was free. */
function held(): Lock {
  const lock = new Lock();
  lock.acquire().next();
  return lock;
}

const all: Record<string, (t: Scene) => Waiting> = {
  'Queue.get': () => {
    const queue = new Queue<number>();
    return [() => queue.get(), () => inspect(queue)];
  },
  'Queue.put': () => {
    const queue = full();
    return [() => queue.put(2), () => inspect(queue)];
  },
  'Lock.acquire': () => {
    const lock = held();
    return [() => lock.acquire(), () => inspect(lock)];
  },
  'Event.wait': () => {
    const event = new Event();
    return [() => event.wait(), () => inspect(event)];
  },
  readline: (t) => {
    const reader = new StreamReader({ loop: t.loop });
    return [() => reader.readline(), () => inspect(reader)];
  },
  sleep: (t) => [() => sleep(10), () => t.loop._scheduled.next()],
};

const REUSED = /Cannot reuse the already awaited coroutine/;
const NOT_AWAITED = /await wasn't used with future/;

describe.each(Object.entries(all))('%s', (_name, make) => {
  scene('takes no value before it was started, and is none the worse for it', function* (t) {
    const [begin] = make(t);
    const coro = begin();
    expect(() => coro.send(1)).toThrow(TypeError);
    expect(inspect(coro)).toMatch(/ created>$/);
    expect(coro.send().done).toBe(false);
    expect(inspect(coro)).toMatch(/ suspended>$/);
    coro.close();
    yield* wait(t.turn());
  });

  scene('resumed while it must wait still, it fails and waits no more', function* (t) {
    const [begin, outside] = make(t);
    const before = outside();
    const coro = begin();
    coro.next();
    expect(() => coro.next()).toThrow(RuntimeError);
    expect(() => coro.next()).toThrow(REUSED);
    expect(outside()).toBe(before);
    const again = begin();
    again.next();
    expect(() => again.next()).toThrow(NOT_AWAITED);
    yield* wait(t.turn());
  });

  scene('resumed after what it waits for was cancelled or failed, it fails, too', function* (t) {
    const [begin, outside] = make(t);
    const before = outside();
    const mine = new ValueError('mine');
    const cancelled = begin();
    (cancelled.next().value as Future<unknown>).cancel();
    expect(() => cancelled.next()).toThrow(expect.objectContaining({ name: 'CancelledError' }));
    expect(() => cancelled.next()).toThrow(REUSED);
    expect(outside()).toBe(before);
    const failed = begin();
    (failed.next().value as Future<unknown>).setException(mine);
    expect(() => failed.next()).toThrow(mine);
    expect(() => failed.next()).toThrow(REUSED);
    expect(outside()).toBe(before);
    yield* wait(t.turn());
  });

  scene('fails with what is thrown into it, before the start and while it waits', function* (t) {
    const [begin, outside] = make(t);
    const before = outside();
    const mine = new ValueError('mine');
    for (const steps of [0, 1]) {
      const coro = begin();
      for (let i = 0; i < steps; i++) coro.next();
      expect(() => coro.throw(mine)).toThrow(mine);
      expect(() => coro.throw(mine)).toThrow(REUSED);
      expect(() => coro.next()).toThrow(REUSED);
      expect(outside()).toBe(before);
    }
    yield* wait(t.turn());
  });

  scene('closed, before the start and while it waits, it leaves nothing behind', function* (t) {
    const [begin, outside] = make(t);
    const before = outside();
    for (const steps of [0, 1]) {
      const coro = begin();
      for (let i = 0; i < steps; i++) coro.next();
      coro.close();
      coro.close();
      expect(() => coro.next()).toThrow(REUSED);
      expect(() => coro.throw(new ValueError('mine'))).toThrow(REUSED);
      expect(outside()).toBe(before);
    }
    yield* wait(t.turn());
  });

  scene('watched in debug mode, it is started like any other, and watched no more', function* (t) {
    t.loop.setDebug(true);
    const [begin] = make(t);
    const coro = begin();
    expect(coro._life & Life.Watched).toBe(Life.Watched);
    expect(coro.next().done).toBe(false);
    expect(coro._life).toBe(Life.Suspended);
    coro.close();
    yield* wait(t.turn());
  });

  scene(
    'what it waits for is delegated to by nobody else before a task has taken it',
    function* (t) {
      const [begin] = make(t);
      const coro = begin();
      const future = coro.next().value as Future<unknown>;
      expect(() => future[Symbol.iterator]().next()).toThrow(NOT_AWAITED);
      coro.close();
      yield* wait(t.turn());
    },
  );
});

scene('a coroutine object that is resumed by its own step is running', function* (t) {
  class Curious extends Queue<number> {
    override _put(item: number): void {
      expect(() => coro.next()).toThrow(ValueError);
      expect(() => coro.throw(new Error())).toThrow(/executing already/);
      super._put(item);
    }
  }
  const queue = new Curious();
  const coro = queue.put(1);
  yield* wait(coro);
  expect(queue.getNowait()).toBe(1);
  yield* wait(t.turn());
});

scene('what a read has gathered is left to the next one, however it ends', function* (t) {
  const reader = new StreamReader({ loop: t.loop });
  reader.feedData(Buffer.from('abc'));
  const gathered = (): Coroutine<Buffer> => {
    const coro = reader.read();
    coro.next();
    return coro;
  };
  gathered().close();
  expect(() => gathered().throw(new ValueError('mine'))).toThrow('mine');
  const early = gathered();
  expect(() => early.next()).toThrow(NOT_AWAITED);
  expect(String(yield* wait(reader.readexactly(3)))).toBe('abc');
});

import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError, VirtualSelector } from '@asyncio-ts/loop';
import { CancelledError, type Coroutine, runUntilComplete } from '@asyncio-ts/futures';
import { Condition, Event, Lock, Queue, Semaphore } from '@asyncio-ts/sync';
import { timeout, TimeoutError, waitFor } from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

import { failure, waitingFor } from './waiting.js';

const scene = scenes(test, { selectors: ['virtual'] });

/** The first step of a coroutine object, driven by hand: no task, no loop. */
function firstStep<T>(coro: Coroutine<T>): IteratorResult<unknown, T> {
  return coro.next();
}

test('[S166] there is no loop parameter', () => {
  // @ts-expect-error: a lock takes nothing
  new Lock({ loop: new BaseEventLoop({ selector: new VirtualSelector() }) });
});

test('[S166] a noun belongs to the loop of its first wait, and to no other', async () => {
  const nouns = {
    lock: new Lock(),
    semaphore: new Semaphore(0),
    event: new Event(),
    getter: new Queue<number>(),
    putter: new Queue<number>(1),
    condition: new Condition(),
  };
  nouns.putter.putNowait(1);
  firstStep(nouns.lock.acquire());
  firstStep(nouns.condition.acquire());
  const waits: Record<keyof typeof nouns, () => Coroutine<unknown>> = {
    lock: () => nouns.lock.acquire(),
    semaphore: () => nouns.semaphore.acquire(),
    event: () => nouns.event.wait(),
    getter: () => nouns.getter.get(),
    putter: () => nouns.putter.put(2),
    condition: () => nouns.condition.wait(),
  };
  for (const name of Object.keys(nouns) as (keyof typeof nouns)[]) {
    const first = new BaseEventLoop({ selector: new VirtualSelector() });
    const second = new BaseEventLoop({ selector: new VirtualSelector() });
    expect(nouns[name]._loop).toBeNull();
    await expect(runUntilComplete(first, () => waitFor(waits[name](), 1))).rejects.toThrow(
      TimeoutError,
    );
    expect(nouns[name]._loop).toBe(first);
    for (const body of [() => waits[name](), async () => void (await waits[name]())]) {
      await expect(runUntilComplete(second, body)).rejects.toThrow(
        /^Cannot wait for <.*>: it is bound to a different event loop/,
      );
    }
    first.close();
    second.close();
  }
});

scene('[S166] a lock shared by conditions is bound on its own', function* (t) {
  const other = new BaseEventLoop({ selector: new VirtualSelector() });
  const lock = new Lock();
  lock._loop = other;
  yield* wait(lock.acquire());
  const condition = new Condition(lock);
  const error = yield* failure(condition.acquire());
  expect(error).toBeInstanceOf(RuntimeError);
  expect(String(error)).toMatch(/is bound to a different event loop/);

  const own = new Lock();
  yield* wait(own.acquire());
  const foreign = new Condition(own);
  foreign._loop = other;
  expect(String(yield* failure(foreign.wait()))).toMatch(/is bound to a different event loop/);
  expect(own.locked()).toBe(true);
  other.close();
  expect(t.loop.isClosed()).toBe(false);
});

test('[S167] an uncontended acquire completes at once and asks for no loop', () => {
  const lock = new Lock();
  expect(firstStep(lock.acquire())).toEqual({ value: true, done: true });
  expect(lock.locked()).toBe(true);
  expect(lock._loop).toBeNull();
  expect(() => firstStep(lock.acquire())).toThrow('no running event loop');
  expect(firstStep(new Semaphore(1).acquire()).done).toBe(true);
  const event = new Event();
  event.set();
  expect(firstStep(event.wait())).toEqual({ value: true, done: true });
  const queue = new Queue<string>();
  expect(firstStep(queue.put('a')).done).toBe(true);
  expect(firstStep(queue.get())).toEqual({ value: 'a', done: true });
  queue.taskDone();
  expect(firstStep(queue.join()).done).toBe(true);
});

scene('[S167] an uncontended acquire costs no turn', function* (t) {
  t.loop.callSoon(() => t.log('turn'));
  const lock = new Lock();
  yield* wait(lock.acquire());
  lock.release();
  yield* wait(lock.use(() => lock.hold.call(new Lock())));
  t.log('done');
  yield* wait(t.turn());
  expect(t.events).toEqual(['done', 'turn']);
});

scene('[S168] a lock is given in the order of arrival', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const tasks = [1, 2, 3].map((n) =>
    t.task(function* () {
      t.log(n, yield* wait(lock.acquire()));
    }),
  );
  yield* wait(t.turn());
  expect(t.events).toEqual([]);
  for (const n of [1, 2, 3]) {
    lock.release();
    yield* wait(t.turns(3));
    expect(t.events.at(-1)).toBe(`${n} true`);
    expect(t.events).toHaveLength(n);
  }
  expect(tasks.every((task) => task.done())).toBe(true);
  expect(lock.locked()).toBe(true);
});

scene('[S168] a newcomer does not overtake a waiter while the lock is free', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const first = t.task(function* () {
    yield* wait(lock.acquire());
    t.log('first');
    lock.release();
  });
  yield* wait(t.turn());
  lock.release();
  expect(lock.locked()).toBe(false);
  yield* wait(lock.acquire());
  t.log('newcomer');
  yield* wait(first);
  expect(t.events).toEqual(['first', 'newcomer']);
});

scene('[S169] release wakes one waiter and hands nothing over', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  for (const n of [1, 2]) {
    t.task(function* () {
      yield* wait(lock.acquire());
      t.log(n);
    });
  }
  yield* wait(t.turn());
  lock.release();
  expect(lock.locked()).toBe(false);
  expect(inspect(lock)).toBe('<Lock [unlocked, waiters:2]>');
  yield* wait(t.turns(5));
  expect(t.events).toEqual(['1']);
  expect(inspect(lock)).toBe('<Lock [locked, waiters:1]>');
  lock.release();
  yield* wait(t.turns(2));
  expect(t.events).toEqual(['1', '2']);
});

test('[S170] release of an unlocked lock is a RuntimeError', () => {
  expect(() => new Lock().release()).toThrow(RuntimeError);
  expect(() => new Lock().release()).toThrow(/^Lock is not acquired/);
});

scene('[S171] a cancelled waiter leaves the line', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const task = t.task(() => waitingFor(lock.acquire()));
  yield* wait(t.turn());
  expect(lock._waiters).toHaveLength(1);
  task.cancel();
  expect(yield* failure(task)).toBeInstanceOf(CancelledError);
  expect(lock._waiters).toHaveLength(0);
});

scene('[S171] a cancelled waiter that has not left yet does not disturb release', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const [a, b, c] = ['a', 'b', 'c'].map((name) =>
    t.task(function* () {
      yield* wait(lock.acquire());
      t.log(name);
      lock.release();
    }),
  );
  yield* wait(t.turn());
  a?.cancel();
  lock.release();
  yield* wait(t.turns(6));
  expect(a?.cancelled()).toBe(true);
  expect([b?.done(), c?.done()]).toEqual([true, true]);
  expect(t.events).toEqual(['b', 'c']);
});

scene('[S172] a waiter cancelled after it was woken wakes the next', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const a = t.task(() => waitingFor(lock.acquire()));
  const b = t.task(() => waitingFor(lock.acquire()));
  yield* wait(t.turn());
  lock.release();
  a.cancel();
  expect(yield* failure(a)).toBeInstanceOf(CancelledError);
  expect(yield* wait(b)).toBe(true);
  expect(lock.locked()).toBe(true);
});

scene('[S172] a woken waiter that is closed, not cancelled, wakes the next', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const closed = lock.acquire();
  closed.next();
  const b = t.task(() => waitingFor(lock.acquire()));
  yield* wait(t.turn());
  lock.release();
  closed.close();
  expect(yield* wait(b)).toBe(true);
});

scene('[S173] cancel and release in one turn let exactly one waiter in', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const a = t.task(() => waitingFor(lock.acquire()));
  const b = t.task(() => waitingFor(lock.acquire()));
  const c = t.task(() => waitingFor(lock.acquire()));
  yield* wait(t.turn());
  a.cancel();
  lock.release();
  yield* wait(t.turns(6));
  expect([a.cancelled(), b.done(), c.done()]).toEqual([true, true, false]);
  lock.release();
  yield* wait(c);
});

scene('[S174] acquire gives true, the body of use gets nothing', function* (t) {
  const lock = new Lock();
  expect(yield* wait(lock.acquire())).toBe(true);
  lock.release();
  const body = t.coroutine(function* (...given: unknown[]) {
    yield;
    expect(given).toEqual([undefined]);
    expect(lock.locked()).toBe(true);
    return 'result';
  });
  expect(yield* wait(lock.use(body))).toBe('result');
  expect(lock.locked()).toBe(false);
  const failing = t.coroutine(function* () {
    yield;
    throw new Error('mine');
  });
  expect(String(yield* failure(lock.use(failing)))).toBe('Error: mine');
  expect(lock.locked()).toBe(false);
  expect(Symbol.dispose in lock).toBe(false);
});

scene('hold releases once, however often it is asked to', function* () {
  const lock = new Lock();
  const held = yield* wait(lock.hold());
  expect(lock.locked()).toBe(true);
  expect(inspect(held)).toBe('<Held <Lock [locked]>>');
  held[Symbol.dispose]();
  expect(lock.locked()).toBe(false);
  yield* wait(lock.acquire());
  held[Symbol.dispose]();
  held.release();
  expect(lock.locked()).toBe(true);
  expect(inspect(held)).toBe('<Held [released]>');
});

scene('use goes through acquire and release, so that an override is obeyed', function* (t) {
  class Logged extends Lock {
    override acquire(): Coroutine<true> {
      t.log('acquire');
      return super.acquire();
    }

    override release(): void {
      t.log('release');
      super.release();
    }
  }
  const lock = new Logged();
  yield* wait(lock.use(t.coroutine(function* () {})));
  (yield* wait(lock.hold())).release();
  expect(t.events).toEqual(['acquire', 'release', 'acquire', 'release']);
});

scene('a time limit around acquire leaves the lock to others', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const waited = timeout(1).use(() => lock.acquire());
  expect(yield* failure(waited)).toBeInstanceOf(TimeoutError);
  expect(yield* failure(waitFor(lock.acquire(), 1))).toBeInstanceOf(TimeoutError);
  expect(lock._waiters).toHaveLength(0);
  // The lock becomes free in the very turn in which the limit passes.
  const late = t.task(() => waitingFor(waitFor(lock.acquire(), 5)));
  t.loop.callLater(5, () => lock.release());
  yield* wait(t.sleep(6));
  expect(lock.locked()).toBe(late.exception() === null);
  expect(lock._waiters).toHaveLength(0);
});

scene(
  'ten thousand waiters, woken or cancelled in one turn, leave without a search',
  function* (t) {
    const lock = new Lock();
    yield* wait(lock.acquire());
    const tasks = Array.from({ length: 10_000 }, () => t.task(() => waitingFor(lock.acquire())));
    yield* wait(t.turn());
    expect(lock._waiters).toHaveLength(10_000);
    for (const task of [...tasks].reverse()) task.cancel();
    yield* wait(t.turns(2));
    expect(lock._waiters).toHaveLength(0);
    expect(tasks.every((task) => task.cancelled())).toBe(true);
  },
);

test('a coroutine object of acquire is used once', () => {
  const lock = new Lock();
  const coro = lock.acquire();
  expect(inspect(coro)).toBe('<coroutine Lock.acquire created>');
  coro.next();
  expect(inspect(coro)).toBe('<coroutine Lock.acquire closed>');
  expect(() => coro.next()).toThrow(/Cannot reuse the already awaited coroutine/);
  expect(() => coro[Symbol.iterator]()).toThrow(/Cannot reuse/);
  const sent = lock.acquire();
  expect(() => sent.next(1)).toThrow(/Cannot send a value to the just-started coroutine/);
  sent.close();
});

scene('a coroutine object of acquire is not resumed before it is woken', function* (t) {
  const lock = new Lock();
  yield* wait(lock.acquire());
  const coro = lock.acquire();
  coro.next();
  expect(inspect(coro)).toBe('<coroutine Lock.acquire suspended>');
  expect(() => coro.next()).toThrow(/await wasn't used with future/);
  coro.close();
  expect(lock._waiters).toHaveLength(0);
  // Untyped: yielded, not delegated to.
  lock.release();
  const task = t.task(function* () {
    return yield lock.acquire();
  });
  expect(yield* wait(task)).toBe(true);
});

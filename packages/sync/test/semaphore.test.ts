import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { ValueError } from '@asyncio-ts/loop';
import { CancelledError } from '@asyncio-ts/futures';
import { BoundedSemaphore, Semaphore } from '@asyncio-ts/sync';
import { waitFor } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { failure, waitingFor } from './waiting.js';

const scene = scenes(test, { selectors: ['virtual'] });

/** A task that takes a permit and logs its name. */
function taker(t: Scene, semaphore: Semaphore, name: string) {
  return t.task(function* () {
    yield* wait(semaphore.acquire());
    t.log(name);
  });
}

test('[S187] the initial value must be zero or more', () => {
  for (const value of [-1, NaN]) expect(() => new Semaphore(value)).toThrow(ValueError);
  expect(() => new Semaphore('2' as never)).toThrow(TypeError);
  expect(new Semaphore()._value).toBe(1);
  expect(new Semaphore(4)._value).toBe(4);
});

scene('[S187] a bounded semaphore is not released above its initial value', function* () {
  const semaphore = new BoundedSemaphore(2);
  expect(() => semaphore.release()).toThrow(ValueError);
  yield* wait(semaphore.acquire());
  semaphore.release();
  expect(() => semaphore.release()).toThrow(/released too many times/);
  expect(semaphore._value).toBe(2);
});

scene('[S188] a plain semaphore may be released without being acquired', function* () {
  const semaphore = new Semaphore(0);
  expect(semaphore.locked()).toBe(true);
  expect(inspect(semaphore)).toBe('<Semaphore [locked]>');
  semaphore.release();
  semaphore.release();
  expect(inspect(semaphore)).toBe('<Semaphore [unlocked, value:2]>');
  expect(yield* wait(semaphore.acquire())).toBe(true);
  expect(semaphore._value).toBe(1);
});

scene('[S189] locked() is true while others wait, though permits are left', function* (t) {
  const semaphore = new Semaphore(0);
  const first = taker(t, semaphore, 'first');
  yield* wait(t.turn());
  semaphore.release();
  semaphore.release();
  expect(semaphore._value).toBe(1);
  expect(semaphore.locked()).toBe(true);
  const newcomer = taker(t, semaphore, 'newcomer');
  yield* wait(first);
  yield* wait(newcomer);
  expect(t.events).toEqual(['first', 'newcomer']);
  expect(semaphore._value).toBe(0);
});

scene('[S190] release spends the permit on behalf of the waiter it wakes', function* (t) {
  const semaphore = new Semaphore(0);
  const task = taker(t, semaphore, 'taken');
  yield* wait(t.turn());
  semaphore.release();
  expect(semaphore._value).toBe(0);
  expect(task.done()).toBe(false);
  expect(inspect(semaphore)).toBe('<Semaphore [locked, waiters:1]>');
  yield* wait(task);
  expect(semaphore._value).toBe(0);
});

scene('[S191] whoever goes on wakes the others, as long as permits are left', function* (t) {
  const semaphore = new Semaphore(1);
  yield* wait(semaphore.acquire());
  const tasks = ['a', 'b', 'c'].map((name) => taker(t, semaphore, name));
  yield* wait(t.turn());
  semaphore._value += 2;
  semaphore.release();
  yield* wait(t.turns(4));
  expect(t.events).toEqual(['a', 'b', 'c']);
  expect(tasks.every((task) => task.done())).toBe(true);
  expect(semaphore._value).toBe(0);
});

scene('[S192] whoever releases and acquires again goes to the end of the line', function* (t) {
  const semaphore = new Semaphore(1);
  const worker = (name: string) =>
    t.task(function* () {
      for (let i = 0; i < 3; i++) {
        yield* wait(semaphore.acquire());
        t.log(name);
        yield* wait(t.sleep(0.01));
        semaphore.release();
      }
    });
  const tasks = ['a', 'b', 'c'].map(worker);
  for (const task of tasks) yield* wait(task);
  expect(t.events.join('')).toBe('abcabcabc');
});

scene('[S193] cancelled waiters are passed over and no permit is lost', function* (t) {
  const semaphore = new Semaphore(1);
  yield* wait(semaphore.acquire());
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => taker(t, semaphore, name));
  yield* wait(t.turn());
  a?.cancel();
  b?.cancel();
  semaphore.release();
  yield* wait(t.turns(4));
  expect([a?.cancelled(), b?.cancelled(), c?.done(), d?.done()]).toEqual([true, true, true, false]);
  expect(t.events).toEqual(['c']);
  d?.cancel();
  yield* wait(t.turn());
  semaphore.release();
  expect(semaphore.locked()).toBe(false);
  expect(semaphore._waiters).toHaveLength(0);
});

scene('[S194] a waiter cancelled after it got its permit gives it to the next', function* (t) {
  const semaphore = new Semaphore(1);
  yield* wait(semaphore.acquire());
  const first = t.task(() => waitingFor(semaphore.acquire()));
  const second = t.task(() => waitingFor(semaphore.acquire()));
  yield* wait(t.turn());
  semaphore.release();
  first.cancel();
  expect(yield* failure(first)).toBeInstanceOf(CancelledError);
  expect(yield* wait(second)).toBe(true);
  expect(semaphore._value).toBe(0);
  semaphore.release();
  expect(semaphore._value).toBe(1);
});

scene('[S194] with nobody behind it the permit is there again', function* (t) {
  const semaphore = new Semaphore(1);
  yield* wait(semaphore.acquire());
  const only = t.task(() => waitingFor(semaphore.acquire()));
  yield* wait(t.turn());
  semaphore.release();
  only.cancel();
  yield* wait(t.turns(2));
  expect(semaphore.locked()).toBe(false);
  expect(semaphore._value).toBe(1);
});

scene('use and hold take a permit and give it back once', function* (t) {
  const semaphore = new BoundedSemaphore(2);
  const body = t.coroutine(function* () {
    expect(semaphore._value).toBe(1);
    const held = yield* wait(semaphore.hold());
    expect(semaphore._value).toBe(0);
    held.release();
    held.release();
    expect(semaphore._value).toBe(1);
    throw new Error('mine');
  });
  expect(String(yield* failure(semaphore.use(body)))).toBe('Error: mine');
  expect(semaphore._value).toBe(2);
});

scene('ten thousand permits released in one turn wake ten thousand waiters', function* (t) {
  const semaphore = new Semaphore(0);
  const tasks = Array.from({ length: 10_000 }, () => t.task(() => waitingFor(semaphore.acquire())));
  const late = t.task(() => waitingFor(waitFor(semaphore.acquire(), 1)));
  yield* wait(t.turn());
  for (let i = 0; i < 10_000; i++) semaphore.release();
  yield* wait(t.turns(2));
  expect(tasks.every((task) => task.done())).toBe(true);
  expect(late.done()).toBe(false);
  semaphore.release();
  yield* wait(late);
  expect(semaphore._value).toBe(0);
});

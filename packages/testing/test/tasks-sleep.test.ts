// A sleep is its own timer, and nobody can tell.
import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { CancelledError, Future, getCoroutineState } from '@asyncio-ts/futures';
import { TimerHandle } from '@asyncio-ts/loop';
import { createTask, sleep } from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const exact = scenes(test, { selectors: ['virtual'] });

scene('a task that sleeps waits for a future like any other', function* (t) {
  const sleeper = t.task(
    function* work() {
      yield* wait(sleep(3600));
    },
    { name: 'sleeper' },
  );
  yield* wait(t.turns(2));
  const waited = sleeper._futWaiter as Future<unknown>;
  expect(waited).toBeInstanceOf(Future);
  expect(waited.constructor).toBe(Future);
  expect(inspect(sleeper)).toBe(
    "<Task pending name='sleeper' coro=<work> wait_for=<Future pending>>",
  );
  expect(inspect(waited)).toMatch(/^<Future pending cb=\[.+\]>$/);
  expect(waited.getLoop()).toBe(t.loop);
  sleeper.cancel();
  expect(waited.cancelled()).toBe(true);
  yield* rejects(sleeper, CancelledError);
});

exact('sleepers and timers that are due together come in the order of their start', function* (t) {
  const nap = t.coroutine(function* (name: string) {
    yield* wait(sleep(5));
    t.log(name);
  });
  t.loop.callAt(5, () => t.log('timer 1'));
  const first = createTask(nap('task 1'));
  yield* wait(t.turns(2));
  t.loop.callAt(5, () => t.log('timer 2'));
  const second = createTask(nap('task 2'));
  yield* wait(first);
  yield* wait(second);
  // A task comes one turn after its time.
  expect(t.events).toEqual(['timer 1', 'timer 2', 'task 1', 'task 2']);
});

exact('a sleep that was cancelled leaves no timer behind', function* (t) {
  const sleepers = Array.from({ length: 300 }, () =>
    t.task(function* () {
      yield* wait(sleep(3600));
    }),
  );
  const before = t.loop._scheduled.length;
  yield* wait(t.turns(2));
  expect(t.loop._scheduled.length).toBe(before + 300);
  for (const sleeper of sleepers) sleeper.cancel();
  for (const sleeper of sleepers) yield* rejects(sleeper, CancelledError);
  yield* wait(sleep(1));
  expect(t.loop._scheduled.length).toBe(before);
  expect(t.loop.time()).toBe(1);
});

exact('a sleep that is ended by hand leaves no timer behind', function* () {
  const call = sleep(10, 'result');
  const future = call.next().value as Future<unknown>;
  expect(getCoroutineState(call)).toBe('CORO_SUSPENDED');
  call.close();
  expect(getCoroutineState(call)).toBe('CORO_CLOSED');
  yield* wait(sleep(20));
  expect(future.done()).toBe(false);
});

exact('whoever finds the future of a sleep may end the sleep', function* (t) {
  const sleeper = t.task(function* () {
    return yield* wait(sleep(10, 'in time'));
  });
  yield* wait(t.turns(2));
  (sleeper._futWaiter as Future<string>).setResult('early');
  expect(yield* wait(sleeper)).toBe('early');
  expect(t.loop.time()).toBe(0);
  yield* wait(sleep(20));
});

exact('a sleep for ever has no timer', function* (t) {
  const sleeper = t.task(function* () {
    yield* wait(sleep(Infinity));
  });
  yield* wait(t.turns(2));
  expect(t.loop._scheduled.length).toBe(0);
  sleeper.cancel();
  yield* rejects(sleeper, CancelledError);
});

exact('a loop that makes its own futures makes those of sleeps', function* (t) {
  class Mine<T> extends Future<T> {}
  const createFuture = <T>(): Future<T> => new Mine<T>({ loop: t.loop });
  Object.assign(t.loop, { createFuture });
  const sleeper = t.task(function* () {
    return yield* wait(sleep(10, 'result'));
  });
  yield* wait(t.turns(2));
  expect(sleeper._futWaiter).toBeInstanceOf(Mine);
  expect(yield* wait(sleeper)).toBe('result');
  expect(t.loop.time()).toBe(10);
});

exact('a loop whose callLater is overridden is asked for it', function* (t) {
  const asked: number[] = [];
  const own = t.loop.callLater.bind(t.loop);
  t.loop.callLater = (delay, callback, ...args) => {
    asked.push(delay);
    return own(delay, callback, ...args);
  };
  expect(yield* wait(sleep(10, 'result'))).toBe('result');
  const sleeper = createTask(sleep(20));
  yield* wait(t.turns(2));
  sleeper.cancel();
  yield* rejects(sleeper, CancelledError);
  expect(asked).toEqual([10, 20]);
  expect(t.loop.time()).toBe(10);
});

exact('in debug mode a sleep has a handle that says where it was made', function* (t) {
  const timers: unknown[] = [];
  t.loop.setDebug(true);
  const own = t.loop._scheduled.add.bind(t.loop._scheduled);
  t.loop._scheduled.add = (timer) => {
    timers.push(timer);
    own(timer);
  };
  yield* wait(sleep(10));
  t.loop.setDebug(false);
  expect(timers).toHaveLength(1);
  expect(timers[0]).toBeInstanceOf(TimerHandle);
  expect((timers[0] as TimerHandle)._sourceTraceback).toBeDefined();
});

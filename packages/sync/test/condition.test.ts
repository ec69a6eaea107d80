import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { RuntimeError } from '@asyncio-ts/loop';
import { CancelledError, type Coroutine, currentTask } from '@asyncio-ts/futures';
import { Condition, Lock } from '@asyncio-ts/sync';
import { timeout, TimeoutError } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { failure, waitingFor } from './waiting.js';

const scene = scenes(test, { selectors: ['virtual'] });

/** Tasks that wait for news, and log their number when they have them. */
function* waiters(t: Scene, condition: Condition, count: number) {
  const tasks = Array.from({ length: count }, (_, n) =>
    t.task(function* () {
      yield* wait(condition.acquire());
      try {
        t.log(n, yield* wait(condition.wait()));
      } finally {
        condition.release();
      }
    }),
  );
  yield* wait(t.turns(2));
  return tasks;
}

scene('[S178] wait needs the lock, gives it back and has it again', function* (t) {
  const condition = new Condition();
  const error = yield* failure(condition.wait());
  expect(error).toBeInstanceOf(RuntimeError);
  expect(String(error)).toMatch(/cannot wait on un-acquired lock/);

  const task = t.task(function* () {
    yield* wait(condition.acquire());
    const result = yield* wait(condition.wait());
    t.log(result, condition.locked());
  });
  yield* wait(t.turn());
  expect(condition.locked()).toBe(false);
  expect(inspect(condition)).toBe('<Condition [unlocked, waiters:1]>');
  yield* wait(condition.acquire());
  condition.notify();
  condition.release();
  yield* wait(task);
  expect(t.events).toEqual(['true true']);
  expect(inspect(condition)).toBe('<Condition [locked]>');
});

scene('[S179] notify needs the lock', function* () {
  const condition = new Condition();
  expect(() => condition.notify()).toThrow(RuntimeError);
  expect(() => condition.notify()).toThrow(/cannot notify on un-acquired lock/);
  expect(() => condition.notifyAll()).toThrow(/cannot notify on un-acquired lock/);
});

scene('[S179] the notified go on when the notifier releases, in waiting order', function* (t) {
  const condition = new Condition();
  yield* waiters(t, condition, 3);
  yield* wait(condition.acquire());
  condition.notify(2);
  yield* wait(t.turns(5));
  expect(t.events).toEqual([]);
  condition.release();
  yield* wait(t.turns(8));
  expect(t.events).toEqual(['0 true', '1 true']);
  yield* wait(
    condition.use(
      t.coroutine(function* () {
        condition.notifyAll();
      }),
    ),
  );
  yield* wait(t.turns(5));
  expect(t.events.at(-1)).toBe('2 true');
});

scene('[S180] notify wakes at most so many, notifyAll all', function* (t) {
  const condition = new Condition();
  yield* waiters(t, condition, 6);
  const counts = [];
  for (const tell of [
    () => condition.notify(),
    () => condition.notify(2),
    () => condition.notify(0),
    () => condition.notifyAll(),
  ]) {
    yield* wait(condition.acquire());
    tell();
    condition.release();
    yield* wait(t.turns(20));
    counts.push(t.events.length);
  }
  expect(counts).toEqual([1, 3, 3, 6]);
});

scene('[S181] waitFor asks again after each wake-up and gives the last answer', function* (t) {
  const condition = new Condition();
  let presses = 0;
  const task = t.task(function* () {
    yield* wait(condition.acquire());
    const answer = yield* wait(
      condition.waitFor(() => {
        t.log('asked', presses, condition.locked());
        return presses >= 2 && `pressed ${presses}`;
      }),
    );
    condition.release();
    return answer;
  });
  for (let i = 0; i < 2; i++) {
    yield* wait(t.turns(3));
    yield* wait(condition.acquire());
    presses++;
    condition.notify();
    condition.release();
  }
  expect(yield* wait(task)).toBe('pressed 2');
  expect(t.events).toEqual(['asked 0 true', 'asked 1 true', 'asked 2 true']);
  expect(String(yield* failure(condition.waitFor(() => false)))).toMatch(/un-acquired lock/);
  expect(yield* wait(condition.waitFor(() => 7))).toBe(7);
});

scene('[S182] a cancelled wait has the lock again before it throws', function* (t) {
  const condition = new Condition();
  const task = t.task(() =>
    waitingFor(
      condition.use(
        t.coroutine(function* () {
          try {
            yield* wait(condition.wait());
          } finally {
            t.log('left', condition.locked());
          }
        }),
      ),
    ),
  );
  yield* wait(t.turn());
  yield* wait(condition.acquire());
  task.cancel();
  yield* wait(t.turns(5));
  expect(t.events).toEqual([]);
  condition.release();
  expect(yield* failure(task)).toBeInstanceOf(CancelledError);
  expect(t.events).toEqual(['left true']);
  expect(condition.locked()).toBe(false);
  expect(condition._waiters).toHaveLength(0);
});

scene('[S182] a time limit inside the block leaves the block balanced', function* (t) {
  const condition = new Condition();
  const body = t.coroutine(function* () {
    const limited = timeout(1).use(() => condition.wait());
    expect(yield* failure(limited)).toBeInstanceOf(TimeoutError);
    expect(condition.locked()).toBe(true);
  });
  yield* wait(condition.use(body));
  expect(condition.locked()).toBe(false);
});

scene(
  '[S183] cancels that come while it re-acquires are remembered; the last one is thrown',
  function* (t) {
    const condition = new Condition();
    let raised: unknown = null;
    const task = t.task(function* () {
      yield* wait(condition.acquire());
      try {
        yield* wait(condition.wait());
      } catch (error) {
        raised = error;
        t.log('raised', condition.locked());
        throw error;
      } finally {
        condition.release();
      }
    });
    yield* wait(t.turn());
    yield* wait(condition.acquire());
    condition.notify();
    yield* wait(t.turns(3));
    for (const message of ['one', 'two', 'three']) {
      task.cancel(message);
      yield* wait(t.turns(3));
      expect(t.events).toEqual([]);
    }
    condition.release();
    const error = (yield* failure(task)) as CancelledError;
    expect(error.args).toEqual(['three']);
    expect(error).toBe(raised);
    expect(t.events).toEqual(['raised true']);
    expect(condition.locked()).toBe(false);
  },
);

scene('[S184] the CancelledError is the one that was delivered, with its message', function* (t) {
  const condition = new Condition();
  let raised: unknown = null;
  const task = t.task(function* () {
    yield* wait(condition.acquire());
    try {
      yield* wait(condition.waitFor(() => false));
    } catch (error) {
      raised = error;
      throw error;
    } finally {
      condition.release();
    }
  });
  yield* wait(t.turn());
  task.cancel('foo');
  const error = (yield* failure(task)) as CancelledError;
  expect(error.args).toEqual(['foo']);
  expect(error).toBe(raised);
});

scene('[S185] a waiter cancelled after it was notified passes the news on', function* (t) {
  const condition = new Condition();
  const [first, second] = yield* waiters(t, condition, 2);
  yield* wait(condition.acquire());
  condition.notify();
  first?.cancel();
  condition.release();
  yield* wait(t.turns(10));
  expect(first?.done()).toBe(true);
  expect(second?.done()).toBe(true);
  expect(t.events).toEqual(['1 true']);
});

scene('[S185] so does one that is cancelled while it re-acquires', function* (t) {
  const condition = new Condition();
  const [first, second] = yield* waiters(t, condition, 2);
  yield* wait(condition.acquire());
  condition.notify();
  yield* wait(t.turns(3));
  first?.cancel();
  yield* wait(t.turns(3));
  condition.release();
  yield* wait(t.turns(10));
  expect([first?.done(), second?.done()]).toEqual([true, true]);
  expect(t.events).toEqual(['1 true']);
});

scene('[S186] conditions may share a lock, and use its own methods', function* (t) {
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
  const empty = new Condition(lock);
  const full = new Condition(lock);
  expect(empty._lock).toBe(lock);
  yield* wait(empty.acquire());
  expect([lock.locked(), empty.locked(), full.locked()]).toEqual([true, true, true]);
  full.notify();
  empty.release();
  expect(full.locked()).toBe(false);
  expect(t.events).toEqual(['acquire', 'release']);
  (yield* wait(full.hold())).release();
  expect(t.events).toEqual(['acquire', 'release', 'acquire', 'release']);
});

scene('what a predicate throws leaves waitFor, with the lock held', function* (t) {
  const condition = new Condition();
  const body = t.coroutine(function* () {
    yield* wait(
      condition.waitFor(() => {
        throw new Error(`asked in ${currentTask() === null ? 'no task' : 'a task'}`);
      }),
    );
  });
  expect(String(yield* failure(condition.use(body)))).toBe('Error: asked in a task');
  expect(condition.locked()).toBe(false);
});

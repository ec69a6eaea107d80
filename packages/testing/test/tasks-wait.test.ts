import { describe, expect, test } from '@jest/globals';
import { RuntimeError, ValueError } from '@asyncio-ts/loop';
import { CancelledError, coroutine, type Future, Task } from '@asyncio-ts/futures';
import {
  ALL_COMPLETED,
  asCompleted,
  asyncFor,
  BREAK,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  sleep,
  TimeoutError,
  wait as waitForMany,
} from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const exact = scenes(test, { selectors: ['virtual'] });

describe('wait', () => {
  scene(
    '[S93] it gives those that are done and those that are not, and throws nothing',
    function* (t) {
      const [ok, bad, late] = [napping(t, 0.001), failing(t), napping(t, 3600)];
      const [done, pending] = yield* wait(waitForMany([ok, bad, late], { timeout: 0.2 }));
      same(done, [ok, bad]);
      same(pending, [late]);
      expect((bad.exception() as Error).message).toBe('broken');
      late.cancel();
    },
  );

  exact('[S93] an error in it that nobody looks at is still reported', function* (t) {
    const bad = failing(t);
    yield* wait(waitForMany([bad]));
    expect(bad._logTraceback).toBe(true);
    bad._logTraceback = false;
  });

  scene('[S94] it refuses nothing at all, single ones, coroutines and unknown ends', function* (t) {
    const one = t.future<number>();
    one.setResult(1);
    yield* rejects(waitForMany([]), ValueError);
    yield* rejects(waitForMany(one as never), TypeError);
    const single = sleep(1);
    yield* rejects(waitForMany(single as never), TypeError);
    single.close();
    const inside = sleep(1);
    yield* rejects(waitForMany([inside] as never), /forbidden.*createTask\(\)/);
    inside.close();
    yield* rejects(waitForMany([one], { returnWhen: 'LATER' as never }), ValueError);
    yield* rejects(waitForMany(3 as never), TypeError);
    yield* rejects(
      waitForMany([one], 1 as never),
      /options were expected, got 1; write \{ timeout/,
    );
  });

  scene('[S95] duplicates count once, any iterable will do', function* (t) {
    const one = napping(t, 0.001);
    expect((yield* wait(waitForMany([one, one])))[0].size).toBe(1);
    expect((yield* wait(waitForMany(new Set([one]))))[0].size).toBe(1);
    const some = (function* () {
      yield one;
      yield napping(t, 0.001);
    })();
    expect((yield* wait(waitForMany(some)))[0].size).toBe(2);
    expect((yield* wait(waitForMany([one, napping(t, 0)].values())))[0].size).toBe(2);
  });

  exact('[S96] FIRST_COMPLETED: all that is done by then counts as done', function* (t) {
    const [a, b, c] = [t.future<string>(), t.future<string>(), t.future<string>()];
    t.loop.callSoon(() => {
      a.setResult('a');
      b.setResult('b');
    });
    const [done, pending] = yield* wait(waitForMany([a, b, c], { returnWhen: FIRST_COMPLETED }));
    same(done, [a, b]);
    same(pending, [c]);
  });

  exact('[S97] FIRST_EXCEPTION: an error ends it, a cancel does not', function* (t) {
    const [a, b, c] = [t.future<string>(), t.future<string>(), t.future<string>()];
    t.loop.callLater(1, () => a.cancel());
    t.loop.callLater(2, () => b.setException(new Error('x')));
    const [done] = yield* wait(waitForMany([a, b, c], { returnWhen: FIRST_EXCEPTION }));
    same(done, [a, b]);
    expect(t.loop.time()).toBe(2);
    expect(b._logTraceback).toBe(false);
  });

  exact('[S97] FIRST_EXCEPTION returns at once for one that failed already', function* (t) {
    const bad = t.future<string>();
    bad.setException(new Error('x'));
    const late = t.future<string>();
    const [done] = yield* wait(waitForMany([late, bad], { returnWhen: FIRST_EXCEPTION }));
    same(done, [bad]);
    expect(t.loop.time()).toBe(0);
  });

  scene('[S98] a timeout cancels nothing', function* (t) {
    const late = napping(t, 0.02);
    const [done, pending] = yield* wait(waitForMany([late], { timeout: 0.001 }));
    expect([done.size, pending.size]).toEqual([0, 1]);
    expect(late.cancelling()).toBe(0);
    yield* wait(late);
    expect((yield* wait(waitForMany([late], { timeout: null })))[0].size).toBe(1);
  });

  scene('[S99] a cancel of the waiting task leaves the members alone', function* (t) {
    const late = napping(t, 0.1);
    const waiter = t.task(function* () {
      yield* wait(waitForMany([late], { returnWhen: ALL_COMPLETED }));
    });
    yield* wait(t.turns(2));
    waiter.cancel();
    yield* rejects(waiter, CancelledError);
    expect(late.done()).toBe(false);
    expect(late._callbacks.length).toBe(0);
    yield* wait(late);
  });

  exact('[S100] members that are done take no time', function* (t) {
    const done = t.future<number>();
    done.setResult(1);
    yield* wait(waitForMany([done], { timeout: 10 }));
    expect(t.loop.time()).toBe(0);
  });

  scene('promises are members through their futures', function* () {
    const [done] = yield* wait(waitForMany([Promise.resolve(1), Promise.resolve(2)]));
    expect([...done].map((future) => future.result())).toEqual([1, 2]);
  });

  test('it needs a running loop', () => {
    expect(() => waitForMany([]).next()).toThrow(RuntimeError);
  });
});

describe('asCompleted', () => {
  exact('[S101] everything is scheduled by the call', function* (t) {
    const started = t.coroutine(function* () {
      t.log('started');
    });
    const completed = asCompleted([started()]);
    yield* wait(t.turns(2));
    expect(t.events).toEqual(['started']);
    for (const next of completed) yield* wait(next);
  });

  scene('[S101] plain iteration gives results as they come', function* (t) {
    const results: unknown[] = [];
    for (const next of asCompleted([sleep(0.03, 'c'), sleep(0.001, 'a'), sleep(0.015, 'b')])) {
      results.push(yield* wait(next));
    }
    expect(results).toEqual(['a', 'b', 'c']);
    expect(t.events).toEqual([]);
  });

  exact('[S102] as many coroutines as inputs; the first awaited gets the first', function* (t) {
    const [a, b] = [t.future<string>(), t.future<string>()];
    const [one, two, ...more] = [...asCompleted([a, b])];
    expect(more).toEqual([]);
    t.loop.callLater(1, () => b.setResult('b'));
    t.loop.callLater(2, () => a.setResult('a'));
    expect(yield* wait(two as PromiseLike<string>)).toBe('b');
    expect(yield* wait(one as PromiseLike<string>)).toBe('a');
  });

  scene('[S103] asynchronous iteration gives the futures themselves', function* (t) {
    const task = napping(t, 0.01);
    const future = t.future<number>();
    task.addDoneCallback(() => future.setResult(1));
    const seen: Future<unknown>[] = [];
    yield* wait(
      asyncFor(asCompleted([future, sleep(0.001, 'coro'), task]), (item) => {
        seen.push(item);
      }),
    );
    expect(seen[0]).toBeInstanceOf(Task);
    expect(seen[0]?.result()).toBe('coro');
    same(seen.slice(1), [task, future]);
  });

  test('[S103] for await waits inside the task', async () => {
    await exactly(async (t) => {
      const task = t.task(function* () {
        yield* wait(sleep(5));
        return 'slept';
      });
      for await (const item of asCompleted([task, sleep(1)])) t.log(item === task);
      expect(t.events).toEqual(['false', 'true']);
      expect(t.loop.time()).toBe(5);
    });
  });

  test('[S103] a cancel interrupts for await', async () => {
    await exactly(async (t) => {
      const never = t.future();
      const { createTask } = await import('@asyncio-ts/tasks');
      const waiter = createTask(async () => {
        for await (const item of asCompleted([never])) t.log(item);
      });
      await sleep(1);
      waiter.cancel();
      await expect(waiter.then()).rejects.toBeInstanceOf(CancelledError);
      expect(never.done()).toBe(false);
    });
  });

  exact('[S104] when the time is over, the awaited items throw', function* (t) {
    const late = napping(t, 10);
    const results: unknown[] = [];
    for (const next of asCompleted([late, sleep(1, 'a'), sleep(20)], { timeout: 5 })) {
      try {
        results.push(yield* wait(next));
      } catch (error) {
        results.push(error instanceof TimeoutError);
      }
    }
    expect(results).toEqual(['a', true, true]);
    expect(t.loop.time()).toBe(5);
    expect(late.done()).toBe(false);
    yield* wait(sleep(20));
    expect(late.done()).toBe(true);
    yield* rejects(
      asyncFor(asCompleted([t.future()], { timeout: 1 }), () => undefined),
      TimeoutError,
    );
  });

  exact('[S104] an unused timeout is cancelled', function* (t) {
    for (const next of asCompleted([sleep(1, 'a')], { timeout: 5 })) yield* wait(next);
    yield* wait(sleep(10));
    expect(t.loop.time()).toBe(11);
  });

  exact('[S105] it can be stopped and gone on with', function* (t) {
    const completed = asCompleted([1, 2, 3, 4].map((n) => sleep(n, n)));
    const seen: unknown[] = [];
    yield* wait(
      asyncFor(completed, (task) => {
        seen.push(task.result());
        return BREAK;
      }),
    );
    for (const next of completed) {
      seen.push(yield* wait(next));
      break;
    }
    yield* wait(asyncFor(completed, (task) => seen.push(task.result())));
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(t.loop.time()).toBe(4);
  });

  exact('[S105] a cancelled wait loses nothing', function* (t) {
    const one = t.future<string>();
    const [first, second] = [...asCompleted([one, sleep(5, 'later')])];
    const waiter = t.task(function* () {
      yield* wait(first as PromiseLike<string>);
    });
    const other = t.task(function* () {
      return yield* wait(second as PromiseLike<string>);
    });
    yield* wait(t.turns(3));
    one.setResult('one');
    yield* wait(t.turn());
    waiter.cancel();
    yield* rejects(waiter, CancelledError);
    expect(yield* wait(other)).toBe('one');
    yield* wait(sleep(10));
  });

  exact('[S106] duplicates count once, a single awaitable is refused', function* (t) {
    const one = napping(t, 1);
    expect([...asCompleted([one, one])].map((coro) => coro.close()).length).toBe(1);
    const coro = sleep(1);
    expect(() => asCompleted(coro as never)).toThrow(TypeError);
    coro.close();
    expect(() => asCompleted(one as never)).toThrow(TypeError);
    expect(() => asCompleted(Promise.resolve(1) as never)).toThrow(TypeError);
    yield* wait(one);
  });

  exact('its errors are thrown by the item', function* (t) {
    for (const next of asCompleted([failing(t)])) yield* rejects(next, /broken/);
  });
});

exact(
  '[S102] a coroutine of asCompleted that is closed leaves its turn to the next one',
  function* (t) {
    const both = asCompleted([sleep(1, 'first'), sleep(2, 'second')]);
    const [closed, next] = [both.next().value, both.next().value];
    closed?.next();
    closed?.close();
    expect(yield* wait(next as NonNullable<typeof next>)).toBe('first');
    expect(t.loop.time()).toBe(1);
    yield* wait(sleep(2));
  },
);

/** The same objects; futures are never compared by what they hold. */
function same(some: Iterable<unknown>, others: readonly unknown[]): void {
  const list = [...some];
  expect(list.length).toBe(others.length);
  for (const [i, item] of list.entries()) expect(item === others[i]).toBe(true);
}

function napping(t: Scene, seconds: number): Task<undefined> {
  return t.task(function* () {
    yield* wait(sleep(seconds));
    return undefined;
  });
}

function failing(t: Scene): Task<never> {
  return t.task(function* (): Generator<unknown, never> {
    yield* wait(t.turn());
    throw new Error('broken');
  });
}

/** A real async function on virtual time. */
async function exactly(body: (t: Scene) => Promise<void>): Promise<void> {
  const { Implementation } = await import('@asyncio-ts/testing');
  await new Implementation({ kind: 'generator', selector: 'virtual' }).run(function* (t) {
    yield* coroutine(body)(t);
  });
}

import { describe, expect, test } from '@jest/globals';
import { CancelledError, currentTask, type Task } from '@asyncio-ts/futures';
import { createTask, gather, shield, sleep, TimeoutError, waitFor } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const exact = scenes(test, { selectors: ['virtual'] });

describe('waitFor', () => {
  scene('[S107] a coroutine runs inside the calling task', function* (t) {
    const me = currentTask()?.getName();
    const who = t.coroutine(function* () {
      yield* wait(sleep(0.001));
      return currentTask()?.getName();
    });
    expect(yield* wait(waitFor(who(), 10))).toBe(me);
    expect(yield* wait(waitFor(who, 10))).toBe(me);
    const plain = t.implementation.plain(function* () {
      yield* wait(sleep(0.001));
      return currentTask()?.getName();
    });
    expect(yield* wait(waitFor(plain, null))).toBe(me);
  });

  scene('[S107] it takes all there is', function* (t) {
    const raw = function* (): Generator<undefined, string> {
      yield;
      return 'generator';
    };
    expect(yield* wait(waitFor(raw(), 10))).toBe('generator');
    expect(yield* wait(waitFor(Promise.resolve('promise'), 10))).toBe('promise');
    expect(yield* wait(waitFor(napping(t, 0.001, 'task'), 10))).toBe('task');
  });

  exact('[S108] null waits for ever, a done future is given at once even with 0', function* (t) {
    expect(yield* wait(waitFor(sleep(1e6, 'long'), null))).toBe('long');
    const done = t.future<string>();
    done.setResult('done');
    for (const delay of [0, -1, 5]) expect(yield* wait(waitFor(done, delay))).toBe('done');
  });

  scene('[S109] no time at all: a coroutine never starts', function* (t) {
    for (const delay of [0, -1]) {
      const coro = t.coroutine(function* () {
        t.log('started');
      });
      yield* rejects(waitFor(coro(), delay), TimeoutError);
      yield* rejects(waitFor(coro, delay), TimeoutError);
    }
    expect(t.events).toEqual([]);
  });

  exact('closed by hand while it waits, it leaves no limit behind', function* (t) {
    const waiter = createTask(function* () {
      const call = waitFor(sleep(100), 5);
      call.next();
      call.close();
      expect(t.loop._scheduled.next()).toBeNull();
      yield* sleep(10);
    });
    yield* wait(waiter);
    expect(t.loop.time()).toBe(10);
  });

  exact('[S110] no time at all: a running task is cancelled and waited for', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        yield* wait(sleep(1));
        t.log('cleaned up');
      }
    });
    yield* wait(t.turn());
    yield* rejects(waitFor(task, 0), TimeoutError);
    expect(task.cancelled()).toBe(true);
    expect(t.trace.lines()).toEqual(['1 cleaned up']);
  });

  exact('[S111] the cleanup of what was cancelled is waited for', function* (t) {
    const slow = t.coroutine(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        yield* wait(sleep(5));
      }
    });
    yield* rejects(waitFor(slow(), 1), TimeoutError);
    expect(t.loop.time()).toBe(6);
    const task = createTask(slow());
    yield* rejects(waitFor(task, 1), TimeoutError);
    expect(t.loop.time()).toBe(12);
    expect(task.cancelled()).toBe(true);
  });

  scene('[S112] what swallows the cancel gives its result', function* (t) {
    const stubborn = t.coroutine(function* () {
      try {
        yield* wait(sleep(3600));
      } catch {
        return 'swallowed';
      }
      return 'slept';
    });
    expect(yield* wait(waitFor(stubborn(), 0.001))).toBe('swallowed');
    const task = createTask(stubborn());
    expect(yield* wait(waitFor(task, 0.001))).toBe('swallowed');
    expect(currentTask()?.cancelling()).toBe(0);
  });

  scene('[S113] another error during the cancel wins', function* (t) {
    const breaking = t.coroutine(function* () {
      try {
        yield* wait(sleep(3600));
      } finally {
        yield* broken();
      }
    });
    yield* rejects(waitFor(breaking(), 0.001), /broken/);
    const task = createTask(breaking());
    yield* wait(t.turn());
    yield* rejects(waitFor(task, 0), /broken/);
  });

  scene('[S114] the TimeoutError has the CancelledError as its cause', function* (t) {
    const limited = yield* rejects(waitFor(sleep(3600), 0.001), TimeoutError);
    expect((limited as Error).cause).toBeInstanceOf(CancelledError);
    const atOnce = yield* rejects(waitFor(napping(t, 3600), 0), TimeoutError);
    expect((atOnce as Error).cause).toBeInstanceOf(CancelledError);
  });

  exact('[S115] a result that comes before the deadline is never lost', function* (t) {
    const future = t.future<string>();
    t.loop.callSoon(() => future.setResult('soon'));
    expect(yield* wait(waitFor(future, 1))).toBe('soon');
    const late = t.future<string>();
    t.loop.callLater(1 - 1e-6, () => late.setResult('late'));
    expect(yield* wait(waitFor(late, 1))).toBe('late');
  });

  scene('[S116] cancelling whoever waits cancels what is waited for', function* (t) {
    for (const delay of [null, 3600]) {
      const inner = napping(t, 3600);
      const waiter = t.task(function* () {
        yield* wait(waitFor(inner, delay));
      });
      yield* wait(t.turns(2));
      waiter.cancel();
      yield* rejects(waiter, CancelledError);
      expect(inner.cancelled()).toBe(true);
    }
  });

  exact('[S117] finished and cancelled in one turn: the waiter is cancelled', function* (t) {
    const inner = t.task(function* () {
      return 'result';
    });
    const waiter = t.task(function* () {
      yield* wait(waitFor(inner, 100));
      yield* wait(sleep(1));
      t.log('went on');
    });
    yield* wait(t.turn());
    waiter.cancel();
    yield* rejects(waiter, CancelledError);
    expect(inner.result()).toBe('result');
    expect(t.events).toEqual([]);
  });

  exact('[S118] cancelled, it waits for a task that ignores the cancel', function* (t) {
    const inner = t.task(function* () {
      try {
        yield* wait(sleep(10));
      } catch {
        yield* wait(sleep(3));
      }
      t.log('inner ended');
      return 1;
    });
    const waiter = t.task(function* () {
      return yield* wait(waitFor(inner, 5));
    });
    yield* wait(sleep(1));
    waiter.cancel();
    expect(yield* wait(waiter)).toBe(1);
    expect(t.trace.lines()).toEqual(['4 inner ended']);
  });
});

describe('shield', () => {
  scene('[S119] cancelling the outer leaves the inner running', function* (t) {
    const inner = napping(t, 0.1, 'saved');
    const waiter = t.task(function* () {
      yield* wait(shield(inner));
    });
    yield* wait(t.turns(2));
    waiter.cancel();
    yield* rejects(waiter, CancelledError);
    expect(yield* wait(inner)).toBe('saved');
  });

  scene('[S120] cancelling the inner cancels the outer', function* (t) {
    const inner = t.future();
    const outer = shield(inner);
    inner.cancel('why');
    yield* rejects(outer, CancelledError);
    expect(outer.cancelled()).toBe(true);
  });

  scene('[S121] results and errors pass, a done future is its own shield', function* (t) {
    expect(yield* wait(shield(sleep(0.001, 'result')))).toBe('result');
    const bad = t.future();
    const outer = shield(bad);
    bad.setException(new Error('broken'));
    yield* rejects(outer, /broken/);
    const done = t.future();
    done.setResult(1);
    expect(shield(done)).toBe(done);
  });

  exact('[S122] a cancelled shield keeps no callbacks', function* (t) {
    const inner = t.future<number>();
    const outer = shield(inner);
    expect(inner._callbacks.length).toBe(1);
    outer.cancel();
    yield* wait(t.turn());
    expect(inner._callbacks.map((callback) => (callback as { name?: string }).name)).toEqual([
      'reportFailure',
    ]);
    expect(outer._callbacks.length).toBe(0);
    inner.setResult(1);
    yield* wait(t.turn());
    expect(outer.cancelled()).toBe(true);
  });

  scene('[S123] no time at all for a shield: the task goes on', function* (t) {
    const task = napping(t, 0.1, 'went on');
    yield* wait(t.turn());
    yield* rejects(waitFor(shield(task), 0), TimeoutError);
    expect(task.cancelling()).toBe(0);
    expect(yield* wait(task)).toBe('went on');
  });

  exact('[S124] an error after the shield was cancelled is reported once', function* (t) {
    const inner = t.future();
    const shields = [shield(inner), shield(inner)];
    for (const outer of shields) outer.cancel();
    yield* wait(t.turn());
    inner.setException(new TypeError('late'));
    yield* wait(t.turn());
    const reports = t.takeReports();
    expect(reports.map((report) => report.message)).toEqual([
      'TypeError exception in shielded future',
    ]);
    expect(reports[0]?.exception).toBeInstanceOf(TypeError);
  });

  exact('[S124] also when both end in one turn', function* (t) {
    const inner = t.future();
    const outer = shield(inner);
    yield* wait(t.turn());
    outer.cancel();
    inner.setException(new Error('late'));
    yield* wait(t.turns(2));
    expect(t.takeReports().length).toBe(1);
  });

  exact('[S119] shield(gather(...)) goes on as well', function* () {
    const inner = gather(sleep(2, 'a'), sleep(1, 'b'));
    yield* rejects(waitFor(shield(inner), 1), TimeoutError);
    expect(yield* wait(inner)).toEqual(['a', 'b']);
  });
});

function napping<T = undefined>(t: Scene, seconds: number, result?: T): Task<T | undefined> {
  return t.task(function* () {
    yield* wait(sleep(seconds));
    return result;
  });
}

function* broken(): Generator<unknown, never> {
  throw new Error('broken');
}

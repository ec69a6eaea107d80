import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { RuntimeError, ValueError } from '@asyncio-ts/loop';
import { CancelledError, currentTask } from '@asyncio-ts/futures';
import {
  BaseExceptionGroup,
  createTask,
  sleep,
  TaskGroup,
  type Timeout,
  timeout,
  timeoutAt,
  TimeoutError,
} from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const realTime = scenes(test, { selectors: ['node'] });
const exact = scenes(test, { selectors: ['virtual'] });

describe('timeout', () => {
  scene('[S125] it interrupts the body and takes its cancel back', function* (t) {
    const limit = timeout(0.005);
    const body = t.implementation.plain(function* () {
      yield* wait(sleep(3600));
      t.log('never');
    });
    yield* rejects(limit.use(body), TimeoutError);
    expect(limit.expired()).toBe(true);
    expect(currentTask()?.cancelling()).toBe(0);
    yield* wait(sleep(0.001));
    expect(t.events).toEqual([]);
  });

  scene('[S125] a body in time gives its result', function* (t) {
    const limit = timeout(3600);
    const body = t.coroutine(function* (given: Timeout) {
      expect(given).toBe(limit);
      return yield* wait(sleep(0.001, 'result'));
    });
    expect(yield* wait(limit.use(body))).toBe('result');
    expect(limit.expired()).toBe(false);
  });

  exact('[S126] timeoutAt takes the time of the loop', function* (t) {
    yield* wait(sleep(5));
    const limit = timeoutAt(7);
    expect(limit.when()).toBe(7);
    yield* rejects(
      limit.use(() => sleep(100)),
      TimeoutError,
    );
    expect(t.loop.time()).toBe(7);
    expect(limit.when()).toBe(7);
    expect(timeout(10).when()).toBe(17);
  });

  exact('[S127] null is no limit; reschedule sets, moves and removes it', function* (t) {
    const steps = t.coroutine(function* (limit: Timeout) {
      yield* wait(sleep(10));
      limit.reschedule(t.loop.time() + 1);
      expect(limit.when()).toBe(11);
      limit.reschedule(t.loop.time() + 3);
      yield* wait(sleep(2));
      limit.reschedule(null);
      yield* wait(sleep(100));
      limit.reschedule(t.loop.time() + 1);
      yield* wait(sleep(100));
    });
    yield* rejects(timeout(null).use(steps), TimeoutError);
    expect(t.loop.time()).toBe(113);
    yield* wait(timeoutAt(null).use(() => sleep(1)));
  });

  exact('[S128] reschedule is refused unless the body runs', function* (t) {
    const limit = timeout(1);
    expect(() => limit.reschedule(1)).toThrow(/has not been entered/);
    yield* wait(limit.use(() => sleep(0)));
    expect(() => limit.reschedule(1)).toThrow(/Cannot change state of finished Timeout/);
    const late = timeout(1);
    const body = t.coroutine(function* () {
      try {
        yield* wait(sleep(10));
      } catch (error) {
        expect(() => late.reschedule(100)).toThrow(/expiring/);
        throw error;
      }
    });
    yield* rejects(late.use(body), TimeoutError);
    expect(() => late.reschedule(100)).toThrow(/expired/);
  });

  exact('[S129] a deadline that is past interrupts the first real wait', function* (t) {
    for (const make of [() => timeout(0), () => timeout(-1), () => timeoutAt(-5)]) {
      const body = t.coroutine(function* () {
        t.log('began');
        yield* wait(sleep(0));
        t.log('never');
      });
      yield* rejects(make().use(body), TimeoutError);
      yield* rejects(
        make().use(() => sleep(10)),
        TimeoutError,
      );
    }
    expect(t.events).toEqual(['began', 'began', 'began']);
    expect(t.loop.time()).toBe(0);
  });

  scene('[S130] another error before the deadline passes', function* (t) {
    const limit = timeout(3600);
    const body = t.implementation.plain(function* () {
      yield* wait(t.turn());
      throw new TypeError('mine');
    });
    yield* rejects(limit.use(body), TypeError);
    expect(limit.expired()).toBe(false);
  });

  exact('[S131] an error made of the cancel passes, and says why', function* (t) {
    const body = t.coroutine(function* () {
      try {
        yield* wait(sleep(10));
      } catch (cause) {
        // eslint-disable-next-line preserve-caught-error
        throw new Error('outer', { cause: new TypeError('inner', { cause }) });
      }
    });
    const error = (yield* rejects(timeout(1).use(body), /outer/)) as Error;
    const inner = error.cause as Error;
    expect(inner.message).toBe('inner');
    expect(inner.cause).toBeInstanceOf(TimeoutError);
    expect((inner.cause as Error).cause).toBeInstanceOf(CancelledError);
    const silent = t.coroutine(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        yield* broken();
      }
    });
    expect(((yield* rejects(timeout(1).use(silent), /broken/)) as Error).cause).toBeUndefined();
    expect(currentTask()?.cancelling()).toBe(0);
  });

  scene('[S132] a cancel from outside stays one', function* (t) {
    const limit = timeout(3600);
    const task = t.task(function* () {
      yield* wait(limit.use(() => sleep(3600)));
    });
    yield* wait(t.turns(2));
    task.cancel('outside');
    const error = yield* rejects(task, CancelledError);
    expect((error as CancelledError).args).toEqual(['outside']);
    expect(limit.expired()).toBe(false);
  });

  exact('[S133] in the cleanup of a cancelled task it is a TimeoutError still', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        yield* rejects(
          timeout(1).use(() => sleep(10)),
          TimeoutError,
        );
        t.log(currentTask()?.cancelling());
      }
    });
    yield* wait(t.turn());
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(t.events).toEqual(['1']);
  });

  exact('[S134] a fresh cancel there stays a cancel', function* (t) {
    const limit = timeout(5);
    const task = t.task(function* () {
      try {
        yield* wait(sleep(10));
      } catch {
        yield* wait(limit.use(() => sleep(10)));
      }
    });
    yield* wait(t.turn());
    task.cancel();
    yield* wait(sleep(1));
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(limit.expired()).toBe(false);
  });

  exact('[S134] a cancel on top of the expiry wins', function* (t) {
    const limit = timeout(1);
    const body = t.coroutine(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        yield* wait(sleep(3));
      }
    });
    const task = t.task(function* () {
      yield* wait(limit.use(body));
    });
    yield* wait(sleep(2));
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(limit.expired()).toBe(true);
    expect(task.cancelling()).toBe(1);
  });

  exact('[S135] nested with one deadline: only the outer throws', function* (t) {
    const body = t.coroutine(function* () {
      try {
        yield* wait(timeout(1).use(() => sleep(10)));
      } catch (error) {
        t.log((error as Error).name);
        throw error;
      }
    });
    const outer = timeout(1);
    yield* rejects(outer.use(body), TimeoutError);
    expect(t.events).toEqual(['CancelledError']);
    expect(currentTask()?.cancelling()).toBe(0);
  });

  exact('[S136] both past while the loop was busy: only the outer throws', function* (t) {
    const inner = timeout(1);
    const body = t.coroutine(function* () {
      try {
        yield* wait(
          inner.use(
            t.coroutine(function* () {
              (t.loop._selector as unknown as { advance(seconds: number): void }).advance(5);
              yield* wait(sleep(10));
            }),
          ),
        );
      } catch (error) {
        t.log((error as Error).name);
        throw error;
      }
    });
    yield* rejects(timeout(2).use(body), TimeoutError);
    expect(t.events).toEqual(['CancelledError']);
    expect(inner.expired()).toBe(true);
  });

  exact('[S137] only the outer is over: the inner lets the cancel pass', function* (t) {
    const inner = timeout(5);
    const body = t.coroutine(function* () {
      yield* rejects(
        inner.use(() => sleep(10)),
        CancelledError,
      );
      yield* wait(sleep(0));
      return 'swallowed';
    });
    expect(yield* wait(timeout(1).use(body))).toBe('swallowed');
    expect(inner.expired()).toBe(false);
  });

  exact('[S138] a body that does not wait is not interrupted', function* (t) {
    const done = t.future<string>();
    done.setResult('done');
    const body = t.coroutine(function* () {
      yield* wait(done);
      yield* wait(done);
      return 'through';
    });
    for (const delay of [0, -1]) {
      const limit = timeout(delay);
      expect(yield* wait(limit.use(body))).toBe('through');
      expect(limit.expired()).toBe(false);
    }
    yield* wait(t.turns(2));
    expect(currentTask()?.cancelling()).toBe(0);
  });

  exact('[S139] one in the finally block of another works', function* (t) {
    const body = t.coroutine(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        yield* rejects(
          timeout(1).use(() => sleep(10)),
          TimeoutError,
        );
        t.log('inner over');
      }
    });
    yield* rejects(timeout(1).use(body), TimeoutError);
    expect(t.trace.lines()).toEqual(['2 inner over']);
  });

  scene('[S140] a body that swallows the cancel ends well', function* (t) {
    const limit = timeout(0.001);
    const body = t.implementation.plain(function* () {
      try {
        yield* wait(sleep(3600));
      } catch {
        t.log('swallowed');
      }
      return 'result';
    });
    expect(yield* wait(limit.use(body))).toBe('result');
    expect(limit.expired()).toBe(true);
    expect(currentTask()?.cancelling()).toBe(0);
    yield* wait(sleep(0));
  });

  scene('[S141] it is used once, inside a task', function* (t) {
    const limit = timeout(10);
    yield* wait(limit.use(() => sleep(0)));
    yield* rejects(
      limit.use(() => sleep(0)),
      RuntimeError,
    );
    const twice = timeout(10);
    const body = t.implementation.plain(function* () {
      yield* wait(twice.use(() => sleep(0)));
    });
    yield* rejects(twice.use(body), /already been entered/);
  });

  test('[S141] it needs a running loop, and a task', () => {
    expect(() => timeout(1)).toThrow(RuntimeError);
    expect(() => timeoutAt(1).aenter().next()).toThrow(/inside a task/);
  });

  scene('[S142] the cause is the CancelledError', function* () {
    const error = yield* rejects(
      timeout(0).use(() => sleep(1)),
      TimeoutError,
    );
    expect((error as Error).cause).toBeInstanceOf(CancelledError);
  });

  exact('[S143] around a group it is the cause of the group and its errors', function* (t) {
    const child = t.coroutine(function* () {
      try {
        yield* wait(sleep(10));
      } catch (cause) {
        throw new Error('child', { cause });
      }
    });
    const body = t.coroutine(function* (group: TaskGroup) {
      group.createTask(child());
      yield* wait(sleep(10));
    });
    const error = yield* rejects(
      timeout(1).use(() => new TaskGroup().use(body)),
      BaseExceptionGroup,
    );
    const group = error as BaseExceptionGroup<Error>;
    expect(group.cause).toBeInstanceOf(TimeoutError);
    expect(group.exceptions[0]?.cause).toBeInstanceOf(TimeoutError);
    expect(currentTask()?.cancelling()).toBe(0);
  });

  realTime('its signal is aborted when the deadline passes', function* (t) {
    const limit = timeout(0.005);
    expect(() => limit.signal).toThrow(RuntimeError);
    const body = t.implementation.plain(function* ({ signal }: Timeout) {
      yield* wait(interruptible(signal));
    });
    const error = yield* rejects(limit.use(body), TimeoutError);
    expect((error as Error).cause).toBeInstanceOf(CancelledError);
    expect(currentTask()?.signal.aborted).toBe(false);
  });

  scene('by hand it works as well', function* () {
    const limit = timeout(0.001);
    yield* wait(limit.aenter());
    let error: unknown = null;
    try {
      yield* wait(sleep(3600));
    } catch (thrown) {
      error = thrown;
    }
    yield* rejects(limit.aexit(error), TimeoutError);
    expect(currentTask()?.cancelling()).toBe(0);
    yield* wait(sleep(0));
  });

  exact('bad limits are refused', function* () {
    expect(() => timeout(NaN)).toThrow(ValueError);
    expect(() => timeoutAt('1' as never)).toThrow(TypeError);
    yield* wait(sleep(0));
  });

  exact('it introduces itself', function* (t) {
    const limit = timeout(1.23456);
    expect(inspect(limit)).toBe('<Timeout [created]>');
    const body = t.coroutine(function* () {
      expect(inspect(limit)).toBe('<Timeout [active] when=1.235>');
    });
    yield* wait(limit.use(body));
    expect(inspect(limit)).toBe('<Timeout [finished]>');
  });

  exact('a task that ends inside leaves nothing behind', function* (t) {
    const task = createTask(
      t.coroutine(function* () {
        yield* wait(timeout(100).use(() => sleep(1, 'done')));
        return 'ended';
      }),
    );
    expect(yield* wait(task)).toBe('ended');
    yield* wait(sleep(200));
    expect(task.cancelling()).toBe(0);
  });
});

function* broken(): Generator<unknown, never> {
  throw new Error('broken');
}

/** What `fetch` does: a foreign promise that knows nothing but the signal. */
function interruptible(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

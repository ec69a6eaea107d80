// What groups owe to later Pythons than the one that plays the corners: cancel() of 3.15, and mends of it.
import { describe, expect, test } from '@jest/globals';
import { KeyboardInterrupt } from '@asyncio-ts/loop';
import { CancelledError, currentTask, setTaskFactory, type Task } from '@asyncio-ts/futures';
import { eagerTaskFactory, ExceptionGroup, sleep, TaskGroup, timeout } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const exact = scenes(test, { selectors: ['virtual'] });

function self(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

/** Sleeps until it is cancelled; says so, and goes on for a while. */
function stubborn(t: Scene, name: string, seconds: number): () => PromiseLike<void> {
  return t.coroutine(function* () {
    try {
      yield* wait(sleep(3600));
    } catch {
      t.log(name, 'cancelled');
    }
    yield* wait(sleep(seconds));
    t.log(name, 'over');
  });
}

describe('TaskGroup.cancel()', () => {
  exact('[S165] waits for children that take their time', function* (t) {
    const group = new TaskGroup();
    const body = t.coroutine(function* () {
      group.createTask(stubborn(t, 'child', 2) as never);
      yield* wait(sleep(1));
      group.cancel();
      group.cancel();
      yield* wait(sleep(5));
      t.log('never');
    });
    yield* wait(group.use(body));
    expect(t.trace.lines()).toEqual(['1 child cancelled', '3 child over']);
    expect(self().cancelling()).toBe(0);
  });

  exact('[S165] a cancel from outside while it waits for them is not lost', function* (t) {
    const task = t.task(function* () {
      const group = new TaskGroup();
      const body = t.coroutine(function* () {
        group.createTask(stubborn(t, 'child', 5) as never);
        t.loop.callLater(1, () => group.cancel());
      });
      yield* wait(group.use(body));
      t.log('never');
    });
    yield* wait(sleep(2));
    task.cancel('outside');
    yield* rejects(task, CancelledError);
    expect(task.cancelled()).toBe(true);
    expect(t.trace.lines()).toEqual(['1 child cancelled', '6 child over']);
  });

  exact('[S165] a cancel from outside in the same turn is not lost', function* (t) {
    for (const first of ['group', 'task']) {
      const group = new TaskGroup();
      const task = t.task(function* () {
        const body = t.coroutine(function* () {
          group.createTask(sleep(3600));
          yield* wait(sleep(3600));
        });
        yield* wait(group.use(body));
        t.log('never');
      });
      yield* wait(sleep(1));
      if (first === 'group') group.cancel();
      task.cancel();
      if (first === 'task') group.cancel();
      yield* rejects(task, CancelledError);
    }
    expect(t.events).toEqual([]);
  });

  exact('[S165] errors of cleanups are told all the same', function* (t) {
    const group = new TaskGroup();
    const child = t.coroutine(function* () {
      try {
        yield* wait(sleep(3600));
      } catch {
        throw new RangeError('cleanup');
      }
    });
    const body = t.coroutine(function* () {
      group.createTask(child());
      yield* wait(sleep(1));
      group.cancel();
    });
    const error = yield* rejects(group.use(body), ExceptionGroup);
    expect((error as ExceptionGroup<Error>).exceptions.map(({ message }) => message)).toEqual([
      'cleanup',
    ]);
    expect(self().cancelling()).toBe(0);
    yield* wait(sleep(0));
  });

  exact('[S165] of an inner group leaves the outer one alone', function* (t) {
    const inner = new TaskGroup();
    const innerBody = t.coroutine(function* () {
      inner.createTask(stubborn(t, 'inner', 0) as never);
      yield* wait(sleep(1));
      inner.cancel();
      yield* wait(sleep(5));
    });
    const outer = t.coroutine(function* (group: TaskGroup) {
      const child = group.createTask(sleep(3, 'outer child'));
      yield* wait(inner.use(innerBody));
      t.log('inner left', self().cancelling());
      return yield* wait(child);
    });
    expect(yield* wait(new TaskGroup().use(outer))).toBe('outer child');
    expect(t.trace.lines()).toEqual(['1 inner cancelled', '1 inner over', '1 inner left 0']);
  });

  exact('[S165] and a time limit that passes while it waits', function* (t) {
    const group = new TaskGroup();
    const body = t.coroutine(function* () {
      group.createTask(stubborn(t, 'child', 5) as never);
      t.loop.callLater(1, () => group.cancel());
    });
    const limited = timeout(2).use(() => group.use(body));
    const error = yield* rejects(limited, Error);
    expect((error as Error).name).toBe('TimeoutError');
    expect(t.trace.lines()).toEqual(['1 child cancelled', '6 child over']);
    expect(self().cancelling()).toBe(0);
  });

  scene('[S165] by a child that was started eagerly reaches that child, too', function* (t) {
    setTaskFactory(t.loop, eagerTaskFactory);
    const group = new TaskGroup();
    const child = t.coroutine(function* () {
      group.cancel();
      try {
        yield* wait(sleep(3600));
      } catch (error) {
        t.log('child cancelled');
        throw error;
      }
    });
    const body = t.implementation.plain(function* () {
      group.createTask(child());
      t.log('made');
    });
    yield* wait(group.use(body));
    expect(t.events).toEqual(['made', 'child cancelled']);
  });
});

describe('a group that is left with a KeyboardInterrupt', () => {
  exact('[S153] reports the other errors, which nobody would hear of', function* (t) {
    const interrupt = new KeyboardInterrupt();
    const child = t.coroutine(function* () {
      try {
        yield* wait(sleep(3600));
      } catch {
        throw new RangeError('in the cleanup');
      }
    });
    const body = t.coroutine(function* (group: TaskGroup): Generator<unknown, void> {
      group.createTask(child());
      yield* wait(t.turn());
      throw interrupt;
    });
    yield* rejects(new TaskGroup().use(body), interrupt);
    const reports = t.takeReports();
    expect(reports.map(({ exception }) => (exception as Error).message)).toEqual([
      'in the cleanup',
    ]);
    expect(reports[0]?.message).toMatch(
      /^Task exception was not propagated: <TaskGroup .*> is left with KeyboardInterrupt/,
    );
  });
});

import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, ContextVar, VirtualSelector } from '@asyncio-ts/loop';
import {
  allTasks,
  CancelledError,
  currentTask,
  runUntilCompleteSync,
  setTaskFactory,
  Task,
} from '@asyncio-ts/futures';
import {
  createEagerTaskFactory,
  createTask,
  eagerTaskFactory,
  gather,
  sleep,
  TaskGroup,
} from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const eager = (selector: VirtualSelector): BaseEventLoop => {
  const loop = new BaseEventLoop({ selector });
  setTaskFactory(loop, eagerTaskFactory);
  return loop;
};
const generators = scenes(test, {
  kinds: ['generator'],
  selectors: ['virtual'],
  newLoop: (selector) => eager(selector as VirtualSelector),
});
const both = scenes(test, {
  selectors: ['virtual'],
  newLoop: (selector) => eager(selector as VirtualSelector),
});
const plain = scenes(test, { selectors: ['virtual'] });

describe('eager tasks', () => {
  both('[S260] they run inside createTask up to their first wait', function* (t) {
    const task = t.task(function* () {
      t.log('began');
      yield* wait(sleep(1));
      t.log('went on');
      return 1;
    });
    t.log('created');
    expect(task.done()).toBe(false);
    expect(yield* wait(task)).toBe(1);
    expect(t.events).toEqual(['began', 'created', 'went on']);
  });

  generators('[S260] one that does not wait is done on return', function* (t) {
    const task = t.task(function* () {
      return 'at once';
    });
    expect(task.done()).toBe(true);
    expect(task.result()).toBe('at once');
    const failed = t.task(function* (): Generator<unknown, never> {
      throw new Error('at once');
    });
    yield* rejects(failed, /at once/);
  });

  test('[S261] outside of a running loop they are scheduled', () => {
    const loop = eager(new VirtualSelector());
    const task = new Task(sleep(0, 1), { loop, eagerStart: true });
    expect(task.done()).toBe(false);
    expect(runUntilCompleteSync(loop, task)).toBe(1);
    loop.close();
  });

  both('[S262] currentTask and allTasks know it during its step', function* (t) {
    const me = currentTask();
    let inside: Task<unknown> | null = null;
    const task = t.task(function* () {
      inside = currentTask();
      expect(allTasks().has(inside as Task<unknown>)).toBe(true);
      expect(inside === me).toBe(false);
    });
    expect(currentTask() === me).toBe(true);
    expect(inside === task).toBe(true);
    yield* wait(task);
    expect(allTasks().has(task)).toBe(false);
  });

  both('[S263] it runs in a copy of the context', function* (t) {
    const variable = new ContextVar<number>('variable', { default: 0 });
    variable.set(1);
    const task = t.task(function* () {
      expect(variable.get()).toBe(1);
      variable.set(2);
    });
    expect(variable.get()).toBe(1);
    yield* wait(task);
  });

  both('[S264] a cancel of one that waits is a cancel', function* (t) {
    const task = t.task(function* () {
      yield* wait(sleep(10));
    });
    expect(task.cancel('message')).toBe(true);
    const error = yield* rejects(task, CancelledError);
    expect((error as CancelledError).args).toEqual(['message']);
  });

  generators('[S264] a cancel of one that is done does nothing', function* (t) {
    const task = t.task(function* () {
      return 1;
    });
    expect(task.cancel()).toBe(false);
    expect(yield* wait(task)).toBe(1);
  });

  generators('[S265] gather of eager children is done at once, however deep', function* (t) {
    let turns = 0;
    const count = (): void => {
      turns++;
    };
    t.loop.callSoon(count);
    const tree = t.coroutine(function* (depth: number): Generator<unknown, number> {
      if (depth === 0) return 1;
      const [left, right] = yield* wait(gather(tree(depth - 1), tree(depth - 1)));
      return left + right;
    });
    const outer = gather(tree(4), tree(4));
    expect(outer.done()).toBe(true);
    expect(yield* wait(outer)).toEqual([16, 16]);
    expect(turns).toBe(0);
  });

  generators('[S265] groups of eager children', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      const child = t.coroutine(function* () {
        return 1;
      });
      return [group.createTask(child()), group.createTask(child())].map((task) => task.done());
    });
    expect(yield* wait(new TaskGroup().use(body))).toEqual([true, true]);
  });

  generators('[S265] a group hears of each of its children in a turn of its own', function* (t) {
    const child = t.coroutine(function* (seconds: number) {
      if (seconds > 0) yield* wait(sleep(seconds));
    });
    const group = yield* new TaskGroup().aenter();
    const hear = (): void => t.log(inspect(group));
    for (const seconds of [0, 1, 0]) {
      group.createTask(child(seconds));
      t.loop.callSoon(hear);
    }
    hear();
    yield* group.aexit(null);
    hear();
    const counts = t.events.map((event) => /tasks=(\d)/.exec(String(event))?.[1]);
    expect(counts).toEqual(['3', '2', '2', '1', undefined]);
  });

  generators('[S266] the coroutine of one that was done at once is null', function* (t) {
    expect(
      t
        .task(function* () {
          return 1;
        })
        .getCoro(),
    ).toBeNull();
    yield* wait(sleep(0));
  });

  plain('[S267] eagerStart with the default factory', function* (t) {
    const coro = t.coroutine(function* () {
      t.log('ran');
    });
    const task = createTask(coro(), { eagerStart: true });
    t.log('created');
    yield* wait(task);
    expect(t.events).toEqual(['ran', 'created']);
  });

  both('[S267] eagerStart: false opts out', function* (t) {
    const coro = t.coroutine(function* () {
      t.log('ran');
    });
    const task = createTask(coro(), { eagerStart: false });
    t.log('created');
    yield* wait(task);
    expect(t.events).toEqual(['created', 'ran']);
  });

  plain('createEagerTaskFactory takes a class', function* (t) {
    class LoudTask<T> extends Task<T> {}
    setTaskFactory(t.loop, createEagerTaskFactory(LoudTask));
    const task = createTask(sleep(0, 1), { name: 'loud' });
    expect(task).toBeInstanceOf(LoudTask);
    expect(task.getName()).toBe('loud');
    expect(yield* wait(task)).toBe(1);
  });
});

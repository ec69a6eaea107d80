import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { BaseException, ContextVar, KeyboardInterrupt, RuntimeError } from '@asyncio-ts/loop';
import { CancelledError, coroutine, currentTask, type Task } from '@asyncio-ts/futures';
import {
  BaseExceptionGroup,
  createTask,
  ExceptionGroup,
  sleep,
  TaskGroup,
  timeout,
} from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const exact = scenes(test, { selectors: ['virtual'] });

describe('TaskGroup', () => {
  scene('[S144] leaving waits for all children, and gives the result', function* (t) {
    const tasks: Task<string>[] = [];
    const body = t.implementation.plain(function* (group: TaskGroup) {
      tasks.push(group.createTask(sleep(0.01, 'a')), group.createTask(sleep(0.001, 'b')));
      return 'result';
    });
    expect(yield* wait(new TaskGroup().use(body))).toBe('result');
    expect(tasks.map((task) => task.result())).toEqual(['a', 'b']);
  });

  exact('[S144] children may be added while it waits, by children too', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      const child = t.coroutine(function* (depth: number): Generator<unknown, void> {
        yield* wait(sleep(1));
        t.log(depth);
        if (depth < 3) group.createTask(child(depth + 1));
      });
      group.createTask(child(1));
    });
    yield* wait(new TaskGroup().use(body));
    expect(t.trace.lines()).toEqual(['1 1', '2 2', '3 3']);
  });

  scene('[S145] a failing child cancels the others and the body', function* (t) {
    const body = t.implementation.plain(function* (group: TaskGroup) {
      group.createTask(failing(t, 'first')());
      group.createTask(logging(t, 'sibling'));
      try {
        yield* wait(sleep(3600));
      } finally {
        t.log('body');
      }
    });
    const error = yield* rejects(new TaskGroup().use(body), ExceptionGroup);
    expect((error as Error).message).toBe('unhandled errors in a TaskGroup');
    expect(messages(error)).toEqual(['first']);
    expect([...t.events].sort()).toEqual(['body', 'sibling']);
    expect(currentTask()?.cancelling()).toBe(0);
  });

  exact('[S145] all errors are collected', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      group.createTask(failing(t, 'one')());
      group.createTask(failing(t, 'two')());
    });
    expect(messages(yield* rejects(new TaskGroup().use(body), ExceptionGroup))).toEqual([
      'one',
      'two',
    ]);
  });

  scene('[S146] a cancelled child stops nothing', function* (t) {
    const body = t.implementation.plain(function* (group: TaskGroup) {
      const child = group.createTask(sleep(3600));
      const other = group.createTask(sleep(0.005, 'other'));
      yield* wait(t.turn());
      child.cancel();
      yield* rejects(child, CancelledError);
      return yield* wait(other);
    });
    expect(yield* wait(new TaskGroup().use(body))).toBe('other');
  });

  exact('[S147] errors of cleanups are added, cancels are not', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      group.createTask(failing(t, 'first')());
      group.createTask(
        t.coroutine(function* () {
          try {
            yield* wait(sleep(10));
          } finally {
            yield* failing(t, 'cleanup')();
          }
        }),
      );
      group.createTask(sleep(10));
    });
    const error = yield* rejects(new TaskGroup().use(body), ExceptionGroup);
    expect(messages(error)).toEqual(['first', 'cleanup']);
  });

  scene('[S148] an error of the body cancels the children and is wrapped', function* (t) {
    let child: Task<void> | undefined;
    const body = t.implementation.plain(function* (group: TaskGroup) {
      child = group.createTask(sleep(3600));
      yield* wait(t.turn());
      throw new TypeError('body');
    });
    expect(messages(yield* rejects(new TaskGroup().use(body), ExceptionGroup))).toEqual(['body']);
    expect(child?.cancelled()).toBe(true);
  });

  scene('[S149] a cancel from outside cancels the children and passes', function* (t) {
    for (const waits of [true, false]) {
      let child: Task<void> | undefined;
      const task = t.task(function* () {
        const body = t.implementation.plain(function* (group: TaskGroup) {
          child = group.createTask(sleep(3600));
          if (waits) yield* wait(sleep(3600));
        });
        yield* wait(new TaskGroup().use(body));
      });
      yield* wait(sleep(0.005));
      task.cancel('outside');
      const error = yield* rejects(task, CancelledError);
      expect((error as CancelledError).args).toEqual(['outside']);
      expect(child?.cancelled()).toBe(true);
      expect(task.cancelled()).toBe(true);
      expect(task.cancelling()).toBe(1);
    }
  });

  exact('[S150] errors during a cancel replace it', function* (t) {
    const task = t.task(function* () {
      const body = t.coroutine(function* (group: TaskGroup) {
        group.createTask(
          t.coroutine(function* () {
            try {
              yield* wait(sleep(10));
            } finally {
              yield* failing(t, 'cleanup')();
            }
          }),
        );
        yield* wait(sleep(10));
      });
      yield* wait(new TaskGroup().use(body));
    });
    yield* wait(sleep(1));
    task.cancel();
    const error = yield* rejects(task, ExceptionGroup);
    expect(messages(error)).toEqual(['cleanup']);
    expect((error as Error).cause).toBeInstanceOf(CancelledError);
  });

  exact('[S151] a body that makes an error of its cancel', function* (t) {
    const task = t.task(function* () {
      const body = t.coroutine(function* (group: TaskGroup) {
        group.createTask(sleep(10));
        try {
          yield* wait(sleep(10));
        } catch {
          throw new TypeError('converted');
        }
      });
      yield* wait(new TaskGroup().use(body));
    });
    yield* wait(sleep(1));
    task.cancel();
    expect(messages(yield* rejects(task, ExceptionGroup))).toEqual(['converted']);
  });

  exact('[S152] errors of body and child are both told', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      group.createTask(failing(t, 'child')());
      try {
        yield* wait(sleep(10));
      } finally {
        yield* failing(t, 'body')();
      }
    });
    expect(messages(yield* rejects(new TaskGroup().use(body), ExceptionGroup))).toEqual([
      'child',
      'body',
    ]);
  });

  exact('[S153] KeyboardInterrupt from the body passes bare', function* (t) {
    const interrupt = new KeyboardInterrupt();
    let child: Task<void> | undefined;
    const body = t.coroutine(function* (group: TaskGroup): Generator<unknown, void> {
      child = group.createTask(sleep(10));
      yield* wait(t.turn());
      throw interrupt;
    });
    yield* rejects(new TaskGroup().use(body), interrupt);
    expect(child?.cancelled()).toBe(true);
  });

  exact('[S154] other BaseExceptions make a BaseExceptionGroup', function* (t) {
    class Odd extends BaseException {}
    const body = t.coroutine(function* (group: TaskGroup) {
      group.createTask(
        t.coroutine(function* (): Generator<unknown, void> {
          yield* wait(t.turn());
          throw new Odd('odd');
        }),
      );
      yield* wait(sleep(10));
    });
    const error = yield* rejects(new TaskGroup().use(body), BaseExceptionGroup);
    expect(error).not.toBeInstanceOf(ExceptionGroup);
    expect(messages(error)).toEqual(['odd']);
  });

  exact('[S155] an inner failure comes to the outer as one nested group', function* (t) {
    const inner = t.coroutine(function* (group: TaskGroup) {
      group.createTask(failing(t, 'deep')());
    });
    const outer = t.coroutine(function* (group: TaskGroup) {
      group.createTask(() => new TaskGroup().use(inner));
      yield* wait(sleep(10));
    });
    const error = yield* rejects(new TaskGroup().use(outer), ExceptionGroup);
    const nested = (error as ExceptionGroup).exceptions[0];
    expect(nested).toBeInstanceOf(ExceptionGroup);
    expect(messages(nested)).toEqual(['deep']);
  });

  exact('[S155] an outer failure cancels the inner without a group', function* (t) {
    const innerBody = t.coroutine(function* (group: TaskGroup) {
      group.createTask(logging(t, 'inner child'));
      yield* wait(sleep(10));
    });
    const outer = t.coroutine(function* (group: TaskGroup) {
      group.createTask(failing(t, 'outer')());
      try {
        yield* wait(new TaskGroup().use(innerBody));
      } catch (error) {
        t.log((error as Error).name);
        throw error;
      }
    });
    expect(messages(yield* rejects(new TaskGroup().use(outer), ExceptionGroup))).toEqual(['outer']);
    expect(t.events).toEqual(['inner child', 'CancelledError']);
  });

  exact('[S156] the cancel it sent to its own task is taken back', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      group.createTask(failing(t, 'x')());
      yield* wait(sleep(10));
    });
    yield* rejects(new TaskGroup().use(body), ExceptionGroup);
    expect(currentTask()?.cancelling()).toBe(0);
    yield* wait(sleep(1));
    const task = t.task(function* () {
      currentTask()?.cancel();
      yield* rejects(sleep(1), CancelledError);
      yield* rejects(new TaskGroup().use(body), ExceptionGroup);
      // As in Python, the earlier request is made due once more.
      t.log(currentTask()?.cancelling());
    });
    yield* rejects(task, CancelledError);
    expect(t.events).toEqual(['1']);
  });

  exact('[S157] an inner error and an outside cancel in one turn', function* (t) {
    const task = t.task(function* () {
      const body = t.coroutine(function* (group: TaskGroup) {
        group.createTask(failing(t, 'inner')());
        yield* wait(sleep(10));
      });
      yield* rejects(new TaskGroup().use(body), ExceptionGroup);
      t.log('group left', currentTask()?.cancelling());
      yield* wait(sleep(0));
      t.log('never');
    });
    yield* wait(t.turns(3));
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(t.events).toEqual(['group left 1']);
  });

  scene('[S158] createTask before, after and while it shuts down', function* (t) {
    const fresh = new TaskGroup();
    refusesToStart(fresh, /has not been entered/);
    yield* wait(fresh.use(t.implementation.plain(function* () {})));
    refusesToStart(fresh, /is finished/);
    const body = t.implementation.plain(function* (group: TaskGroup) {
      group.createTask(failing(t, 'x')());
      try {
        yield* wait(sleep(3600));
      } catch (error) {
        refusesToStart(group, /is shutting down/);
        throw error;
      }
    });
    yield* rejects(new TaskGroup().use(body), ExceptionGroup);
  });

  scene('[S159] it is used once, inside a task', function* (t) {
    const group = new TaskGroup();
    const empty = t.implementation.plain(function* () {});
    yield* wait(group.use(empty));
    yield* rejects(group.use(empty), RuntimeError);
  });

  exact('[S160] createTask passes name and context on', function* (t) {
    const variable = new ContextVar<string>('variable');
    const { copyContext } = yield* wait(import('@asyncio-ts/loop'));
    const context = copyContext();
    context.run(() => variable.set('given'));
    const body = t.coroutine(function* (group: TaskGroup) {
      const named = group.createTask(sleep(0), { name: 'named' });
      expect(named.getName()).toBe('named');
      const read = t.coroutine(function* () {
        return variable.get('default');
      });
      const inContext = group.createTask(read(), { context });
      const plain = group.createTask(read);
      return [yield* wait(inContext), yield* wait(plain)];
    });
    expect(yield* wait(new TaskGroup().use(body))).toEqual(['given', 'default']);
  });

  exact('[S161] an empty group costs no turn', function* (t) {
    t.loop.callSoon(() => t.log('next turn'));
    yield* wait(new TaskGroup().use(t.coroutine(function* () {})));
    expect(t.events).toEqual([]);
  });

  exact('[S162] children that are done are dropped', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      for (let i = 0; i < 5; i++) {
        group.createTask(sleep(0));
        yield* wait(t.turns(4));
        expect(inspect(group)).toBe('<TaskGroup entered>');
      }
      group.createTask(sleep(1));
      expect(inspect(group)).toBe('<TaskGroup tasks=1 entered>');
    });
    yield* wait(new TaskGroup().use(body));
  });

  exact('[S163] children multiply until one fails', function* (t) {
    let made = 0;
    const body = t.coroutine(function* (group: TaskGroup) {
      const multiply = t.coroutine(function* (): Generator<unknown, void> {
        yield* wait(sleep(1));
        if (++made === 20) throw new Error('enough');
        group.createTask(multiply());
        group.createTask(multiply());
      });
      group.createTask(multiply());
    });
    expect(messages(yield* rejects(new TaskGroup().use(body), ExceptionGroup))).toContain('enough');
    expect(made).toBeGreaterThanOrEqual(20);
  });

  exact('[S164] a child that fails eagerly cancels nobody on the spot', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      const child = group.createTask(
        t.coroutine(function* (): Generator<unknown, void> {
          throw new Error('eager');
        }),
        { eagerStart: true },
      );
      if (t.implementation.kind === 'generator') expect(child.done()).toBe(true);
      expect(currentTask()?.cancelling()).toBe(0);
      group.createTask(sleep(10));
      t.log('went on');
      yield* wait(sleep(10));
      t.log('never');
    });
    expect(messages(yield* rejects(new TaskGroup().use(body), ExceptionGroup))).toEqual(['eager']);
    yield* wait(sleep(0));
    expect(t.events).toEqual(['went on']);
  });

  scene('[S165] cancel() ends body and children without an error', function* (t) {
    const group = new TaskGroup();
    const body = t.implementation.plain(function* () {
      group.createTask(logging(t, 'child'));
      t.loop.callLater(0.005, () => group.cancel());
      try {
        yield* wait(sleep(3600));
      } finally {
        t.log('body');
      }
    });
    expect(yield* wait(group.use(body))).toBeUndefined();
    expect([...t.events].sort()).toEqual(['body', 'child']);
    expect(currentTask()?.cancelling()).toBe(0);
    group.cancel();
    yield* wait(sleep(0));
  });

  exact('[S165] cancel() from the body, from a child, before entry', function* (t) {
    const group = new TaskGroup();
    const child = t.coroutine(function* () {
      group.cancel();
      group.cancel();
      yield* wait(sleep(10));
    });
    const body = t.coroutine(function* () {
      group.createTask(child());
      group.createTask(sleep(20));
    });
    yield* wait(group.use(body));
    expect(t.loop.time()).toBe(0);
    const early = new TaskGroup();
    early.cancel();
    const late = t.coroutine(function* (entered: TaskGroup) {
      refusesToStart(entered, /shutting down/);
      t.log('began');
      yield* wait(sleep(10));
      t.log('never');
    });
    yield* wait(early.use(late));
    expect(t.events).toEqual(['began']);
    expect(currentTask()?.cancelling()).toBe(0);
  });

  exact('[S165] cancel() in the cleanup of a cancelled task', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        const group = new TaskGroup();
        const body = t.coroutine(function* () {
          group.cancel();
          yield* wait(sleep(10));
        });
        yield* wait(group.use(body));
        t.log('cleaned up');
      }
    });
    yield* wait(t.turn());
    task.cancel();
    yield* rejects(task, CancelledError);
    expect(t.events).toEqual(['cleaned up']);
  });

  scene('its signal is aborted when a child fails', function* (t) {
    const group = new TaskGroup();
    expect(() => group.signal).toThrow(RuntimeError);
    let signal: AbortSignal | undefined;
    const body = t.implementation.plain(function* () {
      ({ signal } = group);
      group.createTask(failing(t, 'x')());
      yield* wait(sleep(3600));
    });
    yield* rejects(group.use(body), ExceptionGroup);
    expect(signal?.aborted).toBe(true);
  });

  scene('children of both kinds in groups of both kinds', function* (t) {
    const body = t.implementation.plain(function* (group: TaskGroup) {
      const tasks = [
        group.createTask(async () => await sleep(0.002, 'async')),
        group.createTask(function* () {
          return yield* sleep(0.001, 'generator');
        }),
        group.createTask(coroutine(async () => await sleep(0.001, 'lazy async'))()),
      ];
      const results: string[] = [];
      for (const task of tasks) results.push(yield* wait(task));
      return results;
    });
    expect(yield* wait(new TaskGroup().use(body))).toEqual(['async', 'generator', 'lazy async']);
  });

  exact('inside a timeout that passes, the timeout is what is told', function* (t) {
    const body = t.coroutine(function* (group: TaskGroup) {
      group.createTask(logging(t, 'child'));
      yield* wait(sleep(10));
    });
    const error = yield* rejects(
      timeout(1).use(() => new TaskGroup().use(body)),
      Error,
    );
    expect((error as Error).name).toBe('TimeoutError');
    expect(t.trace.lines()).toEqual(['1 child']);
  });

  test('a promise is no child', async () => {
    const { BaseEventLoop } = await import('@asyncio-ts/loop');
    const { runUntilComplete } = await import('@asyncio-ts/futures');
    await runUntilComplete(new BaseEventLoop(), async () => {
      await new TaskGroup().use(async (group) => {
        expect(() => group.createTask(Promise.resolve(1) as never)).toThrow(TypeError);
        await createTask(sleep(0));
      });
    });
  });
});

function failing(t: Scene, message: string): () => Generator<unknown, never> {
  return function* () {
    yield* wait(t.turn());
    throw new Error(message);
  };
}

/** Sleeps until it is cancelled, and says so. */
function logging(t: Scene, name: string): PromiseLike<void> & Generator<unknown, void> {
  return t.coroutine(function* () {
    try {
      yield* wait(sleep(3600));
    } finally {
      t.log(name);
    }
  })() as never;
}

function messages(error: unknown): string[] {
  return (error as BaseExceptionGroup<Error>).exceptions.map(({ message }) => message);
}

function refusesToStart(group: TaskGroup, message: RegExp): void {
  const coro = sleep(1);
  expect(() => group.createTask(coro)).toThrow(message);
  expect(() => coro.next()).toThrow(/reuse/);
}

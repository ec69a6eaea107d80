import { type CoroutineLike, Task, type TaskOptions } from '@asyncio-ts/futures';
import type { Loop } from '@asyncio-ts/loop';

/** A class of tasks, as `createEagerTaskFactory` takes it. */
export type TaskClass = new <T>(
  coro: CoroutineLike<T>,
  options: TaskOptions & { readonly loop?: Loop },
) => Task<T>;

/** A task factory that can be called by hand as well: the options may be missing. */
export type EagerTaskFactory = <T>(
  loop: Loop,
  coro: CoroutineLike<T>,
  options?: TaskOptions,
) => Task<T>;

/**
 * Makes a task factory whose tasks run their first step at once, inside the call that makes them.
 *
 * Mirrors Python's `asyncio.create_eager_task_factory`.
 *
 * @param taskClass - the class of the tasks it makes
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { setTaskFactory, Task } from '@asyncio-ts/futures';
 * import { createEagerTaskFactory } from '@asyncio-ts/tasks';
 *
 * class LoudTask<T> extends Task<T> {}
 * setTaskFactory(new BaseEventLoop(), createEagerTaskFactory(LoudTask));
 * ```
 */
export function createEagerTaskFactory(taskClass: TaskClass): EagerTaskFactory {
  return (loop, coro, options = {}) =>
    new taskClass(coro, { ...options, loop, eagerStart: options.eagerStart ?? true });
}

/**
 * A task factory whose tasks run their first step at once: `setTaskFactory(loop, eagerTaskFactory)`. One that never has to
 * wait is done when `createTask` returns.
 *
 * Mirrors Python's `asyncio.eager_task_factory`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete, setTaskFactory } from '@asyncio-ts/futures';
 * import { createTask, eagerTaskFactory } from '@asyncio-ts/tasks';
 *
 * const loop = new BaseEventLoop();
 * setTaskFactory(loop, eagerTaskFactory);
 * await runUntilComplete(loop, function* () {
 *   yield;
 *   const task = createTask(function* () {
 *     return 'at once';
 *   });
 *   console.log(task.done()); // true
 * });
 * ```
 */
export const eagerTaskFactory: EagerTaskFactory = (
  loop,
  coro,
  { name, context, eagerStart } = {},
) => new Task(coro, { loop, name, context: context ?? null, eagerStart: eagerStart ?? true });

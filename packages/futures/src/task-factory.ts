import { type Loop, LoopLocal } from '@asyncio-ts/loop';

import type { CoroutineLike, FutureLike } from './protocol.js';
import { Task } from './task.js';
import type { TaskOptions } from './task-options.js';
import type { Future } from './future.js';
import { loopHere } from './which-loop.js';

/** Makes tasks for a loop in place of `new Task`. Mirrors what `loop.set_task_factory` takes. */
export type TaskFactory = <T>(loop: Loop, coro: CoroutineLike<T>, options: TaskOptions) => Task<T>;

/**
 * A loop that makes futures and tasks itself. The library calls these methods where they exist, so that an override is
 * obeyed; a loop without them is as good.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createFuture, Future, type FutureLoop } from '@asyncio-ts/futures';
 *
 * class Counted<T> extends Future<T> {}
 * class Counting extends BaseEventLoop implements FutureLoop {
 *   made = 0;
 *   createFuture<T>(): Future<T> {
 *     this.made++;
 *     return new Counted<T>({ loop: this });
 *   }
 * }
 * const loop = new Counting();
 * console.log(createFuture(loop) instanceof Counted, loop.made); // true 1
 * ```
 */
export interface FutureLoop extends Loop {
  /** Makes a future of this loop. */
  createFuture?<T>(): Future<T>;
  /** Makes a task of this loop. */
  createTask?<T>(coro: CoroutineLike<T>, options?: TaskOptions): Task<T>;
}

const factories = /* @__PURE__ */ new LoopLocal<TaskFactory | null>(() => null);

/**
 * The task factory of a loop, or null.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { getTaskFactory } from '@asyncio-ts/futures';
 *
 * console.log(getTaskFactory(new BaseEventLoop())); // null: the library makes them
 * ```
 */
export function getTaskFactory(loop: Loop): TaskFactory | null {
  return factories.get(loop);
}

/**
 * Sets who makes the tasks of a loop; null: the library.
 *
 * @throws TypeError for anything but a function or null.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createTask, runUntilComplete, setTaskFactory, Task } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * setTaskFactory(loop, (loop, coro, options) => {
 *   console.log('a task is made');
 *   return new Task(coro, { ...options, loop });
 * });
 * await runUntilComplete(loop, createTask(loop, async () => {})); // a task is made
 * ```
 */
export function setTaskFactory(loop: Loop, factory: TaskFactory | null): void {
  if (factory !== null && typeof factory !== 'function') {
    throw new TypeError('Cannot set the task factory: it must be a function or null');
  }
  factories.set(loop, factory);
  if (factory !== null) anyFactory = true;
}

const NO_OPTIONS: TaskOptions = {};

/** False as long as no loop has a factory: nobody needs to be asked then. */
let anyFactory = false;

/** Each option by its name: a spread makes objects of ever new shapes, which was most of the row `skynet`. */
function onLoop(
  loop: Loop,
  { name, context, eagerStart }: TaskOptions,
): TaskOptions & { readonly loop: Loop } {
  return { loop, name, context: context ?? null, eagerStart: eagerStart === true };
}

/** @internal A new task, by the loop's factory if it has one. What cannot become a task is closed. */
export function newTask<T>(
  loop: Loop,
  coro: CoroutineLike<T>,
  options: TaskOptions = NO_OPTIONS,
): Task<T> {
  try {
    const factory = anyFactory ? factories.get(loop) : null;
    return factory === null
      ? new Task<T>(coro, onLoop(loop, options))
      : factory(loop, coro, options);
  } catch (error) {
    closeCoroutine(coro);
    throw error;
  }
}

/** @internal A new task, by the loop's own method if it has one. */
export function taskOn<T>(loop: Loop, coro: CoroutineLike<T>, options?: TaskOptions): Task<T> {
  const own = (loop as FutureLoop).createTask;
  return own === undefined
    ? newTask(loop, coro, options)
    : (own.call(loop, coro, options) as Task<T>);
}

/** @internal A task for a coroutine that was awaited outside of any: in the running loop, or the one of this thread. */
export function newFreeTask<T>(coro: CoroutineLike<T>): FutureLike<T> & PromiseLike<T> {
  return taskOn(loopHere('await a coroutine'), coro);
}

/** @internal What never became a task is closed, so that nobody is warned of it. */
export function closeCoroutine(coro: unknown): void {
  const closable = coro as {
    readonly _isTaken?: boolean;
    close?: () => void;
    return?: (value: never) => unknown;
  };
  // One that is run by somebody else already is theirs to end.
  if (closable._isTaken === true) return;
  if (typeof closable.close === 'function') closable.close();
  else closable.return?.(undefined as never);
}

import {
  closeCoroutine,
  createTask as createTaskOn,
  isDriver,
  loopHere,
  type Task,
  type TaskBody,
  type TaskOptions,
} from '@asyncio-ts/futures';

import type { Taskable } from './refused.js';

/**
 * Starts a coroutine as a task of the running loop; its first step comes in the next turn.
 *
 * Mirrors Python's `asyncio.create_task`. Called from plain Node code, it takes the one loop that runs in this thread.
 *
 * @param body - a generator, a coroutine object, or a function of no arguments that is called inside the new task
 * @param options - `name`; `context`: what its steps run in; `eagerStart`: run the first step at once
 * @throws RuntimeError when no loop runs (a coroutine is closed then); TypeError for what is no coroutine.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createTask, sleep } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const task = createTask(sleep(0.01, 42), { name: 'answer' });
 *   console.log(yield* task); // 42
 * });
 * ```
 */
export function createTask<T, B = TaskBody<T>>(
  body: B & Taskable<B, T>,
  options?: TaskOptions,
): Task<T>;
export function createTask<T>(body: TaskBody<T>, options?: TaskOptions): Task<T> {
  let loop;
  try {
    loop = loopHere('create a task');
  } catch (error) {
    if (isDriver(body)) closeCoroutine(body);
    throw error;
  }
  return createTaskOn(loop, body, options);
}

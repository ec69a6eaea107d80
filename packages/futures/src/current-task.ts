import { getRunningLoop, type Loop, RuntimeError, thread } from '@asyncio-ts/loop';

import { runningTask, steppedNow } from './current.js';
import { type Registered, registryOf } from './registry.js';
import { Task } from './task.js';

/**
 * The task that runs now, or null in a plain callback.
 *
 * Mirrors Python's `asyncio.current_task`.
 *
 * @param loop - of which loop; default: the running one
 * @throws RuntimeError when no loop is given and none runs.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createTask, currentTask, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const name = async () => currentTask()?.getName();
 * console.log(await runUntilComplete(loop, createTask(loop, name, { name: 'me' }))); // me
 * ```
 */
export function currentTask(loop?: Loop | null): Task<unknown> | null {
  const wanted = loop ?? getRunningLoop();
  const entered = enteredTasks.get(wanted);
  if (entered !== undefined) return entered as Task<unknown>;
  const task = runningTask<Task<unknown>>();
  return task !== null && task._loop === wanted ? task : null;
}

/**
 * The tasks of a loop that are not done.
 *
 * Mirrors Python's `asyncio.all_tasks`.
 *
 * @param loop - of which loop; default: the running one
 * @throws RuntimeError when no loop is given and none runs.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { allTasks, createTask, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const nap = function* () {
 *   yield;
 * };
 * const tasks = ['a', 'b'].map((name) => createTask(loop, nap(), { name }));
 * console.log([...allTasks(loop)].map((task) => task.getName())); // [ 'a', 'b' ]
 * await runUntilComplete(loop, nap());
 * console.log(tasks.every((task) => task.done()), allTasks(loop).size); // true 0
 * ```
 */
export function allTasks(loop?: Loop | null): Set<Task<unknown>> {
  const wanted = loop ?? getRunningLoop();
  const tasks = tasksOf(wanted);
  for (const task of foreignTasks.get(wanted) ?? []) {
    const { done } = task as { done?: () => boolean };
    if (done === undefined || !done.call(task)) tasks.add(task as Task<unknown>);
  }
  return tasks;
}

/** @internal The tasks of a loop that are not done, in order of creation. */
export function tasksOf(loop: Loop): Set<Task<unknown>> {
  const tasks = new Set<Task<unknown>>();
  for (let task = registryOf(loop).first; task !== null; task = task._nextTask) {
    tasks.add(task as Task<unknown>);
  }
  return tasks;
}

/** Tasks of other people's making that were entered or registered by hand. */
const enteredTasks = new Map<Loop, object>();
const foreignTasks = new WeakMap<Loop, Set<object>>();

/** Says that a task of another make is stepped now. Mirrors `asyncio._enter_task`. @throws RuntimeError when one is. */
export function _enterTask(loop: Loop, task: object): void {
  if (presentTask(loop) !== null) {
    throw new RuntimeError('Cannot enter the task while another task is being executed');
  }
  enteredTasks.set(loop, task);
}

/** Says that its step is over. Mirrors `asyncio._leave_task`. @throws RuntimeError when it is not the current one. */
export function _leaveTask(loop: Loop, task: object): void {
  if (enteredTasks.get(loop) !== task) {
    throw new RuntimeError('Cannot leave the task: it is not the current task');
  }
  enteredTasks.delete(loop);
}

/** Makes another task the current one. Mirrors `asyncio._swap_current_task`. @returns the one before, or null. */
export function _swapCurrentTask(loop: Loop, task: object | null): object | null {
  const before = presentTask(loop);
  if (task === null) enteredTasks.delete(loop);
  else enteredTasks.set(loop, task);
  return before;
}

/** The task that was entered, else the one whose step of this loop is on the stack. */
function presentTask(loop: Loop): object | null {
  return enteredTasks.get(loop) ?? (thread.loop === loop ? (steppedNow()?._root ?? null) : null);
}

/** Lets `allTasks` list a task of another make. Mirrors `asyncio._register_task`. */
export function _registerTask(task: { getLoop(): Loop }): void {
  const loop = task.getLoop();
  if (task instanceof Task) {
    if (!task.done() && !tasksOf(loop).has(task)) registryOf(loop).add(task as Registered);
    return;
  }
  const tasks = foreignTasks.get(loop) ?? new Set();
  foreignTasks.set(loop, tasks.add(task));
}

/** Takes `_registerTask` back. Mirrors `asyncio._unregister_task`. */
export function _unregisterTask(task: { getLoop(): Loop }): void {
  if (task instanceof Task) registryOf(task.getLoop()).remove(task as Registered);
  foreignTasks.get(task.getLoop())?.delete(task);
}

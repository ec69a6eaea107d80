import { runInFrame, thread } from '@asyncio-ts/loop';

import { invoke } from './coroutine.js';
import type { CoroutineFunction, CoroutineLike } from './protocol.js';
import type { Task } from './task.js';
import type { TaskOptions } from './task-options.js';
import { taskOn } from './task-factory.js';
import { loopHere } from './which-loop.js';

/**
 * Wraps a coroutine function into a callback for Node, so that each call is a task of its own: the listener of an `http`
 * server, of an emitter, of a timer.
 *
 * Without it, a foreign emitter made inside a task carries that task into its callbacks, and what they wait for would be
 * waits of that task. An error of the task is reported through the loop's exception handler.
 *
 * @returns a function that starts the task and returns it.
 *
 * @example
 * ```ts
 * import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
 * import { handler } from '@asyncio-ts/futures';
 *
 * const server = createServer(
 *   handler(async (request: IncomingMessage, response: ServerResponse) => {
 *     response.end(`you asked for ${request.url}`);
 *   }),
 * );
 * server.close();
 * ```
 */
export function handler<Args extends readonly unknown[], T>(
  fn: CoroutineFunction<Args, T>,
  options?: TaskOptions,
): (...args: Args) => Task<T> {
  return (...args) =>
    withoutTask(() => {
      const task = taskOn(
        loopHere('handle the call'),
        invoke(fn, ...args) as CoroutineLike<T>,
        options,
      );
      task.addDoneCallback(reportFailure);
      return task;
    });
}

function reportFailure(task: Task<unknown>): void {
  if (task.cancelled()) return;
  const exception = task.exception();
  if (exception === null) return;
  task.getLoop().callExceptionHandler({
    message: `Exception in handler task ${task.getName()}`,
    exception,
    task,
  });
}

/**
 * Calls a function outside of any task: foreign things made in it (servers, intervals, emitters) do not carry the present
 * task into their callbacks.
 *
 * @example
 * ```ts
 * import { EventEmitter } from 'node:events';
 * import { withoutTask } from '@asyncio-ts/futures';
 *
 * const emitter = withoutTask(() => new EventEmitter());
 * ```
 */
export function withoutTask<R>(fn: () => R): R {
  const { stepping } = thread;
  thread.stepping = false;
  try {
    return runInFrame(undefined, fn);
  } finally {
    thread.stepping = stepping;
  }
}

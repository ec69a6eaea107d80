import {
  _getRunningLoop,
  _getSetLoop,
  getRunningLoop as getRunningLoopOfThread,
  RuntimeError,
  setEventLoop,
} from '@asyncio-ts/loop';

import { EventLoop } from './event-loop.js';
import { inMainThread } from './main-thread.js';

/**
 * A new event loop, a guest of Node's own.
 *
 * Mirrors Python's `asyncio.new_event_loop`.
 *
 * @example
 * ```ts
 * import { newEventLoop } from 'asyncio-ts';
 *
 * const loop = newEventLoop();
 * console.log(await loop.runUntilComplete(async () => 42)); // 42
 * loop.close();
 * ```
 */
export function newEventLoop(): EventLoop {
  return new EventLoop();
}

/**
 * The running loop, else the one given to `setEventLoop`; in the main thread, if that was never called, a new one, which
 * is set.
 *
 * Mirrors Python's `asyncio.get_event_loop`.
 *
 * @throws RuntimeError when there is none: in a worker thread, and after `setEventLoop(null)` (which `run` does at its end).
 *
 * @example
 * ```ts
 * import { getEventLoop, sleep } from 'asyncio-ts';
 *
 * const loop = getEventLoop();
 * await loop.runUntilComplete(sleep(0.01));
 * loop.close();
 * ```
 */
export function getEventLoop(): EventLoop {
  const loop = (_getRunningLoop() ?? _getSetLoop()) as EventLoop | null | undefined;
  if (loop !== null && loop !== undefined) return loop;
  if (loop === undefined && inMainThread()) {
    const made = newEventLoop();
    setEventLoop(made);
    return made;
  }
  const state = inMainThread() ? 'the last one was given back' : 'a worker thread begins without';
  throw new RuntimeError(
    `There is no current event loop: ${state}; make one with newEventLoop() and set it with setEventLoop(), or use run()`,
  );
}

/**
 * The running loop: that of the callback, or of the coroutine, this is called from.
 *
 * Mirrors Python's `asyncio.get_running_loop`. It says `EventLoop`, because that is what `run`, `Runner` and `getEventLoop`
 * make; whoever runs a loop of another class knows it.
 *
 * @throws RuntimeError when no loop runs here.
 *
 * @example
 * ```ts
 * import { getRunningLoop, run } from 'asyncio-ts';
 *
 * await run(async () => {
 *   const future = getRunningLoop().createFuture<string>();
 *   getRunningLoop().callSoon(() => future.setResult('here'));
 *   console.log(await future); // here
 * });
 * ```
 */
export const getRunningLoop = getRunningLoopOfThread as () => EventLoop;

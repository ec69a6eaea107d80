import { currentFrame } from './frame.js';
import type { Loop } from './loop.js';
import { RuntimeError } from './python-errors.js';
import { thread } from './thread.js';

/** What is asked of the loop of a frame; a foreign one may not know. */
interface FrameLoop {
  isRunning?(): boolean;
  isClosed?(): boolean;
  readonly _stepOpen?: boolean;
}

/** @internal Whether a handle, or a step of an async function, of some loop is what runs now. */
export function insideRunningLoop(): boolean {
  if (thread.loop !== null) return true;
  const loop = currentFrame()?.loop as FrameLoop | undefined;
  // What Node kept from an earlier run (a timer, a listener) has the frame of a loop that runs no more.
  return loop !== undefined && (loop.isRunning?.() !== false || loop._stepOpen === true);
}

/**
 * The running loop, or null. Mirrors Python's `asyncio._get_running_loop`.
 *
 * The running loop is the one whose handle is on the stack, else the one of the async function that runs.
 */
export function _getRunningLoop(): Loop | null {
  return (thread.loop ?? frameLoop()) as Loop | null;
}

/** The loop of the async function that runs; a closed one can run nothing. */
function frameLoop(): object | null {
  const loop = currentFrame()?.loop as FrameLoop | undefined;
  return loop === undefined || loop.isClosed?.() === true ? null : loop;
}

/**
 * The running loop.
 *
 * Mirrors Python's `asyncio.get_running_loop`: strict, there is one only inside callbacks and coroutines.
 *
 * @throws RuntimeError when no loop runs here.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, getRunningLoop } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * loop.callSoon(() => {
 *   console.log(getRunningLoop() === loop); // true
 *   loop.stop();
 * });
 * await loop.runForever();
 * ```
 */
export function getRunningLoop(): Loop {
  const loop = _getRunningLoop();
  if (loop === null)
    throw new RuntimeError(
      'no running event loop: call this from a coroutine or a callback of a loop; run(main) starts one',
    );
  return loop;
}

/**
 * Says which loop runs on this stack; for those who drive a loop of their own. Mirrors `asyncio._set_running_loop`.
 *
 * @example
 * ```ts
 * import { _getRunningLoop, _setRunningLoop, BaseEventLoop } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * _setRunningLoop(loop);
 * console.log(_getRunningLoop() === loop); // true
 * _setRunningLoop(null);
 * ```
 */
export function _setRunningLoop(loop: Loop | null): void {
  thread.loop = loop;
}

/** @internal The one loop that runs in this thread as a guest, if it is one. */
export function threadLoop(): Loop | null {
  if (thread.running.size !== 1) return null;
  return [...thread.running][0] as Loop;
}

/**
 * Sets the loop that `getEventLoop` returns when none is running; null means "none", and it stays none.
 *
 * Mirrors Python's `asyncio.set_event_loop`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, setEventLoop } from '@asyncio-ts/loop';
 *
 * setEventLoop(new BaseEventLoop({ debug: true })); // what `getEventLoop()` gives from now on
 * ```
 */
export function setEventLoop(loop: Loop | null): void {
  thread.current = loop;
}

/** @internal What `setEventLoop` said; undefined when it was never called. */
export function _getSetLoop(): Loop | null | undefined {
  return thread.current as Loop | null | undefined;
}

import type { ExceptionContext } from './exception-context.js';
import type { Callback, Handle } from './handle.js';
import type { TimerHandle } from './timer-handle.js';

/**
 * The narrow contract every upper floor holds: run callbacks, in order, at their time.
 *
 * Mirrors the scheduling part of Python's `asyncio.AbstractEventLoop`. Anything that has these methods can drive a task;
 * {@link BaseEventLoop} is the real one.
 */
export interface Loop {
  /**
   * Arranges for `callback(...args)` to be called in the next turn; callbacks are called in the order of registration.
   *
   * @returns a handle that can cancel the call.
   */
  callSoon<Args extends readonly unknown[]>(callback: Callback<Args>, ...args: Args): Handle;

  /**
   * Arranges for a call after `delay` seconds.
   *
   * @param delay - in seconds
   */
  callLater<Args extends readonly unknown[]>(
    delay: number,
    callback: Callback<Args>,
    ...args: Args
  ): TimerHandle;

  /**
   * Arranges for a call at an absolute time of this loop's clock.
   *
   * @param when - in seconds, on the clock of {@link Loop.time}
   */
  callAt<Args extends readonly unknown[]>(
    when: number,
    callback: Callback<Args>,
    ...args: Args
  ): TimerHandle;

  /** The loop's monotonic clock, in seconds. */
  time(): number;

  /** Reports an error nobody else can take. */
  callExceptionHandler(context: ExceptionContext): void;

  /** Whether debug mode is on. */
  getDebug(): boolean;
}

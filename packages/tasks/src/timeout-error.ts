/**
 * A time limit was reached.
 *
 * Mirrors Python's `TimeoutError`, which `asyncio.TimeoutError` is another name of. `cause` is the CancelledError with which
 * the work was interrupted, where there was one.
 *
 * @example
 * ```ts
 * import { TimeoutError } from '@asyncio-ts/tasks';
 *
 * const error = new TimeoutError('the answer took too long');
 * console.log(error.name); // TimeoutError
 * ```
 */
export class TimeoutError extends Error {
  static {
    this.prototype.name = 'TimeoutError';
  }
}

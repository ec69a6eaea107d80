/**
 * A future was asked for something it cannot do in its present state. Mirrors Python's `asyncio.InvalidStateError`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { Future, InvalidStateError } from '@asyncio-ts/futures';
 *
 * const future = new Future<number>({ loop: new BaseEventLoop() });
 * try {
 *   future.result();
 * } catch (error) {
 *   console.log(error instanceof InvalidStateError); // true
 * }
 * ```
 */
export class InvalidStateError extends Error {
  static {
    this.prototype.name = 'InvalidStateError';
  }
}

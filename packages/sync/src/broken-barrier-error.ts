import { RuntimeError } from '@asyncio-ts/loop';

/**
 * A barrier was reset while somebody waited at it, or it was aborted.
 *
 * Mirrors Python's `asyncio.BrokenBarrierError`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { Barrier, BrokenBarrierError } from '@asyncio-ts/sync';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const barrier = new Barrier(2);
 *   await barrier.abort();
 *   try {
 *     await barrier.wait();
 *   } catch (error) {
 *     console.log(error instanceof BrokenBarrierError); // true
 *   }
 * });
 * ```
 */
export class BrokenBarrierError extends RuntimeError {
  static {
    this.prototype.name = 'BrokenBarrierError';
  }
}

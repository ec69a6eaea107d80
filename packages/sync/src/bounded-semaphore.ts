import { ValueError } from '@asyncio-ts/loop';

import { Semaphore } from './semaphore.js';

/**
 * A semaphore that cannot be released more often than it was acquired.
 *
 * Mirrors Python's `asyncio.BoundedSemaphore`.
 *
 * @example
 * ```ts
 * import { BoundedSemaphore } from '@asyncio-ts/sync';
 *
 * try {
 *   new BoundedSemaphore(3).release();
 * } catch (error) {
 *   console.log((error as Error).name); // ValueError
 * }
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  private readonly _boundValue: number;

  /**
   * @param value - how many permits there are, at the beginning and at most. Default: 1
   * @throws ValueError when it is less than zero; TypeError when it is no number.
   */
  constructor(value = 1) {
    super(value);
    this._boundValue = value;
  }

  /**
   * Gives a permit back: the first who waits gets it.
   *
   * @throws ValueError when all permits are there already.
   */
  override release(): void {
    if (this._value >= this._boundValue) {
      throw new ValueError(
        `BoundedSemaphore released too many times: all of its ${this._boundValue} permits are there`,
      );
    }
    super.release();
  }
}

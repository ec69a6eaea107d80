import { inspect } from 'node:util';

interface Releasable {
  release(): void;
}

/**
 * A lock, or one permit of a semaphore, that is held: given by `hold()`, for `using held = await lock.hold()`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { type Held, Lock } from '@asyncio-ts/sync';
 *
 * const lock = new Lock();
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const held: Held = await lock.hold();
 *   console.log(lock.locked()); // true
 *   held.release();
 *   held.release(); // harmless
 * });
 * ```
 */
export class Held {
  private _releasable: Releasable | null;

  constructor(releasable: Releasable) {
    this._releasable = releasable;
  }

  /** Gives it back; twice is harmless. */
  release(): void {
    const releasable = this._releasable;
    this._releasable = null;
    releasable?.release();
  }

  /** What leaving the block of a `using` calls: `release`. */
  [Symbol.dispose](): void {
    this.release();
  }

  [inspect.custom](): string {
    return this._releasable === null ? '<Held [released]>' : `<Held ${inspect(this._releasable)}>`;
  }
}

import type { Loop } from './loop.js';

/**
 * What an upper floor keeps about a loop (its factory, its default executor), without the loop knowing.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, LoopLocal } from '@asyncio-ts/loop';
 *
 * const counters = new LoopLocal(() => ({ value: 0 }));
 * const loop = new BaseEventLoop();
 * counters.get(loop).value++;
 * console.log(counters.get(loop).value); // 1
 * ```
 */
export class LoopLocal<T> {
  private readonly _values = new WeakMap<Loop, { value: T }>();
  private readonly _initial: (loop: Loop) => T;

  constructor(initial: (loop: Loop) => T) {
    this._initial = initial;
  }

  /** What is kept for a loop; made by `initial` when it is asked for first. */
  get(loop: Loop): T {
    let held = this._values.get(loop);
    if (held === undefined) this._values.set(loop, (held = { value: this._initial(loop) }));
    return held.value;
  }

  /**
   * Keeps another value for a loop.
   *
   * @example
   * ```ts
   * import { BaseEventLoop, LoopLocal } from '@asyncio-ts/loop';
   *
   * const names = new LoopLocal<string | null>(() => null);
   * const loop = new BaseEventLoop();
   * names.set(loop, 'background');
   * console.log(names.get(loop)); // background
   * ```
   */
  set(loop: Loop, value: T): void {
    this._values.set(loop, { value });
  }
}

import type { Deadline } from './timer-heap.js';
import { type AnyCallback, Handle, type HandleLoop } from './handle.js';

/** What a timer must know of its loop. */
export interface TimerLoop extends HandleLoop {
  /** @internal */
  _timerCancelled(timer: object): void;
}

let created = 0;

/**
 * A callback that waits for its time; returned by `callLater` and `callAt`.
 *
 * Mirrors Python's `asyncio.TimerHandle`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop({ selector: new VirtualSelector() });
 * const timer = loop.callLater(2.5, () => {});
 * console.log(timer.when() - loop.time()); // 2.5
 * ```
 */
export class TimerHandle extends Handle implements Deadline {
  /** @internal */
  readonly _when: number;
  /** @internal Which timer was created first: equal deadlines run in this order. */
  readonly _order: number = created++;
  /** @internal True while it lies in the loop's heap. */
  _scheduled = false;

  constructor(when: number, callback: AnyCallback, args: readonly unknown[], loop: TimerLoop) {
    super(callback, args, loop);
    this._when = when;
  }

  /** The deadline, in seconds on the loop's clock. */
  when(): number {
    return this._when;
  }

  override cancel(): void {
    if (!this._cancelled && this._scheduled) (this._loop as TimerLoop)._timerCancelled(this);
    super.cancel();
  }

  /** @internal */
  override _describe(): string {
    return `${this._cancelled ? 'cancelled ' : ''}when=${this._when} ${super._describe().replace('cancelled', '')}`.trimEnd();
  }
}

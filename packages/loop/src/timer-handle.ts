import { type AnyCallback, Handle, type HandleLoop, type Runnable } from './handle.js';
import type { Deadline } from './timer-heap.js';

/** What a timer must know of its loop. */
export interface TimerLoop extends HandleLoop {
  /** @internal */
  _timerCancelled(timer: object): void;
}

/** @internal What the timer queue holds: something the loop can run, and its time. */
export interface Timer extends Deadline, Runnable {
  /** Which timer was added first: equal deadlines run in this order. The queue sets it; `NOT_ADDED` outside of it. */
  _order: number;
  /** It is not to be run any more. While it lies in the queue, `_timerCancelled` is told. */
  readonly _cancelled: boolean;
}

/** @internal The order of a timer that does not lie in the queue. */
export const NOT_ADDED = -1;

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
export class TimerHandle extends Handle implements Timer {
  /** @internal */
  readonly _when: number;
  /** @internal */
  _order = NOT_ADDED;

  constructor(when: number, callback: AnyCallback, args: readonly unknown[], loop: TimerLoop) {
    super(callback, args, loop);
    this._when = when;
  }

  /** The deadline, in seconds on the loop's clock. */
  when(): number {
    return this._when;
  }

  /** @internal Whether it lies in the queue of the loop. */
  get _scheduled(): boolean {
    return this._order !== NOT_ADDED;
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

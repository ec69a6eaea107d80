import { type Loop, NOT_ADDED, takesTimers, type Timer, type TurnLoop } from '@asyncio-ts/loop';

import { Flag, Future } from './future.js';
import { makesPlainFutures } from './create.js';

/**
 * @internal A future that gets its result when its time has come: it is its own timer, one object in place of a future, a
 * handle and a list of arguments. Measured by the row `sleepers`.
 */
export class TimedFuture<T> extends Future<T> implements Timer {
  /** @internal */
  readonly _when: number;
  /** @internal */
  _order = NOT_ADDED;

  /** @param delay - in seconds */
  constructor(loop: TurnLoop, delay: number, result: T) {
    super({ loop });
    this._when = loop.time() + delay;
    this._value = result;
    loop._addTimer(this);
  }

  /** @internal */
  get _cancelled(): boolean {
    return (this._flags & Flag.CalledOff) !== 0;
  }

  /** @internal Its time has come. */
  _run(): void {
    if (this._state === 'PENDING' && !this._cancelled) this._finish(this._value);
  }

  /** @internal Takes the timer back; harmless when its time has come. */
  _callOff(): void {
    if (this._cancelled) return;
    this._flags |= Flag.CalledOff;
    if (this._state !== 'FINISHED') this._value = undefined;
    if (this._order !== NOT_ADDED) (this._loop as TurnLoop)._timerCancelled(this);
  }

  static {
    // That it is its own timer is nobody's business: to everybody it is a future.
    Object.defineProperty(this.prototype, 'constructor', { value: Future });
  }
}

/** @internal Whether a `TimedFuture` will do: nobody overrides what makes the futures and the timers of this loop. */
export function takesTimedFutures(loop: Loop): loop is TurnLoop {
  return takesTimers(loop) && makesPlainFutures(loop);
}

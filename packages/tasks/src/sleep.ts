import {
  type Coroutine,
  createFuture,
  DirectCoroutine,
  type Future,
  Life,
  type Step,
} from '@asyncio-ts/futures';
import {
  brief,
  getRunningLoop,
  NOT_ADDED,
  takesTimers,
  type Timer,
  type TimerHandle,
  type TurnLoop,
  ValueError,
} from '@asyncio-ts/loop';

/**
 * Waits for a time.
 *
 * Mirrors Python's `asyncio.sleep`. Zero, or less, gives up exactly one turn of the loop.
 *
 * @param delay - in seconds
 * @throws ValueError when the delay is NaN, TypeError when it is no number.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep } from '@asyncio-ts/tasks';
 *
 * const result = await runUntilComplete(new BaseEventLoop(), async () => {
 *   await sleep(0.01);
 *   return await sleep(0.01, 'rested');
 * });
 * console.log(result); // rested
 * ```
 */
export function sleep(delay: number): Coroutine<void>;
/**
 * Waits for a time, and returns a value in the end.
 *
 * @param delay - in seconds
 * @param result - what it returns
 */
export function sleep<T>(delay: number, result: T): Coroutine<T>;
export function sleep<T>(delay: number, result?: T): Coroutine<T | undefined> {
  return new Sleep(delay, result);
}

/**
 * A coroutine object without a generator that is its own timer: there are programs of a million sleepers. Measured by the row
 * `sleepers`.
 */
class Sleep<T> extends DirectCoroutine<T> implements Timer {
  private readonly _delay: number;
  private _result: T | undefined;
  /** What it waits for; null while it does not wait, and when it only gives up its turn. */
  private _future: Future<T> | null = null;
  /** @internal */
  _when = 0;
  /** @internal */
  _order = NOT_ADDED;
  /** On a loop that does not take timers. */
  private _timer: TimerHandle | null = null;

  constructor(delay: number, result: T) {
    super('sleep');
    this._delay = delay;
    this._result = result;
    this._made();
  }

  /** @internal */
  get _cancelled(): boolean {
    return this._future === null;
  }

  /** @internal Its time has come. */
  _run(): void {
    if (this._future !== null) setResultUnlessCancelled(this._future, this._result as T);
  }

  /** The step after a wait is found here at once: by the code of all such classes `sleep(0)` takes two fifths longer. */
  override next(value?: unknown): Step<T> {
    return this._life === Life.Suspended ? this._nextStep() : super.next(value);
  }

  protected override _firstStep(): Step<T> {
    this._start(this._delay);
    return this._future === null ? this._sameStep() : this._suspendAt(this._future);
  }

  private _start(delay: number): void {
    if (delay <= 0) return;
    if (!(delay > 0)) throw noTime(delay);
    const loop = getRunningLoop();
    const future = (this._future = createFuture<T>(loop));
    if (typeof delay === 'number' && takesTimers(loop)) {
      this._when = loop.time() + delay;
      loop._addTimer(this);
    } else {
      this._timer = loop.callLater(delay, setResultUnlessCancelled<T>, future, this._result as T);
    }
  }

  protected override _sameStep(): Step<T> {
    return { value: this._future ?? undefined, done: false };
  }

  protected override _nextStep(): Step<T> {
    const future = this._future;
    const result = this._result as T;
    this._closed();
    if (future === null) return { value: result, done: true };
    this._checkWoken(future);
    return { value: future.result(), done: true };
  }

  /** @internal However it ends, its timer is taken back; one that lies in the queue still holds nothing alive. */
  override _closed(): void {
    const future = this._future;
    this._timer?.cancel();
    this._future = null;
    this._result = undefined;
    if (future !== null && this._order !== NOT_ADDED) {
      (future._loop as TurnLoop)._timerCancelled(this);
    }
    super._closed();
  }
}

function noTime(delay: number): Error {
  return typeof delay === 'number'
    ? new ValueError('Cannot sleep: the delay is NaN; give a number of seconds')
    : new TypeError(`Cannot sleep for ${brief(delay)}: give a number of seconds`);
}

function setResultUnlessCancelled<T>(future: Future<T>, result: T): void {
  if (!future.cancelled()) future.setResult(result);
}

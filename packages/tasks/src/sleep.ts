import {
  type Coroutine,
  createFuture,
  DirectCoroutine,
  type Future,
  Life,
  type Step,
  takesTimedFutures,
  TimedFuture,
} from '@asyncio-ts/futures';
import {
  brief,
  getRunningLoop,
  RuntimeError,
  type TimerHandle,
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

/** A coroutine object without a generator: there are programs of a million sleepers. Measured by the row `sleepers`. */
class Sleep<T> extends DirectCoroutine<T> {
  private readonly _delay: number;
  private readonly _result: T;
  /** What it waits for; null before it waits, and when it only gives up its turn. */
  private _future: Future<T> | null = null;
  /** Of a future that is not its own timer. */
  private _timer: TimerHandle | null = null;

  constructor(delay: number, result: T) {
    super('sleep');
    this._delay = delay;
    this._result = result;
    this._made();
  }

  next(value?: unknown): Step<T> {
    const life = this._life;
    const state = life & Life.State;
    if (state === Life.Closed) this._checkFresh();
    if (state === Life.Created) {
      if (value !== undefined) throw this._justStarted();
      this._become(Life.Suspended);
      return this._firstStep();
    }
    if ((life & Life.Adopted) !== 0) {
      this._life &= ~Life.Adopted;
      return this._firstStep();
    }
    if ((life & Life.HandedUp) !== 0) {
      this._life &= ~Life.HandedUp;
      return this._waits();
    }
    return this._wakeUp();
  }

  protected override _firstStep(): Step<T> {
    try {
      this._start(this._delay);
    } catch (error) {
      this._closed();
      throw error;
    }
    return this._waits();
  }

  private _start(delay: number): void {
    if (delay <= 0) return;
    if (!(delay > 0)) throw noTime(delay);
    const loop = getRunningLoop();
    if (typeof delay === 'number' && takesTimedFutures(loop)) {
      this._future = new TimedFuture<T>(loop, delay, this._result);
      return;
    }
    const future = (this._future = createFuture<T>(loop));
    this._timer = loop.callLater(delay, setResultUnlessCancelled<T>, future, this._result);
  }

  private _waits(): Step<T> {
    const future = this._future;
    if (future === null) return { value: undefined, done: false };
    future._blocking = true;
    return { value: future, done: false };
  }

  private _wakeUp(): Step<T> {
    const future = this._future;
    if (future !== null && !future.done()) {
      this._end();
      throw new RuntimeError("await wasn't used with future: it was resumed while still pending");
    }
    this._end();
    return { value: future === null ? this._result : future.result(), done: true };
  }

  throw(error: unknown): Step<T> {
    this._end();
    throw error;
  }

  return(value?: unknown): Step<T> {
    this._end();
    return { value: value as T, done: true };
  }

  private _end(): void {
    if (this._future instanceof TimedFuture) this._future._callOff();
    else this._timer?.cancel();
    this._closed();
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

import { DirectCoroutine, type Future, Life, type Step } from '@asyncio-ts/futures';

/**
 * A coroutine object without a generator: what it waits for is nearly always there, and then it is done in its first step.
 *
 * It is lazy as every coroutine object: nothing is looked at and nothing is taken before it is awaited. Then `_attempt` is
 * called; as long as it gives a future it is called again when that is done. Awaited from an async function it is tried at
 * once, and only if it must wait is there a driver. Measured by the row `tcp-line`.
 *
 * @typeParam T - what it gives
 */
export abstract class Attempt<T> extends DirectCoroutine<T> {
  /** What the last attempt waits for; null also after one that only gave up its turn. */
  private _waits: Future<unknown> | null = null;

  /**
   * Tries: the result with `done: true`, or a future to wait for (undefined: one turn) with `done: false`, made by
   * `_waitFor`. Throws what it fails with. It calls nobody's code.
   *
   * @param first - whether nothing was tried before
   * @param waited - whether the future of the attempt before is done
   */
  protected abstract _attempt(first: boolean, waited: boolean): Step<T>;

  /** It waits no more: what it waited for is done, or it was cancelled, failed or closed. */
  protected abstract _letGo(future: Future<unknown>): void;

  /** What `_attempt` returns: try again when this is done. */
  protected _waitFor(future: Future<unknown>): Step<T> {
    this._waits = future;
    return { value: future, done: false };
  }

  next(value?: unknown): Step<T> {
    const life = this._life;
    if (life === Life.Created && value === undefined) return this._try(true, false);
    const state = life & Life.State;
    if (state === Life.Closed) this._checkFresh();
    if (state === Life.Created) {
      if (value !== undefined) throw this._justStarted();
      this._become(Life.Suspended);
      return this._try(true, false);
    }
    if ((life & Life.Adopted) !== 0) {
      this._life &= ~Life.Adopted;
      return this._try(true, false);
    }
    if ((life & Life.HandedUp) !== 0) {
      this._life &= ~Life.HandedUp;
      return { value: this._waits ?? undefined, done: false };
    }
    return this._try(false, this._release());
  }

  private _try(first: boolean, waited: boolean): Step<T> {
    let step: Step<T>;
    try {
      step = this._attempt(first, waited);
    } catch (error) {
      this._life = Life.Closed;
      throw error;
    }
    this._life = step.done === true ? Life.Closed : Life.Suspended;
    return step;
  }

  /** @returns whether it was a future that was waited for. */
  private _release(): boolean {
    const future = this._waits;
    if (future === null) return false;
    this._waits = null;
    this._letGo(future);
    return true;
  }

  protected override _firstStep(): Step<T> {
    return this._try(true, false);
  }

  throw(error: unknown): Step<T> {
    this._release();
    this._closed();
    throw error;
  }

  return(value?: unknown): Step<T> {
    this._release();
    this._closed();
    return { value: value as T, done: true };
  }
}

import { DirectCoroutine, type Future, type Step } from '@asyncio-ts/futures';

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
    return this._suspendAt(future);
  }

  protected override _firstStep(): Step<T> {
    return this._attempt(true, false);
  }

  protected override _sameStep(): Step<T> {
    return { value: this._waits ?? undefined, done: false };
  }

  protected override _nextStep(): Step<T> {
    if (this._waits !== null) this._checkWoken(this._waits);
    return this._attempt(false, this._release());
  }

  /** @returns whether it was a future that was waited for. */
  private _release(): boolean {
    const future = this._waits;
    if (future === null) return false;
    this._waits = null;
    this._letGo(future);
    return true;
  }

  /** @internal */
  override _closed(): void {
    this._release();
    super._closed();
  }
}

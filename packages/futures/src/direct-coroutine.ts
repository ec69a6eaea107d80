import { RuntimeError } from '@asyncio-ts/loop';

import type { CancelScope } from './cancel-scope.js';
import { Coroutine } from './coroutine-object.js';
import type { Future } from './future.js';
import type { InlineRoot } from './inline-driver.js';
import { Life } from './life.js';
import type { Resolve } from './native-resolver.js';
import { type CoroutineLike, KIND, Kind, type OwnCoroutine } from './protocol.js';

/** What a step comes to: the end, or something to wait for. */
export type Step<T> = IteratorResult<unknown, T>;

// Names of this file, since the engine counts the code it inlines, and a look at `Life` counts more than what is done with it.
const { Created: CREATED, Running: RUNNING, Suspended: SUSPENDED, Closed: CLOSED } = Life;

/**
 * A coroutine object without a generator, for what is nearly always there at once: its steps are its own code.
 *
 * It is lazy, as every coroutine object. Awaited from an async function its first step is made on the spot, and only if it
 * must wait is there a driver, which asks for that step once more (`Life.HandedUp`) and must be given the same.
 * Measured by the rows `queue` and `tcp-line`.
 *
 * @typeParam T - what it gives
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { DirectCoroutine, runUntilComplete, type Step } from '@asyncio-ts/futures';
 *
 * // Takes from a list: nearly always there is something, so it needs no generator.
 * class Take<T extends object> extends DirectCoroutine<T> {
 *   private readonly _list: T[];
 *   constructor(list: T[]) {
 *     super('Take');
 *     this._list = list;
 *     this._made();
 *   }
 *   protected override _firstStep(): Step<T> {
 *     const value = this._list.shift();
 *     return value === undefined ? this._sameStep() : { done: true, value };
 *   }
 *   protected override _sameStep(): Step<T> {
 *     return { done: false, value: undefined }; // waits one turn
 *   }
 *   protected override _nextStep(): Step<T> {
 *     return this._firstStep();
 *   }
 * }
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   console.log(yield* new Take([{ id: 1 }])); // { id: 1 }
 * });
 * ```
 */
export abstract class DirectCoroutine<T> extends Coroutine<T> implements OwnCoroutine {
  /** The first step. */
  protected abstract _firstStep(): Step<T>;

  /** What the step before came to, once more. */
  protected abstract _sameStep(): Step<T>;

  /** The step after a wait. */
  protected abstract _nextStep(): Step<T>;

  next(value?: unknown): Step<T> {
    if (this._life === SUSPENDED) return this._advance(false);
    if (this._life === CREATED && value === undefined) return this._advance(true);
    return this._seldomStep(value);
  }

  private _advance(first: boolean): Step<T> {
    this._life = RUNNING;
    let step: Step<T>;
    try {
      step = first ? this._firstStep() : this._nextStep();
    } catch (error) {
      this._closed();
      throw error;
    }
    this._life = step.done === true ? CLOSED : SUSPENDED;
    return step;
  }

  /** The first one, of one that is watched or adopted; one that was made already; one too many. */
  private _seldomStep(value: unknown): Step<T> {
    const life = this._life;
    if ((life & Life.State) === CREATED && value !== undefined) throw this._justStarted();
    this._checkResumable();
    this._become(SUSPENDED);
    if ((life & Life.HandedUp) === 0) return this._advance(true);
    this._life = SUSPENDED;
    return this._sameStep();
  }

  /** What a step returns that waits for a future. */
  protected _suspendAt(future: Future<unknown>): Step<T> {
    future._blocking = true;
    return { value: future, done: false };
  }

  /** What the step after a wait begins with: made by hand, it may come too early, or after a failure. */
  protected _checkWoken(future: Future<unknown>): void {
    if (future._state !== 'FINISHED' || future._failed) this._notWoken(future);
  }

  private _notWoken(future: Future<unknown>): void {
    if (future.done()) future.result();
    else throw new RuntimeError(`await wasn't used with future: '${this.name}' waits still`);
  }

  throw(error: unknown): Step<T> {
    this._checkResumable();
    this._closed();
    throw error;
  }

  private _checkResumable(): void {
    const state = this._life & Life.State;
    if (state === RUNNING) throw this._executing('resume');
    if (state === CLOSED) this._checkFresh();
  }

  return(value?: unknown): Step<T> {
    this._closed();
    return { value: value as T, done: true };
  }

  [Symbol.iterator](): Iterator<unknown, T, unknown> {
    if (this._life !== CREATED) this._checkFresh();
    return this;
  }

  protected override _runInside(
    task: InlineRoot,
    scope: CancelScope | null,
    resolve: Resolve,
    reject: Resolve,
  ): void {
    this._checkFresh();
    this._become(SUSPENDED);
    const step = this._advance(true);
    if (step.done === true) {
      resolve(step.value);
      return;
    }
    this._life |= Life.HandedUp;
    super._runInside(task, scope, resolve, reject);
  }

  protected _begin(): CoroutineLike<unknown> {
    if ((this._life & Life.HandedUp) === 0) this._adopt();
    return this;
  }

  private _justStarted(): TypeError {
    return new TypeError(
      `Cannot send a value to the just-started coroutine '${this.name}': send undefined first`,
    );
  }

  // --- what the stepper does with a coroutine object that is yielded

  /** @internal */
  get _coro(): CoroutineLike<unknown> {
    return this;
  }

  /** @internal */
  _adopt(): boolean {
    this._checkFresh();
    this._become(SUSPENDED | Life.Adopted);
    return false;
  }

  /** @internal Nothing is ever handed up to the stepper: it is resumed itself. */
  _takeYielded(): unknown {
    return undefined;
  }

  declare readonly [KIND]: typeof Kind.Coroutine;

  static {
    Object.defineProperty(this.prototype, KIND, { value: Kind.Coroutine });
  }
}

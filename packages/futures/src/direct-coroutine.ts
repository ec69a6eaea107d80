import type { CancelScope } from './cancel-scope.js';
import { Coroutine } from './coroutine-object.js';
import type { InlineRoot } from './inline-driver.js';
import { Life } from './life.js';
import type { Resolve } from './native-resolver.js';
import { type CoroutineLike, KIND, Kind, type OwnCoroutine } from './protocol.js';

/** What a step comes to: the end, or something to wait for. */
export type Step<T> = IteratorResult<unknown, T>;

/**
 * A coroutine object without a generator, for what is nearly always there at once: `next` is its own code.
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
 * // Takes from a list: nearly always there at once, so it needs no generator.
 * class Take<T extends object> extends DirectCoroutine<T | null> {
 *   private readonly _list: T[];
 *   constructor(list: T[]) {
 *     super('Take');
 *     this._list = list;
 *     this._made();
 *   }
 *   protected override _firstStep(): Step<T | null> {
 *     return this.next();
 *   }
 *   override next(): Step<T | null> {
 *     this._closed();
 *     return { done: true, value: this._list.shift() ?? null };
 *   }
 *   override throw(error: unknown): never {
 *     throw error;
 *   }
 *   override return(value?: unknown): Step<T | null> {
 *     return { done: true, value: value as T };
 *   }
 * }
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   console.log(yield* new Take([{ id: 1 }])); // { id: 1 }
 * });
 * ```
 */
export abstract class DirectCoroutine<T> extends Coroutine<T> implements OwnCoroutine {
  /** The first step, made on behalf of an async function. */
  protected abstract _firstStep(): Step<T>;

  [Symbol.iterator](): Iterator<unknown, T, unknown> {
    if (this._life !== Life.Created) this._checkFresh();
    return this;
  }

  protected override _runInside(
    task: InlineRoot,
    scope: CancelScope | null,
    resolve: Resolve,
    reject: Resolve,
  ): void {
    this._checkFresh();
    this._become(Life.Suspended);
    const step = this._firstStep();
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

  protected _justStarted(): TypeError {
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
    this._become(Life.Suspended | Life.Adopted);
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

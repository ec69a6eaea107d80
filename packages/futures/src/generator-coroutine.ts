import { brief, RuntimeError } from '@asyncio-ts/loop';

import { Coroutine } from './coroutine-object.js';
import { current } from './current.js';
import { nextOf } from './generator-next.js';
import { Life } from './life.js';
import { thread } from './of-the-loop.js';
import { type CoroutineLike, KIND, Kind, type OwnCoroutine } from './protocol.js';

/** So many coroutine calls lie on the JavaScript stack at most; deeper ones go over the stepper's own stack. */
const DEEPEST_INLINE = 200;

/** Not started, and somebody delegates to it: all there is to say of most. */
const DELEGATED = Life.Created | Life.Delegated;

/** Stands in for every generator that is done. */
const FINISHED: CoroutineLike<unknown> = (function* (): Generator<unknown, undefined> {})();
FINISHED.next();

/**
 * A call of a generator function.
 *
 * Delegated to by `yield*` inside a step, it first runs on the JavaScript stack; if it suspends it hands itself up and the
 * stepper adopts its generator. Resumed after that, `next` and `throw` only pass on what came out of it.
 *
 * @example
 * ```ts
 * import { coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
 *
 * const twice = coroutine(function* (x: number) {
 *   yield;
 *   return 2 * x;
 * });
 * const call = twice(21);
 * console.log(call instanceof GeneratorCoroutine, call.next().done, call.next().value); // true false 42
 * ```
 */
export class GeneratorCoroutine<T> extends Coroutine<T> implements OwnCoroutine {
  /** @internal */
  _coro: CoroutineLike<unknown>;
  private _yielded: unknown = undefined;

  constructor(coro: CoroutineLike<T>, name: string) {
    super(name);
    this._coro = coro;
    this._made();
  }

  next(value?: unknown): IteratorResult<unknown, T> {
    if (this._life === DELEGATED && thread.stepping && !current.byHand) return this._runInline();
    return this._resume(value);
  }

  private _resume(value: unknown): IteratorResult<unknown, T> {
    const life = this._life;
    if ((life & Life.Delegated) !== 0) {
      if ((life & Life.Adopted) !== 0) return { value: value as T, done: true };
      if ((life & Life.State) === Life.Created && thread.stepping && !current.byHand) {
        this._become(Life.Created);
        return this._runInline();
      }
    }
    if ((life & Life.State) === Life.Created && value !== undefined) {
      throw new TypeError(
        `Cannot send ${brief(value)} to the just-started coroutine '${this.name}': send undefined first`,
      );
    }
    return this._drive(() => this._coro.next(value as never));
  }

  throw(error: unknown): IteratorResult<unknown, T> {
    if ((this._life & Life.Delegated) !== 0 && (this._life & Life.Adopted) !== 0) throw error;
    return this._drive(() => this._coro.throw(error));
  }

  return(value?: unknown): IteratorResult<unknown, T> {
    return this._drive(() => this._coro.return(value as never));
  }

  [Symbol.iterator](): Iterator<unknown, T, unknown> {
    if (this._touched) this._checkFresh();
    this._life |= Life.Delegated;
    return this;
  }

  /** The first run of a delegation. Measured by the row `fib`. */
  private _runInline(): IteratorResult<unknown, T> {
    if (current.depth >= DEEPEST_INLINE) return this._handUp();
    this._life = Life.Running | Life.Delegated;
    current.depth++;
    let result: IteratorResult<unknown, unknown>;
    try {
      result = nextOf.call(this._coro);
    } catch (error) {
      this._life = Life.Closed;
      current.depth--;
      throw error;
    }
    current.depth--;
    if (result.done === true) {
      this._life = Life.Closed;
      return result as IteratorReturnResult<T>;
    }
    this._yielded = result.value;
    this._life = Life.Suspended | Life.Delegated | Life.HandedUp;
    return this._handUp();
  }

  private _handUp(): IteratorResult<unknown, T> {
    return { value: this, done: false };
  }

  /** Driven by hand: what it delegates to runs as plain generators do, all yields come through. */
  private _drive(resume: () => IteratorResult<unknown, unknown>): IteratorResult<unknown, T> {
    const state = this._life & Life.State;
    if (state === Life.Closed) this._checkFresh();
    if (state === Life.Running) throw this._executing('resume');
    if ((this._life & Life.Adopted) !== 0) {
      throw new RuntimeError(
        `Cannot resume the coroutine '${this.name}': it is being awaited; cancel the task to end it`,
      );
    }
    const outer = current.byHand;
    current.byHand = true;
    this._become(Life.Running);
    let done = true;
    try {
      const result = resume();
      done = result.done === true;
      return result as IteratorResult<unknown, T>;
    } finally {
      current.byHand = outer;
      this._become(done ? Life.Closed : Life.Suspended);
    }
  }

  protected _begin(): CoroutineLike<unknown> {
    this._checkFresh();
    this._become(Life.Suspended | Life.Adopted);
    return this._coro;
  }

  /** @internal */
  _adopt(): boolean {
    const life = this._life;
    const handedUp = (life & Life.HandedUp) !== 0;
    const state = life & Life.State;
    if (
      !handedUp &&
      ((life & Life.Adopted) !== 0 || state === Life.Running || state === Life.Closed)
    ) {
      this._checkFresh();
    }
    this._life &= ~Life.HandedUp;
    this._become(Life.Suspended | Life.Adopted);
    return handedUp;
  }

  /** @internal A finished generator keeps its registers, and what they hold, alive: it is let go. */
  override _closed(): void {
    super._closed();
    this._coro = FINISHED;
  }

  /** @internal */
  _takeYielded(): unknown {
    const yielded = this._yielded;
    this._yielded = undefined;
    return yielded;
  }

  declare readonly [KIND]: typeof Kind.Coroutine;

  static {
    Object.defineProperty(this.prototype, KIND, { value: Kind.Coroutine });
  }
}

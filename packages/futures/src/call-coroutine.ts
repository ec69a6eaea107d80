import { functionName } from './coroutine-name.js';
import { Coroutine } from './coroutine-object.js';
import { isAsyncFunction, isGeneratorFunction } from './function-kind.js';
import type { InlineDriver, InlineRoot } from './inline-driver.js';
import { Life } from './life.js';
import type { Resolve } from './native-resolver.js';
import { type CoroutineLike, KIND, Kind, type OwnCall } from './protocol.js';

/**
 * A call that is made on behalf of whoever awaits it: of an async function, or of one that must be called to know what it
 * is. Delegated to in a generator coroutine, it hands itself to the stepper, which makes the call inside the task's frame.
 *
 * @example
 * ```ts
 * import { CallCoroutine, coroutine } from '@asyncio-ts/futures';
 *
 * const load = coroutine(async (id: number) => `record ${id}`);
 * const call = load(7);
 * console.log(call instanceof CallCoroutine); // true: an async function is called when somebody awaits it
 * call.close();
 * ```
 */
export class CallCoroutine<Args extends readonly unknown[], T>
  extends Coroutine<T>
  implements OwnCall
{
  /** @internal */
  readonly _async: boolean | undefined;
  private readonly _fn: (...args: Args) => unknown;
  private readonly _args: Args;

  constructor(fn: (...args: Args) => unknown, args: Args) {
    super(functionName(fn));
    this._fn = fn;
    this._args = args;
    this._async = isAsyncFunction(fn) ? true : isGeneratorFunction(fn) ? false : undefined;
    this._made();
  }

  /** @internal */
  _call(): unknown {
    if (this._touched) this._checkFresh();
    this._become(Life.Suspended);
    // Not as a method: what is called has no business with this object.
    const fn = this._fn;
    return fn(...this._args);
  }

  /** @internal */
  _taken(): void {
    this._checkFresh();
    this._become(Life.Taken);
  }

  next(value?: unknown): IteratorResult<unknown, T> {
    if (this._touched) return { value: value as T, done: true };
    return { value: this, done: false };
  }

  throw(error: unknown): IteratorResult<unknown, T> {
    this._closed();
    throw error;
  }

  return(value?: unknown): IteratorResult<unknown, T> {
    this._closed();
    return { value: value as T, done: true };
  }

  [Symbol.iterator](): Iterator<unknown, T, unknown> {
    this._checkFresh();
    return this;
  }

  protected _begin(): CoroutineLike<unknown> {
    this._checkFresh();
    return this;
  }

  /** The frame is there already: an async function is just called. */
  protected override _runInside(
    task: InlineRoot,
    scope: InlineDriver['_scope'],
    resolve: Resolve,
    reject: Resolve,
  ): void {
    if (this._async !== true) {
      super._runInside(task, scope, resolve, reject);
      return;
    }
    this._checkFresh();
    const promise = this._call() as Promise<unknown>;
    promise.then(
      (value) => {
        this._closed();
        resolve(value);
      },
      (error: unknown) => {
        this._closed();
        reject(error);
      },
    );
  }

  declare readonly [KIND]: typeof Kind.Call;

  static {
    Object.defineProperty(this.prototype, KIND, { value: Kind.Call });
  }
}

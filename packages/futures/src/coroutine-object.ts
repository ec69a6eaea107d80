import { inspect } from 'node:util';

import { RuntimeError, ValueError } from '@asyncio-ts/loop';

import { traceable } from './await-trace.js';
import { awaitFrame } from './current.js';
import { InlineDriver, type InlineRoot } from './inline-driver.js';
import { Life } from './life.js';
import { isNativeResolver, type Resolve } from './native-resolver.js';
import { coroutineMade, coroutineTouched } from './never-awaited.js';
import type { CoroutineLike } from './protocol.js';
import { newFreeTask } from './task-factory.js';

/** Where a coroutine object stands; the names are those of Python's `inspect`. */
export type CoroutineState = 'CORO_CREATED' | 'CORO_RUNNING' | 'CORO_SUSPENDED' | 'CORO_CLOSED';

const STATES: readonly CoroutineState[] = [
  'CORO_CREATED',
  'CORO_RUNNING',
  'CORO_SUSPENDED',
  'CORO_CLOSED',
];

/**
 * A coroutine object: a call that has not run yet, or runs, or has ended. Nothing runs until it is awaited, delegated to
 * with `yield*`, or made a task.
 *
 * Mirrors Python's coroutine objects. It can be driven by hand, too: `next(value)` is Python's `send`.
 *
 * @typeParam T - what it returns
 *
 * @example
 * ```ts
 * import { Coroutine, coroutine } from '@asyncio-ts/futures';
 *
 * const echo = coroutine(function* echo(): Generator<string, string, string> {
 *   const heard = yield 'speak';
 *   return `I heard ${heard}`;
 * });
 * const call: Coroutine<string> = echo();
 * console.log(call.name, call.send().value); // echo speak
 * console.log(call.send('you')); // { value: 'I heard you', done: true }
 * ```
 */
export abstract class Coroutine<T> implements CoroutineLike<T>, PromiseLike<T> {
  /** The name of the function it is a call of. */
  readonly name: string;
  /** @internal See `Life`. One small number, so that a call makes a small object: measured by the row `fib`. */
  _life: number = Life.Created;

  constructor(name: string) {
    this.name = name;
  }

  /**
   * @internal The last thing a constructor does: nobody may see the object before it has all its fields, or each of them
   * costs a change of its shape. Measured by the row `fib`.
   */
  protected _made(): void {
    coroutineMade(this);
  }

  /** @internal */
  get _state(): CoroutineState {
    return STATES[this._life & Life.State] as CoroutineState;
  }

  /** @internal Whether it was started or closed: nobody needs to be warned then. */
  get _touched(): boolean {
    return (this._life & Life.State) !== Life.Created;
  }

  /** @internal Whether somebody will see to it. */
  get _isTaken(): boolean {
    return (this._life & (Life.State | Life.Taken)) !== 0;
  }

  /** @internal */
  _become(state: number): void {
    if ((this._life & Life.Watched) !== 0) coroutineTouched(this);
    this._life = (this._life & ~(Life.State | Life.Watched)) | state;
  }

  /** @internal */
  _closed(): void {
    this._become(Life.Closed);
  }

  /** Resumes it by hand with a value; the first one must be undefined. */
  abstract next(value?: unknown): IteratorResult<unknown, T>;

  /**
   * Resumes it by hand with a value: Python's name for `next`.
   *
   * @returns what it yields, or at its end what it returns
   * @throws TypeError when it was not started and the value is not undefined; ValueError when it runs; RuntimeError when it
   * is closed, or belongs to a task; what the coroutine throws.
   */
  send(value?: unknown): IteratorResult<unknown, T> {
    return this.next(value);
  }

  /**
   * Resumes it by hand with an error.
   *
   * @example
   * ```ts
   * import { coroutine } from '@asyncio-ts/futures';
   *
   * const careful = coroutine(function* () {
   *   try {
   *     yield;
   *   } catch (error) {
   *     return `saved from ${error}`;
   *   }
   *   return 'nothing happened';
   * });
   * const call = careful();
   * call.next();
   * console.log(call.throw('a stone').value); // saved from a stone
   * ```
   */
  abstract throw(error: unknown): IteratorResult<unknown, T>;

  /**
   * Ends it by hand: its `finally` blocks run.
   *
   * @example
   * ```ts
   * import { coroutine } from '@asyncio-ts/futures';
   *
   * const work = coroutine(function* () {
   *   try {
   *     yield;
   *   } finally {
   *     console.log('cleaned up');
   *   }
   * });
   * const call = work();
   * call.next();
   * call.return(); // cleaned up
   * ```
   */
  abstract return(value?: unknown): IteratorResult<unknown, T>;

  /**
   * Ends it: its `finally` blocks run. Closing one that never started, or twice, is harmless.
   *
   * @throws RuntimeError when it yields instead of ending, or belongs to a task; ValueError when it runs.
   *
   * @example
   * ```ts
   * import { coroutine, getCoroutineState } from '@asyncio-ts/futures';
   *
   * const never = coroutine(function* () {
   *   console.log('never printed');
   * });
   * const call = never();
   * call.close();
   * console.log(getCoroutineState(call)); // CORO_CLOSED
   * ```
   */
  close(): void {
    if (!this._touched) {
      this._closed();
    } else if (this._state === 'CORO_RUNNING') {
      throw this._executing('close');
    } else if (this._state === 'CORO_SUSPENDED') {
      const result = this.return();
      if (result.done !== true) {
        throw new RuntimeError(
          `Cannot close the coroutine '${this.name}': it yielded in its cleanup`,
        );
      }
    }
  }

  /** `yield* coroutine`: runs it inside the coroutine that delegates, and gives what it returns. */
  abstract [Symbol.iterator](): Iterator<unknown, T, unknown>;

  /**
   * What `await coroutine` calls: runs it inside the task of the async function that awaits; its first step at once.
   * Outside any task it becomes one.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { coroutine, runUntilComplete } from '@asyncio-ts/futures';
   *
   * const answer = coroutine(function* () {
   *   yield;
   *   return 42;
   * });
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   console.log(await answer().then((value) => value + 1)); // 43
   *   await answer()
   *     .catch(() => 0)
   *     .finally(() => console.log('as a promise'));
   * });
   * ```
   */
  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    if (isNativeResolver(onFulfilled, onRejected)) {
      this._await(onFulfilled as Resolve, onRejected as Resolve);
      return this as unknown as Promise<R1 | R2>;
    }
    return new Promise<T>((resolve, reject) => this._await(resolve as Resolve, reject)).then(
      onFulfilled,
      onRejected,
    );
  }

  /** As a promise's `catch`. */
  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this.then(undefined, onRejected);
  }

  /** As a promise's `finally`. */
  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }

  private _await(resolve: Resolve, reject: Resolve): void {
    const frame = awaitFrame<InlineRoot>();
    try {
      if (frame === undefined) newFreeTask(this).then(resolve, reject);
      else this._runInside(frame.owner, frame.scope, resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  protected _runInside(
    task: InlineRoot,
    scope: InlineDriver['_scope'],
    resolve: Resolve,
    reject: Resolve,
  ): void {
    const driver = new InlineDriver(task, scope, this, this._begin(), resolve, reject);
    driver._start();
  }

  /** What a driver of its own steps. */
  protected abstract _begin(): CoroutineLike<unknown>;

  protected _executing(what: string): ValueError {
    return new ValueError(`Cannot ${what} the coroutine '${this.name}': it is executing already`);
  }

  protected _checkFresh(): void {
    if (!this._isTaken) return;
    throw new RuntimeError(
      this._state === 'CORO_CLOSED'
        ? `Cannot reuse the already awaited coroutine '${this.name}': call the function again`
        : `Cannot await the coroutine '${this.name}': it is being awaited already`,
    );
  }

  [inspect.custom](): string {
    return `<coroutine ${this.name} ${this._state.slice(5).toLowerCase()}>`;
  }

  get [Symbol.toStringTag](): string {
    return 'Coroutine';
  }

  static {
    traceable(this.prototype);
  }
}

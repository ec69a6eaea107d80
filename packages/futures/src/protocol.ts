/**
 * How the library recognises what it is given: by marks, never by class, so that two copies of a package, subclasses and
 * other people's futures and coroutines all take part.
 */
import type { Loop, Runnable } from '@asyncio-ts/loop';

/**
 * Says "I am a future" to everybody.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { Future, FUTURE, isfuture } from '@asyncio-ts/futures';
 *
 * const future = new Future({ loop: new BaseEventLoop() });
 * console.log(FUTURE in future, isfuture(future)); // true true, also across two copies of the package
 * ```
 */
export const FUTURE: unique symbol = Symbol.for('asyncio-ts.future') as never;

/** Says to the stepper what a yielded object is; see {@link Kind}. */
export const KIND: unique symbol = Symbol.for('asyncio-ts.kind') as never;

/** What a coroutine may yield and the stepper knows by heart. */
export const Kind = {
  /** A `Future` of this library: waiters are attached without a closure. */
  Future: 1,
  /** A coroutine object around a generator: it joins the stack of whoever steps. */
  Coroutine: 2,
  /** A function to be called on behalf of the task that steps: most often an async function. */
  Call: 3,
} as const;

/** @internal The kind of something yielded, undefined when it is none of ours. */
export function kindOf(object: unknown): number | undefined {
  return (object as { readonly [KIND]?: number } | null | undefined)?.[KIND];
}

/**
 * The protocol of a future: whoever has the mark and these methods can be awaited by a task.
 *
 * @typeParam T - what it will hold
 */
export interface FutureLike<T> {
  readonly [FUTURE]: true;
  /** Calls a function with the future, in a turn of the loop, when it is done. */
  addDoneCallback(callback: (future: this) => void): void;
  /** Takes a callback away. @returns how many there were. */
  removeDoneCallback(callback: (future: this) => void): number;
  /** Cancels it. @returns false when it was done already. */
  cancel(message?: unknown): boolean;
  /** Whether it was cancelled. */
  cancelled(): boolean;
  /** Whether it has a result or an error, or was cancelled. */
  done(): boolean;
  /** The result. @throws the error it failed with; CancelledError; InvalidStateError while it is pending. */
  result(): T;
  /** The error it failed with, or null. @throws CancelledError; InvalidStateError while it is pending. */
  exception(): unknown;
  /** The loop it belongs to. */
  getLoop(): Loop;
}

/**
 * A driver of a coroutine: a native generator, or anything of that shape.
 *
 * @typeParam T - what it returns
 */
export interface CoroutineLike<T> {
  /** Resumes it with a value. */
  next(...value: [] | [never]): IteratorResult<unknown, T>;
  /** Resumes it with an error. */
  throw(error: unknown): IteratorResult<unknown, T>;
  /** Ends it: its `finally` blocks run. */
  return(value: never): IteratorResult<unknown, T>;
}

/** Anything that can be waited for. */
export type Awaitable<T> = FutureLike<T> | CoroutineLike<T> | PromiseLike<T>;

/** A function whose call can be waited for: `function*`, `async`, or one that returns something of the kind. */
export type CoroutineFunction<Args extends readonly unknown[], T> = (...args: Args) => Awaitable<T>;

/** What a task can be made of: a coroutine, or a function to call inside the new task. */
export type TaskBody<T> = CoroutineLike<T> | (() => CoroutineLike<T> | PromiseLike<T>);

/** @internal What the stepper uses of a `Future` of this library. */
export interface OwnFuture extends FutureLike<unknown> {
  readonly [KIND]: typeof Kind.Future;
  readonly _loop: Loop;
  readonly _state: string;
  readonly _failed: boolean;
  readonly _value: unknown;
  _blocking: boolean;
  _addWaiter(waiter: Runnable): void;
}

/** @internal What the stepper uses of a coroutine object around a generator. */
export interface OwnCoroutine extends CoroutineLike<unknown> {
  readonly [KIND]: typeof Kind.Coroutine;
  readonly name: string;
  readonly _coro: CoroutineLike<unknown>;
  /** Somebody steps its generator from now on. @returns whether it has run and handed something up. */
  _adopt(): boolean;
  _takeYielded(): unknown;
  _closed(): void;
}

/** @internal A call that is to be made on behalf of whoever steps. */
export interface OwnCall {
  readonly [KIND]: typeof Kind.Call;
  readonly name: string;
  /** Whether it is an `async function`, a `function*`, or one that must be called to know. */
  readonly _async: boolean | undefined;
  _call(): unknown;
  /** A task will make it: it is not forgotten. */
  _taken(): void;
  _closed(): void;
}

/**
 * Whether an object is a future. Mirrors Python's `asyncio.isfuture`: it asks for a mark, not for a class.
 *
 * @example
 * ```ts
 * import { isfuture } from '@asyncio-ts/futures';
 *
 * console.log(isfuture(Promise.resolve(1))); // false
 * ```
 */
export function isfuture(object: unknown): object is FutureLike<unknown> {
  return (
    typeof object === 'object' &&
    object !== null &&
    (object as Partial<FutureLike<unknown>>)[FUTURE] === true
  );
}

/** @internal */
export function isThenable(object: unknown): object is PromiseLike<unknown> {
  return (
    ((typeof object === 'object' && object !== null) || typeof object === 'function') &&
    typeof (object as PromiseLike<unknown>).then === 'function'
  );
}

/** @internal Whether an object can be stepped: a coroutine object, a generator, or a driver of that shape. */
export function isDriver(object: unknown): object is CoroutineLike<unknown> {
  if (typeof object !== 'object' || object === null || isfuture(object)) return false;
  const driver = object as Partial<CoroutineLike<unknown>>;
  return (
    typeof driver.next === 'function' &&
    typeof driver.throw === 'function' &&
    typeof driver.return === 'function' &&
    !(Symbol.asyncIterator in object)
  );
}

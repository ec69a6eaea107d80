import type { CoroutineLike, TaskBody } from '@asyncio-ts/futures';

declare const WHY: unique symbol;

/** A type that no value has: the compiler shows what stands in it when something is given that is not taken. */
export interface Refused<Why extends string> {
  readonly [WHY]: Why;
}

/** What `createTask` takes; for what it does not take, why not, and what to write instead. */
export type Taskable<B, T> =
  B extends CoroutineLike<unknown>
    ? TaskBody<T>
    : B extends PromiseLike<unknown>
      ? Refused<'a promise runs already: write createTask(() => f(x)), or ensureFuture(promise)'>
      : B extends (...args: infer Args) => infer R
        ? TaskableCall<Args, R, T>
        : Refused<'a coroutine was expected, or a function that returns one or a promise'>;

type TaskableCall<Args, R, T> = [] extends Args
  ? [R] extends [CoroutineLike<unknown> | PromiseLike<unknown>]
    ? TaskBody<T>
    : Refused<'the function must return a coroutine or a promise'>
  : Refused<'the task calls its function without arguments: write createTask(() => f(x))'>;

/** Adds nothing, unless there are coroutines among the things to wait for. */
export type NoCoroutines<F> = [Extract<F, CoroutineLike<unknown>>] extends [never]
  ? unknown
  : Refused<'wait() takes futures and tasks: write createTask(coroutine)'>;

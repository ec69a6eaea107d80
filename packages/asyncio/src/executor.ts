/**
 * What an executor gives for a job: a promise of its result. One that has not begun may be cancelled.
 *
 * Mirrors the part of Python's `concurrent.futures.Future` that an event loop needs; any native promise is one.
 */
export interface ConcurrentFuture<R> extends PromiseLike<R> {
  /** Takes the job back, if it has not begun. @returns whether that was so. */
  cancel?(): boolean;
}

/** How an executor is ended. */
export interface ExecutorShutdownOptions {
  /** Give a promise that is done when all jobs are, and what ran them is gone. Default: true. */
  readonly wait?: boolean;
  /** Cancel the jobs that have not begun. Default: false. */
  readonly cancelFutures?: boolean;
}

/**
 * Whoever does work elsewhere: a pool of worker threads, of processes, or a queue.
 *
 * Mirrors Python's `concurrent.futures.Executor`. What can be submitted, and how it gets there, is for the executor to say.
 *
 * @example
 * ```ts
 * import { type Executor, getRunningLoop, run } from 'asyncio-ts';
 *
 * const later: Executor = {
 *   submit: (fn, ...args) => Promise.resolve().then(() => fn(...args)),
 *   shutdown: () => undefined,
 * };
 * console.log(await run(async () => await getRunningLoop().runInExecutor(later, Math.max, 1, 2))); // 2
 * ```
 */
export interface Executor {
  /** Takes a job: `fn(...args)`, to be called where the executor works. */
  submit<Args extends readonly unknown[], R>(
    fn: (...args: Args) => R | PromiseLike<R>,
    ...args: Args
  ): ConcurrentFuture<R>;
  /** Takes no more jobs; with `wait`, what it returns is waited for. */
  shutdown(options?: ExecutorShutdownOptions): PromiseLike<unknown> | void;
}

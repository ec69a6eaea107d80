/**
 * The default executor of a loop, and jobs for executors.
 *
 * A loop has none until it is given one. Whoever is the default one is shut down with the loop: `shutdownDefaultExecutor`
 * waits for its jobs, a loop that is closed without that lets go of it.
 */
import { type BaseEventLoop, brief, LoopLocal, RuntimeError } from '@asyncio-ts/loop';
import {
  type Coroutine,
  coroutine,
  ensureFuture,
  type Future,
  isThenable,
} from '@asyncio-ts/futures';
import { timeout as timeLimit } from '@asyncio-ts/tasks';

import type { Executor } from './executor.js';

class DefaultExecutor {
  executor: Executor | null = null;
  /** Invariant: once true, it stays so. */
  isShutDown = false;
  private _watched = false;

  /** A loop that is closed lets go of its executor. */
  watch(loop: BaseEventLoop): void {
    if (this._watched) return;
    this._watched = true;
    loop._atClose(() => {
      const { executor } = this;
      this.executor = null;
      this.isShutDown = true;
      if (executor !== null) letGo(loop, executor);
    });
  }
}

const defaults = /* @__PURE__ */ new LoopLocal(() => new DefaultExecutor());

/** @internal Sets who does the jobs for which no executor is named. @throws TypeError for what is no executor. */
export function setDefaultExecutor(loop: BaseEventLoop, executor: Executor): void {
  check(executor, 'set the default executor');
  const own = defaults.get(loop);
  own.executor = executor;
  own.watch(loop);
}

/**
 * @internal Gives `fn(...args)` to an executor, null: the default one. Cancelling the future takes a job back that has not
 * begun, where the executor can.
 */
export function runInExecutor<Args extends readonly unknown[], R>(
  loop: BaseEventLoop,
  executor: Executor | null,
  fn: (...args: Args) => R | PromiseLike<R>,
  args: Args,
): Future<R> {
  if (loop.isClosed()) throw new RuntimeError('Event loop is closed');
  const job = chosen(loop, executor).submit(fn, ...args);
  const future = ensureFuture<R>(job, { loop });
  future.addDoneCallback((done) => {
    if (done.cancelled()) job.cancel?.();
  });
  return future;
}

function chosen(loop: BaseEventLoop, executor: Executor | null): Executor {
  if (executor !== null) {
    check(executor, 'run in the executor');
    return executor;
  }
  const own = defaults.get(loop);
  if (own.isShutDown) throw new RuntimeError('Executor shutdown has been called');
  if (own.executor === null) {
    throw new RuntimeError(
      'Cannot run in the default executor: this loop has none; call setDefaultExecutor() first, or name an executor',
    );
  }
  return own.executor;
}

/** @internal From now on the default executor takes no jobs; those it has are waited for, `timeout` seconds at most. */
export const shutdownDefaultExecutor: (
  loop: BaseEventLoop,
  timeout: number | null,
) => Coroutine<void> = /* @__PURE__ */ coroutine(function* shutdownDefaultExecutor(
  loop: BaseEventLoop,
  timeout: number | null,
): Generator<unknown, void, unknown> {
  const own = defaults.get(loop);
  own.isShutDown = true;
  const { executor } = own;
  if (executor === null) return;
  const limit = timeLimit(timeout);
  const end = executor.shutdown({ wait: true });
  if (!isThenable(end)) return;
  try {
    yield* limit.use(function* () {
      yield* ensureFuture(end, { loop });
    });
  } catch (error) {
    if (!limit.expired()) throw error;
    process.emitWarning(
      `The executor did not finish its jobs within ${timeout} seconds: they are abandoned`,
      'RuntimeWarning',
    );
    letGo(loop, executor);
  }
});

/** Ends it without waiting; what fails in that is nobody's but the exception handler's. */
function letGo(loop: BaseEventLoop, executor: Executor): void {
  const report = (exception: unknown): void => {
    loop.callExceptionHandler({
      message: 'the shutdown of the default executor failed',
      exception,
    });
  };
  try {
    executor.shutdown({ wait: false })?.then(undefined, report);
  } catch (error) {
    report(error);
  }
}

function check(executor: unknown, what: string): void {
  const { submit, shutdown } = (executor ?? {}) as Partial<Executor>;
  if (typeof submit === 'function' && typeof shutdown === 'function') return;
  throw new TypeError(
    `Cannot ${what}: an object with submit(fn, ...args) and shutdown(options) was expected, got ${brief(executor)}`,
  );
}

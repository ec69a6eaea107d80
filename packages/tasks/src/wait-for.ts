import {
  Coroutine,
  createFuture,
  ensureFuture,
  type Future,
  type FutureLike,
  GeneratorCoroutine,
  invoke,
  isCancelledError,
  isDriver,
  isfuture,
} from '@asyncio-ts/futures';

import { DoneWaiter } from './done-waiter.js';
import type { Outcome, Waitable } from './outcome.js';
import { timedOut, type Timeout, timeout } from './timeout.js';

/**
 * Waits for one thing, for so long.
 *
 * Mirrors Python's `asyncio.wait_for` (as of 3.12): the awaitable runs inside the calling task, under a time limit. When that
 * is reached the awaitable is cancelled, and its cleanup waited for. With a limit of zero or less, a coroutine is not even
 * started, and a future that is done gives its result. Shield what must go on.
 *
 * @param awaitable - a future, a task, a coroutine, a promise, or a function of no arguments
 * @param delay - in seconds; null: no limit
 * @throws TimeoutError when the limit was reached; what the awaitable throws.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep, TimeoutError, waitFor } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   try {
 *     yield* waitFor(sleep(3600), 0.01);
 *   } catch (error) {
 *     console.log(error instanceof TimeoutError); // true
 *   }
 * });
 * ```
 */
export function waitFor<W extends Waitable>(
  awaitable: W,
  delay: number | null,
): Coroutine<Outcome<W>> {
  return new GeneratorCoroutine<Outcome<W>>(limited(awaitable, delay) as never, 'waitFor');
}

function* limited(awaitable: Waitable, delay: number | null): Generator<unknown, unknown> {
  if (delay !== null && delay <= 0) return yield* atOnce(awaitable);
  const limit: Timeout = timeout(delay);
  limit._enter();
  let error: unknown = null;
  try {
    return yield* awaited(awaitable);
  } catch (thrown) {
    error = thrown;
    throw thrown;
  } finally {
    // Also when it is closed while it waits: the limit must not interrupt whoever goes on.
    limit._exit(error);
  }
}

/** No time at all: what is done gives its result, what runs is cancelled, what did not start never will. */
function* atOnce(awaitable: Waitable): Generator<unknown, unknown> {
  const future = ensureFuture(awaitable);
  if (future.done()) return future.result();
  yield* cancelAndWait(future);
  try {
    return future.result();
  } catch (error) {
    throw isCancelledError(error) ? timedOut(error) : error;
  }
}

/** Cancels, and waits for the end; a cancel of the waiting task is not passed on to what ends. */
function* cancelAndWait(future: FutureLike<unknown>): Generator<unknown, void> {
  const ended = createFuture<void>(future.getLoop());
  const waiter = new EndWaiter(future, ended);
  waiter.attach();
  try {
    future.cancel();
    yield* ended;
  } finally {
    waiter.detach();
  }
}

class EndWaiter extends DoneWaiter<FutureLike<unknown>> {
  private readonly _ended: Future<void>;

  constructor(future: FutureLike<unknown>, ended: Future<void>) {
    super(future);
    this._ended = ended;
  }

  override _run(): void {
    if (!this._ended.done()) this._ended.setResult();
  }

  /** Whoever waits for the end does, unless it is cancelled meanwhile. */
  override get _looks(): boolean {
    return false;
  }

  override _awaiters(): readonly object[] {
    return [this._ended];
  }
}

/** Waits for anything, inside the coroutine that delegates. */
function* awaited(awaitable: Waitable): Generator<unknown, unknown> {
  if (awaitable instanceof Coroutine) return yield* awaitable;
  if (isfuture(awaitable)) return yield* awaitedFuture(awaitable);
  if (isDriver(awaitable)) return yield* new GeneratorCoroutine(awaitable, '');
  if (typeof awaitable === 'function') return yield* invoke(awaitable);
  return yield* ensureFuture(awaitable);
}

function* awaitedFuture(future: FutureLike<unknown>): Generator<unknown, unknown> {
  if (Symbol.iterator in future) return yield* future as Future<unknown>;
  // A future of another make: the stepper waits for it, unless it is done.
  return future.done() ? future.result() : yield future;
}

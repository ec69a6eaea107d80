import { createFuture, ensureFuture, type Future, type FutureLike } from '@asyncio-ts/futures';
import type { ExceptionContext } from '@asyncio-ts/loop';

import { DoneWaiter } from './done-waiter.js';
import type { Outcome, Waitable } from './outcome.js';

/**
 * Protects something from being cancelled by whoever waits for it: `await shield(task)`.
 *
 * Mirrors Python's `asyncio.shield`. Cancelling the waiting task cancels the shield, and what is inside goes on; if that then
 * fails, the loop's exception handler is told (as of 3.14). Cancelling what is inside cancels the shield.
 *
 * @param awaitable - a future, a task, a coroutine, a promise, or a function of no arguments
 * @returns a future; the very one that was given, if it is done
 * @throws as `ensureFuture`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createTask, shield, sleep, TimeoutError, waitFor } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const saving = createTask(sleep(0.02, 'saved'));
 *   try {
 *     await waitFor(shield(saving), 0.01);
 *   } catch (error) {
 *     console.log(error instanceof TimeoutError); // true
 *   }
 *   console.log(await saving); // saved
 * });
 * ```
 */
export function shield<W extends Waitable>(awaitable: W): Future<Outcome<W>> {
  const inner = ensureFuture(awaitable) as Future<Outcome<W>>;
  if (inner.done()) return inner;
  const outer = createFuture<Outcome<W>>(inner.getLoop());
  const waiter = new Shielded(inner, outer);
  waiter.attach();
  new Shield(outer, waiter).attach();
  return outer;
}

/** Waits for what is inside. */
class Shielded extends DoneWaiter<FutureLike<unknown>> {
  private readonly _outer: Future<unknown>;

  constructor(inner: FutureLike<unknown>, outer: Future<unknown>) {
    super(inner);
    this._outer = outer;
  }

  override _run(): void {
    const { future: inner, _outer: outer } = this;
    if (outer.cancelled()) {
      // Both ended within one turn: nobody else will look at the error.
      reportFailure(inner);
    } else if (inner.cancelled()) {
      outer.cancel();
    } else if (outer.done()) {
      reportLate(outer, inner);
    } else {
      try {
        outer._finish(inner.result());
      } catch (error) {
        outer._fail(error);
      }
    }
  }

  override _awaiters(): readonly object[] {
    return [this._outer];
  }
}

/** Waits for the shield itself: when it was cancelled, it no longer follows what is inside. */
class Shield extends DoneWaiter<Future<unknown>> {
  private readonly _shielded: Shielded;

  constructor(outer: Future<unknown>, shielded: Shielded) {
    super(outer);
    this._shielded = shielded;
  }

  override _run(): void {
    const inner = this._shielded.future;
    if (inner.done()) return;
    this._shielded.detach();
    // Told once, however many shields there were.
    inner.removeDoneCallback(reportFailure);
    inner.addDoneCallback(reportFailure);
  }

  /** The error of a shield is for whoever waits for it. */
  override get _looks(): boolean {
    return false;
  }
}

function reportFailure(inner: FutureLike<unknown>): void {
  if (inner.cancelled()) return;
  const exception = inner.exception();
  if (exception === null) return;
  const name = exception instanceof Error ? exception.name : typeof exception;
  const context: ExceptionContext = {
    message: `${name} exception in shielded future`,
    exception,
    future: inner,
  };
  const { _sourceTraceback: created } = inner as { _sourceTraceback?: string | undefined };
  if (created !== undefined) context.sourceTraceback = created;
  inner.getLoop().callExceptionHandler(context);
}

/** Somebody gave the shield a result, or an error, of his own: that stays, and the loop is told of the other. */
function reportLate(outer: Future<unknown>, inner: FutureLike<unknown>): void {
  try {
    outer.setResult(inner.exception() ?? inner.result());
  } catch (exception) {
    const message = 'Exception in callback of a shield';
    outer.getLoop().callExceptionHandler({ message, exception, future: outer });
  }
}

import {
  type CancelledError,
  Future,
  type FutureLike,
  makeCancelledError,
} from '@asyncio-ts/futures';
import type { Loop } from '@asyncio-ts/loop';

import { DoneWaiter } from './done-waiter.js';

/**
 * The future that `gather` returns: `cancel` reaches the children, and it is done only when they are.
 *
 * Mirrors Python's `_GatheringFuture`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { gather, GatheringFuture, sleep } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const both = gather(sleep(60), sleep(3600));
 *   console.log(both instanceof GatheringFuture, both.cancel()); // true true
 *   await both.catch(() => console.log('both were cancelled'));
 * });
 * ```
 */
export class GatheringFuture<T> extends Future<T> {
  private readonly _children: readonly FutureLike<unknown>[];
  private readonly _returnExceptions: boolean;
  private _finishedChildren = 0;
  /** Invariant: true only if a child took the cancel; then this ends with a CancelledError, whatever the children make of it. */
  private _cancelRequested = false;

  /** @internal */
  constructor(children: readonly FutureLike<unknown>[], returnExceptions: boolean, loop: Loop) {
    super({ loop });
    this._children = children;
    this._returnExceptions = returnExceptions;
  }

  /**
   * Cancels the children that are not done.
   *
   * @returns false when there is none.
   */
  override cancel(message?: unknown): boolean {
    if (this.done()) return false;
    let took = false;
    for (const child of this._children) if (child.cancel(message)) took = true;
    if (took) this._cancelRequested = true;
    return took;
  }

  /** @internal Waits for the children. Those that are done already count at once, after all others were asked. */
  _begin(): void {
    let done: FutureLike<unknown>[] | null = null;
    for (const child of this._children) {
      if (child.done()) (done ??= []).push(child);
      else new GatheredChild(child, this).attach();
    }
    if (done !== null) for (const child of done) this._childDone(child);
  }

  /** @internal */
  _childDone(child: FutureLike<unknown>): void {
    this._finishedChildren++;
    if (this.done()) {
      // Asked for, so that nobody is told of an error that comes after the first one.
      if (!child.cancelled()) child.exception();
      return;
    }
    if (!this._returnExceptions) {
      try {
        child.result();
      } catch (error) {
        this._fail(error);
        return;
      }
    }
    if (this._finishedChildren === this._children.length) this._allDone();
  }

  private _allDone(): void {
    const results = this._children.map(resultOrError);
    if (this._cancelRequested) {
      // Python's choice: the error is that of the last one named, not of the last one done.
      const last = this._children[this._children.length - 1] as FutureLike<unknown>;
      this._fail(last.cancelled() ? outcomeOf(last) : cancelledLike(last));
    } else this.setResult(results as T);
  }
}

class GatheredChild extends DoneWaiter<FutureLike<unknown>> {
  private readonly _outer: GatheringFuture<unknown>;

  constructor(child: FutureLike<unknown>, outer: GatheringFuture<unknown>) {
    super(child);
    this._outer = outer;
  }

  override _run(): void {
    this._outer._childDone(this.future);
  }

  override _awaiters(): readonly object[] {
    return [this._outer];
  }
}

function resultOrError(child: FutureLike<unknown>): unknown {
  return child.cancelled() ? cancelledLike(child) : outcomeOf(child);
}

/** What a done child came to; of a cancelled one the very error it was cancelled by. */
function outcomeOf(child: FutureLike<unknown>): unknown {
  try {
    return child.result();
  } catch (error) {
    return error;
  }
}

/** A new error: the one the child was cancelled by is for whoever waits for the child. */
function cancelledLike(child: FutureLike<unknown>): CancelledError {
  return makeCancelledError((child as { _cancelMessage?: unknown })._cancelMessage, false);
}

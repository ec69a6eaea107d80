import {
  type CancelledError,
  type Collector,
  Future,
  type FutureLike,
  makeCancelledError,
  type OnBehalf,
} from '@asyncio-ts/futures';
import type { Loop } from '@asyncio-ts/loop';

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
export class GatheringFuture<T> extends Future<T> implements Collector, OnBehalf {
  private readonly _children: readonly FutureLike<unknown>[];
  private readonly _returnExceptions: boolean;
  private _finishedChildren = 0;
  /** Children in the order in which they ended while it waited, how many these are, and how many of them were heard. */
  private _endedChildren: FutureLike<unknown>[] | null = null;
  private _told = 0;
  private _heard = 0;
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
      else if (isOwn(child)) child._addCollector(this);
      else child.addDoneCallback(() => this._childDone(child));
    }
    if (done !== null) for (const child of done) this._childDone(child);
  }

  // --- as the waiter of its children

  /** @internal */
  _noteEnd(child: FutureLike<unknown>): void {
    // At its length at once: a list that grows has seventeen places from the first one on.
    this._endedChildren ??= new Array<FutureLike<unknown>>(this._children.length);
    this._endedChildren[this._told++] = child;
  }

  /** @internal */
  _run(): void {
    this._childDone(this._nextEnded());
  }

  /** @internal */
  _dropped(): void {
    (this._nextEnded() as { _notLookedAt?(): void })._notLookedAt?.();
  }

  private _nextEnded(): FutureLike<unknown> {
    return this._endedChildren?.[this._heard++] as FutureLike<unknown>;
  }

  /** @internal */
  _awaiters(): readonly object[] {
    return [this];
  }

  private _childDone(child: FutureLike<unknown>): void {
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

/** By a method, so that a future of another copy of the package is one. */
function isOwn(child: FutureLike<unknown>): child is FutureLike<unknown> & Future<unknown> {
  return (child as Partial<Future<unknown>>)._addCollector !== undefined;
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

import { RuntimeError } from '@asyncio-ts/loop';

/** @internal What a scope needs of its task. */
export interface ScopedTask {
  done(): boolean;
  _cancelScope(scope: CancelScope, message: unknown): boolean;
  _uncancelScope(scope: CancelScope): number;
  _cancellingIn(scope: CancelScope): number;
  _postponeTo(scope: CancelScope | null): void;
  _forgetSignal(scope: CancelScope): void;
  _scopeSignal(scope: CancelScope): AbortSignal;
}

/** @internal What steps a generator: it carries the scope its generator stands in. */
export interface ScopeCarrier {
  _scope: CancelScope | null;
  readonly _finished: boolean;
}

/**
 * A part of a task that can be cancelled by itself: the body of a `timeout`, of a `TaskGroup`, of a `waitFor`.
 *
 * For a task with one branch, cancelling the scope is cancelling the task, as in Python. In
 * `Promise.all([a(), b()])` a scope opened in `a` leaves `b` alone.
 *
 * Protocol: to make one while a generator is stepped (`openScope`) makes it that generator's present one; `close` gives the
 * outer one back. Async functions called meanwhile carry it in their frame.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { isCancelledError, openScope, runUntilComplete } from '@asyncio-ts/futures';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const scope = openScope('the example');
 *   try {
 *     scope.cancel('enough');
 *     console.log(scope.cancelling(), scope.signal.aborted); // 1 true
 *     yield; // the CancelledError comes at the next wait inside
 *   } catch (error) {
 *     if (!isCancelledError(error)) scope.postpone(); // what it was answered with goes first
 *     scope.uncancel();
 *   } finally {
 *     scope.close();
 *   }
 *   console.log(scope.isOpen, scope.parent, scope.task.done()); // false null false
 * });
 * ```
 */
export class CancelScope {
  /** The task it is a part of. */
  readonly task: ScopedTask;
  /** The scope around it; null: it lies directly in the task. */
  readonly parent: CancelScope | null;
  /** Waits made after the scope was closed are no longer waits of the task. */
  isOpen = true;
  private readonly _carrier: ScopeCarrier;

  constructor(task: ScopedTask, carrier: ScopeCarrier) {
    this.task = task;
    this.parent = carrier._scope;
    this._carrier = carrier;
    carrier._scope = this;
  }

  /**
   * Cancels the waits made inside this scope, counted as a cancel request of the task (`cancelling()`).
   *
   * @returns false when the task is done.
   */
  cancel(message?: unknown): boolean {
    return this.task._cancelScope(this, message);
  }

  /** How many cancel requests concern this scope: its own, and those of what is around it. Other branches do not count. */
  cancelling(): number {
    return this.task._cancellingIn(this);
  }

  /**
   * Takes one of its own requests back; at zero, one that was not delivered yet is forgotten.
   *
   * @returns how many are left, as `cancelling()` counts.
   */
  uncancel(): number {
    return this.task._uncancelScope(this);
  }

  /** Lets a request that was answered with another error stay due, for the next wait around this scope. */
  postpone(): void {
    this.task._postponeTo(this.parent);
  }

  /** An AbortSignal that is aborted when this scope, or anything around it, is cancelled: prefer it for `fetch` inside. */
  get signal(): AbortSignal {
    return this.task._scopeSignal(this);
  }

  /**
   * @internal The scope a cancel really means: one entered by hand from an async function has nobody that carries it, and
   * then its parent, in the end the whole task, is meant.
   */
  _effective(): CancelScope | null {
    if (!this._carrier._finished) return this;
    return this.parent === null ? null : this.parent._effective();
  }

  /** Closes it; closing twice is harmless. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.task._forgetSignal(this);
    if (this._carrier._scope === this) this._carrier._scope = this.parent;
    else if (!this._carrier._finished) {
      for (let s = this._carrier._scope; s !== null; s = s.parent) {
        if (s === this)
          throw new RuntimeError('Cannot close the scope: one opened inside it is still open');
      }
    }
  }
}

/** @internal Whether `scope` is `outer` or lies inside it; `outer` null is the whole task. */
export function isWithin(scope: CancelScope | null, outer: CancelScope | null): boolean {
  if (outer === null) return true;
  for (let s = scope; s !== null; s = s.parent) if (s === outer) return true;
  return false;
}

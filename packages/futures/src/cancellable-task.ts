/**
 * How a task is asked to stop.
 *
 * cancel() cancels what it waits for: its own future and all leaves. If none of them takes it, `_mustCancel` is set: the
 * next step throws the CancelledError, the next wait is cancelled as it is joined, or, if the coroutine ends without either,
 * the task ends cancelled.
 */
import type { CancelledError } from './cancelled-error.js';
import { CancelRequests } from './cancel-requests.js';
import { type CancelScope, isWithin, type ScopedTask } from './cancel-scope.js';
import { CancelSignals } from './cancel-signals.js';
import { Flag } from './flag.js';
import { Future, type Rare } from './future.js';
import type { Leaves } from './leaves.js';
import type { FutureLike } from './protocol.js';
import { cancelHandedOn } from './swallowed-cancel.js';

/** @internal What most tasks never need. */
export interface Extras extends Rare {
  name: string | null;
  /** Null: it was never cancelled. Invariant: `_mustCancel` is true while one of them is due. */
  requests: CancelRequests | null;
  signals: CancelSignals | null;
}

/**
 * The part of a task that takes cancel requests and hands them on to what it waits for. What that is, and when there is a
 * step to throw into, is for `Task` to say. It has no fields of its own: those of a task lie in the order of their use.
 */
export abstract class CancellableTask<T> extends Future<T> implements ScopedTask {
  /** @internal The future its own coroutine waits for. */
  abstract _waitsFor: FutureLike<unknown> | null;
  /** @internal The scope its own coroutine stands in. */
  abstract _scope: CancelScope | null;
  /** @internal The waits of its async functions. */
  abstract _leaves: Leaves | null;
  declare protected _rare: Extras | null;

  /** @internal Everything it waits for. */
  abstract _allWaits(): object[];

  /** @internal */
  get _mustCancel(): boolean {
    return (this._flags & Flag.MustCancel) !== 0;
  }

  set _mustCancel(must: boolean) {
    this._flags = must ? this._flags | Flag.MustCancel : this._flags & ~Flag.MustCancel;
  }

  /** @internal */
  _dueCancel(): Error | null {
    return this._mustCancel ? this._takeCancel(this._scope) : null;
  }

  /**
   * Asks the task to stop: a CancelledError appears where it waits, in its next step. It may clean up, and it may refuse.
   *
   * @param message - travels to the CancelledError's `args`
   * @returns false when the task is done already.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
   *
   * const loop = new BaseEventLoop();
   * await runUntilComplete(loop, function* () {
   *   const task = createTask(loop, function* () {
   *     yield* new Future<void>({ loop }); // would wait for ever
   *   });
   *   yield;
   *   task.cancel('no time');
   *   console.log(task.cancelling(), task.cancelled()); // 1 false
   *   yield;
   *   yield;
   *   console.log(task.cancelled()); // true
   * });
   * ```
   */
  override cancel(message?: unknown): boolean {
    this._logTraceback = false;
    if (this._state !== 'PENDING') return false;
    this._requestCancel(null, message);
    return true;
  }

  /** @internal */
  _cancelScope(scope: CancelScope, message: unknown): boolean {
    if (this._state !== 'PENDING') return false;
    this._requestCancel(scope._effective(), message);
    return true;
  }

  /** It never ran: there is nobody to ask. */
  protected _cancelAtOnce(): void {
    super.cancel();
  }

  private _requestCancel(scope: CancelScope | null, message: unknown): void {
    const extras = this._rareFields();
    const requests = (extras.requests ??= new CancelRequests());
    requests.add(scope);
    if (this._loop.getDebug()) cancelHandedOn(this, this._allWaits());
    let took = false;
    if (this._waitsFor !== null && isWithin(this._scope, scope))
      took = this._waitsFor.cancel(message);
    if (this._leaves?.cancel(scope, message) === true) took = true;
    if (!took) this._postponeCancel(requests, scope, message);
    extras.signals?.abort(scope, message);
  }

  private _postponeCancel(
    requests: CancelRequests,
    scope: CancelScope | null,
    message: unknown,
  ): void {
    requests.postpone(scope);
    this._mustCancel = true;
    this._cancelMessage = message;
  }

  /** How many cancel requests there are that `uncancel` did not take back. */
  cancelling(): number {
    return this._rare?.requests?.count ?? 0;
  }

  /**
   * Takes one cancel request back; at zero, one that was not delivered yet is forgotten.
   *
   * @returns how many are left.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { currentTask, isCancelledError, runUntilComplete } from '@asyncio-ts/futures';
   *
   * await runUntilComplete(new BaseEventLoop(), function* () {
   *   currentTask()?.cancel();
   *   try {
   *     yield;
   *   } catch (error) {
   *     if (!isCancelledError(error)) throw error;
   *     console.log(currentTask()?.uncancel()); // 0: heard, and refused
   *   }
   * });
   * ```
   */
  uncancel(): number {
    return this._uncancel(null);
  }

  private _uncancel(scope: CancelScope | null): number {
    const requests = this._rare?.requests;
    if (requests == null || requests.count === 0) return 0;
    requests.takeBack(scope);
    if (requests.count === 0) {
      this._mustCancel = false;
      this._rare?.signals?.renew();
    }
    return requests.count;
  }

  /** @internal */
  _uncancelScope(scope: CancelScope): number {
    if (this._uncancel(scope._effective()) === 0) return 0;
    const requests = this._rare?.requests as CancelRequests;
    const left = requests.seenFrom(scope);
    if (left === 0) this._mustCancel = requests.forgetWithin(scope);
    return left;
  }

  /** @internal */
  _cancellingIn(scope: CancelScope | null): number {
    return this._rare?.requests?.seenFrom(scope) ?? 0;
  }

  /** @internal */
  _postponeTo(scope: CancelScope | null): void {
    const requests = this._rare?.requests;
    if (requests != null) this._postponeCancel(requests, scope, undefined);
  }

  /**
   * An AbortSignal for what cannot be cancelled otherwise: `fetch` and friends. `cancel` aborts it, with the
   * CancelledError as the reason; after `uncancel` reached zero the next read gives a fresh one.
   *
   * @example
   * ```ts
   * import { currentTask } from '@asyncio-ts/futures';
   *
   * export async function download(url: string): Promise<Buffer> {
   *   const signal = currentTask()?.signal ?? null;
   *   const response = await fetch(url, { signal }); // closed when the task is cancelled
   *   return Buffer.from(await response.arrayBuffer());
   * }
   * ```
   */
  get signal(): AbortSignal {
    return this._signals().of(null, this._state === 'PENDING' && this._cancellingIn(null) > 0);
  }

  /** @internal */
  _scopeSignal(scope: CancelScope): AbortSignal {
    return this._signals().of(scope, this._cancellingIn(scope) > 0);
  }

  /** @internal */
  _forgetSignal(scope: CancelScope): void {
    this._rare?.signals?.forget(scope);
    if (this._mustCancel) this._rare?.requests?.handOver(scope);
  }

  private _signals(): CancelSignals {
    return (this._rareFields().signals ??= new CancelSignals());
  }

  /** @internal A wait was joined: a cancel that is due goes to it at once. */
  _joined(future: FutureLike<unknown>, scope: CancelScope | null): void {
    const requests = this._dueIn(scope);
    if (requests !== null && future.cancel(this._cancelMessage)) {
      if (this._loop.getDebug()) cancelHandedOn(this, [future]);
      this._mustCancel = requests.delivered(scope);
    }
  }

  /** @internal */
  _takeCancel(scope: CancelScope | null): CancelledError | null {
    const requests = this._dueIn(scope);
    if (requests === null) return null;
    this._mustCancel = requests.delivered(scope);
    return this._makeCancelledError();
  }

  private _dueIn(scope: CancelScope | null): CancelRequests | null {
    if (!this._mustCancel) return null;
    const requests = this._rare?.requests as CancelRequests;
    return requests.isDue(scope) ? requests : null;
  }

  protected override _rareFields(): Extras {
    return (this._rare ??= {
      cancelMessage: undefined,
      cancelledError: null,
      unretrieved: null,
      sourceTraceback: undefined,
      name: null,
      requests: null,
      signals: null,
    });
  }
}

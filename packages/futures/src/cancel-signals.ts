import { makeCancelledError } from './cancelled-error.js';
import { type CancelScope, isWithin } from './cancel-scope.js';

/** The AbortSignals a task handed out, its own and those of its scopes, each made when it is first asked for. */
export class CancelSignals {
  private readonly _controllers = new Map<CancelScope | null, AbortController>();

  /**
   * The signal of the present cancel epoch.
   *
   * @param cancelled - a cancel was requested already: a signal made now is aborted from the start
   */
  of(scope: CancelScope | null, cancelled: boolean): AbortSignal {
    let controller = this._controllers.get(scope);
    if (controller === undefined) {
      this._controllers.set(scope, (controller = new AbortController()));
      if (cancelled) controller.abort(makeCancelledError(undefined, false));
    }
    return controller.signal;
  }

  /** Aborts what lies inside the scope that is cancelled (null: everything). */
  abort(scope: CancelScope | null, message: unknown): void {
    for (const [owner, controller] of this._controllers) {
      if (isWithin(owner, scope)) controller.abort(makeCancelledError(message, false));
    }
  }

  /** Every request was taken back: the next read gives a fresh signal. One handed out stays aborted. */
  renew(): void {
    for (const [owner, controller] of this._controllers) {
      if (controller.signal.aborted) this._controllers.delete(owner);
    }
  }

  forget(scope: CancelScope): void {
    this._controllers.delete(scope);
  }
}

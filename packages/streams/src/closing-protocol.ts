import { createFuture, type Future } from '@asyncio-ts/futures';
import type { Transport } from '@asyncio-ts/transports';

import { settleAll } from './connection-waits.js';
import { FlowControlMixin } from './flow-control-mixin.js';
import type { WriterProtocol } from './writer-protocol.js';

/** @internal The protocol's side of a writer: its `drain` and its `waitClosed`. */
export class ClosingProtocol extends FlowControlMixin implements WriterProtocol {
  private _closeWaiters: Set<Future<void>> | null = null;
  /** Why the connection was lost; undefined: it is not. */
  private _lostWith: Error | null | undefined = undefined;

  override connectionLost(error: Error | null): void {
    this._lostWith = error;
    settleAll(this._closeWaiters, error);
    this._closeWaiters = null;
    super.connectionLost(error);
  }

  /** @internal */
  get _serverSide(): boolean {
    return false;
  }

  /** @internal */
  _replaceTransport(_transport: Transport): void {
    // nothing: this one does not hold its transport
  }

  /** @internal */
  _closeWaiter(): Future<void> | null {
    if (this._lostWith === null) return null;
    if (this._lostWith !== undefined) throw this._lostWith;
    const waiter = createFuture<void>(this._loop);
    (this._closeWaiters ??= new Set()).add(waiter);
    return waiter;
  }

  /** @internal */
  _endCloseWait(waiter: Future<void>): void {
    this._closeWaiters?.delete(waiter);
  }
}

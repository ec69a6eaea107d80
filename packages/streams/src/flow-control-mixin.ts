import type { Loop } from '@asyncio-ts/loop';
import { createFuture, currentLoop, type Future } from '@asyncio-ts/futures';
import { Protocol } from '@asyncio-ts/transports';

import { connectionLost, settleAll } from './connection-waits.js';

/**
 * The protocol's side of `StreamWriter.drain`: who writes waits while the transport holds too much.
 *
 * Mirrors Python's `asyncio.streams.FlowControlMixin`. A subclass that overrides `pauseWriting`, `resumeWriting` or
 * `connectionLost` calls these.
 *
 * @example
 * ```ts
 * import { FlowControlMixin } from '@asyncio-ts/streams';
 *
 * export class Told extends FlowControlMixin {
 *   override pauseWriting(): void {
 *     console.log('too much is on its way');
 *     super.pauseWriting();
 *   }
 *   override resumeWriting(): void {
 *     super.resumeWriting();
 *   }
 *   override connectionLost(error: Error | null): void {
 *     super.connectionLost(error);
 *   }
 * }
 * ```
 */
export class FlowControlMixin extends Protocol {
  /** @internal */
  readonly _loop: Loop;
  private _paused = false;
  private _connectionLost = false;
  /** Made when somebody waits: most connections never have one. */
  private _drainWaiters: Set<Future<unknown>> | null = null;

  /** @throws RuntimeError when there is no loop. */
  constructor(loop: Loop = currentLoop('the protocol')) {
    super();
    this._loop = loop;
  }

  override pauseWriting(): void {
    this._paused = true;
  }

  override resumeWriting(): void {
    this._paused = false;
    settleAll(this._drainWaiters, null);
  }

  override connectionLost(error: Error | null): void {
    this._connectionLost = true;
    if (this._paused) settleAll(this._drainWaiters, error);
  }

  /**
   * @internal What a drain waits for; null: nothing.
   *
   * @throws ConnectionResetError when the connection is lost.
   */
  _beginDrain(): Future<unknown> | null {
    if (this._connectionLost) throw connectionLost();
    if (!this._paused) return null;
    const waiter = createFuture<unknown>(this._loop);
    (this._drainWaiters ??= new Set()).add(waiter);
    return waiter;
  }

  /** @internal */
  _endDrain(waiter: Future<unknown>): void {
    this._drainWaiters?.delete(waiter);
  }
}

import type { Future } from '@asyncio-ts/futures';
import type { BaseProtocol, Transport } from '@asyncio-ts/transports';

import type { DrainSource } from './drain.js';

/** @internal What a writer needs of its protocol. */
export interface WriterProtocol extends DrainSource, BaseProtocol {
  /** Whether we are the side that was connected to. */
  readonly _serverSide: boolean;
  /** Another transport carries the connection on. */
  _replaceTransport(transport: Transport): void;
  /** @returns what is done when the connection is lost; null: it is. @throws the error it was lost with. */
  _closeWaiter(): Future<void> | null;
  /** Whoever waited was cancelled. */
  _endCloseWait(waiter: Future<void>): void;
}

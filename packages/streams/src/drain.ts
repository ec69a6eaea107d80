import type { Future } from '@asyncio-ts/futures';
import type { WriteTransport } from '@asyncio-ts/transports';

import { Attempt } from './attempt.js';

/** @internal What a drain needs of the protocol. */
export interface DrainSource {
  _beginDrain(): Future<unknown> | null;
  _endDrain(waiter: Future<unknown>): void;
}

/** @internal Who drains. */
export interface Draining {
  readonly _transport: WriteTransport;
  readonly _protocol: DrainSource;
  readonly _reader: { exception(): Error | null } | null;
}

/** @internal Waits until the transport holds little enough; nearly always that is so already. */
export class Drain extends Attempt<void> {
  private readonly _writer: Draining;

  constructor(writer: Draining) {
    super('drain');
    this._writer = writer;
    this._made();
  }

  protected override _attempt(first: boolean, waited: boolean): IteratorResult<unknown, void> {
    if (waited) return { value: undefined, done: true };
    const { _transport, _protocol, _reader } = this._writer;
    if (first) {
      const failure = _reader === null ? null : _reader.exception();
      if (failure !== null) throw failure;
      // Let `connectionLost` come: whoever writes and drains in a loop must learn of it.
      if (_transport.isClosing()) return { value: undefined, done: false };
    }
    const waiter = _protocol._beginDrain();
    return waiter === null ? { value: undefined, done: true } : this._waitFor(waiter);
  }

  protected override _letGo(waiter: Future<unknown>): void {
    this._writer._protocol._endDrain(waiter);
  }
}

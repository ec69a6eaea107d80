import { NotImplementedError } from '@asyncio-ts/loop';
import type { Future } from '@asyncio-ts/futures';
import type { Transport } from '@asyncio-ts/transports';

import { connectionLost } from './connection-waits.js';
import type { WriterProtocol } from './writer-protocol.js';

/** @internal A writer, as a stream of another make writes to it. */
export interface WritableWriter {
  readonly _transport: Transport;
  readonly _protocol: WriterProtocol;
  readonly _reader: { exception(): Error | null } | null;
}

type Done = (error?: Error | null) => void;

/** @internal How a stream of another make writes to a writer: outside of any task, and held back as `drain()` would be. */
export class WriteSide {
  private readonly _writer: WritableWriter;
  private readonly _keepOpen: boolean;
  private _lost: Future<void> | null = null;
  private _drain: Future<unknown> | null = null;
  private _ending = false;

  constructor(writer: WritableWriter, keepOpen: boolean) {
    this._writer = writer;
    this._keepOpen = keepOpen;
  }

  /**
   * Says when the connection is lost before the end was written.
   *
   * @param lost - `regular`: it was closed, by one side or the other, and did not fail
   */
  watch(lost: (error: Error, regular: boolean) => void): void {
    let waiter: Future<void> | null;
    try {
      waiter = this._writer._protocol._closeWaiter();
    } catch (error) {
      lost(error as Error, false);
      return;
    }
    if (waiter === null) {
      lost(connectionLost(), true);
      return;
    }
    this._lost = waiter;
    waiter.addDoneCallback(() => {
      const error = waiter.cancelled() ? null : waiter.exception();
      if (this._lost !== waiter) return;
      this._lost = null;
      if (!this._ending) lost((error as Error | null) ?? connectionLost(), error === null);
    });
  }

  /** Writes some pieces; `done` when there is room for more. */
  write(pieces: readonly Uint8Array[], done: Done): void {
    const { _transport } = this._writer;
    if (_transport.isClosing()) {
      done(connectionLost());
      return;
    }
    try {
      for (const piece of pieces) _transport.write(piece);
    } catch (error) {
      done(error as Error);
      return;
    }
    this._whenDrained(done);
  }

  private _whenDrained(done: Done): void {
    const { _protocol, _reader } = this._writer;
    let waiter: Future<unknown> | null;
    try {
      const failure = _reader?.exception() ?? null;
      if (failure !== null) throw failure;
      waiter = _protocol._beginDrain();
    } catch (error) {
      done(error as Error);
      return;
    }
    if (waiter === null) {
      done();
      return;
    }
    this._drain = waiter;
    waiter.addDoneCallback(() => {
      _protocol._endDrain(waiter);
      const error = waiter.cancelled() ? connectionLost() : waiter.exception();
      if (this._drain === waiter) this._drain = null;
      done(error as Error | null);
    });
  }

  /** Writes the end; `done` when everything before it is sent. A connection that cannot be half-closed is closed. */
  end(done: Done): void {
    const { _transport, _protocol } = this._writer;
    this._ending = true;
    if (_transport.isClosing() || !_transport.canWriteEof()) {
      _transport.close();
      this._whenLost(_protocol, done);
      return;
    }
    try {
      _transport.writeEof();
      // Nothing is written any more: a drain now waits for the last byte.
      _transport.setWriteBufferLimits({ high: 0 });
    } catch (error) {
      if (!(error instanceof NotImplementedError)) {
        done(error as Error);
        return;
      }
    }
    this._whenDrained(done);
  }

  private _whenLost(protocol: WriterProtocol, done: Done): void {
    let waiter: Future<void> | null;
    try {
      waiter = protocol._closeWaiter();
    } catch (error) {
      done(error as Error);
      return;
    }
    if (waiter === null) done();
    else {
      waiter.addDoneCallback(() => {
        done(waiter.cancelled() ? null : (waiter.exception() as Error | null));
      });
    }
  }

  /** Nobody writes on. @param early - whether that is before the end was written */
  release(early: boolean): void {
    const { _lost, _drain } = this;
    const { _protocol, _transport } = this._writer;
    this._lost = this._drain = null;
    if (_lost !== null) {
      _protocol._endCloseWait(_lost);
      _lost.cancel();
    }
    if (_drain !== null) {
      _protocol._endDrain(_drain);
      _drain.cancel();
    }
    if (early && !this._keepOpen) _transport.abort();
  }
}

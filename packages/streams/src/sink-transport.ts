import { inspect } from 'node:util';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { withoutTask } from '@asyncio-ts/futures';
import { FlowControlTransport, type Protocol } from '@asyncio-ts/transports';

import { errorOf, viewOf } from './bytes-of.js';
import { Intake, type IntakeReceiver } from './intake.js';
import { type Sink, sinkOf } from './sink.js';
import { sourceOf } from './source.js';

/** Longer pieces are not copied. The same as over a socket: a writer makes one promise. */
const COPIED = 16 * 1024;

/**
 * @internal The transport of a writer that writes to somebody's stream, which may be read from as well.
 *
 * It holds no bytes: `_size` counts what the stream holds of them. What is written in one turn goes corked.
 */
export class SinkTransport extends FlowControlTransport implements IntakeReceiver {
  private readonly _sink: Sink;
  private readonly _intake: Intake | null;
  private _size = 0;
  private _corked = false;
  /** The stream takes no more. */
  private _sinkClosed = false;
  private _closing = false;
  /** The call of `connectionLost` is due. */
  private _ending = false;
  private _resumePlanned = false;
  /** Whether `loop._outside` counts us: while the stream owes us something. */
  private _counted = false;
  private readonly _undoAtClose: () => void;

  /** @throws TypeError for what is no stream. */
  constructor(loop: BaseEventLoop, writable: unknown, readable: unknown, protocol: Protocol) {
    super(loop);
    this._protocol = protocol;
    const source = readable === null ? null : sourceOf(readable);
    this._sink = sinkOf(writable);
    this._intake = source === null ? null : new Intake(loop, source, this);
    this.setWriteBufferLimits({ high: this._sink.highWater });
    this._undoAtClose = loop._atClose(() => this._uncork());
    protocol.connectionMade(this);
    withoutTask(() => this._sink.start((error) => this._onSinkClosed(error)));
    this._intake?.start();
  }

  override setProtocol(protocol: Protocol): void {
    this._protocol = protocol;
  }

  override getProtocol(): Protocol | null {
    return this._protocol as Protocol | null;
  }

  // --- reading

  override isReading(): boolean {
    const { _intake } = this;
    return _intake !== null && _intake.isOpen && !_intake.isPaused;
  }

  override pauseReading(): void {
    this._intake?.pause();
  }

  override resumeReading(): void {
    this._intake?.resume();
  }

  /** @internal */
  _received(bytes: Buffer): void {
    this.getProtocol()?.dataReceived(bytes);
  }

  /** @internal */
  _receivedEof(): void {
    if (this.getProtocol()?.eofReceived() !== true) this.close();
  }

  /** @internal */
  _receiveFailed(error: Error): void {
    this._forceClose(error);
  }

  // --- writing

  override write(data: Uint8Array): void {
    this._checkWrite(data);
    const { length } = data;
    if (length === 0) return;
    if (this._closing) {
      this._dropWrite();
      return;
    }
    if (!this._corked && this._loop.isRunning()) this._cork();
    const bytes = length <= COPIED ? Buffer.from(data) : viewOf(data);
    this._size += length;
    this._count();
    this._sink.write(bytes, () => this._taken(length));
    if (this._size > this._highWater) {
      this._uncork();
      this._maybePauseProtocol();
    }
  }

  private _cork(): void {
    this._corked = true;
    this._sink.cork();
    this._loop.callSoon(() => this._uncork());
  }

  private _uncork(): void {
    if (!this._corked) return;
    this._corked = false;
    this._sink.uncork();
  }

  private _taken(length: number): void {
    this._size -= length;
    if (!this._protocolPaused || this._resumePlanned || this._ending) {
      this._count();
      return;
    }
    if (this._size > this._lowWater) return;
    this._resumePlanned = true;
    this._loop._deliver(() => {
      this._resumePlanned = false;
      this._count();
      if (!this._ending) this._maybeResumeProtocol();
    });
  }

  /** Says to the loop whether something outside is waited for. */
  private _count(): void {
    const waits = !this._ending && (this._size > 0 || this._closing);
    if (waits === this._counted) return;
    this._counted = waits;
    this._loop._outside += waits ? 1 : -1;
  }

  override getWriteBufferSize(): number {
    return this._size;
  }

  override canWriteEof(): boolean {
    return true;
  }

  override writeEof(): void {
    if (this._closing || this._eofWritten) return;
    this._eofWritten = true;
    this._uncork();
    this._sink.end();
  }

  // --- the end

  override isClosing(): boolean {
    return this._closing;
  }

  override close(): void {
    if (this._closing) return;
    this._closing = true;
    this._intake?.halt();
    this._uncork();
    this._count();
    if (this._sinkClosed) this._end(null);
    else if (!this._eofWritten) this._sink.end();
  }

  override abort(): void {
    this._forceClose(null);
  }

  private _onSinkClosed(error: unknown): void {
    if (this._sinkClosed || this._ending) return;
    this._loop._deliver(() => {
      this._sinkClosed = true;
      if (error !== null) this._forceClose(errorOf(error));
      else if (this._closing || !this._eofWritten) this._end(null);
    });
  }

  private _forceClose(error: Error | null): void {
    if (this._ending) return;
    this._uncork();
    if (!this._sinkClosed) this._sink.abort();
    this._end(error);
  }

  /** `connectionLost` is due: in the next turn. */
  private _end(error: Error | null): void {
    if (this._ending) return;
    this._closing = this._ending = true;
    this._count();
    this._intake?.cancel();
    this._undoAtClose();
    if (this._loop.isClosed()) return;
    this._loop.callSoon(() => {
      const protocol = this._protocol;
      this._protocol = null;
      protocol?.connectionLost(error);
    });
  }

  [inspect.custom](): string {
    const state = this._ending ? 'closed' : this._closing ? 'closing' : 'open';
    return `<SinkTransport ${state} write=<bufsize=${this._size}>>`;
  }
}

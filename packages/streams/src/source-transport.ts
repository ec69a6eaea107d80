import { inspect } from 'node:util';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { ReadTransport } from '@asyncio-ts/transports';

import { Intake, type IntakeReceiver } from './intake.js';
import { sourceOf } from './source.js';

/** @internal What is fed: a reader. */
export interface Fed {
  feedData(data: Uint8Array): void;
  feedEof(): void;
  setException(error: Error): void;
  setTransport(transport: ReadTransport): void;
}

/** @internal The transport of a reader that reads from somebody's stream: it holds the stream back, and lets go of it. */
export class SourceTransport extends ReadTransport implements IntakeReceiver {
  private readonly _loop: BaseEventLoop;
  private readonly _reader: Fed;
  private readonly _intake: Intake;

  /** @throws TypeError for what is no stream. */
  constructor(loop: BaseEventLoop, stream: unknown, reader: Fed) {
    super();
    this._loop = loop;
    this._reader = reader;
    this._intake = new Intake(loop, sourceOf(stream), this);
    reader.setTransport(this);
    this._intake.start();
  }

  /** @internal */
  _received(bytes: Buffer): void {
    this._reader.feedData(bytes);
  }

  /** @internal */
  _receivedEof(): void {
    this._reader.feedEof();
  }

  /** @internal */
  _receiveFailed(error: Error): void {
    this._reader.setException(error);
  }

  override isReading(): boolean {
    return this._intake.isOpen && !this._intake.isPaused;
  }

  override pauseReading(): void {
    this._intake.pause();
  }

  override resumeReading(): void {
    this._intake.resume();
  }

  override isClosing(): boolean {
    return !this._intake.isOpen;
  }

  override close(): void {
    if (!this._intake.isOpen) return;
    this._intake.cancel();
    if (!this._loop.isClosed()) this._loop.callSoon(() => this._reader.feedEof());
  }

  [inspect.custom](): string {
    const state = !this._intake.isOpen ? 'closed' : this._intake.isPaused ? 'paused' : 'reading';
    return `<SourceTransport ${state}>`;
  }
}

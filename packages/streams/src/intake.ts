import type { BaseEventLoop } from '@asyncio-ts/loop';
import { withoutTask } from '@asyncio-ts/futures';

import { bytesOf, errorOf } from './bytes-of.js';
import type { Source, Taker } from './source.js';

/** With more than so many bytes waiting for their turn, the source is asked to stop. */
const HIGH_WATER = 16 * 1024;

/** @internal Who is given, in the loop, what a source gave. */
export interface IntakeReceiver {
  _received(bytes: Buffer): void;
  _receivedEof(): void;
  _receiveFailed(error: Error): void;
}

/**
 * @internal What a foreign source gave and the loop has not seen: it enters the loop as a handle, in order, the end behind it.
 *
 * While it is paused the source is, too, and when the loop does not run the source is stopped at the high-water mark.
 */
export class Intake implements Taker {
  private readonly _loop: BaseEventLoop;
  private readonly _source: Source;
  private readonly _receiver: IntakeReceiver;
  private _chunks: Buffer[] = [];
  private _size = 0;
  /** Why there is no more behind `_chunks`; undefined: there may be. */
  private _over: Error | null | undefined = undefined;
  private _planned = false;
  private _paused = false;
  /** The source was told to stop. */
  private _stopped = false;
  /** Nothing is given any more. */
  private _closed = false;
  private _letGo: () => void = () => undefined;

  constructor(loop: BaseEventLoop, source: Source, receiver: IntakeReceiver) {
    this._loop = loop;
    this._source = source;
    this._receiver = receiver;
  }

  start(): void {
    this._loop._outside++;
    const undo = this._loop._atClose(() => this.cancel());
    this._letGo = () => {
      this._letGo = () => undefined;
      this._loop._outside--;
      undo();
    };
    withoutTask(() => this._source.start(this));
  }

  get isOpen(): boolean {
    return !this._closed;
  }

  get isPaused(): boolean {
    return this._paused;
  }

  data(chunk: unknown): void {
    if (this._closed || this._over !== undefined) return;
    let bytes: Buffer;
    try {
      bytes = bytesOf(chunk);
    } catch (error) {
      this._source.cancel();
      this.ended(error);
      return;
    }
    this._chunks.push(bytes);
    this._size += bytes.length;
    this._regulate();
    this._plan();
  }

  ended(error: unknown): void {
    if (this._closed || this._over !== undefined) return;
    this._over = error === null ? null : errorOf(error);
    this._plan();
  }

  /** The source stands still while the receiver does, or too much is on its way to it. */
  private _regulate(): void {
    const stopped = this._paused || this._size > HIGH_WATER;
    if (stopped === this._stopped || this._over !== undefined) return;
    this._stopped = stopped;
    if (stopped) this._source.pause();
    else this._source.resume();
  }

  private _plan(): void {
    if (this._planned || this._paused || this._closed) return;
    this._planned = true;
    this._loop._deliver(this._give);
  }

  private readonly _give = (): void => {
    this._planned = false;
    while (this._chunks.length > 0 && !this._paused && !this._closed) {
      const bytes = this._chunks.shift() as Buffer;
      this._size -= bytes.length;
      this._receiver._received(bytes);
    }
    if (this._paused || this._closed) return;
    if (this._over !== undefined) this._end(this._over);
    else this._regulate();
  };

  private _end(error: Error | null): void {
    this.halt();
    if (error === null) this._receiver._receivedEof();
    else this._receiver._receiveFailed(error);
  }

  pause(): void {
    if (this._paused || this._closed) return;
    this._paused = true;
    this._regulate();
  }

  resume(): void {
    if (!this._paused || this._closed) return;
    this._paused = false;
    this._regulate();
    if (this._chunks.length > 0 || this._over !== undefined) this._plan();
  }

  /** Gives nothing any more; the source is left where it is. */
  halt(): void {
    if (this._closed) return;
    this._closed = true;
    this._chunks = [];
    if (this._over === undefined) this._source.pause();
    this._letGo();
  }

  /** Gives nothing any more, and lets go of the source. */
  cancel(): void {
    const over = this._over !== undefined;
    this.halt();
    if (!over) this._source.cancel();
  }
}

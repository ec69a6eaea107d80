import type { Future } from '@asyncio-ts/futures';

import type { ReadSource } from './reads.js';

/** @internal A reader, as a stream of another make reads it. */
export interface ReadableReader extends ReadSource {
  exception(): Error | null;
  close(): void;
  /** Puts back what was taken, in front. */
  _giveBack(piece: Buffer): void;
}

/** @internal How a stream of another make reads from a reader: outside of any task, and never more than it was asked for. */
export class ReadSide {
  private readonly _reader: ReadableReader;
  private readonly _keepOpen: boolean;
  private _waiter: Future<void> | null = null;

  constructor(reader: ReadableReader, keepOpen: boolean) {
    this._reader = reader;
    this._keepOpen = keepOpen;
  }

  /**
   * A piece of up to `most` bytes, null at the end, undefined: there is none, and `then` will be called when it should be tried
   * again. Throws what the reader failed with, and RuntimeError when somebody else waits for it.
   */
  take(most: number, then: () => void): Buffer | null | undefined {
    const reader = this._reader;
    reader._checkFailure();
    if (reader._bytes.size > 0) {
      const piece = reader._bytes.takePiece(most);
      reader._taken();
      return piece;
    }
    if (reader._eof) return null;
    const waiter = reader._beginWait('read');
    this._waiter = waiter;
    waiter.addDoneCallback(() => {
      // Looked at: what it failed with is thrown by the next attempt.
      if (!waiter.cancelled()) waiter.exception();
      if (this._waiter !== waiter) return;
      this._waiter = null;
      then();
    });
    return undefined;
  }

  /**
   * Nobody reads on. What was taken and not delivered goes back, if the connection stays open.
   *
   * @param early - whether that is before the end
   */
  release(early: boolean, unread: Buffer | null): void {
    const waiter = this._waiter;
    if (waiter !== null) {
      this._waiter = null;
      this._reader._endWait(waiter);
      waiter.cancel();
    }
    if (!early) return;
    if (!this._keepOpen) this._reader.close();
    else if (unread !== null) this._reader._giveBack(unread);
  }
}

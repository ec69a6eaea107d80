import type { Socket } from 'node:net';

import { type BaseEventLoop, type Context, type Runnable, thread } from '@asyncio-ts/loop';

/** With more than so many bytes waiting for their turn, Node is asked to stop reading. */
const HIGH_WATER = 256 * 1024;

/** @internal Who is given what arrives. */
export interface Receiver {
  readonly _loop: BaseEventLoop;
  _context: Context | null;
  /** Whether bytes may be given to the protocol now. */
  isReading(): boolean;
  isClosing(): boolean;
  /** @returns what must wait until reading goes on; null: nothing */
  _received(chunk: Buffer): Buffer | null;
  _receivedEof(): void;
  /** Node may read on, or not. */
  _readable(on: boolean): void;
}

/**
 * What Node read and the protocol has not seen: the reader's handle in the loop.
 *
 * Nearly always that is one chunk for the time of one delivery. More gather when the loop is busy or does not run, or when
 * the protocol paused in the middle; the end of the stream stays behind them.
 */
export class Incoming implements Runnable {
  private readonly _receiver: Receiver;
  private _first: Buffer | null = null;
  private _rest: Buffer[] | null = null;
  private _size = 0;
  private _eof = false;
  private _planned = false;
  private _throttled = false;

  constructor(receiver: Receiver) {
    this._receiver = receiver;
  }

  /** Node has read something. */
  arrived(chunk: Buffer): void {
    if (this._first === null) this._first = chunk;
    else (this._rest ??= []).push(chunk);
    this._size += chunk.length;
    if (this._size > HIGH_WATER && !this._throttled) {
      this._throttled = true;
      this._receiver._readable(false);
    }
    this._deliver();
  }

  /** The other side has written its last. */
  ended(): void {
    this._eof = true;
    this._deliver();
  }

  /** Whether something waits to be delivered. */
  get pending(): boolean {
    return this._first !== null || this._eof;
  }

  /** It closed meanwhile: then nobody wants it. */
  private _putBack(left: Buffer): void {
    if (this._receiver.isClosing()) return;
    if (this._first !== null) (this._rest ??= []).unshift(this._first);
    this._first = left;
    this._size += left.length;
  }

  /** Puts what was not delivered back into the socket it came from. */
  giveBack(socket: Socket): void {
    if (this._first !== null && !this._eof) {
      socket.unshift(Buffer.concat([this._first, ...(this._rest ?? [])]));
    }
    this.clear();
  }

  /** Drops everything. */
  clear(): void {
    this._first = this._rest = null;
    this._size = 0;
    this._eof = false;
  }

  private _deliver(): void {
    if (this._planned || !this._receiver.isReading()) return;
    this._planned = true;
    this._receiver._loop._deliverRunnable(this);
  }

  /** Reading goes on: what was held back is delivered in a turn of its own. */
  resume(): void {
    if (this._planned || !this.pending) return;
    this._planned = true;
    this._receiver._loop._callRunnable(this);
  }

  /** @internal The reader's handle. Measured by the rows `tcp-line` and `tcp-stream`. */
  _run(): void {
    this._planned = false;
    const receiver = this._receiver;
    thread.owner = receiver;
    while (this._first !== null && receiver.isReading()) {
      const chunk = this._first;
      this._first = this._rest === null ? null : (this._rest.shift() ?? null);
      this._size -= chunk.length;
      const left = receiver._received(chunk);
      if (left !== null) this._putBack(left);
    }
    if (this._first === null) this._rest = null;
    if (this._throttled && this._size <= HIGH_WATER) {
      this._throttled = false;
      if (receiver.isReading()) receiver._readable(true);
    }
    if (this._eof && this._first === null && receiver.isReading()) {
      this._eof = false;
      receiver._receivedEof();
    }
    thread.owner = null;
  }
}

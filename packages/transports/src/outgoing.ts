import type { Socket } from 'node:net';

import { BLOCK_SIZE, giveBlock, takeBlock } from './block-pool.js';

/** Up to so many bytes a write is copied and waits for the others of its turn; a longer one goes out at once, uncopied. */
const LONGEST_COPY = 16 * 1024;

/**
 * The small writes of one turn, side by side in one block, so that they go out in one system call.
 *
 * Invariant: `size` bytes were added and not yet sent; `_block` is null exactly when it is zero.
 */
export class Outgoing {
  /** How many bytes wait here. */
  size = 0;
  private _block: Buffer | null = null;

  /** Whether a piece of so many bytes is copied at all. */
  takes(length: number): boolean {
    return length <= LONGEST_COPY;
  }

  /** Whether so many bytes more may wait here; if not, send first. */
  hasRoomFor(length: number): boolean {
    return this.size + length <= BLOCK_SIZE;
  }

  /** Copies the bytes; the caller asked `takes` and `hasRoomFor`. Measured by the row `tcp-line`. */
  add(data: Uint8Array): void {
    const length = data.length;
    let block = this._block;
    if (block === null) block = this._block = takeBlock(length);
    else if (this.size + length > block.length) block = this._grow(block, this.size + length);
    block.set(data, this.size);
    this.size += length;
  }

  private _grow(block: Buffer, length: number): Buffer {
    const larger = takeBlock(length);
    larger.set(block.subarray(0, this.size));
    giveBlock(block);
    return (this._block = larger);
  }

  /**
   * Hands everything to Node, in one system call with what comes behind it.
   *
   * @param behind - a longer piece, or null
   * @param done - called when the operating system has taken it all; null: nobody needs to know
   */
  sendTo(socket: Socket, behind: Uint8Array | null, done: (() => void) | null): void {
    const block = this._block;
    if (block === null) {
      if (behind !== null) write(socket, behind, done);
      return;
    }
    const bytes = block.subarray(0, this.size);
    this._block = null;
    this.size = 0;
    if (behind === null) {
      write(socket, bytes, done);
    } else {
      socket.cork();
      socket.write(bytes);
      write(socket, behind, done);
      socket.uncork();
    }
    // Node writes at once if the system takes it; then it does not look at the bytes again.
    if (socket.writableLength === 0) giveBlock(block);
  }

  /** Drops everything. */
  clear(): void {
    if (this._block !== null) giveBlock(this._block);
    this._block = null;
    this.size = 0;
  }
}

function write(socket: Socket, bytes: Uint8Array, done: (() => void) | null): void {
  if (done === null) socket.write(bytes);
  else socket.write(bytes, done);
}

import { Queue } from 'asyncio-ts';

/**
 * What was published and not yet sent to one subscriber: a queue whose size is counted in bytes. Whoever publishes puts and
 * never waits; when the queue is full, the subscriber is too slow.
 */
export class Mailbox extends Queue<Buffer> {
  private _bytes = 0;

  protected override _put(piece: Buffer): void {
    super._put(piece);
    this._bytes += piece.length;
  }

  /** How many bytes were put and are not written yet. */
  override qsize(): number {
    return this._bytes;
  }

  /** What was got is written: it does not count any more. */
  written(piece: Buffer): void {
    this._bytes -= piece.length;
  }
}

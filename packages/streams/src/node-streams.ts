/** Readers and writers as streams of Node. */
import { Duplex, Readable, Writable } from 'node:stream';

import { type ReadableReader, ReadSide } from './read-side.js';
import { type WritableWriter, WriteSide } from './write-side.js';

/** How a reader or writer is made into a stream. */
export interface ToStreamOptions {
  /**
   * Leave the connection open when the stream is destroyed, or cancelled, before its end; bytes that were taken and not
   * delivered go back to the reader. Default: false, the connection is closed, and aborted if it was written to.
   */
  readonly keepOpen?: boolean;
}

/** How a reader or writer is made into a stream of Node. */
export interface ToNodeStreamOptions extends ToStreamOptions {
  /** How many bytes the stream likes to hold, beside what the reader or the transport holds. Default: Node's. */
  readonly highWaterMark?: number;
}

type Done = (error?: Error | null) => void;

function nodeOptions({ highWaterMark }: ToNodeStreamOptions): { highWaterMark?: number } {
  return highWaterMark === undefined ? {} : { highWaterMark };
}

/** Gives a stream the next piece, or its end, as soon as there is one. */
function pump(side: ReadSide, stream: Readable, size: number): void {
  try {
    const piece = side.take(size, () => {
      if (!stream.destroyed) pump(side, stream, size);
    });
    if (piece !== undefined) stream.push(piece);
  } catch (error) {
    stream.destroy(error as Error);
  }
}

/** What the stream took and nobody was given; null: nothing. */
function unreadOf(stream: Readable): Buffer | null {
  if (stream.readableLength === 0) return null;
  // Nobody is to hear of it: it goes back.
  stream.removeAllListeners('data');
  const pieces: Buffer[] = [];
  // Up to Node 25 the first one is all there is, from 26 on each `read` gives a piece.
  for (;;) {
    const piece = stream.read() as Buffer | null;
    if (piece === null) return Buffer.concat(pieces);
    pieces.push(piece);
  }
}

/** @internal */
export class ReaderReadable extends Readable {
  private readonly _side: ReadSide;

  constructor(reader: ReadableReader, options: ToNodeStreamOptions) {
    super(nodeOptions(options));
    this._side = new ReadSide(reader, options.keepOpen ?? false);
  }

  override _read(size: number): void {
    pump(this._side, this, size);
  }

  override _destroy(error: Error | null, done: Done): void {
    this._side.release(!this.readableEnded, unreadOf(this));
    done(error);
  }
}

/** @internal */
export class WriterWritable extends Writable {
  private readonly _side: WriteSide;

  constructor(writer: WritableWriter, options: ToNodeStreamOptions) {
    super(nodeOptions(options));
    this._side = new WriteSide(writer, options.keepOpen ?? false);
    this._side.watch((error) => this.destroy(error));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this._side.write([chunk], done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this._side.write(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Done): void {
    this._side.end(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this._side.release(!this.writableFinished);
    done(error);
  }
}

/** @internal */
export class StreamsDuplex extends Duplex {
  private readonly _readSide: ReadSide;
  private readonly _writeSide: WriteSide;

  constructor(reader: ReadableReader, writer: WritableWriter, options: ToNodeStreamOptions) {
    super(nodeOptions(options));
    const keepOpen = options.keepOpen ?? false;
    this._readSide = new ReadSide(reader, keepOpen);
    this._writeSide = new WriteSide(writer, keepOpen);
    this._writeSide.watch((error, regular) => {
      // Over TLS a peer closes both ways at once, and what it sent before may not have been read yet.
      if (regular) this.end();
      else this.destroy(error);
    });
  }

  override _read(size: number): void {
    pump(this._readSide, this, size);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this._writeSide.write([chunk], done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this._writeSide.write(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: Done): void {
    this._writeSide.end(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    const { readableEnded, writableFinished } = this;
    this._writeSide.release(!writableFinished);
    this._readSide.release(!readableEnded, unreadOf(this));
    done(error);
  }
}

/** Where bytes go that are no connection of ours: streams of Node, and of the web. */
import { finished, type Writable } from 'node:stream';

import { brief } from '@asyncio-ts/loop';

/** A `WritableStream` of the web, as far as it is used: that of Node and that of the DOM are the same here. */
export interface WebWritable {
  /** Whether somebody has its writer. */
  readonly locked: boolean;
  /** Takes it for oneself. */
  getWriter(): WebWriter;
}

interface WebWriter {
  readonly closed: Promise<unknown>;
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
}

/** What a stream of the web, which does not say how much it likes to hold, is given to hold. */
const WEB_HIGH_WATER = 16 * 1024;
const OBJECTS_HIGH_WATER = 16 * 1024;

/** @internal Something that takes bytes. */
export interface Sink {
  /** How many bytes it likes to hold. */
  readonly highWater: number;
  /** @param closed - called once, when it has taken everything after `end`, or why it takes no more */
  start(closed: (error: unknown) => void): void;
  /** @param taken - called when it holds these bytes no more, also when it failed */
  write(bytes: Buffer, taken: () => void): void;
  /** What is written until `uncork` may go as one. */
  cork(): void;
  uncork(): void;
  end(): void;
  abort(): void;
}

/** @internal @throws TypeError for what is none. */
export function sinkOf(stream: unknown): Sink {
  const { getWriter, write } = (stream ?? {}) as Partial<WebWritable & Writable>;
  if (typeof getWriter === 'function') return new WebSink((stream as WebWritable).getWriter());
  if (typeof write === 'function') return new NodeSink(stream as Writable);
  throw new TypeError(
    `Cannot write to ${brief(stream)}: a Writable of node:stream or a WritableStream was expected`,
  );
}

class NodeSink implements Sink {
  private readonly _stream: Writable;

  constructor(stream: Writable) {
    this._stream = stream;
  }

  get highWater(): number {
    const { writableObjectMode, writableHighWaterMark } = this._stream;
    return writableObjectMode ? OBJECTS_HIGH_WATER : writableHighWaterMark;
  }

  start(closed: (error: unknown) => void): void {
    // What it fails with later on concerns nobody: `finished` goes on listening.
    finished(this._stream, { readable: false }, (error) => closed(error ?? null));
  }

  write(bytes: Buffer, taken: () => void): void {
    this._stream.write(bytes, taken);
  }

  cork(): void {
    this._stream.cork();
  }

  uncork(): void {
    this._stream.uncork();
  }

  end(): void {
    this._stream.end();
  }

  abort(): void {
    this._stream.destroy();
  }
}

class WebSink implements Sink {
  readonly highWater = WEB_HIGH_WATER;
  private readonly _writer: WebWriter;

  constructor(writer: WebWriter) {
    this._writer = writer;
  }

  start(closed: (error: unknown) => void): void {
    this._writer.closed.then(() => closed(null), closed);
  }

  write(bytes: Buffer, taken: () => void): void {
    this._writer.write(bytes).then(taken, taken);
  }

  cork(): void {
    // Each chunk goes by itself.
  }

  uncork(): void {
    // As above.
  }

  end(): void {
    this._writer.close().catch(() => undefined);
  }

  abort(): void {
    this._writer.abort().catch(() => undefined);
  }
}

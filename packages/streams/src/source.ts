/** Where bytes come from that are no connection of ours: streams of Node, and of the web. */
import { finished, type Readable } from 'node:stream';

import { brief } from '@asyncio-ts/loop';

/** A `ReadableStream` of the web, as far as it is used: that of Node and that of the DOM are the same here. */
export interface WebReadable {
  /** Whether somebody has its reader. */
  readonly locked: boolean;
  /** Takes it for oneself. */
  getReader(): WebReader;
}

interface WebReader {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
  cancel(reason?: unknown): Promise<void>;
}

/** @internal Who is told what a source gives. */
export interface Taker {
  data(chunk: unknown): void;
  /** The last call. @param error - why it ended too early; null: it ended */
  ended(error: unknown): void;
}

/** @internal Something that gives chunks until it is paused. */
export interface Source {
  start(taker: Taker): void;
  pause(): void;
  resume(): void;
  /** Nobody wants the rest. */
  cancel(): void;
}

/** @internal @throws TypeError for what is none. */
export function sourceOf(stream: unknown): Source {
  const { getReader, pipe } = (stream ?? {}) as Partial<WebReadable & Readable>;
  if (typeof getReader === 'function') return new WebSource((stream as WebReadable).getReader());
  if (typeof pipe === 'function') return new NodeSource(stream as Readable);
  throw new TypeError(
    `Cannot read from ${brief(stream)}: a Readable of node:stream or a ReadableStream was expected`,
  );
}

class NodeSource implements Source {
  private readonly _stream: Readable;

  constructor(stream: Readable) {
    this._stream = stream;
  }

  start(taker: Taker): void {
    // What it fails with later on concerns nobody: `finished` goes on listening.
    finished(this._stream, { writable: false }, (error) => taker.ended(error ?? null));
    this._stream.on('data', (chunk) => taker.data(chunk));
    this._stream.resume();
  }

  pause(): void {
    this._stream.pause();
  }

  resume(): void {
    this._stream.resume();
  }

  cancel(): void {
    this._stream.destroy();
  }
}

class WebSource implements Source {
  private readonly _reader: WebReader;
  private _taker: Taker | null = null;
  private _reading = false;
  private _paused = false;

  constructor(reader: WebReader) {
    this._reader = reader;
  }

  start(taker: Taker): void {
    this._taker = taker;
    this._read();
  }

  private _read(): void {
    if (this._reading || this._paused) return;
    this._reading = true;
    this._reader.read().then(
      ({ done, value }) => {
        this._reading = false;
        if (done) this._taker?.ended(null);
        else {
          this._taker?.data(value);
          this._read();
        }
      },
      (error: unknown) => this._taker?.ended(error),
    );
  }

  pause(): void {
    this._paused = true;
  }

  resume(): void {
    this._paused = false;
    this._read();
  }

  cancel(): void {
    this._paused = true;
    this._taker = null;
    this._reader.cancel().catch(() => undefined);
  }
}

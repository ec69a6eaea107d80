/** Readers and writers as streams of the web. */
import {
  ReadableStream,
  WritableStream,
  type WritableStreamDefaultController,
} from 'node:stream/web';

import { bytesOf } from './bytes-of.js';
import type { ToStreamOptions } from './node-streams.js';
import { type ReadableReader, ReadSide } from './read-side.js';
import { type WritableWriter, WriteSide } from './write-side.js';

const PIECE = 64 * 1024;

/** Node has it, its types have not. */
type WithSignal = WritableStreamDefaultController & { readonly signal: AbortSignal };

/** @internal It holds nothing itself: a piece is taken when somebody asks for one. */
export function readableStreamOf(
  reader: ReadableReader,
  { keepOpen = false }: ToStreamOptions,
): ReadableStream<Uint8Array> {
  const side = new ReadSide(reader, keepOpen);
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) =>
        new Promise<void>((resolve, reject) => {
          const attempt = (): void => {
            try {
              const piece = side.take(PIECE, attempt);
              if (piece === undefined) return;
              if (piece === null) controller.close();
              else controller.enqueue(piece);
              resolve();
            } catch (error) {
              reject(error);
            }
          };
          attempt();
        }),
      cancel: () => side.release(true, null),
    },
    { highWaterMark: 0 },
  );
}

/** @internal */
export function writableStreamOf(
  writer: WritableWriter,
  { keepOpen = false }: ToStreamOptions,
): WritableStream<Uint8Array> {
  const side = new WriteSide(writer, keepOpen);
  const settled = (act: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      act((error) => {
        if (error == null) resolve();
        else reject(error);
      });
    });
  return new WritableStream<Uint8Array>({
    start: (controller) => {
      side.watch((error) => controller.error(error));
      // `abort` is called only when the write that is under way has ended, which may wait for ever.
      const { signal } = controller as WithSignal;
      signal.addEventListener('abort', () => side.release(true), { once: true });
    },
    write: (chunk) => settled((done) => side.write([bytesOf(chunk)], done)),
    close: () => settled((done) => side.end(done)).finally(() => side.release(false)),
    abort: () => side.release(true),
  });
}

import { isAnyArrayBuffer, isNativeError, isUint8Array } from 'node:util/types';

import { brief } from '@asyncio-ts/loop';

/** @internal The bytes of a chunk of somebody's stream, not copied; of a string, its UTF-8. @throws TypeError for the rest. */
export function bytesOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (isUint8Array(chunk) || ArrayBuffer.isView(chunk)) {
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
  if (isAnyArrayBuffer(chunk)) return Buffer.from(chunk);
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw new TypeError(
    `Cannot take ${brief(chunk)} as bytes: the stream must give bytes or strings`,
  );
}

/** @internal A stream may fail with anything. */
export function errorOf(reason: unknown): Error {
  return reason instanceof Error || isNativeError(reason)
    ? reason
    : new Error(`The stream failed with ${brief(reason)}`, { cause: reason });
}

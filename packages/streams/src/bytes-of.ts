import { isAnyArrayBuffer, isNativeError } from 'node:util/types';

import { brief } from '@asyncio-ts/loop';

/** @internal The same bytes as a Buffer, not copied. */
export function viewOf(bytes: ArrayBufferView): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @internal The bytes of a chunk of somebody's stream, not copied; of a string, its UTF-8. @throws TypeError for the rest. */
export function bytesOf(chunk: unknown): Buffer {
  if (ArrayBuffer.isView(chunk)) return viewOf(chunk);
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

import { isUint8Array } from 'node:util/types';

import { brief } from '@asyncio-ts/loop';

import { viewOf } from './bytes-of.js';

const NEWLINE = [Buffer.from('\n')];

/**
 * @internal What `readuntil` looks for; default: a newline. The shortest first: of two that end at the same place the shorter
 * one counts.
 *
 * @throws TypeError for anything but bytes.
 */
export function separatorsOf(separator?: Uint8Array | readonly Uint8Array[]): readonly Buffer[] {
  if (separator === undefined) return NEWLINE;
  const given = isUint8Array(separator) ? [separator] : separator;
  if (!Array.isArray(given) || !given.every(isUint8Array)) {
    throw new TypeError(
      `Cannot read until ${brief(separator)}: bytes, or several of them, were expected`,
    );
  }
  return given.map(viewOf).sort((a, b) => a.length - b.length);
}

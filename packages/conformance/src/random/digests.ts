/** The traces that CPython gave for the first seeds, as digests: whoever has no CPython can still compare. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { Trace } from './cpython.js';

const file = fileURLToPath(new URL('../../traces/random-programs.txt', import.meta.url));

/** How many seeds are recorded, from 0 on. */
export const RECORDED = 2000;

const PER_LINE = 10;

/** Eight characters that stand for a trace. */
export function digestOf(trace: Trace): string {
  return createHash('sha256').update(trace.join('\n')).digest('base64url').slice(0, 8);
}

/** The digest of each seed, in order. */
export function readDigests(): readonly string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => !line.startsWith('#')).flatMap((line) => line.match(/\S+/g) ?? []);
}

export function writeDigests(digests: readonly string[]): void {
  const lines = [
    '# Digests of the traces that CPython gives for the random programs of the seeds from 0 on.',
  ];
  for (let i = 0; i < digests.length; i += PER_LINE) {
    lines.push(digests.slice(i, i + PER_LINE).join(' '));
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

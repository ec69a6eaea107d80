/** Results on disk: one file a row and major version of Node. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { nodeMajor } from './machine.js';
import type { Result } from './measure.js';

export const RESULTS = fileURLToPath(new URL('../results', import.meta.url));

export function save(result: Result, folder: string = RESULTS): string {
  mkdirSync(folder, { recursive: true });
  const name = `${result.group}-${result.row}.node${nodeMajor(result.machine.node)}.json`;
  const file = join(folder, name);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  return file;
}

export function load(folder: string = RESULTS): Result[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result);
}

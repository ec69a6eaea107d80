import { expect, test } from '@jest/globals';

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const hook = new URL('../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const pages = fileURLToPath(new URL('../harness/pages.ts', import.meta.url));

test('the pages show the figures of benchmarks/results', () => {
  const { stderr, status } = spawnSync(process.execPath, ['--import', hook, pages, '--check'], {
    encoding: 'utf8',
  });
  expect([stderr, status]).toEqual(['', 0]);
});

/** The type tests of `test/types`: what the type checker says of results, and of wrong uses. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const files = readdirSync(new URL('./types', import.meta.url)).filter((name) =>
  name.endsWith('.tst.ts'),
);
const tstyche = join(dirname(createRequire(import.meta.url).resolve('tstyche')), 'bin.js');

const { stdout, stderr } = spawnSync(process.execPath, [tstyche, 'packages/asyncio/test/types'], {
  cwd: root,
  encoding: 'utf8',
  env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' },
});

test('all files are found', () => {
  expect(files).toHaveLength(5);
  expect(stdout).toContain(`Test files: ${files.length} passed, ${files.length} total`);
});

test.each(files)('%s', (file) => {
  expect(stderr).toBe('');
  // What failed stands between the name of its file and that of the next.
  const [, said] =
    new RegExp(`^((?:pass|fail) \\S*/${file}$.*?)^(?=pass|fail|Targets)`, 'ms').exec(stdout) ?? [];
  expect(said?.trim()).toBe(`pass ./packages/asyncio/test/types/${file}`);
});

test('wrong uses are among them', () => {
  const [, matched] = /^Suppressed: (\d+) matched, \1 total$/m.exec(stdout) ?? [];
  expect(Number(matched)).toBeGreaterThan(70);
});

// The suite is mocha's, with timeouts of its own: it has a process to itself.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('promises-aplus/run.ts', import.meta.url));

test('Future passes all 872 tests of the Promises/A+ suite', async () => {
  const stdout = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      ['--import', hook, program],
      { env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 2 ** 26 },
      (_error, output, errors) => resolve(output + errors),
    );
  });
  const counts = stdout.trim().split('\n').at(-1);
  expect(stdout.match(/^failed: .*/gm) ?? []).toEqual([]);
  expect(counts).toBe('{"passed":872,"failed":0}');
}, 60_000);

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

interface Block {
  file: string;
  line: number;
  run: boolean;
  problem?: string;
}

const script = fileURLToPath(new URL('../../scripts/code-blocks.mjs', import.meta.url));
const { stdout, stderr } = spawnSync(process.execPath, [script, '--json'], { encoding: 'utf8' });

test('the code blocks of all pages and sources are found', () => {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\[/);
});

const blocks = stdout.startsWith('[') ? (JSON.parse(stdout) as Block[]) : [];
if (blocks.length > 0) {
  describe('a code block does what it says', () => {
    test.each(blocks)('$file:$line', ({ problem }) => {
      expect(problem).toBeUndefined();
    });
  });
}

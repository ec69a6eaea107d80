import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { stdout, status } = spawnSync(
  process.execPath,
  [
    here('../code-blocks.mjs'),
    '--json',
    here('fixtures/blocks/page.md'),
    here('fixtures/blocks/source.ts'),
  ],
  { encoding: 'utf8' },
);
const blocks = JSON.parse(stdout) as { line: number; run: boolean; problem?: string }[];
const at = (line: number) => blocks.find((block) => block.line === line);

describe('the check of code blocks', () => {
  test('finds ts and js blocks on a page, and examples in a source, by their lines', () => {
    expect(blocks.map(({ line, run }) => [line, run])).toEqual([
      [6, true],
      [14, true],
      [26, true],
      [32, true],
      [38, false],
      [44, true],
      [6, false],
      [19, false],
    ]);
  });

  test('passes a block that prints what its comments or the text below it say', () => {
    expect(at(6)).not.toHaveProperty('problem');
    expect(at(14)).not.toHaveProperty('problem');
  });

  test('fails a block that prints something else', () => {
    expect(at(26)?.problem).toBe('should print\n  four\nprinted\n  three\n');
  });

  test('fails a block that does not compile, with the line of the page', () => {
    expect(at(32)?.problem).toMatch(/^line 32: Type 'string' is not assignable/);
  });

  test('checks a no-run block and leaves it alone', () => {
    expect(at(38)).not.toHaveProperty('problem');
  });

  test('fails a block that ends with an error, with the line of the page', () => {
    expect(at(44)?.problem).toMatch(/^exit 1[^]*page\.md\/44\.ts:44/);
  });

  test('passes an example that imports what it uses and fails one that does not', () => {
    const [, , , , , , good, bad] = blocks;
    expect(good).not.toHaveProperty('problem');
    expect(bad?.problem).toMatch(/Cannot find name 'subtract'/);
  });

  test('exits 1 when a block fails', () => {
    expect(status).toBe(1);
  });
});

import { describe, expect, test } from '@jest/globals';

import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const hook = new URL('../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const root = fileURLToPath(new URL('../../', import.meta.url));
const compare = fileURLToPath(new URL('../harness/compare.ts', import.meta.url));

const run = (...words: string[]) =>
  spawnSync(process.execPath, ['--import', hook, compare, ...words], { encoding: 'utf8' });

const worktrees = (): string =>
  execFileSync('git', ['worktree', 'list'], { cwd: root, encoding: 'utf8' });

describe('a comparison with a revision', () => {
  test('runs the rows on both, and leaves nothing behind', () => {
    const before = worktrees();
    const small = ['--packages', 'src', '--scale', 'smallest', '--rounds', '2'];
    const rows = ['--only', 'switch', '--only', 'size'];
    const { stdout, stderr, status } = run('--base', 'HEAD', ...rows, ...small);
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).toMatch(/^base: [0-9a-f]{7,} /m);
    expect(stdout).toMatch(/^row +subject +base +here +x/m);
    expect(stdout).toMatch(/^switch +generator( +[\d.]+ [num]?s){2} +[\d.]+ /m);
    expect(stdout).toMatch(/^size +asyncio-ts( +[\d.]+ kB){2} +[\d.]+ /m);
    expect(worktrees()).toBe(before);
  }, 120_000);

  test('wants to know with which', () => {
    const { stderr, status } = run();
    expect(stderr).toMatch(/--base is missing\nusage: npm run bench:compare/);
    expect(status).toBe(2);
  });

  test('says so when there is no such revision', () => {
    const { stderr, status } = run('--base', 'no-such-revision');
    expect(stderr).toMatch(/There is no revision no-such-revision/);
    expect(status).toBe(2);
  });
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';

const script = fileURLToPath(new URL('../test-nodes.mjs', import.meta.url));

/** Runs an expression with the functions of the script. */
function evaluated(expression: string): unknown {
  const code = `
    import { hasPassed, resolveVersion, table, totalsIn } from ${JSON.stringify(`file://${script}`)};
    console.log(JSON.stringify(${expression}));
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test('a version is the newest release of a major, an exact one, or the newest of all', () => {
  const published = JSON.stringify([
    '9.1.0',
    '10.2.0',
    '10.10.0',
    '10.9.3',
    '26.0.0-rc.1',
    '2.0.0',
  ]);
  const resolved = ['10', '10.9', '10.2.0', '2', 'newest'].map((wanted) =>
    evaluated(`resolveVersion('${wanted}', ${published})`),
  );
  expect(resolved).toEqual(['10.10.0', '10.9.3', '10.2.0', '2.0.0', '10.10.0']);
  const none = evaluated(
    `(() => { try { resolveVersion('1', ${published}); } catch (error) { return error.message; } })()`,
  );
  expect(none).toBe('The npm package node has no release 1');
});

test('the totals are those of the last plain line', () => {
  const output =
    'x\n9 passed, 9 failed, 9 skipped\nTests: 3 passed\n12 passed, 1 failed, 2 skipped\n';
  expect(evaluated(`totalsIn(${JSON.stringify(output)})`)).toEqual({
    passed: 12,
    failed: 1,
    skipped: 2,
  });
  expect(evaluated(`totalsIn('12 passed, 1 failed, 2 skipped, and more')`)).toBeNull();
});

test('a run has passed when it counted tests, and none failed', () => {
  const runs = [
    { code: 0, totals: { passed: 1, failed: 0, skipped: 0 } },
    { code: 1, totals: { passed: 1, failed: 0, skipped: 0 } },
    { code: 0, totals: { passed: 0, failed: 0, skipped: 0 } },
    { code: 0, totals: null },
  ];
  expect(evaluated(`${JSON.stringify(runs)}.map(hasPassed)`)).toEqual([true, false, false, false]);
  const lines = evaluated(
    `table([{ version: '26.10.0', seconds: 85, ...${JSON.stringify(runs[0])} }, { version: '22.1.0', seconds: 9, ...${JSON.stringify(runs[3])} }])`,
  );
  expect(lines).toEqual([
    'Node 26.10.0         1       0       0    85 s   ok',
    'Node 22.1.0          ?       ?       ?     9 s   FAILED',
  ]);
});

test('without a version, or with one that is none, it says how it is used', () => {
  for (const args of [[], ['soon'], ['22', '--silent']]) {
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('usage: npm run test:nodes')]);
  }
});

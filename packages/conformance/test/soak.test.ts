/** The soak at a small count, each topic in a process of its own: what stays behind shows in bytes, not in time. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import { isFlat } from '../src/soak/measure.js';
import { topics } from '../src/soak/scenarios/index.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;

/** A busy machine is no failure. */
const PATIENCE = 240_000;

function inProcess(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const flags = ['--expose-gc', '--import', hook];
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...flags, ...args],
      { cwd: root, env: { ...process.env, NODE_OPTIONS: '' }, timeout: PATIENCE },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, output: stdout + stderr }),
    );
  });
}

const soak = (...args: readonly string[]): ReturnType<typeof inProcess> =>
  inProcess('packages/conformance/src/soak/cli.ts', ...args);

test.each(Object.keys(topics))(
  'nothing stays behind: %s',
  async (topic) => {
    const { code, output } = await soak('--each', '4500', '--only', `${topic}: `);
    const runs = (topics[topic] ?? []).reduce((sum, { kinds }) => sum + (kinds?.length ?? 2), 0);
    expect(output).not.toContain('LEAK');
    expect(output.trimEnd()).toMatch(new RegExp(`\\n\\d+ iterations: ${runs} flat, 0 leaking$`));
    expect(code).toBe(0);
  },
  PATIENCE,
);

test(
  'what does stay behind is found: memory, and counts',
  async () => {
    const { output } = await inProcess(
      '--input-type=module',
      '--eval',
      `
      import { measure } from './packages/conformance/src/soak/measure.ts';
      const kept = [];
      const leaking = {
        name: 'leaking',
        begin: () => ({
          *once(i) { kept.push({ i }); },
          counts: () => ({ 'things kept': kept.length }),
        }),
      };
      const { problems } = await measure(leaking, 'generator', 12_000);
      console.log(problems.join('\\n'));
      const { problems: none } = await measure(
        { name: 'flat', begin: () => ({ *once() {} }) }, 'async', 12_000,
      );
      console.log('then', none.length);
    `,
    );
    expect(output).toMatch(/memory grows by \d+ kB.* in 4000 iterations each\n/);
    expect(output).toMatch(/things kept: 4000, 8000, 12000, /);
    expect(output).toMatch(/then 0\n$/);
  },
  PATIENCE,
);

describe('what is flat, by the bytes after each plateau of 4,000 iterations', () => {
  const flat = (...kilobytes: readonly number[]): boolean =>
    isFlat(
      kilobytes.map((kB) => ({ bytes: kB * 1000, counts: {} })),
      4000,
    );

  test('what does not grow, and what only did while it got warm', () => {
    expect(flat(5000, 5001, 4999)).toBe(true);
    expect(flat(5000, 5900, 6100, 6101, 6102)).toBe(true);
    expect(flat(5000, 5900)).toBe(false); // nobody knows yet
  });

  test('what comes and goes', () => {
    expect(flat(5000, 5001, 5400)).toBe(false); // it may go on
    expect(flat(5000, 5001, 5400, 5000, 5001, 5400)).toBe(true);
    const upAndDown = [54, -27, 90, -42, 63, -171, 49, 52, -6, 87, -75];
    expect(flat(...upAndDown.map((_, n) => upAndDown.slice(0, n).reduce((a, b) => a + b, 0)))).toBe(
      true,
    );
  });

  test('a leak, also when something else was thrown away', () => {
    expect(flat(5000, 5160, 5320, 5480, 5640, 5800, 5960)).toBe(false);
    expect(flat(5000, 5160, 5320, 4300, 4460, 4620, 4780)).toBe(false);
    expect(flat(5000, 5160, 5320, 5480, 5640, 5800, 4300)).toBe(false);
  });
});

test('the command line says what it takes', async () => {
  const listed = await soak('--list');
  expect(listed.output).toContain('sync: Queue.get, cancelled\n');
  const wrong = await soak('--count', 'many');
  expect([wrong.code, wrong.output]).toEqual([2, expect.stringContaining('--count takes a whole')]);
});

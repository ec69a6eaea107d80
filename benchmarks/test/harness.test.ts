import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Result } from '../harness/measure.js';
import { load } from '../harness/results.js';
import { runInTurn } from '../harness/run-in-turn.js';
import { markdownTable, plainTable } from '../harness/table.js';
import { rows } from '../rows.js';

const hook = new URL('../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const main = fileURLToPath(new URL('../harness/main.ts', import.meta.url));

function bench(...words: string[]) {
  return spawnSync(process.execPath, ['--import', hook, main, ...words], { encoding: 'utf8' });
}

describe('a run of all rows in their smallest size', () => {
  const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-bench-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let run: ReturnType<typeof bench>;
  let results: Result[];
  beforeAll(() => {
    const small = ['--packages', 'src', '--scale', 'smallest', '--rounds', '2'];
    run = bench(...small, '--out', folder);
    results = run.status === 0 ? load(folder) : [];
  }, 300_000);

  test('succeeds, whatever the verdicts', () => {
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/verdict/);
  });

  test('leaves a file for each row', () => {
    const names = results.map(({ row }) => row).sort();
    const possible = rows.filter(({ missing }) => (missing?.() ?? null) === null);
    expect(names).toEqual(possible.map(({ name }) => name).sort());
  });

  test('says in each file when and on what it was taken, and everything that was measured', () => {
    for (const result of results) {
      const row = rows.find(({ name }) => name === result.row);
      expect(result).toMatchObject({
        group: row?.group,
        exactly: row?.exactly,
        scale: 'smallest',
        rounds: 2,
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        machine: {
          node: process.versions.node,
          cpu: expect.any(String),
          cores: expect.any(Number),
        },
      });
      const subjects = result.subjects.map(({ subject }) => subject);
      expect(subjects).toEqual(expect.arrayContaining(row?.subjects.map(({ name }) => name) ?? []));
      for (const figures of result.subjects) {
        // As many rounds as were asked for, or as the subject has.
        const subject = row?.subjects.find(({ name }) => name === figures.subject);
        const rounds = Math.min(2, subject?.rounds ?? 2);
        expect(figures.seconds).toHaveLength(rounds);
        expect(figures.cpuSeconds).toHaveLength(rounds);
        expect(figures.nanoseconds).toBeGreaterThan(0);
        expect(figures.ratio).toBeGreaterThan(0);
        expect(figures.memory?.rounds.length ?? 0).toBe(
          row?.quantities?.includes('bytes') === true ? rounds : 0,
        );
      }
      for (const { reached, ratio, atMost } of result.verdicts) {
        expect(reached).toBe(ratio <= atMost);
      }
    }
  });

  test('shows every subject in one table, for a terminal and for a page', () => {
    const subjects = results.flatMap(({ subjects }) => subjects);
    const lines = results.reduce(
      (sum, { subjects, quantities }) => sum + subjects.length * (quantities?.length ?? 1),
      0,
    );
    expect(plainTable(results).split('\n')).toHaveLength(lines + 1);
    expect(markdownTable(results).split('\n')).toHaveLength(lines + 2);
    // The version of its package stands behind the name of a subject, before what it is run with.
    const table = markdownTable(results).replaceAll(/(\| [\w-]+) \d[\w.-]*(?=,| [|:])/g, '$1');
    for (const { subject } of subjects) expect(table).toContain(`| ${subject}`);
  });
});

test('an option nobody knows is answered with the usage, and exit code 2', () => {
  const { status, stderr } = bench('--faster');
  expect(stderr).toMatch(/--faster/);
  expect(stderr).toMatch(/usage: npm run bench/);
  expect(status).toBe(2);
});

test('subjects no row has leave nothing to measure', () => {
  const small = ['--packages', 'src', '--scale', 'smallest', '--only', 'switch'];
  const { stdout, status } = bench(...small, '--subjects', 'nobody, at all');
  expect(stdout).toMatch(/skipped: it has none of these subjects/);
  expect(status).toBe(0);
});

test('a row nobody knows is answered with the usage, and exit code 2', () => {
  const { status, stderr } = bench('--only', 'perpetuum-mobile');
  expect(stderr).toMatch(/There is no group or row perpetuum-mobile/);
  expect(status).toBe(2);
});

describe('a participant', () => {
  const participant = (program: string) => ({
    name: 'somebody',
    command: process.execPath,
    args: ['-e', program],
  });

  test('that gives a wrong answer ends the run', async () => {
    const wrong = participant(
      `console.log(JSON.stringify({ failed: 'gave 41 where 42 is right' }))`,
    );
    await expect(runInTurn([wrong], 1)).rejects.toThrow('somebody: gave 41 where 42 is right');
  });

  test('that dies ends the run, with its last words', async () => {
    const dying = participant(`console.error('out of luck'); process.exitCode = 3`);
    await expect(runInTurn([dying], 1)).rejects.toThrow(/somebody: no answer\nout of luck/);
  });

  test('that cannot be started ends the run', async () => {
    const missing = { name: 'nobody', command: '/does/not/exist', args: [] };
    await expect(runInTurn([missing], 1)).rejects.toThrow(/nobody: no answer\n.*ENOENT/);
  });
});

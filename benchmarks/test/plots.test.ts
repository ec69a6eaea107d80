import { describe, expect, test } from '@jest/globals';

import { thisMachine } from '../harness/machine.js';
import type { Figures, Result } from '../harness/measure.js';
import { draw, isMeasured, type PlotName, PLOTS } from '../harness/plots.js';
import { appliesTo, type Row } from '../harness/row.js';
import { rows } from '../rows.js';

/** Every subject takes a little more than the one before. */
function figures(row: Row, name: string, at: number): Figures {
  const against = row.subjects[at]?.against;
  const amount = { spread: 0, ratio: 1 + at / 10, ratioSpread: 0 };
  const memory = { rounds: [], bytes: 1e6 * (at + 1), ...amount };
  return {
    subject: name,
    operations: 1,
    repeats: 1,
    seconds: [],
    cpuSeconds: [],
    nanoseconds: 1000 * (at + 1),
    cpuRatio: null,
    ...amount,
    ...(against === undefined ? {} : { against }),
    ...(row.quantities?.includes('bytes') === true ? { memory } : {}),
  };
}

/** A result of a row, as if it had been measured on a Node. */
function measured(row: Row, major: number): Result {
  const limits = row.limits.filter((limit) => appliesTo(limit, major));
  return {
    row: row.name,
    group: row.group,
    exactly: row.exactly,
    operation: row.operation,
    against: row.against,
    scale: 'full',
    rounds: 10,
    date: new Date(0).toISOString(),
    machine: { ...thisMachine(), node: `${major}.0.0` },
    subjects: row.subjects.map(({ name }, at) => figures(row, name, at)),
    verdicts: limits.map((limit) => ({ ...limit, ratio: 1, reached: true })),
    processorShare: 1,
    skipped: [],
  };
}

const all = [20, 24].flatMap((major) => rows.map((row) => measured(row, major)));

/** What stands in a picture. */
async function texts(name: PlotName, results: readonly Result[]): Promise<string[]> {
  const svg = (await draw(name, results)) ?? '';
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text as string);
}

/** How many shapes of a kind. */
async function shapes(name: PlotName, kind: string, results: readonly Result[]): Promise<number> {
  const group = new RegExp(`class="mark-${kind} role-mark [^>]*>(.*?)</g>`, 'g');
  const inside = [...((await draw(name, results)) ?? '').matchAll(group)].map(([, path]) => path);
  return inside.join('').split('<path').length - 1;
}

describe.each(PLOTS)('the picture %s', (name) => {
  test('is not there before it is measured', async () => {
    expect(isMeasured(name, [])).toBe(false);
    expect(await draw(name, [])).toBeNull();
  });

  test('is the same whenever it is drawn', async () => {
    expect(isMeasured(name, all)).toBe(true);
    expect(await draw(name, all)).toBe(await draw(name, all));
  });

  test('has a column for each Node', async () => {
    const [both, one] = [await texts(name, all), await texts(name, all.slice(0, rows.length))];
    expect(both).toEqual(expect.arrayContaining(['Node 20', 'Node 24']));
    expect(one).toContain('Node 20');
    expect(one).not.toContain('Node 24');
  });

  test('shows another figure in another place', async () => {
    const slower = all.map((result) => ({
      ...result,
      subjects: result.subjects.map((one) => ({
        ...one,
        nanoseconds: one.subject.startsWith('generator') ? 5 * one.nanoseconds : one.nanoseconds,
        ratio: one.subject.startsWith('generator') ? 5 * (one.ratio ?? 0) : one.ratio,
        ...(one.memory === undefined
          ? {}
          : { memory: { ...one.memory, bytes: one.memory.bytes ** 1.1 } }),
      })),
    }));
    expect(await draw(name, slower)).not.toBe(await draw(name, all));
  });
});

test('the speed has a line for each row that has a reference, and none for those that grow', async () => {
  const lines = await texts('speed', all);
  const expected = ['switch', 'ring', 'async-tree: none, gather, lazy', 'queue: maxsize 1,000'];
  expect(lines).toEqual(expect.arrayContaining([...expected, 'generator', 'async', 'callbacks']));
  expect(lines.filter((line) => /^(growth|sleepers|depth|size)/.test(line))).toEqual([]);
});

test('who sleeps has a line, with a point for each number of tasks', async () => {
  const row = rows.filter(({ name }) => name === 'sleepers').map((one) => measured(one, 24));
  const who = ['generator', 'async', 'native', 'bluebird', 'effect', 'effection'];
  expect(await texts('sleepers', row)).toEqual(expect.arrayContaining(who));
  expect(await shapes('sleepers', 'symbol', row)).toBe(row[0]?.subjects.length);
});

test('who grows has a line for making tasks, and one for switches', async () => {
  const lines = await texts('growth', all);
  expect(lines).toEqual(expect.arrayContaining(['spawn', 'switch', 'generator', 'native']));
});

test('a server has a bar for each of its kinds', async () => {
  const row = rows.filter(({ name }) => name === 'http').map((one) => measured(one, 24));
  expect(await texts('server', row)).toEqual(
    expect.arrayContaining(['generator', 'async', 'node:http']),
  );
  expect(await shapes('server', 'rect', row)).toBe(row[0]?.subjects.length);
});

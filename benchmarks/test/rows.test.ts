import { describe, expect, test } from '@jest/globals';

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Report } from '../harness/report.js';
import { appliesTo } from '../harness/row.js';
import { rows } from '../rows.js';

const folder = new URL('../', import.meta.url);

test('every row is a file, and every file of a row is in the table of rows', () => {
  const files = readdirSync(fileURLToPath(folder))
    .filter((file) => /^[a-z]+-.+\.ts$/.test(file))
    .sort();
  expect(rows.map(({ group, name }) => `${group}-${name}.ts`).sort()).toEqual(files);
});

describe.each(rows)('the row $name', (row) => {
  const names = row.subjects.map(({ name }) => name);

  test('holds its limits against subjects it has', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain(row.against);
    for (const { against } of row.subjects) expect(names).toContain(against ?? row.against);
    for (const { subject, of } of row.limits) {
      expect(names).toContain(subject);
      // `uvloop` is a Python, which is found or not.
      expect([...names, 'uvloop']).toEqual(expect.arrayContaining([of ?? row.against].flat()));
    }
  });

  test('has one limit at most for a subject beside another one, on each Node', () => {
    for (const major of [20, 22, 24, 26]) {
      const limits = row.limits.filter((limit) => appliesTo(limit, major));
      const pairs = limits.map(({ subject, of, what }) => JSON.stringify([subject, of, what]));
      expect(new Set(pairs).size).toBe(pairs.length);
    }
  });

  test('measures what its limits are about in a quick run, too', () => {
    if (row.slow === true) return;
    const quick = row.subjects.filter(({ quick }) => quick).map(({ name }) => name);
    expect(quick).toEqual(expect.arrayContaining(row.limits.map(({ subject }) => subject)));
    expect(quick).toContain(row.against);
  });

  test('has a Python program where Python takes part', () => {
    if (row.python === undefined) return;
    expect(existsSync(new URL(`${row.group}-${row.name}.py`, folder))).toBe(true);
  });

  test('measures the quantities its limits are about', () => {
    const { limits, quantities = ['time'] } = row;
    for (const { what = 'time' } of limits) expect(quantities).toContain(what);
  });

  test.each(row.subjects)('gets the right answer from $name', async (subject) => {
    if ((row.missing?.() ?? null) !== null) return;
    const size = subject.resize?.(row.sizes.smallest) ?? row.sizes.smallest;
    const program = await subject.load();
    expect(await program(size, new Report())).toEqual(row.expected(size));
    expect(row.operations(size)).toBeGreaterThan(0);
  });
});

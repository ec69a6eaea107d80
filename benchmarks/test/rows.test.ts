import { describe, expect, test } from '@jest/globals';

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

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
      expect(names).toContain(of);
    }
  });

  test('has one limit at most for a subject on each Node', () => {
    for (const major of [20, 22, 24, 26]) {
      const subjects = row.limits.filter((limit) => appliesTo(limit, major));
      expect(new Set(subjects.map(({ subject }) => subject)).size).toBe(subjects.length);
    }
  });

  test('measures what its limits are about in a quick run, too', () => {
    const quick = row.subjects.filter(({ quick }) => quick).map(({ name }) => name);
    expect(quick).toEqual(expect.arrayContaining(row.limits.map(({ subject }) => subject)));
    expect(quick).toContain(row.against);
  });

  test('has a Python program where Python takes part', () => {
    if (row.python === undefined) return;
    expect(existsSync(new URL(`${row.group}-${row.name}.py`, folder))).toBe(true);
  });

  test.each(row.subjects)('gets the right answer from $name', async (subject) => {
    if ((row.missing?.() ?? null) !== null) return;
    const size = subject.resize?.(row.sizes.smallest) ?? row.sizes.smallest;
    const program = await subject.load();
    expect(await program(size)).toEqual(row.expected(size));
    expect(row.operations(size)).toBeGreaterThan(0);
  });
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

interface Name {
  readonly name: string;
  readonly topic: string;
  readonly whole: boolean;
  readonly status: 'there' | 'later' | 'left out' | 'missing';
  readonly problems: readonly string[];
}

interface Behaviour {
  readonly item: number;
  readonly section: string;
  readonly status: 'tested' | 'later' | 'cannot' | 'missing';
  readonly problems: readonly string[];
}

interface Reference {
  readonly names: readonly Name[];
  readonly behaviours: readonly Behaviour[];
  readonly problems: readonly string[];
  readonly stale: readonly string[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const { stdout, stderr } = spawnSync(
  process.execPath,
  ['--import', './scripts/hooks/ts-src.mjs', 'scripts/reference.mjs', '--json'],
  { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26, env: { ...process.env, NODE_OPTIONS: '' } },
);

test('the names and behaviours of Python’s asyncio are compared with the living modules', () => {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\{/);
});

const reference: Reference = stdout.startsWith('{')
  ? (JSON.parse(stdout) as Reference)
  : { names: [], behaviours: [], problems: [], stale: [] };
const topics = [...new Set(reference.names.filter(({ whole }) => whole).map(({ topic }) => topic))];
const sections = [...new Set(reference.behaviours.map(({ section }) => section))];

/** Each name or item with what is wrong with it. */
const wrong = (rows: readonly { readonly problems: readonly string[] }[]): unknown[] =>
  rows.filter(({ problems }) => problems.length > 0);

describe('the names of Python’s asyncio', () => {
  test('are all looked at', () => {
    expect(reference.names).toHaveLength(415);
    expect(topics).toHaveLength(16);
  });

  test.each(topics)(
    '%s: each is there, in both spellings, and tested, or left out for a reason',
    (topic) => {
      const names = reference.names.filter((name) => name.topic === topic);
      expect(wrong(names)).toEqual([]);
      expect(names.some(({ status }) => status === 'there')).toBe(true);
    },
  );

  test('of other topics: each is there, in both spellings, or said to come later', () => {
    expect(wrong(reference.names.filter(({ whole }) => !whole))).toEqual([]);
  });
});

describe('the behaviours of Python’s asyncio', () => {
  test('are all looked at', () => {
    expect(reference.behaviours.map(({ item }) => item)).toEqual(
      Array.from({ length: 371 }, (_, i) => i + 1),
    );
    expect(sections.join('')).toBe('ABCDEFGHIJKLMNOPQRS');
  });

  test.each(sections)('section %s: each is tested, or said why not', (section) => {
    expect(wrong(reference.behaviours.filter((row) => row.section === section))).toEqual([]);
  });
});

test('the lists kept by hand name nothing that is not there', () => {
  expect(reference.problems.filter((problem) => problem.includes('by-hand.json'))).toEqual([]);
});

test('the tables are as `npm run reference` writes them', () => {
  expect(reference.stale).toEqual([]);
});

// Programs written twice: the traces CPython gave for them are committed, and both kinds must give the same.
import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';

import { played, trialsOf } from '../src/compare.js';
import { askCPython } from '../src/cpython.js';
import { findReferee, NO_REFEREE } from '../src/referee.js';
import { loadTopic, topicNames } from '../src/topics.js';
import { readTraces } from '../src/traces.js';

const topics = await Promise.all(topicNames().map(loadTopic));
const recorded = new Map(topics.map(({ name }) => [name, readTraces(name)]));

test('each topic has its three files', () => {
  const names = (folder: string, ending: string): string[] =>
    readdirSync(new URL(`../${folder}/`, import.meta.url))
      .filter((file) => file.endsWith(ending))
      .map((file) => file.slice(0, -ending.length))
      .sort();
  expect(names('programs', '.py')).toEqual(topicNames());
  // The random programs have a trace there as well, and no topic.
  const traces = names('traces', '.txt').filter((name) => name !== 'random-programs');
  expect(traces).toEqual(topicNames());
});

test('there are at least 80 programs', () => {
  const programs = topics.reduce((sum, { twins }) => sum + twins.length, 0);
  expect(programs).toBeGreaterThanOrEqual(80);
});

describe.each(topics.map((topic) => [topic.name, topic] as const))('%s', (name, topic) => {
  const traces = recorded.get(name);

  test('each program is written in both languages, in the same order, and recorded', () => {
    const source = readFileSync(new URL(`../programs/${name}.ts`, import.meta.url), 'utf8');
    const written = /^export (?:function\* (\w+)|const (\w+) = (?:byHand|outside)\()/gm;
    const inOrder = [...source.matchAll(written)].map(([, both, other]) => both ?? other);
    expect(inOrder).toEqual(topic.twins);
    expect([...topic.programs.keys()].sort()).toEqual([...topic.twins].sort());
    expect([...(traces?.keys() ?? [])]).toEqual(topic.twins);
    for (const [program, lines] of traces ?? [])
      expect([program, lines]).not.toEqual([program, []]);
  });

  for (const [program, expected] of traces ?? []) {
    const ours = topic.programs.get(program);
    if (ours === undefined) continue;
    for (const trial of trialsOf(ours, topic, expected)) {
      test(`${program} [${trial.name}]`, async () => {
        const seen = await played(ours, trial, expected, topic);
        expect(seen.given).toEqual(seen.expected);
      });
    }
  }
});

const referee = findReferee();
const asked = referee === null ? test.skip : test;
const why = referee === null ? ` (skipped: ${NO_REFEREE})` : '';

asked(
  `the recorded traces are what CPython says today${why}`,
  () => {
    const names = topics.map(({ name }) => name);
    expect(askCPython(referee ?? '', names).traces).toEqual(recorded);
  },
  // One process for all programs: a second, and more where others work beside it.
  120_000,
);

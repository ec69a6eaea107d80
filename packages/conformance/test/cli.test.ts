import { expect, test } from '@jest/globals';

import { parseArguments } from '../src/arguments.js';
import { differenceOf } from '../src/compare.js';
import { type Both, traceOf } from '../src/program.js';
import { runPrograms } from '../src/run-programs.js';
import { Boom, show } from '../src/show.js';
import { loadTopic } from '../src/topics.js';
import { readTraces } from '../src/traces.js';

const nothing = { program: null, record: false, seeds: null, from: 0, help: false };

test.each([
  [[], nothing],
  [['--help'], { ...nothing, help: true }],
  [['--record', '--program', 'groups'], { ...nothing, record: true, program: 'groups' }],
  [['--seeds', '100000', '--from', '0'], { ...nothing, seeds: 100000 }],
  [['--seeds=5', '--from=7'], { ...nothing, seeds: 5, from: 7 }],
])('the command line %j is understood', (args, asked) => {
  expect(parseArguments(args)).toEqual(asked);
});

test.each([
  [['--seed', '5'], /--seed/],
  [['groups'], /groups/],
  [['--program'], /--program/],
  [['--seeds', 'many'], /--seeds takes a whole number, not 'many'/],
  [['--seeds', '-1'], /seeds/],
  [['--seeds', '1.5'], /--seeds takes a whole number, not '1.5'/],
  [['--seeds', ''], /--seeds takes a whole number, not ''/],
  [['--from', '5'], /--from needs --seeds/],
  [['--seeds', '5', '--record'], /--seeds goes with --from alone/],
])('the command line %j is refused', (args, why) => {
  expect(() => parseArguments(args)).toThrow(why);
});

test('one program is compared, and the last line is a count', async () => {
  const lines: string[] = [];
  const options = { record: false, print: (line: string) => void lines.push(line) };
  expect(await runPrograms({ ...options, program: 'groups.nestedGroups' })).toBe(0);
  expect(lines).toEqual(['programs: 1 equal, 0 different']);
  expect(await runPrograms({ ...options, program: 'noSuchProgram' })).toBe(2);
  expect(lines.at(-1)).toBe('No topic and no program is called noSuchProgram');
});

test('a difference is told, with both traces', async () => {
  const topic = await loadTopic('groups');
  const recorded = readTraces('groups').get('withoutChildren') ?? [];
  expect(recorded).toEqual(['0 body', '0 after']);
  expect(await differenceOf('withoutChildren', topic, recorded)).toBeNull();

  const told = await differenceOf('withoutChildren', topic, ['0 body', '1 after']);
  expect(told).toMatch(/^generator, virtual: line 2 is '0 after' in ours and '1 after' in CPython/);
  expect(told).toMatch(/ours {5}0 after\n {2}CPython {2}0 body\n {2}CPython {2}1 after$/);
});

test('a program that one language lacks, or that was never recorded, is a difference', async () => {
  const topic = await loadTopic('groups');
  expect(await differenceOf('elsewhere', topic, [])).toBe('it is not there in TypeScript');
  expect(await differenceOf('nestedGroups', topic, undefined)).toBe('its trace was not recorded');
  const alone = { ...topic, twins: [] };
  expect(await differenceOf('nestedGroups', alone, [])).toBe('it is not there in Python');
});

test('a program runs in its kind, and its functions as well, or turn about in the other one', async () => {
  const program: Both = function* ({ kind, log, body }) {
    const functions = [0, 1, 2].map(() => body(function* () {}));
    log(
      kind,
      functions.map((fn) => fn() instanceof Promise),
    );
  };
  const run = (kind: 'generator' | 'async', mixed: boolean) =>
    traceOf(program, { kind, selector: 'virtual', mixed }, { timed: true });
  expect(await run('generator', false)).toEqual(['0 generator [False, False, False]']);
  expect(await run('async', false)).toEqual(['0 async [True, True, True]']);
  expect(await run('generator', true)).toEqual(['0 generator [True, False, True]']);
  expect(await run('async', true)).toEqual(['0 async [False, True, False]']);
});

test('values are shown as Python shows them; what would differ is refused', () => {
  expect([null, undefined, true, 1, 1.5, 0.1 + 0.2, 'text'].map(show)).toEqual([
    'None',
    'None',
    'True',
    '1',
    '1.5',
    '0.3',
    'text',
  ]);
  expect(show([1, ['a', Buffer.from('b\n')]])).toBe('[1, [a, b"b\\n"]]');
  expect([new Boom('why'), new TypeError('ours')].map(show)).toEqual(['Boom(why)', 'TypeError']);
  expect(() => show({})).toThrow(/Cannot show this object in a trace/);
});

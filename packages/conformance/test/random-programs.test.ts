// Random programs: CPython's traces of the first seeds are committed as digests, and each kind must give the same.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { logger, NodeSelector } from '@asyncio-ts/loop';
import { Task } from '@asyncio-ts/futures';

import { CPython } from '../src/random/cpython.js';
import { describeDifference } from '../src/random/differ.js';
import { digestOf, readDigests, RECORDED } from '../src/random/digests.js';
import { generate } from '../src/random/generate.js';
import { runSeeds } from '../src/random/main.js';
import { isUntimed, modesOf } from '../src/random/modes.js';
import { play } from '../src/random/play.js';
import type { Mode, Program } from '../src/random/program.js';
import { findReferee, NO_REFEREE } from '../src/referee.js';

const BLOCK = 200;
/** A busy machine is no failure. */
const PATIENCE = 300_000;

const digests = readDigests();
const referee = findReferee();
const asked = referee === null ? test.skip : test;
const why = referee === null ? ` (skipped: ${NO_REFEREE})` : '';

// Programs leave coroutines unawaited, and errors unseen, on purpose.
const { warning, error } = logger;
beforeAll(() => void Object.assign(logger, { warning: () => {}, error: () => {} }));
afterAll(() => void Object.assign(logger, { warning, error }));

test(`${RECORDED} seeds are recorded`, () => {
  expect(digests).toHaveLength(RECORDED);
});

describe('a random program gives the trace of CPython', () => {
  for (let from = 0; from < RECORDED; from += BLOCK) {
    const name = `seeds ${from} to ${from + BLOCK - 1}`;
    test(
      name,
      async () => {
        const differing: string[] = [];
        for (let seed = from; seed < from + BLOCK; seed++) {
          const program = generate(seed);
          for (const mode of modesOf(program)) {
            const digest = digestOf(await play(program, mode));
            if (digest !== digests[seed]) differing.push(told(seed, mode));
          }
        }
        expect(differing).toEqual([]);
      },
      PATIENCE,
    );
  }
});

function told(seed: number, mode: Mode): string {
  return `seed ${seed} differs (${mode}); npm run conformance -- --seeds 1 --from ${seed} cuts it down`;
}

test(
  'and the same on the clock of Node, where it takes no time',
  async () => {
    const differing: string[] = [];
    let played = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const program = { ...generate(seed), rescue: false };
      if (!isUntimed(program)) continue;
      const expected = await play(program, 'generator');
      if (expected.includes('0 main deadlock')) continue;
      for (const mode of modesOf(program)) {
        played++;
        const got = await play(program, mode, new NodeSelector({ exactOrder: true }));
        if (got.join('\n') !== expected.join('\n')) differing.push(`seed ${seed} (${mode})`);
      }
    }
    expect(differing).toEqual([]);
    expect(played).toBeGreaterThan(100);
  },
  PATIENCE,
);

describe('CPython itself', () => {
  asked(
    `says today what was recorded${why}`,
    async () => {
      const cpython = new CPython(referee ?? '');
      try {
        const programs = Array.from({ length: 300 }, (_, seed) => generate(seed));
        const traces = await Promise.all(programs.map((program) => cpython.trace(program)));
        expect(traces.map(digestOf)).toEqual(digests.slice(0, programs.length));
      } finally {
        await cpython.close();
      }
    },
    PATIENCE,
  );

  asked(
    `is compared live${why}`,
    async () => {
      const cpython = new CPython(referee ?? '');
      try {
        for (let seed = RECORDED; seed < RECORDED + 100; seed++)
          await compare(cpython, generate(seed));
      } finally {
        await cpython.close();
      }
    },
    PATIENCE,
  );
});

describe('a library that differs', () => {
  const { uncancel } = Task.prototype;
  afterAll(() => void Object.assign(Task.prototype, { uncancel }));

  asked(
    `is found, and shown by a small program in both languages${why}`,
    async () => {
      Task.prototype.uncancel = function () {
        return uncancel.call(this) + 1;
      };
      const lines: string[] = [];
      const print = (line: string): void => void lines.push(line);
      expect(await runSeeds({ seeds: 40, from: RECORDED, print, show: 1 })).toBe(1);
      expect(lines.at(-1)).toMatch(/^40 programs, \d+ equal, [1-9]\d* differ$/);

      const [told = '', shown = ''] = lines.filter((line) => line.startsWith('\n'));
      expect(told).toMatch(/^\nseed \d+, cut down \(generator\):\n[^]*-: CPython, \+: asyncio-ts/);
      const [python = '', typeScript = ''] = shown.split('\n// node ');
      expect(python).toMatch(/from world import run\n[^]*async def .*\n[^]*uncancel/);
      expect(typeScript).toMatch(/import \{ open \} from .*play.ts[^]*function\* .*\n[^]*uncancel/);
      // Before it was cut down, it had more than fifty.
      for (const program of [python, typeScript])
        expect(program.split('\n').length).toBeLessThan(20);
    },
    PATIENCE,
  );
});

async function compare(cpython: CPython, program: Program): Promise<void> {
  const want = await cpython.trace(program);
  expect(want.length).toBeGreaterThan(2);
  for (const mode of modesOf(program)) {
    const got = await play(program, mode);
    if (got.join('\n') !== want.join('\n')) {
      throw new Error(`${told(program.seed, mode)}\n${describeDifference(want, got)}`);
    }
  }
}

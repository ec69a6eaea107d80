// Random programs of tasks, futures, cancels and timeouts, with the traces CPython 3.13 printed for them: both kinds of
// coroutines must give the same, line by line.
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { forEachImplementation } from '@asyncio-ts/testing';

import { Player, type Step } from './cpython/random-program.js';

interface Recorded {
  readonly seed: number;
  readonly timed: boolean;
  readonly program: readonly (readonly Step[])[];
  readonly trace: readonly string[];
}

const file = new URL('cpython/random-programs.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];

forEachImplementation(
  (implementation) => {
    // Without exactOrder an async function keeps a looser order; on the real clock times are not exact.
    if (!implementation.exact) return;
    const programs = implementation.virtual ? recorded : recorded.filter(({ timed }) => !timed);
    describe(implementation.name, () => {
      test.each(programs.map((one, n) => [`${n} (seed ${one.seed})`, one] as const))(
        'program %s gives the trace of CPython',
        async (_name, { program, timed, trace }) => {
          const played = await implementation.run(function* (scene) {
            scene.expectReportsAtClose(() => {});
            return [...(yield* new Player(scene, program, timed).play())];
          });
          expect(played).toEqual(trace);
        },
      );
    });
  },
  { selectors: ['virtual', 'node', 'node-exact'] },
);

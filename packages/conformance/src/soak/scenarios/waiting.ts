import { type Future } from '@asyncio-ts/futures';
import {
  anext,
  asCompleted,
  asyncFor,
  FIRST_COMPLETED,
  gather,
  shield,
  sleep,
  staggeredRace,
  TimeoutError,
  wait as waitMany,
} from '@asyncio-ts/tasks';
import { turn, wait } from '@asyncio-ts/testing';

import type { Iterations, Scenario } from '../scenario.js';
import type { Soak } from '../soak.js';
import type { Steps } from '../steps.js';

/** A scenario that waits, in one way or another, for one future that never finishes. */
function forOne(
  name: string,
  once: (soak: Soak, never: Future<unknown>) => (i: number) => Steps,
  weight = 2,
): Scenario {
  return {
    name,
    weight,
    begin(soak): Iterations {
      const never = soak.future();
      return {
        once: once(soak, never),
        counts: () => ({ 'listeners of the future': never._callbacks.length }),
      };
    },
  };
}

/** Many waits, some of them for one future that never finishes. */
export const waiting: readonly Scenario[] = [
  forOne(
    'wait for the first, one of them never finishes',
    (soak, never) =>
      function* () {
        const quick = soak.task(function* quick() {
          yield* wait(turn());
        });
        yield* wait(waitMany([never, quick], { returnWhen: FIRST_COMPLETED }));
      },
  ),
  forOne(
    'wait for a time, one of them never finishes',
    (_soak, never) =>
      function* () {
        yield* wait(waitMany([never], { timeout: 0.001 }));
      },
  ),
  forOne(
    'asCompleted with a time limit, one of them never finishes',
    (_soak, never) =>
      function* () {
        for (const next of asCompleted([never, sleep(0)], { timeout: 0.001 })) {
          try {
            yield* wait(next);
          } catch (error) {
            if (!(error instanceof TimeoutError)) throw error;
          }
        }
      },
    4,
  ),
  forOne(
    'gather of a shielded future that never finishes, cancelled',
    (soak, never) =>
      function* () {
        yield* soak.cancelled(
          soak.task(function* gathering() {
            yield* wait(gather(shield(never), sleep(0)));
          }),
        );
      },
    4,
  ),
  forOne(
    'tasks that wait for one shielded future and are cancelled',
    (soak, never) =>
      function* () {
        yield* soak.cancelled(
          soak.task(function* shielded() {
            yield* wait(shield(never));
          }),
        );
      },
    4,
  ),
  forOne(
    'callbacks added and removed',
    (_soak, never) =>
      function* () {
        const callback = (): void => undefined;
        never.addDoneCallback(callback);
        never.removeDoneCallback(callback);
        yield* wait(turn());
      },
    1,
  ),
  {
    name: 'gather',
    weight: 4,
    begin: () => ({
      *once() {
        yield* wait(gather(sleep(0), sleep(0), sleep(0)));
      },
    }),
  },
  {
    name: 'staggeredRace',
    weight: 8,
    begin: () => ({
      *once() {
        yield* wait(staggeredRace([() => sleep(9, 1), () => sleep(1, 2)], 0.5));
      },
    }),
  },
  {
    name: 'async generators, finished and left half-way',
    weight: 8,
    begin: () => {
      async function* numbers(): AsyncGenerator<number, void> {
        for (let i = 0; i < 3; i++) {
          await sleep(0);
          yield i;
        }
      }
      return {
        *once(i) {
          if (i % 2 === 0) yield* wait(asyncFor(numbers(), () => undefined));
          else yield* wait(anext(numbers()));
        },
      };
    },
  },
];

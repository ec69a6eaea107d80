import { type Coroutine, coroutine, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import { row, type Subject } from './harness/row.js';

interface Switches extends Record<string, number> {
  readonly switches: number;
}

const DEPTHS = [1, 10, 100, 500];

function generator(depth: number): Subject<Switches> {
  return {
    name: `generator, depth ${depth}`,
    load: () => {
      const call: (depth: number, switches: number) => Coroutine<number> = coroutine(function* (
        depth: number,
        switches: number,
      ) {
        if (depth > 1) return yield* call(depth - 1, switches);
        let done = 0;
        for (; done < switches; done++) yield;
        return done;
      });
      return async ({ switches }) => {
        const loop = new BaseEventLoop();
        const done = await runUntilComplete(loop, call(depth, switches));
        loop.close();
        return done;
      };
    },
  };
}

/** What it would be without a stack of the task's own: each resumption goes through all the frames. */
function bareGenerator(depth: number): Subject<Switches> {
  return {
    name: `bare generators, depth ${depth}`,
    load: () => {
      function* call(depth: number, switches: number): Generator<undefined, number> {
        if (depth > 1) return yield* call(depth - 1, switches);
        let done = 0;
        for (; done < switches; done++) yield;
        return done;
      }
      return ({ switches }) => {
        const top = call(depth, switches);
        for (;;) {
          const { done, value } = top.next();
          if (done === true) return value;
        }
      };
    },
  };
}

function native(depth: number): Subject<Switches> {
  return {
    name: `native, depth ${depth}`,
    load: () => {
      const call = async (depth: number, switches: number): Promise<number> => {
        if (depth > 1) return await call(depth - 1, switches);
        let done = 0;
        for (; done < switches; done++) await null;
        return done;
      };
      return ({ switches }) => call(depth, switches);
    },
  };
}

/** A coroutine that waits far down: the switch must not pay for those above it. */
export default row<Switches>({
  name: 'depth',
  group: 'futures',
  exactly:
    '20,000 switches at the leaf of 1, 10, 100, 500 nested coroutine calls (the calls themselves are in the figure)',
  sizes: {
    full: { switches: 20_000 },
    quick: { switches: 20_000 },
    smallest: { switches: 20 },
  },
  operation: 'switch',
  operations: ({ switches }) => switches,
  expected: ({ switches }) => switches,
  against: 'generator, depth 1',
  limits: [10, 100, 500].map((depth) => ({
    subject: `generator, depth ${depth}`,
    of: 'generator, depth 1',
    atMost: 1.3,
  })),
  subjects: [
    ...DEPTHS.map((depth) => ({ ...generator(depth), quick: true })),
    bareGenerator(1),
    bareGenerator(500),
    native(1),
    native(500),
  ],
});

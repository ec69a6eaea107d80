import { type Coroutine, coroutine, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import type { Effect as EffectType } from 'effect';

import { row } from './harness/row.js';

interface Argument extends Record<string, number> {
  readonly n: number;
}

const plain = (n: number): number => (n < 2 ? n : plain(n - 1) + plain(n - 2));

function ours(fib: (n: number) => Coroutine<number>) {
  return async ({ n }: Argument) => {
    const loop = new BaseEventLoop();
    const result = await runUntilComplete(loop, fib(n));
    loop.close();
    return result;
  };
}

/** Coroutines that call coroutines and never wait: what the call itself costs. */
export default row<Argument>({
  name: 'fib',
  group: 'futures',
  exactly: 'recursive coroutine calls fib(25), no suspension',
  sizes: { full: { n: 25 }, quick: { n: 20 }, smallest: { n: 7 } },
  operation: 'call',
  operations: ({ n }) => 2 * plain(n + 1) - 1,
  expected: ({ n }) => plain(n),
  against: 'native',
  limits: [{ subject: 'generator', of: 'native', atMost: 0.6 }],
  python: (size) => size,
  subjects: [
    {
      name: 'generator',
      quick: true,
      load: () => {
        const fib: (n: number) => Coroutine<number> = coroutine(function* (n: number) {
          return n < 2 ? n : (yield* fib(n - 1)) + (yield* fib(n - 2));
        });
        return ours(fib);
      },
    },
    {
      name: 'async',
      load: () => {
        const fib: (n: number) => Coroutine<number> = coroutine(async (n: number) =>
          n < 2 ? n : (await fib(n - 1)) + (await fib(n - 2)),
        );
        return ours(fib);
      },
    },
    {
      name: 'native',
      quick: true,
      load: () => {
        const fib = async (n: number): Promise<number> =>
          n < 2 ? n : (await fib(n - 1)) + (await fib(n - 2));
        return ({ n }) => fib(n);
      },
    },
    {
      name: 'bare generators',
      load: () => {
        function* fib(n: number): Generator<unknown, number> {
          return n < 2 ? n : (yield* fib(n - 1)) + (yield* fib(n - 2));
        }
        return ({ n }) => fib(n).next().value;
      },
    },
    {
      name: 'effect',
      package: 'effect',
      load: async () => {
        const { Effect } = await import('effect');
        type Fib = EffectType.Effect<number>;
        const fib = (n: number): Fib =>
          Effect.gen(function* () {
            return n < 2 ? n : (yield* fib(n - 1)) + (yield* fib(n - 2));
          });
        return ({ n }) => Effect.runPromise(fib(n));
      },
    },
  ],
});

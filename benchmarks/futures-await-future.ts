import { coroutine, createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import type { Deferred as EffectDeferred } from 'effect';

import { row } from './harness/row.js';

interface Rounds extends Record<string, number> {
  readonly rounds: number;
}

/** What one of the two has laid down for the other to resolve. */
interface Table<F> {
  waiting: F | null;
}

interface Deferred {
  readonly promise: Promise<number>;
  readonly resolve: (value: number) => void;
}

/** Two tasks that wake each other: what the wait for a Future costs, Future included. */
export default row<Rounds>({
  name: 'await-future',
  group: 'futures',
  exactly:
    'two tasks: each iteration one makes a new Future (native: a new Promise with its resolver kept), the other resolves it and awaits its own; 200,000 rounds',
  sizes: { full: { rounds: 200_000 }, quick: { rounds: 100_000 }, smallest: { rounds: 50 } },
  operation: 'await',
  operations: ({ rounds }) => 2 * rounds,
  // The first task is woken with 0, 1, 2, ..., the second one with the round that follows; the last is told 0.
  expected: ({ rounds }) => rounds * (rounds - 1),
  against: 'native',
  limits: [
    { subject: 'generator', of: 'native', atMost: 1.0 },
    { subject: 'async', of: 'native', atMost: 5, beforeNode: 24 },
    { subject: 'async', of: 'native', atMost: 3.5, fromNode: 24 },
  ],
  python: ({ rounds }) => ({ rounds: Math.ceil(rounds / 10) }),
  subjects: [
    {
      name: 'generator',
      quick: true,
      load: () => {
        const player = coroutine(function* (
          loop: BaseEventLoop,
          table: Table<Future<number>>,
          rounds: number,
        ) {
          let sum = 0;
          for (let round = 0; round < rounds; round++) {
            const mine = new Future<number>({ loop });
            const other = table.waiting;
            table.waiting = mine;
            if (other !== null) other.setResult(round);
            sum += yield* mine;
          }
          table.waiting?.setResult(0);
          table.waiting = null;
          return sum;
        });
        return twoPlayers(player);
      },
    },
    {
      name: 'async',
      quick: true,
      load: () => {
        const player = coroutine(
          async (loop: BaseEventLoop, table: Table<Future<number>>, rounds: number) => {
            let sum = 0;
            for (let round = 0; round < rounds; round++) {
              const mine = new Future<number>({ loop });
              const other = table.waiting;
              table.waiting = mine;
              if (other !== null) other.setResult(round);
              sum += await mine;
            }
            table.waiting?.setResult(0);
            table.waiting = null;
            return sum;
          },
        );
        return twoPlayers(player);
      },
    },
    {
      name: 'native',
      quick: true,
      load: () => nativePlayers,
    },
    {
      name: 'native + AsyncLocalStorage',
      load: async () => {
        const { AsyncLocalStorage } = await import('node:async_hooks');
        const storage = new AsyncLocalStorage();
        return (size) => storage.run({}, () => nativePlayers(size));
      },
    },
    {
      name: 'bluebird',
      package: 'bluebird',
      load: async () => {
        const { default: Bluebird } = await import('bluebird');
        const player = Bluebird.coroutine(function* (
          table: Table<{ readonly resolve: (value: number) => void }>,
          rounds: number,
        ) {
          let sum = 0;
          for (let round = 0; round < rounds; round++) {
            let resolve!: (value: number) => void;
            const promise = new Bluebird<number>((keep) => {
              resolve = keep;
            });
            const other = table.waiting;
            table.waiting = { resolve };
            if (other !== null) other.resolve(round);
            sum += (yield promise) as number;
          }
          table.waiting?.resolve(0);
          table.waiting = null;
          return sum;
        });
        return async ({ rounds }) => {
          const table = { waiting: null };
          const both = [player(table, rounds), player(table, rounds)] as PromiseLike<number>[];
          const [one, two] = await Promise.all(both);
          return (one as number) + (two as number);
        };
      },
    },
    {
      name: 'effect',
      package: 'effect',
      load: async () => {
        const { Deferred, Effect } = await import('effect');
        type Waiting = EffectDeferred.Deferred<number>;
        const player = (table: Table<Waiting>, rounds: number) =>
          Effect.gen(function* () {
            let sum = 0;
            for (let round = 0; round < rounds; round++) {
              const mine = yield* Deferred.make<number>();
              const other = table.waiting;
              table.waiting = mine;
              if (other !== null) yield* Deferred.succeed(other, round);
              sum += yield* Deferred.await(mine);
            }
            if (table.waiting !== null) yield* Deferred.succeed(table.waiting, 0);
            table.waiting = null;
            return sum;
          });
        return async ({ rounds }) => {
          const table: Table<Waiting> = { waiting: null };
          const both = [player(table, rounds), player(table, rounds)];
          const [one, two] = await Effect.runPromise(
            Effect.all(both, { concurrency: 'unbounded' }),
          );
          return (one as number) + (two as number);
        };
      },
    },
  ],
});

type Player = ReturnType<
  typeof coroutine<
    [loop: BaseEventLoop, table: Table<Future<number>>, rounds: number],
    Promise<number>
  >
>;

function twoPlayers(player: Player) {
  return async ({ rounds }: Rounds) => {
    const loop = new BaseEventLoop();
    const table: Table<Future<number>> = { waiting: null };
    const sum = await runUntilComplete(loop, function* () {
      const one = createTask(loop, player(loop, table, rounds));
      const two = createTask(loop, player(loop, table, rounds));
      return (yield* one) + (yield* two);
    });
    loop.close();
    return sum;
  };
}

async function nativePlayer(table: Table<Deferred>, rounds: number): Promise<number> {
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    let resolve!: (value: number) => void;
    const promise = new Promise<number>((keep) => {
      resolve = keep;
    });
    const other = table.waiting;
    table.waiting = { promise, resolve };
    if (other !== null) other.resolve(round);
    sum += await promise;
  }
  table.waiting?.resolve(0);
  table.waiting = null;
  return sum;
}

async function nativePlayers({ rounds }: Rounds): Promise<number> {
  const table: Table<Deferred> = { waiting: null };
  const [one, two] = await Promise.all([nativePlayer(table, rounds), nativePlayer(table, rounds)]);
  return one + two;
}

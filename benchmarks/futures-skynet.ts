import { type Coroutine, coroutine, createTask, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import type { Effect as EffectType } from 'effect';

import { type Program, row } from './harness/row.js';

interface Levels extends Record<string, number> {
  readonly levels: number;
  /** For Python: tasks that start at once. */
  readonly eager: number;
}

const CHILDREN = 10;

const leavesOf = ({ levels }: Levels): number => CHILDREN ** levels;
const sum = (values: readonly number[]): number => values.reduce((total, n) => total + n, 0);

/** A level less: where a million leaves would take minutes. */
const aTenth = (size: Levels): Levels => ({ ...size, levels: Math.max(1, size.levels - 1) });

/** The numbers of the first leaves of the children. */
const firstLeaves = (first: number, leaves: number): number[] =>
  Array.from({ length: CHILDREN }, (_, n) => first + (n * leaves) / CHILDREN);

type Skynet = (loop: BaseEventLoop, first: number, leaves: number) => Coroutine<number>;

const skynet: Skynet = coroutine(function* (loop: BaseEventLoop, first: number, leaves: number) {
  if (leaves === 1) return first;
  const tasks = firstLeaves(first, leaves).map((child) =>
    createTask(loop, skynet(loop, child, leaves / CHILDREN), { eagerStart: true }),
  );
  let total = 0;
  for (const task of tasks) total += yield* task;
  return total;
});

const asyncSkynet: Skynet = coroutine(
  async (loop: BaseEventLoop, first: number, leaves: number) => {
    if (leaves === 1) return first;
    const tasks = firstLeaves(first, leaves).map((child) =>
      createTask(loop, asyncSkynet(loop, child, leaves / CHILDREN), { eagerStart: true }),
    );
    let total = 0;
    for (const task of tasks) total += await task;
    return total;
  },
);

function ours(skynet: Skynet): Program<Levels> {
  return async (size) => {
    const loop = new BaseEventLoop();
    const total = await runUntilComplete(loop, skynet(loop, 0, leavesOf(size)));
    loop.close();
    return total;
  };
}

async function native(first: number, leaves: number): Promise<number> {
  if (leaves === 1) return first;
  const children = firstLeaves(first, leaves).map((child) => native(child, leaves / CHILDREN));
  return sum(await Promise.all(children));
}

async function bluebird(): Promise<Program<Levels>> {
  const { default: Bluebird } = await import('bluebird');
  const skynet: (first: number, leaves: number) => PromiseLike<number> = Bluebird.coroutine(
    function* (first: number, leaves: number) {
      if (leaves === 1) return first;
      const children = firstLeaves(first, leaves).map((child) => skynet(child, leaves / CHILDREN));
      return sum((yield Bluebird.all(children)) as number[]);
    },
  );
  return (size) => skynet(0, leavesOf(size));
}

async function co(): Promise<Program<Levels>> {
  const { default: co } = await import('co');
  const skynet: (first: number, leaves: number) => Promise<number> = co.wrap(function* (
    first: number,
    leaves: number,
  ) {
    if (leaves === 1) return first;
    const children = firstLeaves(first, leaves).map((child) => skynet(child, leaves / CHILDREN));
    return sum((yield children) as number[]);
  });
  return (size) => skynet(0, leavesOf(size));
}

async function effect(): Promise<Program<Levels>> {
  const { Effect } = await import('effect');
  const skynet = (first: number, leaves: number): EffectType.Effect<number> =>
    leaves === 1
      ? Effect.succeed(first)
      : Effect.suspend(() => {
          const children = firstLeaves(first, leaves).map((n) => skynet(n, leaves / CHILDREN));
          return Effect.map(Effect.all(children, { concurrency: 'unbounded' }), sum);
        });
  return (size) => Effect.runPromise(skynet(0, leavesOf(size)));
}

/** A tree of tasks the leaves of which only say their number. */
export default row<Levels>({
  name: 'skynet',
  group: 'futures',
  exactly:
    '10 children, 6 levels, 1,000,000 leaves, each a task that starts at once; the sum of their numbers',
  sizes: {
    full: { levels: 6, eager: 1 },
    quick: { levels: 5, eager: 1 },
    smallest: { levels: 2, eager: 1 },
  },
  operation: 'leaf',
  operations: leavesOf,
  // 499999500000 for a million leaves.
  expected: (size) => (leavesOf(size) * (leavesOf(size) - 1)) / 2,
  against: 'native',
  limits: [{ subject: 'generator', of: 'native', atMost: 0.5 }],
  python: [
    { name: 'eager', eager: true, resize: aTenth },
    { name: 'lazy', resize: (size) => ({ ...aTenth(size), eager: 0 }) },
  ],
  subjects: [
    { name: 'generator', quick: true, load: () => ours(skynet) },
    { name: 'async', quick: true, resize: aTenth, load: () => ours(asyncSkynet) },
    { name: 'native', quick: true, load: () => (size) => native(0, leavesOf(size)) },
    { name: 'bluebird', package: 'bluebird', load: bluebird },
    { name: 'co', package: 'co', resize: aTenth, load: co },
    { name: 'effect', package: 'effect', resize: aTenth, load: effect },
  ],
});

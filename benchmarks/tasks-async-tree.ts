import { type Coroutine, coroutine, runUntilComplete, setTaskFactory } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { eagerTaskFactory, gather, sleep, TaskGroup } from '@asyncio-ts/tasks';

import type { Effect as EffectType } from 'effect';

import { type Program, type PythonSubject, row, type Subject } from './harness/row.js';

interface Tree extends Record<string, number> {
  readonly levels: number;
  readonly branches: number;
  /** How long a leaf sleeps; 0: it only returns. */
  readonly milliseconds: number;
  /** For Python: tasks that start at once, and a TaskGroup in place of `gather`. */
  readonly eager: number;
  readonly group: number;
}

/** What was called, counted on the way. */
interface Count {
  coroutines: number;
  leaves: number;
}

/** As pyperformance has it. */
const IO_MILLISECONDS = 50;

type Leaf = 'none' | 'io';
type Grow = (size: Tree, count: Count, level: number) => PromiseLike<unknown>;

/** The coroutines of a whole tree. */
const coroutinesOf = ({ levels, branches }: Tree): number =>
  Array.from({ length: levels + 1 }, (_, level) => branches ** level).reduce((sum, n) => sum + n);

/** Counts a coroutine, and says whether it is a leaf. */
function isLeaf(count: Count, level: number): boolean {
  count.coroutines++;
  if (level > 0) return false;
  count.leaves++;
  return true;
}

const workload = coroutine(function* (milliseconds: number) {
  if (milliseconds > 0) yield* sleep(milliseconds / 1000);
});

const withGather: (size: Tree, count: Count, level: number) => Coroutine<void> = coroutine(
  function* (size: Tree, count: Count, level: number) {
    if (isLeaf(count, level)) return yield* workload(size.milliseconds);
    yield* gather(Array.from({ length: size.branches }, () => withGather(size, count, level - 1)));
  },
);

const withGroup: (size: Tree, count: Count, level: number) => Coroutine<void> = coroutine(
  function* (size: Tree, count: Count, level: number) {
    if (isLeaf(count, level)) return yield* workload(size.milliseconds);
    yield* new TaskGroup().use(function* (group) {
      for (let n = 0; n < size.branches; n++) group.createTask(withGroup(size, count, level - 1));
    });
  },
);

const asyncWorkload = coroutine(async (milliseconds: number) => {
  if (milliseconds > 0) await sleep(milliseconds / 1000);
});

const asyncWithGather: (size: Tree, count: Count, level: number) => Coroutine<void> = coroutine(
  async (size: Tree, count: Count, level: number) => {
    if (isLeaf(count, level)) return await asyncWorkload(size.milliseconds);
    await gather(
      Array.from({ length: size.branches }, () => asyncWithGather(size, count, level - 1)),
    );
  },
);

const asyncWithGroup: (size: Tree, count: Count, level: number) => Coroutine<void> = coroutine(
  async (size: Tree, count: Count, level: number) => {
    if (isLeaf(count, level)) return await asyncWorkload(size.milliseconds);
    await new TaskGroup().use(async (group) => {
      for (let n = 0; n < size.branches; n++) {
        group.createTask(asyncWithGroup(size, count, level - 1));
      }
    });
  },
);

function ours(grow: Grow, eager: boolean): Program<Tree> {
  return async (size) => {
    const loop = new BaseEventLoop();
    if (eager) setTaskFactory(loop, eagerTaskFactory);
    const count: Count = { coroutines: 0, leaves: 0 };
    await runUntilComplete(loop, grow(size, count, size.levels));
    loop.close();
    return count;
  };
}

/** A program that calls a function of the tree, which gives a promise. */
function tree(grow: Grow): Program<Tree> {
  return async (size) => {
    const count: Count = { coroutines: 0, leaves: 0 };
    await grow(size, count, size.levels);
    return count;
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function nativeWorkload(milliseconds: number): Promise<void> {
  if (milliseconds > 0) await pause(milliseconds);
}

async function nativeGrow(size: Tree, count: Count, level: number): Promise<void> {
  if (isLeaf(count, level)) return await nativeWorkload(size.milliseconds);
  await Promise.all(
    Array.from({ length: size.branches }, () => nativeGrow(size, count, level - 1)),
  );
}

async function bluebird(): Promise<Program<Tree>> {
  const { default: Bluebird } = await import('bluebird');
  const work: (milliseconds: number) => PromiseLike<void> = Bluebird.coroutine(function* (
    milliseconds: number,
  ) {
    if (milliseconds > 0) yield Bluebird.delay(milliseconds);
  });
  const grow: (size: Tree, count: Count, level: number) => PromiseLike<void> = Bluebird.coroutine(
    function* (size: Tree, count: Count, level: number) {
      if (isLeaf(count, level)) yield work(size.milliseconds);
      else
        yield Bluebird.all(
          Array.from({ length: size.branches }, () => grow(size, count, level - 1)),
        );
    },
  );
  return tree(grow);
}

async function co(): Promise<Program<Tree>> {
  const { default: co } = await import('co');
  const work = co.wrap(function* (milliseconds: number) {
    if (milliseconds > 0) yield pause(milliseconds);
  });
  const grow: (size: Tree, count: Count, level: number) => Promise<void> = co.wrap(function* (
    size: Tree,
    count: Count,
    level: number,
  ) {
    if (isLeaf(count, level)) yield work(size.milliseconds);
    else yield Array.from({ length: size.branches }, () => grow(size, count, level - 1));
  });
  return tree(grow);
}

async function effect(): Promise<Program<Tree>> {
  const { Effect } = await import('effect');
  const grow = (size: Tree, count: Count, level: number): EffectType.Effect<void> =>
    Effect.gen(function* () {
      if (isLeaf(count, level)) {
        if (size.milliseconds > 0) yield* Effect.sleep(size.milliseconds);
        return;
      }
      const branches = Array.from({ length: size.branches }, () => grow(size, count, level - 1));
      yield* Effect.all(branches, { concurrency: 'unbounded', discard: true });
    });
  return tree((size, count, level) => Effect.runPromise(grow(size, count, level)));
}

async function effection(): Promise<Program<Tree>> {
  const { all, run, sleep } = await import('effection');
  type Op = Generator<never, void>;
  function* grow(size: Tree, count: Count, level: number): Op {
    if (isLeaf(count, level)) {
      if (size.milliseconds > 0) yield* sleep(size.milliseconds) as unknown as Op;
      return;
    }
    const branches = Array.from({ length: size.branches }, () => ({
      [Symbol.iterator]: () => grow(size, count, level - 1),
    }));
    yield* all(branches) as unknown as Op;
  }
  return tree((size, count, level) => run(() => grow(size, count, level)));
}

const milliseconds = (leaf: Leaf): number => (leaf === 'io' ? IO_MILLISECONDS : 0);
const withLeaf =
  (leaf: Leaf) =>
  (size: Tree): Tree => ({ ...size, milliseconds: milliseconds(leaf) });

const LEAVES: readonly Leaf[] = ['none', 'io'];
const KINDS = [
  { kind: 'generator', gather: withGather, group: withGroup },
  { kind: 'async', gather: asyncWithGather, group: asyncWithGroup },
];
const WAYS = [
  { way: 'gather', start: 'lazy' },
  { way: 'gather', start: 'eager' },
  { way: 'group', start: 'lazy' },
  { way: 'group', start: 'eager' },
] as const;

const describe = (leaf: Leaf, { way, start }: (typeof WAYS)[number]): string =>
  `${leaf}, ${way === 'group' ? 'TaskGroup' : 'gather'}, ${start}`;

function subjectsOf(leaf: Leaf): Subject<Tree>[] {
  const against = `native, ${leaf}`;
  const shared = { against, resize: withLeaf(leaf) };
  const mine = KINDS.flatMap(({ kind, ...grows }) =>
    WAYS.map((one) => ({
      name: `${kind}, ${describe(leaf, one)}`,
      quick: true,
      load: () => ours(grows[one.way], one.start === 'eager'),
      ...shared,
    })),
  );
  // Its tree of scopes takes a tenth of a second for a hundred of its operations.
  const smaller = (size: Tree): Tree => ({
    ...withLeaf(leaf)(size),
    levels: Math.min(size.levels, 4),
  });
  return [
    ...mine,
    { name: against, quick: true, load: () => tree(nativeGrow), ...shared },
    { name: `bluebird, ${leaf}`, package: 'bluebird', load: bluebird, ...shared },
    { name: `co, ${leaf}`, package: 'co', load: co, ...shared },
    { name: `effect, ${leaf}`, package: 'effect', load: effect, ...shared },
    {
      name: `effection, ${leaf}`,
      package: 'effection',
      load: effection,
      against,
      resize: smaller,
    },
  ];
}

const pythons = LEAVES.flatMap((leaf) =>
  WAYS.map((one): PythonSubject<Tree> => ({
    name: describe(leaf, one),
    against: `native, ${leaf}`,
    eager: one.start === 'eager',
    rounds: 5,
    resize: (size) => ({
      ...withLeaf(leaf)(size),
      eager: Number(one.start === 'eager'),
      group: Number(one.way === 'group'),
    }),
  })),
);

/** A generator's tree that only returns is held to one limit eager, and to another one lazy; one that sleeps, to one. */
const limits = WAYS.flatMap((one) => [
  {
    subject: `generator, ${describe('none', one)}`,
    of: 'native, none',
    atMost: one.start === 'eager' ? 0.5 : 1.0,
  },
  { subject: `generator, ${describe('io', one)}`, of: 'native, io', atMost: 0.9 },
  { subject: `async, ${describe('io', one)}`, of: 'native, io', atMost: 1.6 },
]);

const whole = { milliseconds: 0, eager: 0, group: 0 };

/** pyperformance's `async_tree`: tasks that make tasks, and at the leaves wait for nothing, or for a timer. */
export default row<Tree>({
  name: 'async-tree',
  group: 'tasks',
  exactly:
    'pyperformance’s async_tree: 6 levels, 6 branches (55,987 coroutines, 46,656 leaves); leaf `none` returns, `io` sleeps 0.05 s',
  sizes: {
    full: { levels: 6, branches: 6, ...whole },
    quick: { levels: 5, branches: 6, ...whole },
    smallest: { levels: 2, branches: 3, ...whole },
  },
  operation: 'coroutine',
  operations: coroutinesOf,
  expected: (size) => ({ coroutines: coroutinesOf(size), leaves: size.branches ** size.levels }),
  waits: true,
  against: 'native, none',
  limits,
  python: pythons,
  subjects: LEAVES.flatMap(subjectsOf),
});

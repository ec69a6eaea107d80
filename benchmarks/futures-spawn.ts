import { coroutine, createTask, runUntilComplete, type Task } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { gather, sleep } from '@asyncio-ts/tasks';

import { row } from './harness/row.js';

interface Tasks extends Record<string, number> {
  readonly tasks: number;
  /** For Python: tasks that start at once. */
  readonly eager: number;
}

const atATenth = (size: Tasks): Tasks => ({ ...size, tasks: Math.ceil(size.tasks / 10) });

const worker = coroutine(function* (n: number) {
  yield;
  return n;
});

const asyncWorker = coroutine(async (n: number) => {
  await null;
  return n;
});

/** Gives up its turn in the way of the library; native code has no such thing. */
const sleeper = coroutine(async (n: number) => {
  await sleep(0);
  return n;
});

const nativeWorker = async (n: number) => {
  await null;
  return n;
};

const sum = (values: readonly number[]): number => values.reduce((total, n) => total + n, 0);

async function nativeTasks({ tasks }: Tasks): Promise<number> {
  return sum(await Promise.all(Array.from({ length: tasks }, (_, n) => nativeWorker(n))));
}

/** Many short tasks: what it costs to make one, run it and take its result. */
export default row<Tasks>({
  name: 'spawn',
  group: 'futures',
  exactly: '200,000 tasks, one await each, gathered, against `Promise.all`',
  sizes: {
    full: { tasks: 200_000, eager: 0 },
    quick: { tasks: 50_000, eager: 0 },
    smallest: { tasks: 20, eager: 0 },
  },
  operation: 'task',
  operations: ({ tasks }) => tasks,
  expected: ({ tasks }) => (tasks * (tasks - 1)) / 2,
  against: 'native',
  limits: [
    { subject: 'generator', of: 'native', atMost: 0.7 },
    { subject: 'async', of: 'native', atMost: 3, beforeNode: 24 },
    { subject: 'async', of: 'native', atMost: 2, fromNode: 24 },
  ],
  python: [
    { name: '', resize: atATenth },
    { name: 'eager', eager: true, resize: (size) => ({ ...atATenth(size), eager: 1 }) },
  ],
  subjects: [
    {
      name: 'generator',
      quick: true,
      load: () => ours((loop, n) => createTask(loop, worker(n))),
    },
    {
      name: 'async',
      quick: true,
      load: () => ours((loop, n) => createTask(loop, asyncWorker(n))),
    },
    {
      name: 'generator, eager',
      load: () => ours((loop, n) => createTask(loop, worker(n), { eagerStart: true })),
    },
    {
      name: 'async, eager',
      load: () => ours((loop, n) => createTask(loop, asyncWorker(n), { eagerStart: true })),
    },
    {
      name: 'async with sleep(0)',
      load: () => ours((loop, n) => createTask(loop, sleeper(n))),
    },
    { name: 'native', quick: true, load: () => nativeTasks },
    {
      name: 'native + AsyncLocalStorage',
      load: async () => {
        const { AsyncLocalStorage } = await import('node:async_hooks');
        const storage = new AsyncLocalStorage();
        return (size) => storage.run({}, () => nativeTasks(size));
      },
    },
    {
      name: 'bluebird',
      package: 'bluebird',
      load: async () => {
        const { default: Bluebird } = await import('bluebird');
        const worker: (n: number) => PromiseLike<number> = Bluebird.coroutine(function* (
          n: number,
        ) {
          yield Bluebird.resolve();
          return n;
        });
        return async ({ tasks }) =>
          sum(await Bluebird.all(Array.from({ length: tasks }, (_, n) => worker(n))));
      },
    },
    {
      name: 'co',
      package: 'co',
      load: async () => {
        const { default: co } = await import('co');
        const worker = co.wrap(function* (n: number) {
          yield Promise.resolve();
          return n;
        });
        return async ({ tasks }) =>
          sum(await Promise.all(Array.from({ length: tasks }, (_, n) => worker(n))));
      },
    },
    {
      name: 'effect',
      package: 'effect',
      resize: atATenth,
      load: async () => {
        const { Effect } = await import('effect');
        const worker = (n: number) => Effect.as(Effect.yieldNow, n);
        return async ({ tasks }) => {
          const all = Array.from({ length: tasks }, (_, n) => worker(n));
          return sum(await Effect.runPromise(Effect.all(all, { concurrency: 'unbounded' })));
        };
      },
    },
    {
      name: 'effection',
      package: 'effection',
      resize: atATenth,
      load: async () => {
        const { all, run, until } = await import('effection');
        function* worker(n: number) {
          yield* until(Promise.resolve());
          return n;
        }
        return async ({ tasks }) => {
          const workers = Array.from({ length: tasks }, (_, n) => ({
            [Symbol.iterator]: () => worker(n),
          }));
          return sum(await run(() => all(workers)));
        };
      },
    },
  ],
});

function ours(spawn: (loop: BaseEventLoop, n: number) => Task<number>) {
  return async ({ tasks }: Tasks) => {
    const loop = new BaseEventLoop();
    const total = await runUntilComplete(loop, function* () {
      return sum(yield* gather(Array.from({ length: tasks }, (_, n) => spawn(loop, n))));
    });
    loop.close();
    return total;
  };
}

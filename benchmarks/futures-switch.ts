import { createTask, coroutine, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import { row } from './harness/row.js';

interface Tasks extends Record<string, number> {
  readonly tasks: number;
  readonly yields: number;
}

const atATenth = (size: Tasks): Tasks => ({ ...size, yields: Math.ceil(size.yields / 10) });

/** Many tasks that only give up their turn: what a switch costs. */
export default row<Tasks>({
  name: 'switch',
  group: 'futures',
  exactly: '1,000 tasks x 1,000 bare yields, against `await null`',
  sizes: {
    full: { tasks: 1000, yields: 1000 },
    quick: { tasks: 1000, yields: 300 },
    smallest: { tasks: 3, yields: 20 },
  },
  operation: 'switch',
  operations: ({ tasks, yields }) => tasks * yields,
  expected: ({ tasks, yields }) => tasks * yields,
  against: 'native',
  limits: [{ subject: 'generator', of: 'native', atMost: 0.6 }],
  python: atATenth,
  subjects: [
    {
      name: 'generator',
      quick: true,
      load: () => {
        const worker = coroutine(function* (yields: number) {
          let done = 0;
          for (; done < yields; done++) yield;
          return done;
        });
        return async ({ tasks, yields }) => {
          const loop = new BaseEventLoop();
          const sum = await runUntilComplete(loop, function* () {
            const all = Array.from({ length: tasks }, () => createTask(loop, worker(yields)));
            let total = 0;
            for (const task of all) total += yield* task;
            return total;
          });
          loop.close();
          return sum;
        };
      },
    },
    {
      name: 'native',
      quick: true,
      load: () => {
        const worker = async (yields: number) => {
          let done = 0;
          for (; done < yields; done++) await null;
          return done;
        };
        return async ({ tasks, yields }) => {
          const all = Array.from({ length: tasks }, () => worker(yields));
          return (await Promise.all(all)).reduce((total, done) => total + done, 0);
        };
      },
    },
    {
      name: 'bluebird',
      package: 'bluebird',
      load: async () => {
        const { default: Bluebird } = await import('bluebird');
        const worker: (yields: number) => PromiseLike<number> = Bluebird.coroutine(function* (
          yields: number,
        ) {
          let done = 0;
          for (; done < yields; done++) yield Bluebird.resolve();
          return done;
        });
        return async ({ tasks, yields }) => {
          const all = Array.from({ length: tasks }, () => worker(yields));
          return (await Bluebird.all(all)).reduce((total, done) => total + done, 0);
        };
      },
    },
    {
      name: 'co',
      package: 'co',
      load: async () => {
        const { default: co } = await import('co');
        const worker = co.wrap(function* (yields: number) {
          let done = 0;
          for (; done < yields; done++) yield Promise.resolve();
          return done;
        });
        return async ({ tasks, yields }) => {
          const all = Array.from({ length: tasks }, () => worker(yields));
          return (await Promise.all(all)).reduce((total, done) => total + done, 0);
        };
      },
    },
    {
      name: 'effect',
      package: 'effect',
      resize: atATenth,
      load: async () => {
        const { Effect } = await import('effect');
        const worker = (yields: number) =>
          Effect.gen(function* () {
            let done = 0;
            for (; done < yields; done++) yield* Effect.yieldNow;
            return done;
          });
        return async ({ tasks, yields }) => {
          const all = Array.from({ length: tasks }, () => worker(yields));
          const counts = await Effect.runPromise(Effect.all(all, { concurrency: 'unbounded' }));
          return counts.reduce((total, done) => total + done, 0);
        };
      },
    },
    {
      name: 'effection',
      package: 'effection',
      resize: atATenth,
      load: async () => {
        const { all, run, until } = await import('effection');
        function* worker(yields: number) {
          let done = 0;
          for (; done < yields; done++) yield* until(Promise.resolve());
          return done;
        }
        return async ({ tasks, yields }) => {
          const workers = Array.from({ length: tasks }, () => ({
            [Symbol.iterator]: () => worker(yields),
          }));
          const counts = await run(() => all(workers));
          return counts.reduce((total, done) => total + done, 0);
        };
      },
    },
  ],
});

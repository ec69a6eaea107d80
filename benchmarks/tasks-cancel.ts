import { coroutine, createTask, runUntilComplete, type Task } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { gather, sleep } from '@asyncio-ts/tasks';

import { row } from './harness/row.js';

interface Tasks extends Record<string, number> {
  readonly tasks: number;
}

/** What every task leaves behind: it came to its `finally`, and ended as cancelled. */
interface Count {
  finals: number;
  cancelled: number;
}

/** Longer than anybody waits. */
const HOUR = 3600;

const atATenth = ({ tasks }: Tasks): Tasks => ({ tasks: Math.ceil(tasks / 10) });

const sleeper = coroutine(function* (count: Count) {
  try {
    yield* sleep(HOUR);
  } finally {
    count.finals++;
  }
});

const asyncSleeper = coroutine(async (count: Count) => {
  try {
    await sleep(HOUR);
  } finally {
    count.finals++;
  }
});

function ours(spawn: (loop: BaseEventLoop, count: Count) => Task<void>) {
  return async ({ tasks }: Tasks) => {
    const loop = new BaseEventLoop();
    const count: Count = { finals: 0, cancelled: 0 };
    await runUntilComplete(loop, function* () {
      const all = Array.from({ length: tasks }, () => spawn(loop, count));
      yield* sleep(0);
      for (const task of all) task.cancel();
      yield* gather(all, { returnExceptions: true });
      for (const task of all) if (task.cancelled()) count.cancelled++;
    });
    loop.close();
    return count;
  };
}

async function native() {
  const { setImmediate, setTimeout } = await import('node:timers/promises');
  const sleeper = async (signal: AbortSignal, count: Count): Promise<void> => {
    try {
      await setTimeout(HOUR * 1000, undefined, { signal });
    } finally {
      count.finals++;
    }
  };
  return async ({ tasks }: Tasks) => {
    const count: Count = { finals: 0, cancelled: 0 };
    const controllers = Array.from({ length: tasks }, () => new AbortController());
    const all = controllers.map(({ signal }) => sleeper(signal, count));
    const settled = Promise.allSettled(all);
    await setImmediate();
    for (const controller of controllers) controller.abort();
    for (const { status } of await settled) if (status === 'rejected') count.cancelled++;
    return count;
  };
}

async function effect() {
  const { Effect, Exit, Fiber } = await import('effect');
  return async ({ tasks }: Tasks) => {
    const count: Count = { finals: 0, cancelled: 0 };
    const sleeper = Effect.ensuring(
      Effect.sleep(HOUR * 1000),
      Effect.sync(() => {
        count.finals++;
      }),
    );
    const main = Effect.gen(function* () {
      const fibers = [];
      for (let n = 0; n < tasks; n++) fibers.push(yield* Effect.forkChild(sleeper));
      yield* Effect.yieldNow;
      yield* Fiber.interruptAll(fibers);
      for (const fiber of fibers) {
        const exit = yield* Fiber.await(fiber);
        if (Exit.isFailure(exit)) count.cancelled++;
      }
    });
    await Effect.runPromise(main);
    return count;
  };
}

/** Tasks that wait for something that will not come, and are told so. */
export default row<Tasks>({
  name: 'cancel',
  group: 'tasks',
  exactly:
    '100,000 sleeping tasks made, cancelled and awaited, `finally` in each, against AbortController + timers/promises',
  sizes: { full: { tasks: 100_000 }, quick: { tasks: 20_000 }, smallest: { tasks: 20 } },
  operation: 'task',
  operations: ({ tasks }) => tasks,
  expected: ({ tasks }) => ({ finals: tasks, cancelled: tasks }),
  against: 'AbortController',
  limits: [
    { subject: 'generator', of: 'AbortController', atMost: 0.25 },
    { subject: 'async', of: 'AbortController', atMost: 0.4 },
  ],
  python: atATenth,
  subjects: [
    {
      name: 'generator',
      quick: true,
      load: () => ours((loop, count) => createTask(loop, sleeper(count))),
    },
    {
      name: 'async',
      quick: true,
      load: () => ours((loop, count) => createTask(loop, asyncSleeper(count))),
    },
    { name: 'AbortController', quick: true, load: native },
    { name: 'effect', package: 'effect', resize: atATenth, load: effect },
  ],
});

// What Node keeps of a run that is over: promises that settle late, callbacks that carry the frame of an old task.
import { expect, test } from '@jest/globals';
import { BaseEventLoop, getRunningLoop, RuntimeError, VirtualSelector } from '@asyncio-ts/loop';
import { createTask, invoke, runUntilComplete, type TaskBody } from '@asyncio-ts/futures';
import { gather, sleep } from '@asyncio-ts/tasks';

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const waiting: Record<string, (promise: Promise<unknown>) => TaskBody<unknown>> = {
  'a generator that waits for it': (promise) =>
    function* () {
      yield promise;
    },
  'an async function that waits for it': (promise) => async () => {
    await promise;
  },
  'a generator that calls such an async function': (promise) =>
    function* () {
      yield* invoke(async () => {
        await promise;
      });
      yield;
    },
};

test.each(Object.entries(waiting))(
  'a promise that settles after the loop was closed disturbs nobody: %s',
  async (_name, body) => {
    const loop = new BaseEventLoop();
    const reported: string[] = [];
    loop.setExceptionHandler((_loop, context) => reported.push(context.message));
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    for (const outcome of ['resolve', 'reject'] as const) {
      const promise = new Promise<void>((resolve, reject) => {
        setTimeout(() => (outcome === 'resolve' ? resolve() : reject(new Error('late'))), 20);
      });
      gather([createTask(loop, body(promise))]);
    }
    loop.callSoon(() => loop.callSoon(() => loop.stop()));
    await loop.runForever();
    loop.close();
    await later(40);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(reported.slice(0, 2)).toEqual([
      'Task was destroyed but it is pending!',
      'Task was destroyed but it is pending!',
    ]);
    for (const message of reported.slice(2)) expect(message).toMatch(/after its loop was closed/);
  },
);

const ends: Record<string, { fails: TaskBody<never>; waits: TaskBody<void> }> = {
  'of generators': {
    *fails() {
      throw new Error('failed');
    },
    waits: () => sleep(60),
  },
  'of async functions': {
    async fails() {
      throw new Error('failed');
    },
    async waits() {
      await sleep(60);
    },
  },
};

test.each(Object.entries(ends))(
  'a closed loop tells what failed in it, then what is pending: %s',
  async (_name, { fails, waits }) => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const reported: string[] = [];
    loop.setExceptionHandler((_loop, context) => reported.push(context.message));
    await runUntilComplete(loop, async () => {
      createTask(loop, waits);
      createTask(loop, fails);
      await sleep(1);
    });
    loop.close();
    expect(reported).toEqual([
      'Task exception was never retrieved',
      'Task was destroyed but it is pending!',
    ]);
  },
);

test('a callback of Node made in an earlier run belongs to the loop that runs now', async () => {
  const first = new BaseEventLoop();
  let ring = (): void => {};
  await runUntilComplete(first, async () => {
    void new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => ring());
  });
  const second = new BaseEventLoop();
  const third = new BaseEventLoop();
  // It was only stopped, not closed: nothing runs in it, so another loop may be started.
  const started = new Promise((resolve) => {
    ring = () => resolve(runUntilComplete(second, sleep(0, 'started')));
  });
  expect(await started).toBe('started');
  first.close();

  await runUntilComplete(second, async () => {
    void later(10).then(() => ring());
  });
  second.close();
  const seen = new Promise((resolve, reject) => {
    ring = () => {
      expect(() => getRunningLoop()).toThrow(RuntimeError);
      handlerTask().then(resolve, reject);
    };
  });
  const handlerTask = async (): Promise<unknown> => sleep(0.001, 'in the third');
  expect(await runUntilComplete(third, async () => seen)).toBe('in the third');
  third.close();
});

test('a sloppy thenable resumes a task once', async () => {
  const loop = new BaseEventLoop();
  const twice = {
    then(fulfilled: (value: number) => void) {
      setTimeout(() => {
        fulfilled(1);
        setTimeout(fulfilled, 1, 2);
      }, 1);
    },
  } as unknown as PromiseLike<number>;
  const broken = {
    then() {
      throw new Error('broken then');
    },
  } as unknown as PromiseLike<number>;
  const result = await runUntilComplete(loop, function* () {
    const first = yield* invoke(() => twice);
    const slept = yield* sleep(0.02, 'slept');
    let message: unknown;
    try {
      yield* invoke(() => broken);
    } catch (error) {
      message = (error as Error).message;
    }
    return [first, slept, message];
  });
  expect(result).toEqual([1, 'slept', 'broken then']);
  expect(loop._outside).toBe(0);
  loop.close();
});

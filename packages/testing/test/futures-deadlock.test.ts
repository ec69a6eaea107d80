import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
import {
  coroutine,
  createTask,
  DeadlockError,
  Future,
  runUntilComplete,
  runUntilCompleteSync,
  type Task,
} from '@asyncio-ts/futures';
import { gather } from '@asyncio-ts/tasks';
import { forEachImplementation, wait } from '@asyncio-ts/testing';

// The process of a run that can never finish ends: that is seen from outside.
import { runChild } from '../../../scripts/test/child.js';

const quiet = (loop: BaseEventLoop): BaseEventLoop => {
  loop.setExceptionHandler(() => {});
  return loop;
};

describe('on virtual time', () => {
  forEachImplementation(
    (implementation) => {
      test(`a run that can never finish rejects with the tree of who waits for what [${implementation.name}]`, async () => {
        const loop = quiet(implementation.newLoop());
        const future = new Future({ loop });
        const inner = implementation.coroutine(function* inner() {
          yield* wait(future);
        });
        const main = implementation.coroutine(function* main() {
          const child = createTask(loop, inner(), { name: 'child' });
          const other = createTask(
            loop,
            implementation.coroutine(function* other() {
              yield* wait(child);
            })(),
            { name: 'other' },
          );
          yield;
          yield* wait(other);
        });
        const task = createTask(loop, main(), { name: 'main task' });
        let error: unknown;
        try {
          await runUntilComplete(loop, task);
        } catch (caught) {
          error = caught;
        }
        expect(error).toBeInstanceOf(DeadlockError);
        const { message } = error as DeadlockError;
        expect(message).toMatch(/^The run can never finish: nothing is ready/);
        const shape = message
          .split('\n')
          .slice(1)
          .map((line) => line.replace(/ \(.*/, ''));
        expect(shape).toEqual([
          '- main task',
          '  waits for',
          '    - other',
          '      waits for',
          '        - child',
          '          waits for',
          expect.stringMatching(/^ {12}- <Future pending/),
        ]);
        expect(message).toMatch(
          implementation.kind === 'async' ? /\(async function\)/ : /\(generator\)/,
        );
        expect(loop.isRunning()).toBe(false);
        // The loop is left as it was: whoever sets the future can run it on.
        future.setResult(null);
        await runUntilComplete(loop, task);
        loop.close();
      });

      test(`what stands between is passed through: the children of a gather [${implementation.name}]`, async () => {
        const loop = quiet(implementation.newLoop());
        const future = new Future({ loop });
        const children = ['one', 'two'].map((name) =>
          createTask(
            loop,
            implementation.coroutine(function* () {
              yield* wait(future);
            })(),
            { name },
          ),
        );
        const main = implementation.coroutine(function* main() {
          yield* wait(gather(children));
        });
        const task = createTask(loop, main(), { name: 'main task' });
        let message = '';
        await runUntilComplete(loop, task).catch((error: Error) => {
          message = error.message;
        });
        const shape = message
          .split('\n')
          .slice(1)
          .map((line) => line.replace(/ (?:\(|pending).*/, ''));
        expect(shape).toEqual([
          '- main task',
          '  waits for',
          '    - <GatheringFuture',
          ...['one', 'two'].flatMap((name) => [
            '      waits for',
            `        - ${name}`,
            '          waits for',
            '            - <Future',
          ]),
        ]);
        loop.close();
      });

      test(`timers that still run are waited for, then it is reported [${implementation.name}]`, async () => {
        const loop = quiet(implementation.newLoop());
        const main = implementation.coroutine(function* () {
          loop.callLater(1000, () => {});
          yield* wait(new Future({ loop }));
        });
        await expect(runUntilComplete(loop, main())).rejects.toThrow(DeadlockError);
        expect(loop.time()).toBe(1000);
        loop.close();
      });

      test(`a foreign promise may still come: nothing is claimed [${implementation.name}]`, async () => {
        const loop = quiet(implementation.newLoop());
        const main = implementation.coroutine(function* () {
          return yield* wait(
            new Promise<string>((resolve) => setTimeout(resolve, 10, 'came after all')),
          );
        });
        expect(await runUntilComplete(loop, main())).toBe('came after all');
        loop.close();
      });

      test(`a task that waits for itself through others is a cycle [${implementation.name}]`, async () => {
        const loop = quiet(implementation.newLoop());
        const tasks: Task<unknown>[] = [];
        for (const i of [0, 1]) {
          tasks.push(
            createTask(
              loop,
              implementation.coroutine(function* () {
                yield;
                yield* wait(tasks[1 - i] as Task<unknown>);
              })(),
              { name: `task ${i}` },
            ),
          );
        }
        await expect(runUntilComplete(loop, tasks[0] as Task<unknown>)).rejects.toThrow(
          /- task 0[^]*- task 1[^]*- task 0.*\(see above\)/,
        );
        loop.close();
      });
    },
    { selectors: ['virtual'] },
  );

  test('in debug mode it says where each task was made', async () => {
    const loop = quiet(new BaseEventLoop({ selector: new VirtualSelector(), debug: true }));
    const task = createTask(loop, function* () {
      yield* new Future({ loop });
    });
    await expect(runUntilComplete(loop, task)).rejects.toThrow(/futures-deadlock\.test\.ts/);
    loop.close();
  });

  test.each([false, true])('it says where each stands [debug: %s]', async (debug) => {
    const loop = quiet(new BaseEventLoop({ selector: new VirtualSelector(), debug }));
    const future = new Future({ loop });
    const inner = coroutine(function* inner() {
      yield* future;
    });
    const generators = createTask(
      loop,
      coroutine(function* outer() {
        yield* inner();
      })(),
    );
    const functions = createTask(loop, async function main() {
      await future;
    });
    const report = await runUntilComplete(loop, generators).catch((error: Error) => error.message);
    expect(report).toMatch(
      /\(generator\), in outer > inner at .*futures-deadlock\.test\.ts:\d+:\d+$/m,
    );
    expect(report).toMatch(
      debug
        ? /\(async function\), in main at .*futures-deadlock\.test\.ts:\d+:\d+$/m
        : /\(async function\), in main$/m,
    );
    expect(functions.done()).toBe(false);
    loop.close();
  });

  test('also when run synchronously', () => {
    const loop = quiet(new BaseEventLoop({ selector: new VirtualSelector() }));
    expect(() =>
      runUntilCompleteSync(loop, function* () {
        yield* new Future({ loop });
      }),
    ).toThrow(DeadlockError);
    loop.close();
  });

  test('runForever is never a deadlock', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const run = loop.runForever();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(loop.isRunning()).toBe(true);
    loop.stop();
    await run;
    loop.close();
  });
});

describe('on Node’s loop', () => {
  const program = (before: string): string => `
    import { BaseEventLoop } from '@asyncio-ts/loop';
    import { createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
    const loop = new BaseEventLoop();
    const future = new Future({ loop });
    ${before}
    const main = createTask(loop, async function main() { return await future; }, { name: 'main' });
    console.log('result', await runUntilComplete(loop, main));
  `;

  test('when Node has nothing left the run rejects, and the process ends with the tree', async () => {
    const { code, stdout, stderr } = await runChild(program(''));
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/DeadlockError: The run can never finish/);
    expect(stderr).toMatch(/- main \(async function\), in main\n +waits for\n +- <Future pending/);
  });

  test('a foreign timer that still runs may end the wait: nothing is claimed', async () => {
    const { code, stdout, stderr } = await runChild(
      program(`setTimeout(() => future.setResult('late'), 50);`),
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('result late\n');
    expect(code).toBe(0);
  });

  test('a worker that still runs may end the wait as well', async () => {
    const { code, stdout } = await runChild(
      program(`
        const { Worker } = await import('node:worker_threads');
        const worker = new Worker("require('node:worker_threads').parentPort.postMessage('worker')", { eval: true, execArgv: [] });
        worker.on('message', (message) => future.setResult(message));
      `),
    );
    expect(stdout).toBe('result worker\n');
    expect(code).toBe(0);
  });
});

test('each run that can never finish is reported, also one that began after another was', async () => {
  const { code, stdout, stderr } = await runChild(`
    import { BaseEventLoop } from '@asyncio-ts/loop';
    import { Future, runUntilComplete } from '@asyncio-ts/futures';
    for (let n = 1; n <= 3; n++) {
      const loop = new BaseEventLoop();
      try {
        await runUntilComplete(loop, new Future({ loop }));
      } catch (error) {
        console.log(n, error.name);
      }
    }
  `);
  expect([code, stdout, stderr]).toEqual([
    0,
    '1 DeadlockError\n2 DeadlockError\n3 DeadlockError\n',
    '',
  ]);
});

test('a timer that does not hold the process is no deadlock', async () => {
  const { code, stdout, stderr } = await runChild(`
    import { BaseEventLoop } from '@asyncio-ts/loop';
    import { Future, runUntilComplete } from '@asyncio-ts/futures';
    const loop = new BaseEventLoop();
    const future = new Future({ loop });
    loop.callLater(30, () => future.setResult());
    loop.unref();
    process.on('exit', () => console.log('exit'));
    runUntilComplete(loop, future);
  `);
  expect([code, stdout, stderr]).toEqual([0, 'exit\n', '']);
});

test('many loops in one thread watch the process with one listener', async () => {
  const before = process.listenerCount('beforeExit');
  const loops = Array.from({ length: 12 }, () => new BaseEventLoop());
  const futures = loops.map((loop) => new Future<number>({ loop }));
  const runs = loops.map((loop, i) => runUntilComplete(loop, futures[i] as Future<number>));
  expect(process.listenerCount('beforeExit')).toBe(before + 1);
  futures.forEach((future, i) => future.setResult(i));
  expect(await Promise.all(runs)).toEqual(futures.map((_, i) => i));
  expect(process.listenerCount('beforeExit')).toBe(before);
  for (const loop of loops) loop.close();
});

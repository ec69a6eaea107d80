// What is reported when objects are collected, or when a process ends, is seen from outside only.
import { expect, test } from '@jest/globals';

import { runChild } from '../../../scripts/test/child.js';

const header = `
  import { BaseEventLoop } from '@asyncio-ts/loop';
  import { coroutine, createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
  const loop = new BaseEventLoop();
  const collect = async () => {
    for (let i = 0; i < 5; i++) { globalThis.gc(); await new Promise((resolve) => setTimeout(resolve, 5)); }
  };
`;

test.concurrent(
  'a coroutine that was never awaited is reported when the process ends',
  async () => {
    const { code, stderr } = await runChild(`${header}
    const forgotten = coroutine(function* forgotten() { yield; });
    const started = coroutine(async function started() {});
    forgotten();
    await runUntilComplete(loop, started());
    const closed = coroutine(function* closed() {})();
    closed.close();
  `);
    expect(code).toBe(0);
    expect(stderr.match(/was never awaited/g)).toHaveLength(1);
    expect(stderr).toMatch(/RuntimeWarning: coroutine 'forgotten' was never awaited/);
  },
);

test.concurrent(
  'in debug mode the report of a coroutine that was never awaited says where it was made',
  async () => {
    const { stdout } = await runChild(
      `${header}
    loop.setDebug(true);
    loop.setExceptionHandler((_loop, context) => console.log(context.message, context.sourceTraceback));
    const forgotten = coroutine(function* forgotten() { yield; });
    const used = coroutine(function* used() { yield; });
    function itsMaker() { forgotten(); }
    await runUntilComplete(loop, async () => {
      itsMaker();
      for (let i = 0; i < 2000; i++) await used();
      await collect();
    });
  `,
      { flags: ['--expose-gc'] },
    );
    expect(stdout).toMatch(/^coroutine 'forgotten' was never awaited[^]*at itsMaker/);
  },
);

test.concurrent('it is reported when it is collected, to the loop that runs', async () => {
  const { stdout, stderr } = await runChild(
    `${header}
    loop.setExceptionHandler((_loop, context) => console.log('handler:', context.message));
    const forgotten = coroutine(function* forgotten() { yield; });
    const used = coroutine(function* used() { yield; });
    await runUntilComplete(loop, async () => {
      forgotten();
      for (let i = 0; i < 2000; i++) await used();
      await collect();
    });
  `,
    { flags: ['--expose-gc'] },
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^handler: coroutine 'forgotten' was never awaited/);
  expect(stdout.trim().split('\n')).toHaveLength(1);
});

test.concurrent(
  '[S14] [S248] an error nobody retrieved is reported when it is collected',
  async () => {
    const { stdout, stderr } = await runChild(
      `${header}
    loop.setExceptionHandler((_loop, context) => console.log(context.message, '|', String(context.exception)));
    await runUntilComplete(loop, async () => {
      (() => {
        new Future({ loop }).setException(new Error('of a future'));
        createTask(loop, function* () { yield; throw new Error('of a task'); });
        const looked = new Future({ loop });
        looked.setException(new Error('looked at'));
        looked.exception();
      })();
      await collect();
      console.log('still running');
    });
  `,
      { flags: ['--expose-gc'] },
    );
    expect(stderr).toBe('');
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, 2).sort()).toEqual([
      'Future exception was never retrieved | Error: of a future',
      'Task exception was never retrieved | Error: of a task',
    ]);
    expect(lines.slice(2)).toEqual(['still running']);
  },
);

test.concurrent('[S14] or, at the latest, when the process ends', async () => {
  const { stderr } = await runChild(`${header}
    globalThis.kept = new Future({ loop });
    kept.setException(new Error('kept and forgotten'));
  `);
  expect(stderr).toMatch(/Future exception was never retrieved[^]*kept and forgotten/);
});

test.concurrent(
  'an exception that leaves a plain script ends the process with its stack',
  async () => {
    const { code, stderr } = await runChild(`${header}
    await runUntilComplete(loop, function* main() { yield; throw new RangeError('out'); });
  `);
    expect(code).toBe(1);
    expect(stderr).toMatch(/RangeError: out/);
  },
);

test.concurrent(
  'programs of generator coroutines alone never switch AsyncLocalStorage on',
  async () => {
    const { stdout } = await runChild(`
    import { BaseEventLoop, framesInUse } from '@asyncio-ts/loop';
    import { coroutine, createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
    const loop = new BaseEventLoop();
    const inner = coroutine(function* () { yield; return 1; });
    await runUntilComplete(loop, function* () {
      const future = new Future({ loop });
      loop.callSoon(() => future.setResult(1));
      yield* future;
      yield* createTask(loop, inner());
      yield* inner();
      yield Promise.resolve();
    });
    console.log('generators', framesInUse());
    await runUntilComplete(loop, async () => {});
    console.log('async', framesInUse());
  `);
    expect(stdout).toBe('generators false\nasync true\n');
  },
);

test.concurrent(
  'runUntilComplete does not hold the process by itself, timers of the loop do',
  async () => {
    const { code, stdout } = await runChild(`${header}
    process.on('exit', () => console.log('exit'));
    const future = new Future({ loop });
    loop.callLater(0.03, () => future.setResult('timer'));
    console.log(await runUntilComplete(loop, future));
  `);
    expect(stdout).toBe('timer\nexit\n');
    expect(code).toBe(0);
  },
);

test.concurrent(
  '[S41] KeyboardInterrupt in an async function leaves the run from whatever microtask',
  async () => {
    const { code, stdout, stderr } = await runChild(`
    import { BaseEventLoop, KeyboardInterrupt } from '@asyncio-ts/loop';
    import { createTask, runUntilComplete } from '@asyncio-ts/futures';
    const loop = new BaseEventLoop();
    const main = createTask(loop, async () => {
      await createTask(loop, async () => { await null; await null; throw new KeyboardInterrupt('stop'); });
    });
    try {
      await runUntilComplete(loop, main);
    } catch (error) {
      console.log(error.name, loop.isRunning());
    }
    loop.setExceptionHandler(() => {});
    loop.close();
  `);
    expect(stderr).toBe('');
    expect(stdout).toBe('KeyboardInterrupt false\n');
    expect(code).toBe(0);
  },
);

// What reaches Node itself, and what a program prints when nobody takes an error: seen from outside only.
import { describe, expect, test } from '@jest/globals';

import { runChild } from '../../../scripts/test/child.js';

const header = `
  import { BaseEventLoop } from '@asyncio-ts/loop';
  import { coroutine, createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
  import { gather, sleep } from '@asyncio-ts/tasks';
  const loop = new BaseEventLoop({ debug: process.env.DEBUG === '1' });
  loop.slowCallbackDuration = 60; // a busy machine is no finding
`;
const watched = `${header}
  loop.setExceptionHandler((_loop, { message, exception }) => {
    console.log('handler:', message, '|', String(exception));
  });
  process.on('unhandledRejection', (error) => console.log('unhandledRejection:', String(error)));
  process.on('uncaughtException', (error) => console.log('uncaughtException:', String(error)));
`;

async function lines(script: string, env: Record<string, string> = {}): Promise<string[]> {
  const { code, stdout, stderr } = await runChild(script, { flags: ['--expose-gc'], env });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout.trim().split('\n');
}

describe('Node hears of an error only when the user made a promise of it', () => {
  test.concurrent('a task, a future and a gather that fail', async () => {
    // In which order is for the garbage collector to say, which may come before the end.
    const told = await lines(`${watched}
      await runUntilComplete(loop, async () => {
        createTask(loop, async () => { throw new Error('async'); });
        createTask(loop, function* () { throw new Error('generator'); });
        createTask(loop, async () => { await sleep(0); throw new Error('later'); });
        gather(async () => { throw new Error('gathered'); });
        new Future({ loop }).setException(new Error('of a future'));
        await sleep(0.001);
      });
      loop.close();
    `);
    expect(told.sort()).toEqual([
      'handler: Future exception was never retrieved | Error: of a future',
      'handler: GatheringFuture exception was never retrieved | Error: gathered',
      'handler: Task exception was never retrieved | Error: async',
      'handler: Task exception was never retrieved | Error: generator',
      'handler: Task exception was never retrieved | Error: later',
    ]);
  });

  test.concurrent('what is awaited, raced or caught is nobody else’s', async () => {
    expect(
      await lines(`${watched}
      const fail = coroutine(async (name) => { await sleep(0); throw new Error(name); });
      await runUntilComplete(loop, async () => {
        await fail('awaited').catch(() => {});
        await Promise.all([fail('one'), fail('two')]).catch((error) => console.log(String(error)));
        await Promise.race([createTask(loop, fail('a')), createTask(loop, fail('b'))]).catch(() => {});
        createTask(loop, fail('listened to')).then(undefined, () => {});
        await sleep(0.001);
      });
      loop.close();
    `),
    ).toEqual(['Error: one']);
  });

  test.concurrent(
    'a promise of a future that is dropped is a promise that is dropped',
    async () => {
      expect(
        await lines(`${watched}
      await runUntilComplete(loop, async () => {
        const future = new Future({ loop });
        void future.then(() => {});
        future.setException(new Error('of a future'));
        const fail = coroutine(function* () { yield; throw new Error('of a coroutine'); });
        void fail().then();
        await sleep(0.001);
        const call = async () => { await sleep(0); throw new Error('of a call'); };
        void call();
        await sleep(0.001);
      });
      loop.close();
    `),
      ).toEqual([
        'unhandledRejection: Error: of a future',
        'unhandledRejection: Error: of a coroutine',
        'unhandledRejection: Error: of a call',
      ]);
    },
  );

  test.concurrent('an async call dropped inside a task ends the process as ever', async () => {
    const { code, stdout, stderr } = await runChild(`${header}
      await runUntilComplete(loop, async () => {
        const call = async () => { await sleep(0); throw new Error('dropped'); };
        void call();
        await sleep(0.1);
        console.log('never reached');
      });
    `);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Error: dropped');
  });

  test.concurrent('callbacks of timers, sockets and signals', async () => {
    expect(
      await lines(`${watched}
      import { createServer, connect } from 'node:net';
      import { once } from 'node:events';
      const server = createServer((socket) => socket.end('data')).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const socket = connect(server.address().port, '127.0.0.1');
      await once(socket, 'connect');
      await runUntilComplete(loop, async () => {
        loop.callLater(0, () => { throw new Error('of a timer'); });
        await sleep(0.001);
        const done = new Future({ loop });
        loop.addReader(socket, () => {
          loop.removeReader(socket);
          done.setResult();
          throw new Error('of a reader');
        });
        await done;
        await sleep(0);
      });
      socket.destroy();
      server.close();
      loop.close();
    `),
    ).toEqual([
      'handler: Exception in callback <anonymous>() | Error: of a timer',
      'handler: Exception in callback <anonymous>() | Error: of a reader',
    ]);
  });
});

test.concurrent('an exception handler is taken back with null', async () => {
  const { stdout, stderr } = await runChild(`${header}
    const fail = (name) => loop.callSoon(() => { throw new Error(name); });
    await runUntilComplete(loop, function* () {
      loop.setExceptionHandler((_loop, { exception }) => console.log('custom:', exception.message));
      fail('first');
      yield; yield;
      loop.setExceptionHandler(null);
      fail('second');
      yield; yield;
    });
  `);
  expect(stdout.trim()).toBe('custom: first');
  expect(stderr).toMatch(
    /^Exception in callback <anonymous>\(\)\nhandle: <Handle .*\nError: second\n/,
  );
  expect(stderr).not.toContain('first');
});

test.concurrent(
  'the default handler tells the message, the task, where it was made and the traceback',
  async () => {
    const { code, stderr } = await runChild(
      `${header}
    async function work() { await sleep(0); throw new RangeError('boom'); }
    await runUntilComplete(loop, async () => {
      createTask(loop, work, { name: 'worker' });
      await sleep(0.001);
    });
    loop.close();
  `,
      { env: { DEBUG: '1' } },
    );
    expect(code).toBe(0);
    const [message, future, created, where, ...rest] = stderr.split('\n');
    expect(message).toBe('Task exception was never retrieved');
    expect(future).toMatch(
      /^future: <Task finished name='worker' coro=<work> exception=RangeError\("boom"\) created at .*\[eval1\]:\d+:\d+/,
    );
    expect(created).toBe('Object created at (most recent call first):');
    expect(where).toMatch(/^ +at .*\[eval1\]:\d+:\d+/);
    const traceback = rest.indexOf('RangeError: boom');
    expect(traceback).toBeGreaterThan(0);
    expect(rest[traceback + 1]).toMatch(/^ +at work .*\[eval1\]:\d+:\d+/);
  },
);

test.concurrent('a coroutine that was never awaited tells where it was made', async () => {
  const script = `${header}
    loop.setExceptionHandler((_loop, { message, sourceTraceback }) => {
      console.log(message);
      console.log(sourceTraceback);
    });
    const forgotten = coroutine(function* forgotten() { yield; });
    await runUntilComplete(loop, async () => {
      forgotten();
      for (let i = 0; i < 5; i++) await sleep(0);
      for (let i = 0; i < 5; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
  `;
  const [message, where] = await lines(script, { DEBUG: '1' });
  expect(message).toMatch(/^coroutine 'forgotten' was never awaited/);
  expect(where).toMatch(/^ +at .*\[eval1\]:\d+:\d+/);
});

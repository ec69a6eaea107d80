// What a loop does to its process is seen from outside only.
import { expect, test } from '@jest/globals';

import { runChild } from '../../../scripts/test/child.js';

test('runForever keeps the process alive; unref lets go', async () => {
  const script = (unref: boolean): string => `
    import { BaseEventLoop } from '@asyncio-ts/loop';
    const loop = new BaseEventLoop();
    process.on('exit', () => console.log('exit'));
    ${unref ? 'loop.unref();' : ''}
    loop.runForever().then(() => console.log('stopped'));
    loop.callLater(30, () => console.log('never'));
    const timer = setTimeout(() => { console.log('still here'); loop.stop(); loop.close; }, 60);
    ${unref ? 'timer.unref();' : 'timer.unref();'}
  `;
  const [held, released] = await Promise.all([runChild(script(false)), runChild(script(true))]);
  expect(held.stdout.split('\n')).toEqual(['still here', 'stopped', 'exit', '']);
  expect(held.code).toBe(0);
  expect(released.stdout).toBe('exit\n');
  expect(released.code).toBe(0);
});

test('[S225] an error in a callback is printed with its stack, and the process goes on', async () => {
  const { code, stdout, stderr } = await runChild(`
    import { BaseEventLoop } from '@asyncio-ts/loop';
    const loop = new BaseEventLoop();
    loop.callSoon(function breaks() { throw new Error('boom'); });
    loop.callLater(0.01, () => loop.stop());
    await loop.runForever();
    loop.close();
    console.log('went on');
  `);
  expect(stdout).toBe('went on\n');
  expect(stderr).toMatch(/Exception in callback breaks\(\)[^]*Error: boom\n +at /);
  expect(code).toBe(0);
});

test('[S249] ASYNCIO_DEBUG=1 turns debug mode on', async () => {
  const { stdout } = await runChild(
    `import { BaseEventLoop } from '@asyncio-ts/loop';
     console.log(new BaseEventLoop().getDebug());`,
    { env: { ASYNCIO_DEBUG: '1' } },
  );
  expect(stdout).toBe('true\n');
});

test('a worker thread has loops of its own', async () => {
  const { stdout, stderr } = await runChild(`
    import { Worker, isMainThread } from 'node:worker_threads';
    import { BaseEventLoop, getRunningLoop, threadLoop } from '@asyncio-ts/loop';
    const loop = new BaseEventLoop();
    loop.callSoon(() => {
      console.log('main', getRunningLoop() === loop);
      const worker = new Worker(\`
        (async () => {
          const { BaseEventLoop, getRunningLoop, threadLoop } = await import('@asyncio-ts/loop');
          const alone = threadLoop() === null;
          const loop = new BaseEventLoop();
          loop.callLater(0.01, () => { console.log('worker', alone, getRunningLoop() === loop); loop.stop(); });
          await loop.runForever();
        })();
      \`, { eval: true });
      worker.on('exit', () => loop.stop());
    });
    await loop.runForever();
  `);
  expect(stderr).toBe('');
  expect(stdout).toBe('main true\nworker true true\n');
});

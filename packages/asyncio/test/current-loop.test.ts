import { Worker } from 'node:worker_threads';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { thread } from '@asyncio-ts/loop';
import {
  BaseEventLoop,
  EventLoop,
  getEventLoop,
  getRunningLoop,
  newEventLoop,
  run,
  RuntimeError,
  setEventLoop,
} from 'asyncio-ts';

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;

/** What setEventLoop said is the state of the thread, and each test begins with a thread that never heard of it. */
beforeEach(() => {
  thread.current = undefined;
});
afterEach(() => {
  thread.current = undefined;
});

describe('getEventLoop', () => {
  test('[S236] makes and sets a loop in the main thread when none was ever set', () => {
    const loop = getEventLoop();
    expect(loop).toBeInstanceOf(EventLoop);
    expect(getEventLoop()).toBe(loop);
    loop.close();
  });

  test('gives the loop that was set', () => {
    const loop = newEventLoop();
    setEventLoop(loop);
    expect(getEventLoop()).toBe(loop);
    loop.close();
  });

  test('[S237] is an error after setEventLoop(null) that names what to call', () => {
    setEventLoop(null);
    expect(() => getEventLoop()).toThrow(RuntimeError);
    expect(() => getEventLoop()).toThrow(/newEventLoop\(\).*setEventLoop\(\)/);
  });

  test('is an error after run(), as in Python', async () => {
    await run(async () => undefined);
    expect(() => getEventLoop()).toThrow(RuntimeError);
  });

  test('[S235] gives the running loop inside of it, whatever was set', async () => {
    setEventLoop(newEventLoop());
    const loop = newEventLoop();
    const [inAsync, inGenerator] = [
      await loop.runUntilComplete(async () => {
        await Promise.resolve();
        return [getEventLoop()];
      }),
      await loop.runUntilComplete(function* () {
        yield;
        return [getEventLoop()];
      }),
    ];
    expect(inAsync).toEqual([loop]);
    expect(inGenerator).toEqual([loop]);
    loop.close();
  });

  test('[S235] [S236] is an error in a worker thread until a loop is set there', async () => {
    const worker = new Worker(new URL('./programs/in-worker.ts', import.meta.url), {
      execArgv: ['--import', hook],
    });
    const answer = await new Promise<{ refusal: string; result: number; signal: string }>(
      (resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      },
    );
    await worker.terminate();
    expect(answer.refusal).toMatch(/^RuntimeError: .*worker thread.*newEventLoop\(\)/);
    expect(answer.result).toBe(42);
    expect(answer.signal).toMatch(/worker thread/);
  });
});

describe('getRunningLoop', () => {
  test('is strict: an error outside of any loop', () => {
    setEventLoop(newEventLoop());
    expect(() => getRunningLoop()).toThrow(RuntimeError);
  });

  test('gives the wide loop inside', async () => {
    const found = await run(async () => [getRunningLoop()]);
    expect(found[0]).toBeInstanceOf(EventLoop);
  });
});

test('a bare BaseEventLoop can be set and used as well', () => {
  const loop = new BaseEventLoop();
  setEventLoop(loop);
  expect(getEventLoop()).toBe(loop);
  loop.close();
});

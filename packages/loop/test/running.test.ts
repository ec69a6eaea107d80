import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import {
  _getRunningLoop,
  _setRunningLoop,
  BaseEventLoop,
  getRunningLoop,
  KeyboardInterrupt,
  NodeSelector,
  RuntimeError,
  SystemExit,
  threadLoop,
  VirtualSelector,
} from '@asyncio-ts/loop';

const selectors = { virtual: () => new VirtualSelector(), node: () => new NodeSelector() };

describe.each(Object.entries(selectors))('on the selector %s', (_name, newSelector) => {
  const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: newSelector() });

  test('[S228] stop() before runForever() makes it exactly one pass', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.callSoon(() => {
      log.push('one');
      loop.callSoon(() => log.push('two'));
    });
    loop.callLater(3600, () => log.push('an hour'));
    loop.stop();
    await loop.runForever();
    expect(log).toEqual(['one']);
    expect(loop.isRunning()).toBe(false);
    loop.stop();
    await loop.runForever();
    expect(log).toEqual(['one', 'two']);
    loop.close();
  });

  test('[S227] stop() lets the batch finish; what was queued meanwhile waits for the next run', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.callSoon(() => {
      log.push('one');
      loop.callSoon(() => log.push('next run'));
      loop.stop();
    });
    loop.callSoon(() => log.push('same batch'));
    await loop.runForever();
    expect(log).toEqual(['one', 'same batch']);
    loop.callSoon(() => loop.stop());
    await loop.runForever();
    expect(log).toEqual(['one', 'same batch', 'next run']);
    loop.close();
  });

  test('stop() from outside wakes a loop that sleeps', async () => {
    const loop = newLoop();
    // Outside waits keep the virtual clock from jumping.
    loop._outside = 1;
    setTimeout(() => {
      loop._outside = 0;
      loop.stop();
    }, 2);
    await loop.runForever();
    loop.close();
  });

  test('callSoon from outside wakes a loop that sleeps', async () => {
    const loop = newLoop();
    loop._outside = 1;
    setTimeout(() => loop.callSoon(() => loop.stop()), 2);
    await loop.runForever();
    loop.close();
  });

  test('[S226] KeyboardInterrupt and SystemExit leave the run at once; the loop can be run again', async () => {
    for (const error of [new KeyboardInterrupt(), new SystemExit(3)]) {
      const loop = newLoop();
      const log: string[] = [];
      loop.callSoon(() => {
        throw error;
      });
      loop.callSoon(() => log.push('after'));
      await expect(loop.runForever()).rejects.toBe(error);
      expect(log).toEqual([]);
      expect(loop.isRunning()).toBe(false);
      loop.stop();
      await loop.runForever();
      expect(log).toEqual(['after']);
      loop.close();
    }
  });

  test('[S226] isBaseException can be overridden: what it names leaves the loop', async () => {
    class Fatal extends Error {}
    class StrictLoop extends BaseEventLoop {
      override isBaseException(error: unknown): boolean {
        return error instanceof Fatal || super.isBaseException(error);
      }
    }
    const loop = new StrictLoop({ selector: newSelector() });
    const error = new Fatal('enough');
    loop.callSoon(() => {
      throw error;
    });
    await expect(loop.runForever()).rejects.toBe(error);
    loop.close();
  });

  test('[S232] a loop that runs cannot be run again', async () => {
    const loop = newLoop();
    loop.callSoon(() => {
      expect(loop.isRunning()).toBe(true);
    });
    const run = loop.runForever();
    await expect(loop.runForever()).rejects.toThrow(
      new RuntimeError(
        'This event loop is already running: await the coroutine, or make a task of it',
      ),
    );
    loop.stop();
    await run;
    loop.close();
  });

  test('[S232] [S233] no loop can be run from inside a running one, and failing to do so changes nothing', async () => {
    const outer = newLoop();
    const inner = newLoop();
    const failures: Promise<unknown>[] = [];
    outer.callSoon(() => {
      for (const loop of [outer, inner]) {
        failures.push(loop.runForever().catch((error: unknown) => error));
        expect(getRunningLoop()).toBe(outer);
      }
      expect(inner.isRunning()).toBe(false);
      outer.stop();
    });
    await outer.runForever();
    const errors = await Promise.all(failures);
    expect(errors.map((error) => (error as Error).message)).toEqual([
      'This event loop is already running: await the coroutine, or make a task of it',
      'Cannot run the event loop while another loop is running',
    ]);
    expect(errors[1]).toBeInstanceOf(RuntimeError);
    inner.callSoon(() => inner.stop());
    await inner.runForever();
    outer.close();
    inner.close();
  });

  test('[S234] close() is idempotent, drops what waits, and refuses everything afterwards', async () => {
    const loop = newLoop();
    loop.callSoon(() => expect('this').toBe('never called'));
    loop.callLater(0, () => expect('this').toBe('never called'));
    expect(loop.isClosed()).toBe(false);
    loop.close();
    loop.close();
    expect(loop.isClosed()).toBe(true);
    const closed = new RuntimeError('Event loop is closed');
    expect(() => loop.callSoon(() => {})).toThrow(closed);
    expect(() => loop.callSoonThreadsafe(() => {})).toThrow(closed);
    expect(() => loop.callLater(1, () => {})).toThrow(closed);
    expect(() => loop.callAt(1, () => {})).toThrow(closed);
    await expect(loop.runForever()).rejects.toThrow(closed);
    expect(() => loop._deliver(() => {})).not.toThrow();
    expect(inspect(loop)).toContain('closed=true');
  });

  test('[S234] close() refuses while the loop runs', async () => {
    const loop = newLoop();
    let error: unknown;
    loop.callSoon(() => {
      try {
        loop.close();
      } catch (caught) {
        error = caught;
      }
      loop.stop();
    });
    await loop.runForever();
    expect(error).toEqual(
      new RuntimeError('Cannot close a running event loop: stop() it and await the run first'),
    );
    loop.close();
  });

  test('[S234] what was asked to happen at the close happens once, unless taken back', () => {
    const loop = newLoop();
    const log: string[] = [];
    loop._atClose(() => log.push('kept'));
    const undo = loop._atClose(() => log.push('undone'));
    undo();
    undo();
    loop.close();
    loop.close();
    expect(log).toEqual(['kept']);
  });

  test('[S235] the running loop is known inside callbacks only', async () => {
    const loop = newLoop();
    expect(_getRunningLoop()).toBeNull();
    expect(() => getRunningLoop()).toThrow(
      new RuntimeError(
        'no running event loop: call this from a coroutine or a callback of a loop; run(main) starts one',
      ),
    );
    let inside: unknown;
    loop.callSoon(() => {
      inside = getRunningLoop();
    });
    loop.callLater(0, () => loop.stop());
    const run = loop.runForever();
    expect(_getRunningLoop()).toBeNull();
    expect(threadLoop()).toBe(loop);
    await run;
    expect(inside).toBe(loop);
    expect(_getRunningLoop()).toBeNull();
    expect(threadLoop()).toBeNull();
    loop.close();
  });

  test('several loops run side by side as guests of one thread', async () => {
    const loops = [newLoop(), newLoop(), newLoop()];
    const log: number[] = [];
    loops.forEach((loop, i) => {
      let ticks = 0;
      const tick = (): void => {
        expect(getRunningLoop()).toBe(loop);
        log.push(i);
        if (++ticks === 3) loop.stop();
        else loop.callLater(0.001, tick);
      };
      loop.callSoon(tick);
    });
    const runs = loops.map((loop) => loop.runForever());
    expect(threadLoop()).toBeNull();
    await Promise.all(runs);
    for (const i of [0, 1, 2]) expect(log.filter((n) => n === i)).toHaveLength(3);
    for (const loop of loops) loop.close();
  });

  test('a loop can be run many times', async () => {
    const loop = newLoop();
    let count = 0;
    for (let i = 0; i < 5; i++) {
      loop.callSoon(() => count++);
      loop.callLater(0, () => loop.stop());
      await loop.runForever();
    }
    expect(count).toBe(5);
    loop.close();
  });
});

test('_setRunningLoop is for those who drive a loop of their own', () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  _setRunningLoop(loop);
  try {
    expect(getRunningLoop()).toBe(loop);
  } finally {
    _setRunningLoop(null);
  }
  expect(_getRunningLoop()).toBeNull();
  loop.close();
});

test('a selector serves one loop at a time', async () => {
  const selector = new NodeSelector();
  const one = new BaseEventLoop({ selector });
  const two = new BaseEventLoop({ selector });
  one.callLater(0, () => one.stop());
  const run = one.runForever();
  await expect(two.runForever()).rejects.toThrow(/already serves another/);
  expect(two.isRunning()).toBe(false);
  await run;
  two.callSoon(() => two.stop());
  await two.runForever();
  one.close();
  two.close();
});

test('a loop introduces itself', () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug: false });
  expect(inspect(loop)).toBe('<BaseEventLoop running=false closed=false debug=false>');
  loop.close();
});

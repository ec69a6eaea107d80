// The clock and the queues of Node themselves are tried here: some tests take real time, the least that shows it.
import fs from 'node:fs';

import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type * as Loop from '@asyncio-ts/loop';
import { BaseEventLoop, MAXIMUM_SELECT_TIMEOUT, NodeSelector } from '@asyncio-ts/loop';

/** Counts what Node itself got to do. */
function foreign(): { timers: number; immediates: number; files: number; stop(): void } {
  let on = true;
  const counts = { timers: 0, immediates: 0, files: 0, stop: () => void (on = false) };
  const timer = (): void => {
    counts.timers++;
    if (on) setTimeout(timer, 1);
  };
  const immediate = (): void => {
    counts.immediates++;
    if (on) setImmediate(immediate);
  };
  const file = (): void =>
    fs.stat('.', () => {
      counts.files++;
      if (on) file();
    });
  setTimeout(timer, 1);
  setImmediate(immediate);
  file();
  return counts;
}

describe.each([true, false])('with exactOrder %s', (exactOrder) => {
  test('busy callbacks do not starve Node’s timers, immediates and files', async () => {
    const loop = new BaseEventLoop({ selector: new NodeSelector({ exactOrder }) });
    let left = 400_000;
    const spin = (): void => {
      if (--left === 0) loop.stop();
      else if (left > 0) loop.callSoon(spin);
    };
    for (let i = 0; i < 3; i++) loop.callSoon(spin);
    const counts = foreign();
    const run = loop.runForever();
    await run;
    counts.stop();
    expect(counts.timers).toBeGreaterThan(2);
    expect(counts.immediates).toBeGreaterThan(5);
    expect(counts.files).toBeGreaterThan(2);
    loop.close();
  });

  test('handles that open async steps do not starve Node either', async () => {
    const loop = new BaseEventLoop({ selector: new NodeSelector({ exactOrder }) });
    let left = 60_000;
    const spin = (): void => {
      loop._openStep();
      void Promise.resolve().then(() => {
        if (--left === 0) loop.stop();
        else if (left > 0) loop.callSoon(spin);
      });
    };
    for (let i = 0; i < 100; i++) loop.callSoon(spin);
    const counts = foreign();
    await loop.runForever();
    counts.stop();
    expect(counts.timers).toBeGreaterThan(2);
    expect(counts.immediates).toBeGreaterThan(5);
    expect(counts.files).toBeGreaterThan(2);
    loop.close();
  });

  test('a loop woken again and again from microtasks does not starve Node', async () => {
    const loop = new BaseEventLoop({ selector: new NodeSelector({ exactOrder }) });
    let left = 100_000;
    // Each turn ends idle; a microtask of a foreign promise wakes the loop at once.
    const again = (): void => {
      if (--left === 0) loop.stop();
      else void Promise.resolve().then(() => loop.callSoon(again));
    };
    loop.callSoon(again);
    const counts = foreign();
    await loop.runForever();
    counts.stop();
    expect(counts.timers).toBeGreaterThan(2);
    expect(counts.files).toBeGreaterThan(2);
    loop.close();
  });
});

test('the budget is an option: with a small one Node gets its rounds more often', async () => {
  const rounds = async (budget: number): Promise<number> => {
    const loop = new BaseEventLoop({ selector: new NodeSelector({ budget }) });
    let left = 40_000;
    const spin = (): void => {
      if (--left === 0) loop.stop();
      else loop.callSoon(spin);
    };
    loop.callSoon(spin);
    const counts = foreign();
    await loop.runForever();
    counts.stop();
    loop.close();
    return counts.immediates;
  };
  // With no budget at all each 64 or 128 handles are followed by a round.
  expect(await rounds(0)).toBeGreaterThanOrEqual(Math.floor(40_000 / 128) - 1);
  expect(await rounds(10)).toBeLessThan(10);
});

test('slow callbacks hold up neither Node nor the loop’s own timers for long', async () => {
  const loop = new BaseEventLoop();
  let handles = 0;
  let own = 0;
  let foreignTimer = 0;
  const slow = (): void => {
    const end = performance.now() + 2;
    while (performance.now() < end);
    if (++handles === 80) loop.stop();
    else loop.callSoon(slow);
  };
  loop.callSoon(slow);
  loop.callLater(0.02, () => (own = handles));
  setTimeout(() => (foreignTimer = handles), 20);
  await loop.runForever();
  // Ten of them fit into the time; some more may run until the clock is looked at.
  expect(own).toBeGreaterThan(0);
  expect(own).toBeLessThan(40);
  expect(foreignTimer).toBeGreaterThan(0);
  expect(foreignTimer).toBeLessThan(40);
  loop.close();
});

test('a timer fires at its time on the real clock', async () => {
  const loop = new BaseEventLoop();
  const start = performance.now();
  loop.callLater(0.02, () => loop.stop());
  await loop.runForever();
  expect(performance.now() - start).toBeGreaterThanOrEqual(19.9);
  loop.close();
});

test('the clock is monotonic and in seconds', () => {
  const selector = new NodeSelector();
  const before = performance.now() / 1000;
  const time = selector.time();
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThan(before + 5);
  expect(selector.recentTime()).toBe(time);
  expect(selector.time()).toBeGreaterThanOrEqual(time);
  selector.close();
});

test('a deadline beyond Node’s 24.8 days does not fire at once', async () => {
  const loop = new BaseEventLoop();
  let fired = false;
  loop.callLater(60 * 86_400, () => (fired = true));
  loop.callLater(Infinity, () => (fired = true));
  loop.callLater(0.02, () => loop.stop());
  await loop.runForever();
  loop.callLater(0.005, () => loop.stop());
  await loop.runForever();
  expect(fired).toBe(false);
  loop.close();
});

describe('with a clock of our own', () => {
  interface Timer {
    readonly fn: () => void;
    readonly milliseconds: number;
    cleared: boolean;
    refs: boolean;
    ref(): void;
    unref(): void;
  }
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: performance.now.bind(performance),
  };
  const timers: Timer[] = [];
  let now = 0;

  async function freshPackage(): Promise<typeof Loop> {
    timers.length = 0;
    now = 0;
    const fake = (fn: () => void, milliseconds: number): Timer => {
      const timer: Timer = {
        fn,
        milliseconds,
        cleared: false,
        refs: true,
        ref: () => void (timer.refs = true),
        unref: () => void (timer.refs = false),
      };
      timers.push(timer);
      return timer;
    };
    globalThis.setTimeout = fake as never;
    globalThis.clearTimeout = ((timer: Timer) => void (timer.cleared = true)) as never;
    performance.now = () => now;
    jest.resetModules();
    return import('@asyncio-ts/loop');
  }

  afterEach(() => {
    globalThis.setTimeout = real.setTimeout;
    globalThis.clearTimeout = real.clearTimeout;
    performance.now = real.now;
  });

  const rounds = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const armed = (): Timer[] => timers.filter((timer) => !timer.cleared);

  test('a far deadline is reached in steps of MAXIMUM_SELECT_TIMEOUT, a day', async () => {
    const { BaseEventLoop: FreshLoop } = await freshPackage();
    const loop = new FreshLoop({ debug: false });
    const days = 24 * 3600 * 1000;
    let firedAt = -1;
    loop.callLater(60 * 86_400, () => {
      firedAt = now;
      loop.stop();
    });
    // Without `runForever`'s own hold on the process there is just this one timer.
    const run = loop._start();
    await rounds();
    for (let step = 0; firedAt < 0 && step < 100; step++) {
      const [timer, ...others] = armed();
      expect(others).toEqual([]);
      expect(timer?.milliseconds).toBeLessThanOrEqual(MAXIMUM_SELECT_TIMEOUT * 1000);
      now += timer?.milliseconds ?? 0;
      (timer as Timer).cleared = true;
      timer?.fn();
      await rounds();
    }
    await run;
    expect(firedAt).toBeGreaterThanOrEqual(60 * days);
    expect(firedAt).toBeLessThan(60 * days + 5);
    expect(timers).toHaveLength(60);
    loop.close();
  });

  test('one Node timer serves all deadlines; an earlier one replaces it, a later one leaves it alone', async () => {
    const { BaseEventLoop: FreshLoop } = await freshPackage();
    const loop = new FreshLoop({ debug: false });
    loop.callLater(10, () => {});
    const run = loop._start();
    await rounds();
    expect(armed().map((timer) => timer.milliseconds)).toEqual([10_000]);
    loop.callLater(20, () => {});
    expect(armed().map((timer) => timer.milliseconds)).toEqual([10_000]);
    loop.callLater(5, () => {});
    expect(armed().map((timer) => timer.milliseconds)).toEqual([5000]);
    loop.unref();
    expect(armed().map((timer) => timer.refs)).toEqual([false]);
    loop.ref();
    expect(armed().map((timer) => timer.refs)).toEqual([true]);
    loop.stop();
    await run;
    expect(armed()).toEqual([]);
    loop.close();
  });

  test('fake timers installed after the import do not reach the loop', async () => {
    const loop = new BaseEventLoop();
    globalThis.setTimeout = (() => {
      throw new Error('the fake was called');
    }) as never;
    loop.callLater(0.001, () => loop.stop());
    await loop.runForever();
    loop.close();
  });
});

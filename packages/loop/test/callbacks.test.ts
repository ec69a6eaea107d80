import { describe, expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  MIN_CANCELLED_TIMER_HANDLES_FRACTION,
  MIN_SCHEDULED_TIMER_HANDLES,
  NodeSelector,
  ValueError,
  VirtualSelector,
} from '@asyncio-ts/loop';

const selectors = {
  virtual: () => new VirtualSelector(),
  node: () => new NodeSelector(),
  'node, exact order': () => new NodeSelector({ exactOrder: true }),
};

async function oneTurn(loop: BaseEventLoop): Promise<void> {
  loop.stop();
  await loop.runForever();
}

describe.each(Object.entries(selectors))('on the selector %s', (_name, newSelector) => {
  const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: newSelector() });

  test('[S216] callSoon is first in, first out', async () => {
    const loop = newLoop();
    const log: number[] = [];
    for (let i = 0; i < 200; i++) loop.callSoon((n: number) => log.push(n), i);
    await oneTurn(loop);
    expect(log).toEqual(Array.from({ length: 200 }, (_, i) => i));
    loop.close();
  });

  test('[S216] what is queued in a turn runs in the next', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.callSoon(() => {
      log.push('a');
      loop.callSoon(() => {
        log.push('a born');
        loop.callSoon(() => log.push('third turn'));
      });
    });
    loop.callSoon(() => {
      log.push('b');
      loop.callSoon(() => log.push('b born'));
    });
    await oneTurn(loop);
    expect(log).toEqual(['a', 'b']);
    await oneTurn(loop);
    expect(log).toEqual(['a', 'b', 'a born', 'b born']);
    await oneTurn(loop);
    expect(log).toEqual(['a', 'b', 'a born', 'b born', 'third turn']);
    loop.close();
  });

  test('[S218] callSoon goes before callLater(0), which goes before what is born in the turn', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.callLater(0, () => log.push('timer'));
    loop.callSoon(() => {
      log.push('soon');
      loop.callSoon(() => log.push('born'));
    });
    loop.callSoon(() => log.push('soon 2'));
    await oneTurn(loop);
    await oneTurn(loop);
    expect(log).toEqual(['soon', 'soon 2', 'timer', 'born']);
    loop.close();
  });

  test('[S217] timers run soonest first, and none before its time', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const start = loop.time();
    const note = (name: string, delay: number): void => {
      expect(loop.time() - start).toBeGreaterThanOrEqual(delay - 1e-9);
      log.push(name);
      if (log.length === 3) loop.stop();
    };
    loop.callLater(0.012, note, 'c', 0.012);
    loop.callAt(start + 0.004, note, 'a', 0.004);
    loop.callLater(0.008, note, 'b', 0.008);
    await loop.runForever();
    expect(log).toEqual(['a', 'b', 'c']);
    loop.close();
  });

  test('[S217] negative delays are due at once, in the order of their deadlines', async () => {
    const loop = newLoop();
    const log: number[] = [];
    for (const delay of [-1, -3, -2]) loop.callLater(delay, () => log.push(delay));
    await oneTurn(loop);
    expect(log).toEqual([-3, -2, -1]);
    loop.close();
  });

  test('[S219] equal deadlines run in the order of creation', async () => {
    const loop = newLoop();
    const log: number[] = [];
    const when = loop.time();
    for (let i = 0; i < 50; i++) loop.callAt(when, (n: number) => log.push(n), i);
    await oneTurn(loop);
    expect(log).toEqual(Array.from({ length: 50 }, (_, i) => i));
    loop.close();
  });

  test('[S220] a delay or deadline that is no number is a TypeError, NaN a ValueError', () => {
    const loop = newLoop();
    for (const wrong of [null, undefined, '1', {}] as never[]) {
      expect(() => loop.callLater(wrong, () => {})).toThrow(TypeError);
      expect(() => loop.callAt(wrong, () => {})).toThrow(TypeError);
    }
    expect(() => loop.callLater(NaN, () => {})).toThrow(ValueError);
    expect(() => loop.callAt(NaN, () => {})).toThrow(/when is NaN/);
    loop.close();
  });

  test('[S252] what is no function is no callback', () => {
    const loop = newLoop();
    for (const wrong of [null, undefined, 1, {}] as never[]) {
      expect(() => loop.callSoon(wrong)).toThrow(/Cannot schedule with callSoon\(\): a function/);
      expect(() => loop.callLater(1, wrong)).toThrow(TypeError);
      expect(() => loop.callAt(1, wrong)).toThrow(TypeError);
    }
    loop.close();
  });

  test('a cancelled timer does not run, nor keeps the others from running', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const first = loop.callLater(0.001, () => log.push('first'));
    loop.callLater(0.003, () => {
      log.push('third');
      loop.stop();
    });
    const second = loop.callLater(0.002, () => log.push('second'));
    first.cancel();
    loop.callSoon(() => second.cancel());
    await loop.runForever();
    expect(log).toEqual(['third']);
    loop.close();
  });

  test('a timer set from a timer runs at its own time', async () => {
    const loop = newLoop();
    const start = loop.time();
    const times: number[] = [];
    const again = (left: number): void => {
      times.push(loop.time() - start);
      if (left === 0) loop.stop();
      else loop.callLater(0.002, again, left - 1);
    };
    loop.callLater(0.002, again, 3);
    await loop.runForever();
    times.forEach((time, i) => expect(time).toBeGreaterThanOrEqual(0.002 * (i + 1) - 1e-6));
    loop.close();
  });

  test('a nearer timer set while the loop sleeps wakes it earlier', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const far = loop.callLater(3600, () => log.push('far'));
    loop.callSoon(() => {
      loop.callLater(0.002, () => {
        log.push('near');
        far.cancel();
        loop.stop();
      });
    });
    await loop.runForever();
    expect(log).toEqual(['near']);
    loop.close();
  });

  test('[S238] callSoonThreadsafe keeps its place among the others', async () => {
    const loop = newLoop();
    const log: number[] = [];
    loop.callSoon(() => log.push(1));
    loop.callSoonThreadsafe(() => log.push(2));
    loop.callSoon(() => log.push(3));
    await oneTurn(loop);
    expect(log).toEqual([1, 2, 3]);
    loop.close();
  });
});

test('[S221] timers within the resolution of the clock count as due', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector({ start: 1000 }) });
  const log: string[] = [];
  // 1000.1 + 0.2 and 1000.3 differ in the last bits.
  loop.callAt(1000.1 + 0.2, () => log.push('sum'));
  loop.callAt(1000.3, () => log.push('literal'));
  let turns = 0;
  const count = (): void => {
    turns++;
    if (log.length < 2) loop.callSoon(count);
    else loop.stop();
  };
  loop.callAt(1000.3 + 1e-10, count);
  await loop.runForever();
  expect(log).toHaveLength(2);
  expect(turns).toBe(1);
  loop.close();
});

test('[S223] a cancelled timer stays in the heap until it is on top', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const first = loop.callLater(10, () => {});
  const buried = loop.callLater(20, () => {});
  buried.cancel();
  await oneTurn(loop);
  expect(loop._scheduled.length).toBe(2);
  first.cancel();
  await oneTurn(loop);
  expect(loop._scheduled.length).toBe(0);
  expect(buried._scheduled).toBe(false);
  loop.close();
});

test('[S223] with over 100 timers and more than half cancelled the heap is rebuilt', async () => {
  expect([MIN_SCHEDULED_TIMER_HANDLES, MIN_CANCELLED_TIMER_HANDLES_FRACTION]).toEqual([100, 0.5]);
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const timers = Array.from({ length: 101 }, (_, i) => loop.callLater(100 + i, () => {}));
  timers.slice(50, 100).forEach((timer) => timer.cancel());
  await oneTurn(loop);
  expect(loop._scheduled.length).toBe(101);
  timers[49]?.cancel();
  await oneTurn(loop);
  expect(loop._scheduled.length).toBe(50);
  const few = new BaseEventLoop({ selector: new VirtualSelector() });
  const alive = few.callLater(1, () => {});
  Array.from({ length: 99 }, (_, i) => few.callLater(100 + i, () => {})).forEach((t) => t.cancel());
  await oneTurn(few);
  expect(few._scheduled.length).toBe(100);
  expect(alive._scheduled).toBe(true);
  loop.close();
  few.close();
});

test('[S223] cancelling more than there are left does not upset the count', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const log: number[] = [];
  const timers = Array.from({ length: 300 }, (_, i) => loop.callLater(1 + i, () => log.push(i)));
  timers.forEach((timer, i) => {
    if (i % 3 !== 0) timer.cancel();
    if (i % 3 === 1) timer.cancel();
  });
  loop.callLater(1000, () => loop.stop());
  await loop.runForever();
  expect(log).toEqual(timers.flatMap((_, i) => (i % 3 === 0 ? [i] : [])));
  expect(loop._scheduled.length).toBe(0);
  loop.close();
});

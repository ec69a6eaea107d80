// So many timers that most of them lie outside of the heap: they must come as from one sorted list.
import { expect, test } from '@jest/globals';
import { BaseEventLoop, type TimerHandle, VirtualSelector } from '@asyncio-ts/loop';

import { seeded } from './seeded.js';

const spreads: Record<string, (random: () => number) => number> = {
  'within a second': (random) => random(),
  'at few moments': (random) => Math.floor(random() * 5),
  'at one moment': () => 1,
  'over a year, most of them soon': (random) => 1e-3 * 1e10 ** random(),
  'a hair apart': (random) => 1 + Math.floor(random() * 50) * Number.EPSILON,
};

interface Timer {
  readonly when: number;
  readonly n: number;
  readonly handle: TimerHandle;
}

test.each(Object.entries(spreads))(
  '%s: in the order of time, then of creation',
  async (_name, delay) => {
    const random = seeded(7);
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const start = loop.time();
    const made: Timer[] = [];
    const fired: number[] = [];
    const make = (again: boolean): void => {
      const n = made.length;
      const when = loop.time() + delay(random);
      const handle = loop.callAt(when, () => {
        fired.push(n);
        // In the middle of it all new ones come, near and far, and others go.
        if (again && n % 3 === 0) make(false);
        if (n % 5 === 0) made[(n * 7919) % made.length]?.handle.cancel();
      });
      made.push({ when, n, handle });
    };
    for (let n = 0; n < 12_000; n++) make(true);
    for (const { n, handle } of made) if (n % 2 === 1 && n % 4 === 1) handle.cancel();
    loop.callAt(start + 1e9, () => loop.stop());
    await loop.runForever();

    const due = made.filter(({ handle }) => !handle.cancelled());
    const hasFired = new Set(fired);
    expect(due.every(({ n }) => hasFired.has(n))).toBe(true);
    expect(fired.length).toBeGreaterThan(9_000);
    const moments = fired.map((n) => (made[n] as Timer).when);
    const sorted = [...moments].sort((a, b) => a - b);
    // Within one turn the deadlines that are due together leave in order, too.
    expect(moments).toEqual(sorted);
    for (let i = 1; i < fired.length; i++) {
      if (moments[i] === moments[i - 1]) expect(fired[i]).toBeGreaterThan(fired[i - 1] as number);
    }
    expect(loop._scheduled.length).toBe(0);
    loop.close();
  },
);

test('when most of many timers are cancelled, they are let go at once', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const handles = Array.from({ length: 20_000 }, (_, n) => loop.callLater(1 + n, () => {}));
  for (const handle of handles.slice(5_000)) handle.cancel();
  loop.callSoon(() => loop.callSoon(() => loop.stop()));
  await loop.runForever();
  expect(loop._scheduled.length).toBe(5_000);
  loop.close();
});

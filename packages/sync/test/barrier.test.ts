import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { iscoroutine } from '@asyncio-ts/futures';
import { RuntimeError, ValueError } from '@asyncio-ts/loop';
import { Barrier, BrokenBarrierError } from '@asyncio-ts/sync';
import { gather } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { failure, waitingFor } from './waiting.js';

const scene = scenes(test, { selectors: ['virtual'] });

/** A task that waits at the barrier and logs how that ended. */
function comer(t: Scene, barrier: Barrier, name: string) {
  return t.task(function* () {
    try {
      t.log(name, yield* wait(barrier.wait()));
    } catch (error) {
      t.log(name, (error as Error).name);
    }
  });
}

test('[S195] there must be at least one party', () => {
  for (const parties of [0, -1, NaN]) {
    expect(() => new Barrier(parties)).toThrow(ValueError);
    expect(() => new Barrier(parties)).toThrow(/parties must be > 0/);
  }
  const barrier = new Barrier(3);
  expect(barrier.parties).toBe(3);
  expect(barrier.broken).toBe(false);
  expect(inspect(barrier)).toBe('<Barrier [filling, waiters:0/3]>');
});

scene('[S195] each gets a number of its own', function* () {
  const barrier = new Barrier(5);
  const places = yield* wait(gather(Array.from({ length: 5 }, () => barrier.wait())));
  expect([...places].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(yield* wait(new Barrier(1).wait())).toBe(0);
});

scene('[S195] use gives the number to its body', function* (t) {
  const barrier = new Barrier(3);
  const body = t.coroutine(function* (index: number) {
    yield;
    return `place ${index}`;
  });
  const places = yield* wait(gather(barrier.use(body), barrier.use(body), barrier.use(body)));
  expect([...places].sort()).toEqual(['place 0', 'place 1', 'place 2']);
  expect(barrier.nWaiting).toBe(0);
});

scene(
  '[S196] all are released together, those who come later wait for the next round',
  function* (t) {
    const barrier = new Barrier(2);
    comer(t, barrier, 'a');
    yield* wait(t.turns(3));
    expect(t.events).toEqual([]);
    comer(t, barrier, 'b');
    comer(t, barrier, 'c');
    yield* wait(t.turns(10));
    expect([...t.events].sort()).toEqual(['a 0', 'b 1']);
    expect(barrier.nWaiting).toBe(1);
    comer(t, barrier, 'd');
    yield* wait(t.turns(10));
    expect(t.events.slice(2).sort()).toEqual(['c 0', 'd 1']);
    expect(barrier.nWaiting).toBe(0);
  },
);

scene('[S197] nWaiting counts while it fills, and is zero while it drains', function* (t) {
  const barrier = new Barrier(3);
  const seen: number[] = [];
  const come = () => t.task(() => waitingFor(barrier.wait()));
  come();
  yield* wait(t.turn());
  seen.push(barrier.nWaiting);
  come();
  yield* wait(t.turn());
  seen.push(barrier.nWaiting);
  expect(inspect(barrier)).toBe('<Barrier [filling, waiters:2/3]>');
  const last = come();
  yield* wait(t.turn());
  expect(inspect(barrier)).toBe('<Barrier [draining, waiters:0/3]>');
  seen.push(barrier.nWaiting);
  yield* wait(last);
  yield* wait(t.turns(5));
  expect(seen).toEqual([1, 2, 0]);
  expect(inspect(barrier)).toBe('<Barrier [filling, waiters:0/3]>');
});

scene('[S198] one that is cancelled leaves, and somebody must come in its place', function* (t) {
  const barrier = new Barrier(3);
  const leaver = comer(t, barrier, 'leaver');
  comer(t, barrier, 'a');
  yield* wait(t.turns(2));
  leaver.cancel();
  yield* wait(t.turns(3));
  expect(barrier.nWaiting).toBe(1);
  comer(t, barrier, 'b');
  yield* wait(t.turns(5));
  expect(t.events).toEqual(['leaver CancelledError']);
  comer(t, barrier, 'c');
  yield* wait(t.turns(10));
  expect(
    t.events
      .slice(1)
      .map((line) => line[0])
      .sort(),
  ).toEqual(['a', 'b', 'c']);
  expect(barrier.broken).toBe(false);
});

scene('[S199] reset fails those who wait, and the barrier begins anew', function* (t) {
  const barrier = new Barrier(3);
  comer(t, barrier, 'a');
  comer(t, barrier, 'b');
  yield* wait(t.turns(2));
  yield* wait(barrier.reset());
  expect(barrier.nWaiting).toBe(0);
  yield* wait(t.turns(10));
  expect(t.events).toEqual(['a BrokenBarrierError', 'b BrokenBarrierError']);
  expect(barrier.broken).toBe(false);
  expect(yield* wait(gather(barrier.wait(), barrier.wait(), barrier.wait()))).toHaveLength(3);
});

scene('[S199] reset fails those of a draining round who are not out yet', function* (t) {
  const barrier = new Barrier(3);
  for (const name of ['a', 'b', 'c']) comer(t, barrier, name);
  yield* wait(t.turn());
  const resetting = t.task(() => waitingFor(barrier.reset()));
  yield* wait(t.turns(20));
  expect(resetting.done()).toBe(true);
  // c filled it and is out at once; the others did not make it.
  expect(t.events[0]).toBe('c 2');
  expect(t.events.slice(1).every((line) => /^[ab] (0|1|BrokenBarrierError)$/.test(line))).toBe(
    true,
  );
  expect(barrier.nWaiting).toBe(0);
  expect(inspect(barrier)).toBe('<Barrier [filling, waiters:0/3]>');
});

scene('[S200] reset does not hurt those who wait for the round to drain', function* (t) {
  const barrier = new Barrier(2);
  const names = ['a', 'b', 'c'];
  for (const name of names) comer(t, barrier, name);
  yield* wait(t.turn());
  expect(inspect(barrier)).toBe('<Barrier [draining, waiters:0/2]>');
  yield* wait(barrier.reset());
  yield* wait(t.turns(20));
  expect(t.events).not.toContain('c BrokenBarrierError');
  expect(barrier.nWaiting).toBe(1);
  comer(t, barrier, 'd');
  yield* wait(t.turns(10));
  expect(t.events.slice(-2).sort()).toEqual(['c 0', 'd 1']);
});

scene('[S201] abort is for good, until reset', function* (t) {
  const barrier = new Barrier(2);
  comer(t, barrier, 'a');
  yield* wait(t.turns(2));
  yield* wait(barrier.abort());
  expect(barrier.broken).toBe(true);
  expect(inspect(barrier)).toBe('<Barrier [broken]>');
  yield* wait(t.turns(5));
  expect(t.events).toEqual(['a BrokenBarrierError']);
  const error = yield* failure(barrier.wait());
  expect(error).toBeInstanceOf(BrokenBarrierError);
  expect(error).toBeInstanceOf(RuntimeError);
  expect(yield* failure(barrier.use(() => barrier.reset()))).toBeInstanceOf(BrokenBarrierError);
  yield* wait(barrier.reset());
  expect(barrier.broken).toBe(false);
  expect(yield* wait(gather(barrier.wait(), barrier.wait()))).toHaveLength(2);
});

test('[S202] reset and abort are coroutines; the barrier is none', async () => {
  const barrier = new Barrier(1);
  for (const coro of [barrier.reset(), barrier.abort(), barrier.wait()]) {
    expect(iscoroutine(coro)).toBe(true);
    coro.close();
  }
  expect(await barrier).toBe(barrier);
  expect(iscoroutine(barrier)).toBe(false);
});

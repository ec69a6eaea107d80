import { expect, test } from '@jest/globals';
import { ReadyQueue, TimerHeap } from '@asyncio-ts/loop';

import { seeded } from './seeded.js';

interface Item {
  readonly _when: number;
  readonly _order: number;
}

test.each([1, 2, 3, 4, 5])('TimerHeap does what a sorted list does (seed %i)', (seed) => {
  const random = seeded(seed);
  const heap = new TimerHeap<Item>();
  let model: Item[] = [];
  let order = 0;
  for (let step = 0; step < 3000; step++) {
    const dice = random();
    if (dice < 0.55) {
      const item = { _when: Math.floor(random() * 40), _order: order++ };
      heap.push(item);
      model.push(item);
      model.sort((a, b) => a._when - b._when || a._order - b._order);
    } else if (dice < 0.98) {
      expect(heap.pop()).toBe(model.shift());
    } else {
      const drop = Math.floor(random() * 7);
      const keep = (item: Item): boolean => item._order % 7 !== drop;
      heap.rebuild(keep);
      model = model.filter(keep);
    }
    expect(heap.length).toBe(model.length);
    expect(heap.peek()).toBe(model[0]);
  }
  expect(new Set(heap)).toEqual(new Set(model));
  while (model.length > 0) expect(heap.pop()).toBe(model.shift());
  expect(heap.pop()).toBeUndefined();
  expect(heap.peek()).toBeUndefined();
});

test('TimerHeap rebuilt to nothing, to one, and cleared', () => {
  const heap = new TimerHeap<Item>();
  for (let i = 0; i < 10; i++) heap.push({ _when: 10 - i, _order: i });
  heap.rebuild((item) => item._order === 4);
  expect(heap.length).toBe(1);
  expect(heap.pop()?._order).toBe(4);
  heap.rebuild(() => true);
  expect(heap.length).toBe(0);
  heap.push({ _when: 1, _order: 1 });
  heap.clear();
  expect(heap.length).toBe(0);
});

test.each([11, 12, 13])('ReadyQueue does what an array does (seed %i)', (seed) => {
  const random = seeded(seed);
  const queue = new ReadyQueue<{ n: number }>(4);
  const model: { n: number }[] = [];
  let next = 0;
  for (let step = 0; step < 5000; step++) {
    // The balance swings, so that the ring grows, wraps and runs empty.
    const push = random() < (step % 1000 < 600 ? 0.6 : 0.3);
    if (push || model.length === 0) {
      const item = { n: next++ };
      queue.push(item);
      model.push(item);
    } else {
      expect(queue.shift()).toBe(model.shift());
    }
    expect(queue.length).toBe(model.length);
  }
  while (model.length > 0) expect(queue.shift()).toBe(model.shift());
});

test('ReadyQueue cleared is empty and works on', () => {
  const queue = new ReadyQueue<{ n: number }>(2);
  for (let n = 0; n < 9; n++) queue.push({ n });
  queue.clear();
  expect(queue.length).toBe(0);
  queue.push({ n: 42 });
  expect(queue.shift().n).toBe(42);
});

import { expect, test } from '@jest/globals';
import { PriorityQueue } from '@asyncio-ts/sync';
import { scenes, wait } from '@asyncio-ts/testing';

import { failure, waitingFor } from './waiting.js';

const scene = scenes(test, { selectors: ['virtual'] });

function drain<T>(queue: PriorityQueue<T>): T[] {
  const items: T[] = [];
  while (!queue.empty()) items.push(queue.getNowait());
  return items;
}

function sorted<T>(items: readonly T[]): T[] {
  const queue = new PriorityQueue<T>();
  for (const item of items) queue.putNowait(item);
  return drain(queue);
}

/** A small generator of numbers that look random. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

test('by default the order is Python’s: numbers, strings, tuples', () => {
  expect(sorted([3, 1, 2.5, 10n, -1, true])).toEqual([-1, 1, true, 2.5, 3, 10n]);
  expect(sorted(['b', 'a', 'B', '', 'ab'])).toEqual(['', 'B', 'a', 'ab', 'b']);
  expect(sorted([[2, 'a'], [1, 'b'], [1], [], [1, 'a', 0]])).toEqual([
    [],
    [1],
    [1, 'a', 0],
    [1, 'b'],
    [2, 'a'],
  ]);
  const [late, early] = [new Date(2), new Date(1)];
  expect(sorted([late, early])).toEqual([early, late]);
});

test('what has no order is a TypeError, and the queue is as it was', () => {
  const queue = new PriorityQueue<unknown>();
  queue.putNowait(1);
  for (const item of ['1', {}, null, undefined, [1]]) {
    expect(() => queue.putNowait(item)).toThrow(TypeError);
  }
  expect(() => queue.putNowait({})).toThrow(/^Cannot order .*: give the PriorityQueue a compare/);
  expect(drain(queue)).toEqual([1]);
  queue.taskDone();
  expect(() => queue.taskDone()).toThrow(RangeError);
});

test('the same object as data needs no order, two do', () => {
  const data = { any: 'thing' };
  expect(
    sorted([
      [1, data],
      [1, data],
    ]),
  ).toHaveLength(2);
  expect(() =>
    sorted([
      [1, data],
      [1, {}],
    ]),
  ).toThrow(TypeError);
});

test('equal items come out in the order in which they were put', () => {
  const queue = new PriorityQueue<{ p: number; n: number }>(0, { compare: (a, b) => a.p - b.p });
  const next = numbers(7);
  for (let n = 0; n < 500; n++) queue.putNowait({ p: next() % 5, n });
  const items = drain(queue);
  for (let i = 1; i < items.length; i++) {
    const [a, b] = [items[i - 1], items[i]] as [{ p: number; n: number }, { p: number; n: number }];
    expect(a.p < b.p || (a.p === b.p && a.n < b.n)).toBe(true);
  }
});

test('any sequence of puts and gets gives the smallest there is', () => {
  for (let seed = 1; seed <= 30; seed++) {
    const next = numbers(seed);
    const queue = new PriorityQueue<number>();
    let model: number[] = [];
    for (let i = 0; i < 300; i++) {
      if (model.length > 0 && next() % 3 === 0) {
        model = model.sort((a, b) => a - b);
        expect(queue.getNowait()).toBe(model.shift());
      } else {
        const item = next() % 50;
        queue.putNowait(item);
        model.push(item);
      }
      expect(queue.qsize()).toBe(model.length);
    }
  }
});

test('a comparison that throws loses nothing and doubles nothing', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const next = numbers(seed);
    let failing = false;
    const queue = new PriorityQueue<number>(0, {
      compare: (a, b) => {
        if (failing && next() % 4 === 0) throw new Error('cannot compare');
        return a - b;
      },
    });
    const put: number[] = [];
    const got: number[] = [];
    for (let i = 0; i < 200; i++) {
      failing = next() % 2 === 0;
      try {
        if (next() % 3 === 0 && !queue.empty()) got.push(queue.getNowait());
        else {
          queue.putNowait(i);
          put.push(i);
        }
      } catch (error) {
        expect((error as Error).message).toBe('cannot compare');
      }
    }
    failing = false;
    const rest = drain(queue);
    expect(rest).toEqual([...rest].sort((a, b) => a - b));
    expect([...got, ...rest].sort((a, b) => a - b)).toEqual(put);
  }
});

scene('a putter whose item cannot be compared passes the room on', function* (t) {
  const queue = new PriorityQueue<unknown>(2);
  queue.putNowait(1);
  queue.putNowait(2);
  const bad = t.task(() => waitingFor(queue.put({})));
  const good = t.task(() => waitingFor(queue.put(0)));
  yield* wait(t.turn());
  expect(queue.getNowait()).toBe(1);
  expect(yield* failure(bad)).toBeInstanceOf(TypeError);
  yield* wait(good);
  expect(drain(queue)).toEqual([0, 2]);
});

import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { ValueError } from '@asyncio-ts/loop';
import { CancelledError, createTask } from '@asyncio-ts/futures';
import {
  LifoQueue,
  PriorityQueue,
  Queue,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
} from '@asyncio-ts/sync';
import { asyncFor, gather, timeout, TimeoutError, waitFor } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { failure, waitingFor } from './waiting.js';

const scene = scenes(test, { selectors: ['virtual'] });
const kinds = { Queue, LifoQueue, PriorityQueue };

/** Tasks that get one item each and log it. */
function* getters(t: Scene, queue: Queue<number>, count: number) {
  const tasks = Array.from({ length: count }, (_, n) =>
    t.task(function* () {
      t.log(`${n} got ${yield* wait(queue.get())}`);
    }),
  );
  yield* wait(t.turn());
  return tasks;
}

test('[S203] maxsize <= 0 means any number', () => {
  for (const maxsize of [0, -1, undefined]) {
    const queue = new Queue<number>(maxsize);
    for (let i = 0; i < 100; i++) queue.putNowait(i);
    expect(queue.full()).toBe(false);
    expect(queue.qsize()).toBe(100);
    expect(queue.maxsize).toBe(maxsize ?? 0);
  }
});

test('[S203] a maxsize that is no number is refused, also the options of a PriorityQueue in its place', () => {
  const compare = (a: number, b: number) => b - a;
  expect(() => new Queue('5' as never)).toThrow("Cannot make a queue for '5' items");
  expect(() => new PriorityQueue<number>({ compare } as never)).toThrow(TypeError);
});

test('[S203] full() compares, so that 1.3 admits two items', () => {
  const queue = new Queue<number>(1.3);
  queue.putNowait(1);
  expect(queue.full()).toBe(false);
  queue.putNowait(2);
  expect(queue.full()).toBe(true);
  expect(() => queue.putNowait(3)).toThrow(QueueFull);
});

test('[S204] first in first out, last in first out, smallest first', () => {
  const order = Object.entries(kinds).map(([name, Kind]) => {
    const queue = new Kind<number>();
    for (const item of [1, 3, 2]) queue.putNowait(item);
    return [name, queue.getNowait(), queue.getNowait(), queue.getNowait(), queue.empty()];
  });
  expect(order).toEqual([
    ['Queue', 1, 3, 2, true],
    ['LifoQueue', 2, 3, 1, true],
    ['PriorityQueue', 1, 2, 3, true],
  ]);
});

test('a queue keeps its order while its ring grows, wraps and shrinks', () => {
  const queue = new Queue<number>();
  let put = 0;
  let got = 0;
  for (const [puts, gets] of [
    [10, 7],
    [500, 3],
    [5, 480],
    [20, 45],
    [3000, 2990],
    [3, 13],
  ] as const) {
    for (let i = 0; i < puts; i++) queue.putNowait(put++);
    expect(inspect(queue)).toContain(`tasks=${put}`);
    for (let i = 0; i < gets; i++) expect(queue.getNowait()).toBe(got++);
    expect(queue.qsize()).toBe(put - got);
  }
  expect(queue.empty()).toBe(true);
  queue.putNowait(put);
  expect(inspect(queue)).toContain(`_queue=[ ${put} ]`);
});

test('[S205] the nowait methods throw, and need no running loop', () => {
  for (const Kind of Object.values(kinds)) {
    const queue = new Kind<string>(1);
    expect(() => queue.getNowait()).toThrow(QueueEmpty);
    expect(() => queue.getNowait()).toThrow(/^Cannot get an item at once: the queue is empty/);
    queue.putNowait('a');
    expect(() => queue.putNowait('b')).toThrow(QueueFull);
    expect(() => queue.putNowait('b')).toThrow(/^Cannot put an item at once: the queue is full/);
    expect(queue.getNowait()).toBe('a');
  }
});

scene('[S206] putNowait only wakes a getter: another reader may be faster', function* (t) {
  const queue = new Queue<number>();
  yield* getters(t, queue, 2);
  queue.putNowait(1);
  expect(queue.qsize()).toBe(1);
  expect(queue._getters).toHaveLength(1);
  expect(queue.getNowait()).toBe(1);
  yield* wait(t.turns(2));
  expect(t.events).toEqual([]);
  // The one that came too late stands at the end of the line now.
  queue.putNowait(2);
  queue.putNowait(3);
  yield* wait(t.turns(2));
  expect(t.events).toEqual(['1 got 2', '0 got 3']);
});

scene('[S207] a getter cancelled after it was woken wakes the next', function* (t) {
  const queue = new Queue<number>();
  const [first, second] = yield* getters(t, queue, 2);
  queue.putNowait(7);
  first?.cancel();
  yield* wait(t.turns(3));
  expect(first?.cancelled()).toBe(true);
  expect(second?.done()).toBe(true);
  expect(t.events).toEqual(['1 got 7']);
});

scene('[S207] a getter that times out takes nothing with it', function* (t) {
  const queue = new Queue<string>();
  t.loop.callLater(1, () => queue.putNowait('kept'));
  expect(yield* failure(waitFor(queue.get(), 0.5))).toBeInstanceOf(TimeoutError);
  expect(yield* failure(timeout(0.25).use(() => queue.get()))).toBeInstanceOf(TimeoutError);
  expect(queue._getters).toHaveLength(0);
  // The item comes in the very turn in which the limit passes, just before it or just after.
  for (const first of ['item', 'limit']) {
    const putLater = () => t.loop.callLater(1, () => queue.putNowait(first));
    if (first === 'item') putLater();
    const task = t.task(() => waitingFor(waitFor(queue.get(), 1)));
    yield* wait(t.turn());
    if (first === 'limit') putLater();
    yield* wait(t.sleep(2));
    const got = task.exception() === null ? [task.result()] : [];
    while (!queue.empty()) got.push(queue.getNowait());
    expect(got).toEqual(first === 'item' ? ['kept', 'item'] : ['limit']);
  }
});

scene('[S207] many cancelled getters do not hide the one that stays', function* (t) {
  const queue = new Queue<number>();
  const tasks = yield* getters(t, queue, 5);
  queue.putNowait(1);
  for (const task of tasks.slice(0, 4)) task.cancel();
  yield* wait(t.turns(8));
  expect(t.events).toEqual(['4 got 1']);
  expect(queue._getters).toHaveLength(0);
});

scene('[S208] a putter cancelled after it was woken passes the room on', function* (t) {
  const queue = new Queue<string>(1);
  queue.putNowait('first');
  const dropped = t.task(() => waitingFor(queue.put('dropped')));
  const put = t.task(() => waitingFor(queue.put('put')));
  yield* wait(t.turn());
  expect(queue.getNowait()).toBe('first');
  dropped.cancel();
  expect(yield* failure(dropped)).toBeInstanceOf(CancelledError);
  yield* wait(put);
  expect([queue.getNowait(), queue.empty()]).toEqual(['put', true]);
});

scene('[S209] cancelled getters and putters leave their lines', function* (t) {
  const queue = new Queue<number>(1);
  const getter = t.task(() => waitingFor(queue.get()));
  yield* wait(t.turn());
  expect(queue._getters).toHaveLength(1);
  getter.cancel();
  yield* wait(t.turns(2));
  expect(queue._getters).toHaveLength(0);
  queue.putNowait(1);
  const putter = t.task(() => waitingFor(queue.put(2)));
  yield* wait(t.turn());
  expect(queue._putters).toHaveLength(1);
  putter.cancel();
  yield* wait(t.turns(2));
  expect(queue._putters).toHaveLength(0);
});

scene(
  '[S210] a waiter that was taken out of the line gets its CancelledError all the same',
  function* (t) {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    const putter = t.task(() => waitingFor(queue.put(2)));
    yield* wait(t.turn());
    queue.getNowait();
    expect(queue._putters).toHaveLength(0);
    queue.putNowait(3);
    putter.cancel('mine');
    const error = (yield* failure(putter)) as CancelledError;
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.args).toEqual(['mine']);
    expect([queue.getNowait(), queue.empty()]).toEqual([3, true]);
  },
);

scene('[S211] join returns when each item got its taskDone', function* (t) {
  for (const Kind of Object.values(kinds)) {
    const queue = new Kind<number>();
    let sum = 0;
    for (let i = 0; i < 100; i++) queue.putNowait(i);
    const workers = [1, 2].map(() =>
      t.task(function* () {
        for (;;) {
          sum += yield* wait(queue.get());
          yield* wait(t.turn());
          queue.taskDone();
        }
      }),
    );
    yield* wait(queue.join());
    expect(sum).toBe(4950);
    for (const worker of workers) worker.cancel();
    yield* wait(gather(...workers, { returnExceptions: true }));
  }
});

scene(
  '[S211] taskDone too often is a ValueError; join on an idle queue returns at once',
  function* (t) {
    const queue = new Queue<number>();
    expect(() => queue.taskDone()).toThrow(ValueError);
    t.loop.callSoon(() => t.log('turn'));
    yield* wait(queue.join());
    t.log('joined');
    queue.putNowait(1);
    queue.taskDone();
    yield* wait(queue.join());
    expect(() => queue.taskDone()).toThrow(/called too many times/);
    expect(t.events).toEqual(['joined']);
  },
);

scene('[S212] after shutdown puts fail, and gets take the rest first', function* () {
  for (const Kind of Object.values(kinds)) {
    const queue = new Kind<number>();
    queue.putNowait(1);
    queue.shutdown();
    expect(() => queue.putNowait(2)).toThrow(QueueShutDown);
    expect(yield* failure(queue.put(2))).toBeInstanceOf(QueueShutDown);
    expect(yield* wait(queue.get())).toBe(1);
    expect(() => queue.getNowait()).toThrow(QueueShutDown);
    expect(yield* failure(queue.get())).toBeInstanceOf(QueueShutDown);
    queue.taskDone();
    yield* wait(queue.join());
    queue.shutdown();
  }
});

scene('[S212] blocked getters and putters are woken by shutdown', function* (t) {
  const empty = new Queue<number>();
  const full = new Queue<number>(1);
  full.putNowait(1);
  const waiting = [1, 2].flatMap(() => [
    t.task(() => waitingFor(empty.get())),
    t.task(() => waitingFor(full.put(2))),
  ]);
  yield* wait(t.turn());
  empty.shutdown();
  full.shutdown();
  for (const task of waiting) expect(yield* failure(task)).toBeInstanceOf(QueueShutDown);
  expect(full.getNowait()).toBe(1);
});

scene('[S213] an immediate shutdown empties the queue and may release join', function* (t) {
  const queue = new Queue<number>();
  queue.putNowait(1);
  queue.putNowait(2);
  const joining = t.task(() => waitingFor(queue.join()));
  yield* wait(t.turn());
  queue.shutdown({ immediate: true });
  expect(queue.empty()).toBe(true);
  yield* wait(joining);
  expect(yield* failure(queue.get())).toBeInstanceOf(QueueShutDown);
  expect(() => queue.taskDone()).toThrow(ValueError);
});

scene('[S214] what was got before an immediate shutdown is still unfinished', function* (t) {
  const queue = new Queue<number>();
  queue.putNowait(1);
  queue.putNowait(2);
  expect(yield* wait(queue.get())).toBe(1);
  const joining = t.task(() => waitingFor(queue.join()));
  yield* wait(t.turn());
  queue.shutdown({ immediate: true });
  yield* wait(t.turns(3));
  expect(joining.done()).toBe(false);
  queue.taskDone();
  yield* wait(joining);
});

scene('[S215] a queue introduces itself as in Python', function* (t) {
  const queue = new Queue<number>(2);
  expect(inspect(queue)).toBe('<Queue maxsize=2>');
  yield* getters(t, queue, 3);
  expect(String(queue)).toBe('<Queue maxsize=2 _getters[3]>');
  for (const item of [1, 2, 3]) {
    queue.putNowait(item);
    yield* wait(t.turn());
  }
  yield* wait(t.turn());
  queue.putNowait(4);
  queue.putNowait(5);
  t.task(() => failure(queue.put(6)));
  yield* wait(t.turn());
  expect(`${queue}`).toBe('<Queue maxsize=2 _queue=[ 4, 5 ] _putters[1] tasks=5>');
  queue.shutdown();
  expect(inspect(queue)).toBe('<Queue maxsize=2 _queue=[ 4, 5 ] tasks=5 shutdown>');
  expect(inspect(new LifoQueue())).toBe('<LifoQueue maxsize=0>');
  yield* wait(t.turns(2));
});

scene('for await gives the items until shutdown', function* (t) {
  const queue = new Queue<number>(1);
  const consumer = createTask(t.loop, async () => {
    const items: number[] = [];
    for await (const item of queue) items.push(item);
    return items;
  });
  for (const item of [1, 2, 3]) yield* wait(queue.put(item));
  queue.shutdown();
  expect(yield* wait(consumer)).toEqual([1, 2, 3]);
});

scene('its iterator serves generator coroutines, and cancels', function* (t) {
  const queue = new Queue<number>();
  const items = queue[Symbol.asyncIterator]();
  expect(items[Symbol.asyncIterator]()).toBe(items);
  queue.putNowait(1);
  expect(yield* wait(items.next())).toEqual({ value: 1, done: false });
  const next = t.task(() => waitingFor(items.next()));
  yield* wait(t.turn());
  next.cancel();
  expect(yield* failure(next)).toBeInstanceOf(CancelledError);
  queue.putNowait(2);
  queue.shutdown();
  expect(yield* wait(items.next())).toEqual({ value: 2, done: false });
  expect(yield* wait(items.next())).toEqual({ value: undefined, done: true });
});

scene('asyncFor gives the items in either kind', function* (t) {
  const queue = new Queue<number>(2);
  const consumer = t.task(() =>
    waitingFor(
      asyncFor(
        queue,
        t.coroutine(function* (item: number) {
          yield* wait(t.turn());
          t.log(item);
        }),
      ),
    ),
  );
  for (const item of [1, 2, 3]) yield* wait(queue.put(item));
  queue.shutdown();
  yield* wait(consumer);
  expect(t.events).toEqual(['1', '2', '3']);
});

scene('a subclass keeps its items its own way', function* (t) {
  /** Each item once, however often it is put. */
  class SetQueue<T> extends Queue<T> {
    declare protected _queue: { readonly length: number } & Iterable<T>;
    declare private _items: Set<T>;

    protected override _init(maxsize: number): void {
      t.log('init', maxsize);
      const items = (this._items = new Set<T>());
      this._queue = {
        get length() {
          return items.size;
        },
        [Symbol.iterator]: () => items.values(),
      };
    }

    protected override _put(item: T): void {
      this._items.add(item);
    }

    protected override _get(): T {
      const [item] = this._items as unknown as [T];
      this._items.delete(item);
      return item;
    }
  }
  const queue = new SetQueue<string>(2);
  expect(t.events).toEqual(['init 2']);
  for (const item of ['a', 'a', 'b']) yield* wait(queue.put(item));
  expect(queue.full()).toBe(true);
  expect(inspect(queue)).toBe("<SetQueue maxsize=2 _queue=[ 'a', 'b' ] tasks=3>");
  expect([yield* wait(queue.get()), yield* wait(queue.get())]).toEqual(['a', 'b']);
});

scene(
  'get and put go through the nowait methods, full and empty, so that overrides are obeyed',
  function* (t) {
    class Logged extends Queue<number> {
      override putNowait(item: number): void {
        t.log('put', item);
        super.putNowait(item);
      }

      override getNowait(): number {
        const item = super.getNowait();
        t.log('got', item);
        return item;
      }

      override full(): boolean {
        return this.qsize() >= 1;
      }
    }
    const queue = new Logged();
    yield* wait(queue.put(1));
    const putter = t.task(() => waitingFor(queue.put(2)));
    yield* wait(t.turn());
    expect(putter.done()).toBe(false);
    expect(yield* wait(queue.get())).toBe(1);
    yield* wait(putter);
    expect(t.events).toEqual(['put 1', 'got 1', 'put 2']);
  },
);

scene('ten thousand getters and putters come and go without a search', function* (t) {
  const queue = new Queue<number>(1);
  const tasks = Array.from({ length: 10_000 }, () => t.task(() => waitingFor(queue.get())));
  yield* wait(t.turn());
  for (const task of [...tasks].reverse()) task.cancel();
  yield* wait(t.turns(2));
  expect(queue._getters).toHaveLength(0);
  queue.putNowait(-1);
  const puts = Array.from({ length: 10_000 }, (_, i) => t.task(() => waitingFor(queue.put(i))));
  yield* wait(t.turn());
  expect(queue._putters).toHaveLength(10_000);
  for (let i = -1; i < 10_000; i++) expect(yield* wait(queue.get())).toBe(i);
  expect(puts.every((task) => task.done())).toBe(true);
});

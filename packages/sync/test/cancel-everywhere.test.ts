/**
 * Every primitive, with a task interrupted at each place where it waits, in every manner: nothing is lost, and everything is
 * free. Where a wake-up got lost, a task that plays along waits for ever, and that is found.
 */
import { describe, expect, test } from '@jest/globals';
import { type Coroutine, isCancelledError } from '@asyncio-ts/futures';
import {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueShutDown,
  Semaphore,
} from '@asyncio-ts/sync';
import { asyncFor, gather, timeout, TimeoutError } from '@asyncio-ts/tasks';
import {
  cancelEverywhere,
  type InterruptedCheck,
  MANNERS,
  type Scene,
  type SceneBody,
  wait,
} from '@asyncio-ts/testing';

/** One test for each kind. */
function everywhere(name: string, program: SceneBody<unknown>, check?: InterruptedCheck): void {
  for (const kind of ['generator', 'async'] as const) {
    test(`${name} [${kind}]`, async () => {
      const report = await cancelEverywhere(program, check, { kinds: [kind] });
      expect(report.interrupted).toBe((report.points[kind] ?? 0) * MANNERS.length);
    });
  }
}

/** Something only so many may have at a time. */
interface Shared {
  acquire(): Coroutine<true>;
  release(): void;
  locked(): boolean;
  use(body: () => Coroutine<void>): Coroutine<void>;
  readonly _waiters: { readonly length: number };
}

/** How a task uses it. */
const MANNERS_OF_USE: Record<
  string,
  (t: Scene, shared: Shared, work: () => Coroutine<void>) => Generator<unknown, void, unknown>
> = {
  *'acquire and release'(_t, shared, work) {
    yield* wait(shared.acquire());
    try {
      yield* wait(work());
    } finally {
      shared.release();
    }
  },
  *use(_t, shared, work) {
    yield* wait(shared.use(work));
  },
};

describe.each([
  ['Lock', () => new Lock(), 1],
  ['Semaphore', () => new Semaphore(2), 2],
  ['BoundedSemaphore', () => new BoundedSemaphore(2), 2],
  ['Condition', () => new Condition() as unknown as Shared, 1],
] as [string, () => Shared, number][])('%s', (name, make, most) => {
  for (const [how, use] of Object.entries(MANNERS_OF_USE)) {
    let shared: Shared;
    let inside = 0;
    let came = 0;
    let served = 0;
    everywhere(
      `${how}: is free in the end, and everybody had a turn`,
      function* (t) {
        shared = make();
        inside = came = served = 0;
        const work = t.coroutine(function* work() {
          expect(++inside).toBeLessThanOrEqual(most);
          try {
            yield* wait(t.sleep(1));
            yield* wait(t.turn());
          } finally {
            inside--;
          }
        });
        const other = function* (): Generator<unknown, void, unknown> {
          came++;
          yield* use(t, shared, work);
          served++;
        };
        for (let i = 0; i < most; i++) t.task(other);
        yield* wait(t.turn());
        t.loop.callSoon(() => {
          t.task(other);
          t.task(other);
        });
        yield* use(t, shared, work);
        yield* use(t, shared, work);
      },
      function* () {
        expect(came).toBeGreaterThanOrEqual(most);
        expect({ inside, served }).toEqual({ inside: 0, served: came });
        expect(shared.locked()).toBe(false);
        expect(shared._waiters.length).toBe(0);
        for (let i = 0; i < most; i++) {
          expect(shared.locked()).toBe(false);
          yield* wait(shared.acquire());
        }
        expect(shared.locked()).toBe(true);
        for (let i = 0; i < most; i++) shared.release();
        if (name === 'BoundedSemaphore') expect(() => shared.release()).toThrow();
      },
    );
  }
});

describe('Lock.hold', () => {
  let lock: Lock;
  everywhere(
    'releases once',
    function* (t) {
      lock = new Lock();
      t.task(function* holder() {
        const held = yield* wait(lock.hold());
        yield* wait(t.sleep(1));
        held.release();
      });
      yield* wait(t.turn());
      const held = yield* wait(lock.hold());
      try {
        yield* wait(t.sleep(1));
      } finally {
        held.release();
        held.release();
      }
    },
    () => expect(lock.locked()).toBe(false),
  );
});

describe('Event.wait', () => {
  let event: Event;
  let came = 0;
  let seen = 0;
  everywhere(
    'the others are woken',
    function* (t) {
      event = new Event();
      came = seen = 0;
      const other = function* (): Generator<unknown, void, unknown> {
        came++;
        yield* wait(event.wait());
        seen++;
      };
      t.task(other);
      t.task(function* setter() {
        yield* wait(t.sleep(1));
        event.set();
      });
      yield* wait(t.turn());
      t.loop.callSoon(() => void t.task(other));
      yield* wait(event.wait());
    },
    () => {
      expect(seen).toBe(came);
      expect([...event._waiters].map(String)).toEqual([]);
    },
  );
});

describe('Condition', () => {
  let condition: Condition;
  let stock: number;
  let bought: number;

  /** Takes what is there; whoever took it without use for it puts it back, with the news. */
  function* buy(
    get: () => Generator<unknown, unknown, unknown>,
  ): Generator<unknown, void, unknown> {
    yield* wait(condition.acquire());
    try {
      yield* get();
      stock--;
      bought++;
    } finally {
      condition.release();
    }
  }

  function* program(
    t: Scene,
    get: () => Generator<unknown, unknown, unknown>,
  ): Generator<unknown, void, unknown> {
    condition = new Condition();
    stock = bought = 0;
    t.loop.callSoon(() => {
      t.task(function* other() {
        yield* buy(get);
      });
    });
    t.task(function* seller() {
      yield* wait(t.sleep(1));
      yield* wait(condition.acquire());
      stock++;
      condition.notify();
      // The one who was told must wait for the lock.
      yield* wait(t.sleep(1));
      condition.release();
    });
    yield* buy(get);
    // There was one for two: the other one needs it.
    stock++;
    bought--;
    yield* wait(condition.acquire());
    condition.notify();
    condition.release();
  }

  const balanced = (): void => {
    expect(condition.locked()).toBe(false);
    expect(condition._waiters.length).toBe(0);
    expect({ stock, bought }).toEqual({ stock: 0, bought: 1 });
  };

  everywhere(
    'waitFor: the news is not lost, and the lock is free',
    (t) =>
      program(t, function* () {
        yield* wait(condition.waitFor(() => stock > 0));
      }),
    balanced,
  );
  everywhere(
    'wait: the news is not lost, and the lock is free',
    (t) =>
      program(t, function* () {
        while (stock === 0) yield* wait(condition.wait());
      }),
    balanced,
  );
});

describe('Barrier', () => {
  let barrier: Barrier;
  let through: number;

  function* party(t: Scene): Generator<unknown, void, unknown> {
    const meeting = t.coroutine(function* meeting() {
      yield* wait(barrier.wait());
      through++;
    });
    try {
      yield* wait(timeout(20).use(meeting));
    } catch (error) {
      if (!(error instanceof TimeoutError || error instanceof BrokenBarrierError)) throw error;
    }
  }

  /** It is as good as new. */
  function* isUsable(): Generator<unknown, void, unknown> {
    if (barrier.broken) yield* wait(barrier.reset());
    expect(barrier.nWaiting).toBe(0);
    const places = yield* wait(gather(barrier.wait(), barrier.wait(), barrier.wait()));
    expect([...places].sort()).toEqual([0, 1, 2]);
    expect(barrier.nWaiting).toBe(0);
  }

  function* start(t: Scene): Generator<unknown, void, unknown> {
    barrier = new Barrier(3);
    through = 0;
    t.task(() => party(t));
    t.task(function* late() {
      yield* wait(t.sleep(1));
      yield* party(t);
    });
    yield* wait(t.turn());
  }

  everywhere(
    'wait',
    function* (t) {
      yield* start(t);
      yield* wait(barrier.wait());
      through++;
    },
    function* (_t, end) {
      // Whoever left before they were all there, left the others alone.
      expect(through === 3 || (through === 2 && end.manner !== null) || through === 0).toBe(true);
      if (end.manner === null) expect(through).toBe(3);
      yield* isUsable();
    },
  );
  everywhere(
    'use, round after round',
    function* (t) {
      yield* start(t);
      const body = t.coroutine(function* body(_place: number) {
        yield* wait(t.sleep(1));
      });
      yield* wait(barrier.use(body));
      t.task(() => party(t));
      t.task(() => party(t));
      yield* wait(barrier.use(body));
    },
    () => isUsable(),
  );
  everywhere(
    'reset and abort',
    function* (t) {
      yield* start(t);
      yield* wait(barrier.reset());
      t.task(() => party(t));
      yield* wait(t.turn());
      yield* wait(barrier.abort());
      yield* wait(t.turn());
      yield* wait(barrier.reset());
      yield* wait(t.sleep(2));
    },
    () => isUsable(),
  );
});

describe.each([
  ['Queue', (size: number) => new Queue<number>(size)],
  ['LifoQueue', (size: number) => new LifoQueue<number>(size)],
  ['PriorityQueue', (size: number) => new PriorityQueue<number>(size)],
])('%s', (_name, make) => {
  let queue: Queue<number>;
  let put: number[];
  let got: number[];
  const nobodyWaits = (): void => {
    expect([queue._getters.length, queue._putters.length]).toEqual([0, 0]);
  };

  everywhere(
    'get: an item is for somebody',
    function* (t) {
      queue = make(0);
      got = [];
      t.loop.callSoon(() => {
        t.task(function* other() {
          got.push(yield* wait(queue.get()));
        });
      });
      t.task(function* producer() {
        yield* wait(t.sleep(1));
        queue.putNowait(7);
      });
      // One item for two: whoever gets it first gives it back.
      const item = yield* wait(queue.get());
      queue.putNowait(item);
    },
    () => {
      expect(got).toEqual([7]);
      expect(queue.qsize()).toBe(0);
      nobodyWaits();
    },
  );

  everywhere(
    'put: room is for somebody',
    function* (t) {
      queue = make(1);
      got = [];
      queue.putNowait(1);
      t.loop.callSoon(() => {
        t.task(function* other() {
          yield* wait(queue.put(3));
        });
      });
      t.task(function* consumer() {
        yield* wait(t.sleep(1));
        got.push(queue.getNowait());
      });
      yield* wait(queue.put(2));
      got.push(queue.getNowait());
    },
    (_t, end) => {
      expect(got).toEqual(end.manner === null ? [1, 2] : [1]);
      expect(queue.getNowait()).toBe(3);
      nobodyWaits();
    },
  );

  everywhere(
    'what was put was got, once, whoever is interrupted',
    function* (t) {
      queue = make(2);
      put = [];
      got = [];
      function* produce(first: number): Generator<unknown, void, unknown> {
        for (let i = first; i < first + 4; i++) {
          yield* wait(queue.put(i));
          put.push(i);
        }
      }
      function* consume(): Generator<unknown, void, unknown> {
        while (got.length < put.length || !queue.empty() || !ended) {
          got.push(yield* wait(queue.get()));
          yield* wait(t.sleep(1));
        }
      }
      let ended = false;
      t.task(() => produce(0));
      t.task(() => produce(10));
      t.task(function* consumer() {
        try {
          yield* consume();
        } catch (error) {
          expect(error).toBeInstanceOf(QueueShutDown);
        }
      });
      try {
        for (let i = 100; i < 103; i++) {
          // The producers have filled it meanwhile.
          yield* wait(t.turn());
          yield* wait(queue.put(i));
          put.push(i);
          got.push(yield* wait(queue.get()));
        }
      } finally {
        ended = true;
        t.task(function* last() {
          yield* wait(t.sleep(50));
          queue.shutdown();
        });
      }
    },
    () => {
      const sorted = (items: number[]): number[] => items.sort((a, b) => a - b);
      expect(put.length).toBeGreaterThanOrEqual(8);
      expect(sorted(got)).toEqual(sorted(put));
      expect(queue.qsize()).toBe(0);
      nobodyWaits();
    },
  );

  everywhere(
    'join: the others return',
    function* (t) {
      queue = make(0);
      got = [];
      queue.putNowait(1);
      t.task(function* other() {
        yield* wait(queue.join());
        got.push(0);
      });
      t.task(function* worker() {
        yield* wait(t.sleep(1));
        queue.getNowait();
        queue.taskDone();
      });
      yield* wait(queue.join());
    },
    () => expect(got).toEqual([0]),
  );

  everywhere(
    'shutdown: nobody is forgotten',
    function* (t) {
      queue = make(1);
      got = [];
      const ends = (coro: () => Coroutine<unknown>): void =>
        void t.task(function* other() {
          try {
            yield* wait(coro());
          } catch (error) {
            expect(error).toBeInstanceOf(QueueShutDown);
            got.push(1);
          }
        });
      ends(() => queue.get());
      t.loop.callLater(1, () => queue.shutdown({ immediate: true }));
      t.loop.callSoon(() => ends(() => queue.get()));
      try {
        yield* wait(queue.get());
      } catch (error) {
        if (isCancelledError(error)) throw error;
        expect(error).toBeInstanceOf(QueueShutDown);
      }
    },
    () => {
      expect(got).toEqual([1, 1]);
      nobodyWaits();
    },
  );

  everywhere(
    'as an async iterable',
    function* (t) {
      queue = make(0);
      got = [];
      t.task(function* producer() {
        for (let i = 1; i <= 3; i++) {
          yield* wait(t.sleep(1));
          queue.putNowait(i);
        }
        queue.shutdown();
      });
      const body = t.coroutine(function* body(item: number) {
        got.push(item);
        yield* wait(t.turn());
      });
      yield* wait(asyncFor(queue, body));
    },
    () => {
      while (!queue.empty()) got.push(queue.getNowait());
      expect(got.sort()).toEqual([1, 2, 3]);
      nobodyWaits();
    },
  );
});

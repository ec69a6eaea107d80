/**
 * Random programs of workers that wait with time limits and are cancelled at any moment, in both kinds: whatever happens, in
 * the end nothing is lost, nothing came twice, and everything is free.
 *
 * On the Node selector time is real, and short: there async functions go on in another order than generators.
 */
import { expect, test } from '@jest/globals';
import { type Coroutine, currentTask, isCancelledError, type Task } from '@asyncio-ts/futures';
import {
  Barrier,
  BoundedSemaphore,
  BrokenBarrierError,
  Condition,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueShutDown,
} from '@asyncio-ts/sync';
import { timeout, TimeoutError, waitFor } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test);
const SEEDS = { virtual: 40, node: 4 };
const WORKERS = 8;
const ROUNDS = 12;

/** What looks random, and is the same each time. */
class Dice {
  private _state: number;

  constructor(seed: number) {
    this._state = seed * 2654435761;
  }

  /** A whole number from zero to `below - 1`. */
  roll(below: number): number {
    this._state = (Math.imul(this._state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this._state / 2 ** 32) * below);
  }
}

/** A program's workers, and somebody who cancels them. */
class Program {
  readonly dice: Dice;
  private readonly _t: Scene;
  private readonly _unit: number;
  private readonly _workers: Task<void>[] = [];

  constructor(t: Scene, seed: number) {
    this._t = t;
    this.dice = new Dice(seed);
    this._unit = t.implementation.virtual ? 1 : 0.0002;
  }

  /** Seconds: often none at all, often the same as others'. */
  time(): number {
    return this.dice.roll(4) * this._unit;
  }

  /** A worker that does something again and again; a cancel or a time limit ends that once. */
  work(once: (round: number) => Generator<unknown, void>): void {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const program = this;
    this._workers.push(
      this._t.task(function* () {
        for (let round = 0; round < ROUNDS; round++) {
          try {
            yield* program.pause();
            yield* once(round);
          } catch (error) {
            if (isCancelledError(error)) while ((currentTask() as Task<unknown>).uncancel() > 0);
            else if (!isExpected(error)) throw error;
          }
        }
      }),
    );
  }

  /** Under a time limit of either make, or none. */
  limited<T>(make: () => Coroutine<T>): Coroutine<T> {
    const choice = this.dice.roll(4);
    if (choice === 0) return waitFor(make(), this.time() + this._unit);
    if (choice === 1) return timeout(this.time()).use(make);
    return make();
  }

  *pause(): Generator<unknown, void> {
    if (this.dice.roll(2) === 0) yield* wait(this._t.turns(this.dice.roll(4)));
    else yield* wait(this._t.sleep(this.time()));
  }

  /**
   * Cancels workers at random until all are through.
   *
   * @param mayGoOn - a waiter for whom there is something to be had: it must not stand there for long
   * @param help - gives what the workers cannot go on without
   */
  *run(mayGoOn: () => unknown, help: () => void = () => {}): Generator<unknown, void> {
    const watcher = this._t.task(() => this._watch(mayGoOn));
    while (this._atWork()) {
      yield* this.pause();
      for (let i = this.dice.roll(4); i > 0; i--) this._workers[this.dice.roll(WORKERS)]?.cancel();
      help();
    }
    yield* wait(watcher);
    // One that was cancelled before its first step, or in its last, ends so.
    for (const worker of this._workers) if (!worker.cancelled()) yield* wait(worker);
  }

  private _atWork(): boolean {
    return this._workers.some((worker) => !worker.done());
  }

  /** Looks between the times at which workers wake up: then only a few turns pass until everybody stands still. */
  private *_watch(mayGoOn: () => unknown): Generator<unknown, void> {
    yield* wait(this._t.sleep(this._unit / 2));
    while (this._atWork()) {
      yield* wait(this._t.sleep(this._unit));
      const waiter = mayGoOn();
      if (waiter === undefined) continue;
      yield* wait(this._t.turns(10));
      expect(mayGoOn() === waiter).toBe(false);
    }
  }
}

/** The first in a line, if it should not have to wait. */
function first(line: Iterable<unknown>, available: boolean): unknown {
  return available ? [...line][0] : undefined;
}

/** The first of those who wait at a queue, though there is an item, or room, for them. */
function firstAt(queue: Queue<number>): unknown {
  return first(queue._getters, !queue.empty()) ?? first(queue._putters, !queue.full());
}

function isExpected(error: unknown): boolean {
  return [TimeoutError, QueueShutDown, BrokenBarrierError].some((Kind) => error instanceof Kind);
}

/** A scene that plays a program of each seed. */
function programs(
  name: string,
  play: (t: Scene, program: Program) => Generator<unknown, void>,
): void {
  scene(name, function* (t) {
    const seeds = t.implementation.virtual ? SEEDS.virtual : SEEDS.node;
    for (let seed = 1; seed <= seeds; seed++) yield* play(t, new Program(t, seed));
  });
}

for (const Kind of [Queue, LifoQueue, PriorityQueue]) {
  programs(`[S207] [S208] a ${Kind.name} loses no item and doubles none`, function* (t, program) {
    const { dice } = program;
    const queue = new Kind<number>(dice.roll(4));
    const producers = 1 + dice.roll(WORKERS - 1);
    const put: number[] = [];
    const got: number[] = [];
    for (let n = 0; n < WORKERS; n++) {
      program.work(function* (round) {
        const item = n * ROUNDS + round;
        if (n < producers) {
          yield* wait(program.limited(() => queue.put(item)));
          put.push(item);
        } else {
          got.push(yield* wait(program.limited(() => queue.get())));
          queue.taskDone();
        }
      });
    }
    // Whoever is left alone is helped: an item that was put is an item.
    yield* program.run(
      () => firstAt(queue),
      () => {
        if (queue._getters.length > 0 && queue.empty()) {
          put.push(1000 + put.length);
          queue.putNowait(1000 + put.length - 1);
        } else if (queue._putters.length > 0 && queue.full()) {
          got.push(queue.getNowait());
          queue.taskDone();
        }
      },
    );
    while (!queue.empty()) {
      got.push(yield* wait(queue.get()));
      queue.taskDone();
    }
    expect([...got].sort()).toEqual([...put].sort());
    expect([queue._getters.length, queue._putters.length]).toEqual([0, 0]);
    yield* wait(queue.join());
    expect(() => queue.taskDone()).toThrow();
    expect(t.takeReports()).toEqual([]);
  });
}

programs('[S212] a queue that is shut down gives each item once', function* (_t, program) {
  const queue = new Queue<number>(1 + program.dice.roll(3));
  const put: number[] = [];
  const got: number[] = [];
  for (let n = 0; n < WORKERS; n++) {
    program.work(function* (round) {
      if (n % 2 === 0) {
        yield* wait(program.limited(() => queue.put(n * ROUNDS + round)));
        put.push(n * ROUNDS + round);
      } else {
        got.push(yield* wait(program.limited(() => queue.get())));
      }
    });
  }
  let asked = 0;
  yield* program.run(
    () => firstAt(queue),
    () => {
      if (++asked === 10) queue.shutdown();
    },
  );
  while (!queue.empty()) got.push(queue.getNowait());
  expect([...got].sort()).toEqual([...put].sort());
  expect([queue._getters.length, queue._putters.length]).toEqual([0, 0]);
});

programs('[S172] [S173] a lock is held by one, and is free in the end', function* (_t, program) {
  const lock = new Lock();
  let inside = 0;
  let times = 0;
  const body = function* (): Generator<unknown, void> {
    times++;
    expect(++inside).toBe(1);
    expect(lock.locked()).toBe(true);
    try {
      yield* program.pause();
    } finally {
      inside--;
    }
  };
  for (let n = 0; n < WORKERS; n++) {
    program.work(() => holding(_t, program, lock, body));
  }
  yield* program.run(() => first(lock._waiters, !lock.locked()));
  expect(times).toBeGreaterThan(0);
  expect([lock.locked(), lock._waiters.length, inside]).toEqual([false, 0, 0]);
  yield* wait(lock.acquire());
});

programs('[S193] [S194] a semaphore has all its permits in the end', function* (t, program) {
  const permits = 1 + program.dice.roll(3);
  const semaphore = new BoundedSemaphore(permits);
  let inside = 0;
  const body = function* (): Generator<unknown, void> {
    expect(++inside).toBeLessThanOrEqual(permits);
    try {
      yield* program.pause();
    } finally {
      inside--;
    }
  };
  for (let n = 0; n < WORKERS; n++) {
    program.work(() => holding(t, program, semaphore, body));
  }
  yield* program.run(() => first(semaphore._waiters, semaphore._value > 0));
  expect([semaphore._value, semaphore._waiters.length, inside]).toEqual([permits, 0, 0]);
  expect(semaphore.locked()).toBe(false);
});

programs(
  '[S182] [S185] a condition tells its news to somebody, and is free in the end',
  function* (t, program) {
    const condition = new Condition();
    let stock = 0;
    let made = 0;
    let sold = 0;
    for (let n = 0; n < WORKERS; n++) {
      program.work(() =>
        holding(t, program, condition, function* () {
          if (n % 2 === 0) {
            stock++;
            made++;
            condition.notify();
            yield* program.pause();
          } else {
            yield* wait(program.limited(() => condition.waitFor(() => stock > 0)));
            expect(condition.locked()).toBe(true);
            stock--;
            sold++;
          }
        }),
      );
    }
    yield* program.run(
      () => first(condition._waiters, stock > 0 && !condition.locked()),
      () => {
        if (condition.locked() || condition._waiters.length === 0) return;
        const acquire = condition.acquire();
        if (acquire.next().done !== true) {
          acquire.close();
          return;
        }
        stock++;
        made++;
        condition.notify();
        condition.release();
      },
    );
    expect(made).toBe(sold + stock);
    expect([condition.locked(), condition._waiters.length]).toEqual([false, 0]);
  },
);

programs(
  '[S198] [S199] a barrier is empty in the end, and lets a new round through',
  function* (t, program) {
    const barrier = new Barrier(1 + program.dice.roll(3));
    for (let n = 0; n < WORKERS; n++) {
      program.work(function* () {
        const place = yield* wait(program.limited(() => barrier.wait()));
        expect(place).toBeLessThan(barrier.parties);
        yield* program.pause();
      });
    }
    const helpers: Task<unknown>[] = [];
    yield* program.run(
      () => undefined,
      () => {
        const change = program.dice.roll(6) === 0 ? barrier.abort() : barrier.reset();
        helpers.push(t.task(() => untilDone(change)));
      },
    );
    for (const helper of helpers) yield* wait(helper);
    yield* wait(barrier.reset());
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
    const round = Array.from({ length: barrier.parties }, () =>
      t.task(() => untilDone(barrier.wait())),
    );
    const places: unknown[] = [];
    for (const task of round) places.push(yield* wait(task));
    expect(places.sort()).toEqual(places.map((_, index) => index));
  },
);

function* untilDone(coro: Coroutine<unknown>): Generator<unknown, unknown> {
  return yield* wait(coro);
}

/** Holds it by any of the ways there are. */
function* holding(
  t: Scene,
  program: Program,
  noun: Lock | BoundedSemaphore | Condition,
  body: () => Generator<unknown, void>,
): Generator<unknown, void> {
  const way = program.dice.roll(4);
  if (way === 0) {
    yield* wait(program.limited(() => noun.use(t.coroutine(body))));
  } else if (way === 1) {
    const held = yield* wait(program.limited(() => noun.hold()));
    try {
      yield* body();
    } finally {
      held.release();
    }
  } else {
    yield* wait(program.limited(() => noun.acquire()));
    try {
      yield* body();
    } finally {
      noun.release();
    }
  }
}

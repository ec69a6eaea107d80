import {
  type Coroutine,
  type CoroutineLike,
  createFuture,
  createTask,
  type Future,
  GeneratorCoroutine,
  type Task,
} from '@asyncio-ts/futures';
import { getRunningLoop, type Loop, type TimerHandle } from '@asyncio-ts/loop';

import { DoneWaiter } from './done-waiter.js';

/** How a race ended: the first result, whose it was (null: nobody won), and the error of each one that was started. */
export type StaggeredRaceResult<T> = readonly [
  result: T | undefined,
  winner: number | null,
  exceptions: readonly unknown[],
];

/**
 * Starts one after the other, each when the one before has failed or has had its time, until one succeeds; the others are
 * cancelled, and waited for.
 *
 * Mirrors Python's `asyncio.staggered.staggered_race`: what happy eyeballs are made of.
 *
 * @param functions - of no arguments, each called inside a task of its own
 * @param delay - how long one is waited for before the next one starts, in seconds; null: until it has failed
 * @returns `[result, winner, exceptions]`; the winner's entry in `exceptions` is null
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep, staggeredRace } from '@asyncio-ts/tasks';
 *
 * const [result, winner] = await runUntilComplete(
 *   new BaseEventLoop(),
 *   staggeredRace([() => sleep(0.05, 'slow'), () => sleep(0.01, 'fast')], 0.01),
 * );
 * console.log(result, winner); // fast 1
 * ```
 */
export function staggeredRace<T>(
  functions: Iterable<() => CoroutineLike<T> | PromiseLike<T>>,
  delay: number | null,
): Coroutine<StaggeredRaceResult<T>> {
  return new GeneratorCoroutine(racing(functions, delay), 'staggeredRace');
}

function* racing<T>(
  functions: Iterable<() => CoroutineLike<T> | PromiseLike<T>>,
  delay: number | null,
): Generator<unknown, StaggeredRaceResult<T>> {
  const race = new Race<T>(getRunningLoop());
  try {
    for (const fn of functions) {
      race.start(fn);
      yield* race.untilNextMayStart(delay);
      if (race.isWon) break;
    }
    yield* race.untilDecided();
  } finally {
    race.cancel();
    yield* race.untilAllEnded();
  }
  return race.result();
}

class Race<T> {
  private readonly _loop: Loop;
  private readonly _runners: Runner<T>[] = [];
  private readonly _exceptions: unknown[] = [];
  private _running = 0;
  private _winner: Runner<T> | null = null;
  /** Whoever runs the race waits for this; set anew for each wait. */
  private _news: Future<void> | null = null;
  private _newestFailed = false;

  constructor(loop: Loop) {
    this._loop = loop;
  }

  /** What whoever runs the race waits for. */
  get news(): Future<void> | null {
    return this._news;
  }

  get isWon(): boolean {
    return this._winner !== null;
  }

  start(fn: () => CoroutineLike<T> | PromiseLike<T>): void {
    const runner = new Runner<T>(createTask(this._loop, fn), this, this._runners.length);
    this._newestFailed = false;
    this._running++;
    this._runners.push(runner);
    this._exceptions.push(null);
    runner.attach();
  }

  *untilNextMayStart(delay: number | null): Generator<unknown, void> {
    let late = false;
    const timer: TimerHandle | null =
      delay === null
        ? null
        : this._loop.callLater(delay, () => {
            late = true;
            this._tell();
          });
    try {
      while (!late && !this._newestFailed && this._winner === null) yield* this._nextNews();
    } finally {
      timer?.cancel();
    }
  }

  *untilDecided(): Generator<unknown, void> {
    while (this._running > 0 && this._winner === null) yield* this._nextNews();
  }

  *untilAllEnded(): Generator<unknown, void> {
    while (this._running > 0) yield* this._nextNews();
  }

  cancel(): void {
    for (const runner of this._runners) if (runner !== this._winner) runner.future.cancel();
  }

  result(): StaggeredRaceResult<T> {
    const winner = this._winner;
    if (winner === null) return [undefined, null, this._exceptions];
    return [winner.future.result(), winner.index, this._exceptions];
  }

  /** A runner is done. */
  ended(runner: Runner<T>): void {
    this._running--;
    try {
      runner.future.result();
      this._winner ??= runner;
    } catch (error) {
      this._exceptions[runner.index] = error;
      if (runner.index === this._runners.length - 1) this._newestFailed = true;
    }
    this._tell();
  }

  private _tell(): void {
    if (this._news?.done() === false) this._news.setResult();
  }

  private *_nextNews(): Generator<unknown, void> {
    this._news = createFuture<void>(this._loop);
    yield* this._news;
  }
}

class Runner<T> extends DoneWaiter<Task<T>> {
  readonly index: number;
  private readonly _race: Race<T>;

  constructor(task: Task<T>, race: Race<T>, index: number) {
    super(task);
    this._race = race;
    this.index = index;
  }

  override _run(): void {
    this._race.ended(this);
  }

  override _awaiters(): readonly (object | null)[] {
    return [this._race.news];
  }
}

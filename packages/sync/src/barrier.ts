import { inspect } from 'node:util';

import {
  type Awaitable,
  type Coroutine,
  GeneratorCoroutine,
  type Returned,
} from '@asyncio-ts/futures';
import { ValueError } from '@asyncio-ts/loop';
import { asyncWith, markLazy } from '@asyncio-ts/tasks';

import { BrokenBarrierError } from './broken-barrier-error.js';
import { Condition } from './condition.js';

/**
 *   filling ──all are there──> draining ──the last has left──> filling
 *      │                          │
 *      └──────────reset───────────┴──> resetting ──the last has left──> filling
 *   any of them ──abort──> broken ──reset──> filling or resetting
 */
type State = 'filling' | 'draining' | 'resetting' | 'broken';

/**
 * A place where a number of tasks wait for each other: the last one to come lets all of them go on. It is used again and
 * again; whoever comes while the ones before are still leaving waits for the next round.
 *
 * Mirrors Python's `asyncio.Barrier`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { gather } from '@asyncio-ts/tasks';
 * import { Barrier } from '@asyncio-ts/sync';
 *
 * const barrier = new Barrier(3);
 * const places = await runUntilComplete(new BaseEventLoop(), function* () {
 *   return yield* gather(barrier.wait(), barrier.wait(), barrier.wait());
 * });
 * console.log(places.sort()); // [ 0, 1, 2 ]
 * ```
 */
export class Barrier {
  /** Whoever has to know of a change of state waits here. */
  private readonly _cond = new Condition();
  private readonly _parties: number;
  private _state: State = 'filling';
  /** How many have come, and not left. */
  private _count = 0;

  /**
   * @param parties - how many tasks wait for each other
   * @throws ValueError when there is not at least one.
   */
  constructor(parties: number) {
    if (!(parties >= 1)) {
      throw new ValueError(`Cannot make a barrier for ${parties} tasks: parties must be > 0`);
    }
    this._parties = parties;
  }

  /**
   * How many tasks wait for each other.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { gather } from '@asyncio-ts/tasks';
   * import { Barrier } from '@asyncio-ts/sync';
   *
   * const barrier = new Barrier(2);
   * const phase = () =>
   *   barrier.use(async (index) => {
   *     if (index === 0) console.log('all', barrier.parties, 'are here');
   *   });
   * await runUntilComplete(new BaseEventLoop(), () => gather(phase(), phase()));
   * console.log(barrier.nWaiting, barrier.broken); // 0 false
   * ```
   */
  get parties(): number {
    return this._parties;
  }

  /** How many wait at the moment; none while those who waited are leaving. */
  get nWaiting(): number {
    return this._state === 'filling' ? this._count : 0;
  }

  /** Whether it was aborted. */
  get broken(): boolean {
    return this._state === 'broken';
  }

  /**
   * Waits until all are there.
   *
   * @returns a different number for each of them, from 0 to `parties - 1`, in the order of arrival
   * @throws BrokenBarrierError when the barrier is aborted, or reset while this waits.
   */
  wait(): Coroutine<number> {
    return new GeneratorCoroutine<number>(this._waiting(), 'Barrier.wait');
  }

  private *_waiting(): Generator<unknown, number> {
    yield* this._cond.acquire();
    try {
      yield* this._untilItFills();
      try {
        const index = this._count++;
        if (index + 1 === this._parties) this._drain();
        else yield* this._untilReleased();
        return index;
      } finally {
        this._count--;
        this._left();
      }
    } finally {
      this._cond.release();
    }
  }

  private *_untilItFills(): Generator<unknown, void> {
    yield* this._cond.waitFor(() => this._state !== 'draining' && this._state !== 'resetting');
    if (this._state === 'broken') throw new BrokenBarrierError('Barrier aborted: reset() mends it');
  }

  private _drain(): void {
    this._state = 'draining';
    this._cond.notifyAll();
  }

  private *_untilReleased(): Generator<unknown, void> {
    yield* this._cond.waitFor(() => this._state !== 'filling');
    if (this._state === 'broken' || this._state === 'resetting') {
      throw new BrokenBarrierError(
        `Abort or reset of barrier: it is ${this._state}; the tasks of this round do not meet`,
      );
    }
  }

  /** The last one to leave lets the next round begin. */
  private _left(): void {
    if (this._count > 0) return;
    if (this._state === 'resetting' || this._state === 'draining') this._state = 'filling';
    this._cond.notifyAll();
  }

  /** Begins anew: whoever waits, or was released and has not left yet, gets a `BrokenBarrierError`. */
  reset(): Coroutine<void> {
    return new GeneratorCoroutine<void>(this._change(this._reset), 'Barrier.reset');
  }

  private _reset(): void {
    this._state = this._count > 0 ? 'resetting' : 'filling';
  }

  /**
   * Breaks it, for good: whoever waits, or comes before a `reset`, gets a `BrokenBarrierError`.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { gather } from '@asyncio-ts/tasks';
   * import { Barrier, BrokenBarrierError } from '@asyncio-ts/sync';
   *
   * const barrier = new Barrier(3);
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   await gather(barrier.wait(), barrier.abort()).catch((error) => {
   *     console.log(error instanceof BrokenBarrierError, barrier.broken); // true true
   *   });
   *   await barrier.reset();
   * });
   * ```
   */
  abort(): Coroutine<void> {
    return new GeneratorCoroutine<void>(this._change(this._abort), 'Barrier.abort');
  }

  private _abort(): void {
    this._state = 'broken';
  }

  private *_change(change: () => void): Generator<unknown, void> {
    yield* this._cond.acquire();
    try {
      change.call(this);
      this._cond.notifyAll();
    } finally {
      this._cond.release();
    }
  }

  /**
   * Waits until all are there, then runs the body, which is given the number that `wait` gives: Python's `async with`.
   *
   * @param body - an async function, a `function*` or a coroutine function
   * @returns what the body returns
   */
  use<R extends Awaitable<unknown>>(body: (index: number) => R): Coroutine<Returned<R>> {
    return asyncWith(this, body);
  }

  /**
   * Enters by hand; `use` is the usual way.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { Barrier } from '@asyncio-ts/sync';
   *
   * const barrier = new Barrier(1);
   * await runUntilComplete(new BaseEventLoop(), function* () {
   *   console.log(yield* barrier.aenter()); // 0
   *   yield* barrier.aexit(null);
   * });
   * ```
   */
  aenter(): Coroutine<number> {
    return this.wait();
  }

  /** Leaves by hand: nothing is to be done. */
  aexit(_error: unknown): Coroutine<void> {
    return new GeneratorCoroutine<void>(nothing(), 'aexit');
  }

  [inspect.custom](): string {
    const waiting = this.broken ? '' : `, waiters:${this.nWaiting}/${this._parties}`;
    return `<${this.constructor.name} [${this._state}${waiting}]>`;
  }

  static {
    markLazy(this.prototype.aenter, this.prototype.aexit);
  }
}

function* nothing(): Generator<unknown, void> {}

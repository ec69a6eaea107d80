import {
  type Awaitable,
  type CancelScope,
  type Coroutine,
  currentTask,
  GeneratorCoroutine,
  isCancelledError,
  openScope,
  type Returned,
  type Task,
} from '@asyncio-ts/futures';
import { brief, getRunningLoop, type Handle, RuntimeError, ValueError } from '@asyncio-ts/loop';
import { inspect } from 'node:util';

import { asyncWith } from './async-with.js';
import { markLazy } from './call-method.js';
import { BaseExceptionGroup } from './exception-group.js';
import { TimeoutError } from './timeout-error.js';

/**
 *   created ──enter──> active ──deadline──> expiring ──exit──> expired
 *                        └────────────exit────────────────────> finished
 */
type State = 'created' | 'active' | 'expiring' | 'expired' | 'finished';

/**
 * A time limit for a part of a task. Made by `timeout` and `timeoutAt`.
 *
 * When the deadline passes, what the body waits for is cancelled; leaving the body turns that CancelledError into a
 * `TimeoutError`. A body that never waits is never interrupted. It is used once.
 *
 * Mirrors Python's `asyncio.Timeout`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep, timeout } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   await timeout(10).use(async (limit) => {
 *     await sleep(0.01);
 *     limit.reschedule((limit.when() ?? 0) + 10); // ten seconds more
 *     await sleep(0.01);
 *   });
 * });
 * ```
 */
export class Timeout {
  private _state: State = 'created';
  private _when: number | null;
  private _timer: Handle | null = null;
  private _task: Task<unknown> | null = null;
  private _scope: CancelScope | null = null;
  /** How many cancel requests there were on entry: more on exit are somebody else's. */
  private _cancelling = 0;

  /** @param when - the deadline, in seconds on the loop's clock; null: none */
  constructor(when: number | null) {
    this._when = when;
  }

  /** The deadline, in seconds on the loop's clock; null: none. */
  when(): number | null {
    return this._when;
  }

  /**
   * Whether the deadline passed before the body was left.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { sleep, timeout } from '@asyncio-ts/tasks';
   *
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   const limit = timeout(0.01);
   *   await limit.use(() => sleep(60)).catch(() => undefined);
   *   console.log(limit.expired()); // true
   * });
   * ```
   */
  expired(): boolean {
    return this._state === 'expiring' || this._state === 'expired';
  }

  /**
   * Moves the deadline.
   *
   * @param when - in seconds on the loop's clock; null: none
   * @throws RuntimeError unless the body is running and the deadline has not passed.
   */
  reschedule(when: number | null): void {
    if (this._state === 'created') throw new RuntimeError('Timeout has not been entered');
    if (this._state !== 'active') {
      throw new RuntimeError(
        `Cannot change state of ${this._state} Timeout: only an active one can be rescheduled`,
      );
    }
    checkSeconds(when);
    this._when = when;
    this._timer?.cancel();
    this._timer = when === null ? null : this._arm(when);
  }

  private _arm(when: number): Handle {
    const loop = (this._task as Task<unknown>).getLoop();
    return when <= loop.time() ? loop.callSoon(expire, this) : loop.callAt(when, expire, this);
  }

  /** @internal The deadline has passed. */
  _expire(): void {
    this._timer = null;
    this._scope?.cancel();
    this._state = 'expiring';
  }

  /**
   * An AbortSignal that is aborted when the deadline passes, or the task is cancelled: for `fetch` and friends.
   *
   * @throws RuntimeError before it is entered.
   *
   * @example
   * ```ts
   * import { timeout } from '@asyncio-ts/tasks';
   *
   * export const head = (url: string) =>
   *   timeout(10).use(async ({ signal }) => await fetch(url, { method: 'HEAD', signal }));
   * ```
   */
  get signal(): AbortSignal {
    if (this._scope === null) throw new RuntimeError('Timeout has not been entered');
    return this._scope.signal;
  }

  /**
   * Runs the body under this limit; what it waits for is interrupted when the deadline passes.
   *
   * @param body - an async function, a `function*` or a coroutine function
   * @returns what the body returns
   * @throws TimeoutError when the deadline interrupted it; RuntimeError when it was used before, or outside of a task.
   */
  use<R extends Awaitable<unknown>>(body: (limit: this) => R): Coroutine<Returned<R>> {
    return asyncWith(this, body as (limit: Timeout) => R);
  }

  /**
   * Enters by hand, from a generator coroutine; `use` is the usual way.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { sleep, timeout } from '@asyncio-ts/tasks';
   *
   * await runUntilComplete(new BaseEventLoop(), function* () {
   *   const limit = yield* timeout(10).aenter();
   *   try {
   *     yield* sleep(0.01);
   *   } finally {
   *     yield* limit.aexit(null);
   *   }
   * });
   * ```
   */
  aenter(): Coroutine<this> {
    return new GeneratorCoroutine<this>(this._entering(), 'aenter');
  }

  /** Leaves by hand, with the error the body ended with, or null. */
  aexit(error: unknown): Coroutine<void> {
    return new GeneratorCoroutine<void>(this._leaving(error), 'aexit');
  }

  private *_entering(): Generator<unknown, this> {
    this._enter();
    return this;
  }

  private *_leaving(error: unknown): Generator<unknown, void> {
    this._exit(error);
  }

  /** @internal Entering does not wait. */
  _enter(): void {
    if (this._state !== 'created') throw new RuntimeError('Timeout has already been entered');
    checkSeconds(this._when);
    this._scope = openScope('the timeout');
    this._task = currentTask();
    this._cancelling = this._scope.cancelling();
    this._state = 'active';
    this.reschedule(this._when);
  }

  /** @internal Leaving does not wait. @throws TimeoutError in place of the CancelledError that it caused. */
  _exit(error: unknown): void {
    this._timer?.cancel();
    this._timer = null;
    if (this._state === 'active') this._state = 'finished';
    if (this._state !== 'expiring') {
      this._scope?.close();
      return;
    }
    this._state = 'expired';
    const left = this._scope?.uncancel() ?? 0;
    this._scope?.close();
    if (left > this._cancelling || error === null) return;
    if (isCancelledError(error)) throw timedOut(error);
    insertTimeoutError(error);
    if (error instanceof BaseExceptionGroup) error.exceptions.forEach(insertTimeoutError);
  }

  [inspect.custom](): string {
    const when =
      this._state === 'active'
        ? ` when=${this._when === null ? 'null' : Math.round(this._when * 1000) / 1000}`
        : '';
    return `<Timeout [${this._state}]${when}>`;
  }

  static {
    markLazy(this.prototype.aenter, this.prototype.aexit);
  }
}

function expire(limit: Timeout): void {
  limit._expire();
}

/** @internal The error that stands for a CancelledError of our own making. */
export function timedOut(cause: unknown): TimeoutError {
  return new TimeoutError('The time limit was reached before the work was done', { cause });
}

/** Where the error says that it came out of the cancel, it is told what the cancel was. */
function insertTimeoutError(error: unknown): void {
  // Causes are set by hand, and may go round in a circle.
  const seen = new Set<unknown>();
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at);
    if (isCancelledError(at.cause)) {
      at.cause = timedOut(at.cause);
      return;
    }
  }
}

function checkSeconds(when: number | null): void {
  if (when === null) return;
  if (typeof when !== 'number') {
    throw new TypeError(
      `Cannot set a time limit of ${brief(when)}: give a number of seconds, or null`,
    );
  }
  if (Number.isNaN(when)) throw new ValueError('Cannot set a time limit: it is NaN');
}

/**
 * A time limit, from now on: `await timeout(5).use(async () => ...)`.
 *
 * Mirrors Python's `asyncio.timeout`.
 *
 * @param delay - in seconds; null: no limit
 * @throws RuntimeError when no loop runs.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep, timeout, TimeoutError } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   try {
 *     await timeout(0.01).use(() => sleep(3600));
 *   } catch (error) {
 *     console.log(error instanceof TimeoutError); // true
 *   }
 * });
 * ```
 */
export function timeout(delay: number | null): Timeout {
  checkSeconds(delay);
  const loop = getRunningLoop();
  return new Timeout(delay === null ? null : loop.time() + delay);
}

/**
 * A time limit at an absolute time of the loop's clock.
 *
 * Mirrors Python's `asyncio.timeout_at`.
 *
 * @param when - in seconds, on the clock of `loop.time()`; null: no limit
 *
 * @example
 * ```ts
 * import { BaseEventLoop, getRunningLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep, timeoutAt } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const deadline = getRunningLoop().time() + 3600;
 *   yield* timeoutAt(deadline).use(() => sleep(0.01));
 * });
 * ```
 */
export function timeoutAt(when: number | null): Timeout {
  checkSeconds(when);
  return new Timeout(when);
}

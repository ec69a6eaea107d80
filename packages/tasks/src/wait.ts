import {
  Coroutine,
  createFuture,
  ensureFuture,
  type Future,
  type FutureLike,
  GeneratorCoroutine,
  isfuture,
  isThenable,
  type DoneCallback,
  type OnBehalf,
  type RelayingCallback,
} from '@asyncio-ts/futures';
import { brief, getRunningLoop, type Loop, type TimerHandle, ValueError } from '@asyncio-ts/loop';

import type { NoCoroutines } from './refused.js';

/**
 * `wait` returns when one is done.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createTask, runUntilComplete } from '@asyncio-ts/futures';
 * import { FIRST_COMPLETED, sleep, wait } from '@asyncio-ts/tasks';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, async () => {
 *   const tasks = [0.01, 60].map((seconds) => createTask(loop, sleep(seconds)));
 *   const [done, pending] = await wait(tasks, { returnWhen: FIRST_COMPLETED });
 *   console.log(done.size, pending.size); // 1 1
 *   for (const task of pending) task.cancel();
 * });
 * ```
 */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/**
 * `wait` returns when one failed, or all are done; a cancelled one did not fail.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createTask, runUntilComplete } from '@asyncio-ts/futures';
 * import { FIRST_EXCEPTION, sleep, wait } from '@asyncio-ts/tasks';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, async () => {
 *   const fails = createTask(loop, () => Promise.reject(new Error('no')));
 *   const [done] = await wait([fails, createTask(loop, sleep(60))], { returnWhen: FIRST_EXCEPTION });
 *   console.log(done.has(fails), String(fails.exception())); // true Error: no
 * });
 * ```
 */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/**
 * `wait` returns when all are done.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { createTask, runUntilComplete } from '@asyncio-ts/futures';
 * import { ALL_COMPLETED, sleep, wait } from '@asyncio-ts/tasks';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, async () => {
 *   const task = createTask(loop, sleep(60));
 *   const [done, pending] = await wait([task], { timeout: 0.01, returnWhen: ALL_COMPLETED });
 *   console.log(done.size, pending.size); // 0 1
 * });
 * ```
 */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** When `wait` returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

/** How long `wait` waits. */
export interface WaitOptions {
  /** In seconds; null: no limit. Default: null. */
  readonly timeout?: number | null | undefined;
  /** Default: `ALL_COMPLETED`. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/** What `wait` returns: those that are done, and those that are not. */
export type WaitResult<F> = readonly [done: Set<F>, pending: Set<F>];

/** What a future that is waited for comes back as: itself; a promise comes back as its future. */
export type Waited<F> =
  F extends FutureLike<unknown> ? F : F extends PromiseLike<infer T> ? Future<T> : never;

/**
 * Waits until one, or all, are done, or for so long. It throws nothing of theirs and cancels nothing.
 *
 * Mirrors Python's `asyncio.wait`.
 *
 * @param futures - futures and tasks, at least one, each counted once; promises are taken too. Coroutines are not: make tasks
 * @param options - `timeout` in seconds; `returnWhen`
 * @returns the pair `[done, pending]`
 * @throws ValueError when there is none, or for an unknown `returnWhen`; TypeError for a single future, and for coroutines.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createTask, FIRST_COMPLETED, sleep, wait } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const tasks = [createTask(sleep(0.01, 'fast')), createTask(sleep(3600, 'slow'))];
 *   const [done, pending] = await wait(tasks, { returnWhen: FIRST_COMPLETED });
 *   for (const task of done) console.log(task.result()); // fast
 *   for (const task of pending) task.cancel();
 * });
 * ```
 */
export function wait<F extends FutureLike<unknown> | PromiseLike<unknown>>(
  futures: Iterable<F> & NoCoroutines<F>,
  options: WaitOptions = {},
): Coroutine<WaitResult<Waited<F>>> {
  return new GeneratorCoroutine(waiting(futures, options) as never, 'wait');
}

function* waiting(
  futures: unknown,
  options: WaitOptions,
): Generator<unknown, WaitResult<FutureLike<unknown>>> {
  const loop = getRunningLoop();
  if (typeof options !== 'object') {
    throw new TypeError(
      `Cannot wait: after the futures, options were expected, got ${brief(options)}; write { timeout: seconds }`,
    );
  }
  const { timeout = null, returnWhen = ALL_COMPLETED } = options;
  const members = membersOf(futures, loop);
  if (members.size === 0) throw new ValueError('Set of Tasks/Futures is empty.');
  if (
    returnWhen !== FIRST_COMPLETED &&
    returnWhen !== FIRST_EXCEPTION &&
    returnWhen !== ALL_COMPLETED
  ) {
    throw new ValueError(`Invalid returnWhen value: ${brief(returnWhen)}`);
  }
  yield* new Waiting(members, returnWhen, timeout, loop).run();
  const done = new Set<FutureLike<unknown>>();
  const pending = new Set<FutureLike<unknown>>();
  for (const member of members) (member.done() ? done : pending).add(member);
  return [done, pending];
}

/** One `wait` under way: one callback for all members. */
class Waiting implements OnBehalf {
  private readonly _members: ReadonlySet<FutureLike<unknown>>;
  private readonly _returnWhen: ReturnWhen;
  private readonly _waiter: Future<void>;
  private readonly _timer: TimerHandle | null;
  private _left: number;

  constructor(
    members: ReadonlySet<FutureLike<unknown>>,
    returnWhen: ReturnWhen,
    timeout: number | null,
    loop: Loop,
  ) {
    this._members = members;
    this._returnWhen = returnWhen;
    this._left = members.size;
    this._waiter = createFuture<void>(loop);
    this._timer = timeout === null ? null : loop.callLater(timeout, this._release);
  }

  *run(): Generator<unknown, void> {
    this._memberDone._relay = this;
    for (const member of this._members) member.addDoneCallback(this._memberDone);
    try {
      yield* this._waiter;
    } finally {
      this._timer?.cancel();
      for (const member of this._members) member.removeDoneCallback(this._memberDone);
    }
  }

  private readonly _release = (): void => {
    if (!this._waiter.done()) this._waiter.setResult();
  };

  /** @internal */
  _awaiters(): readonly object[] {
    return [this._waiter];
  }

  private readonly _memberDone: DoneCallback<FutureLike<unknown>> & RelayingCallback = (member) => {
    this._left--;
    if (this._left > 0 && !this._isEnough(member)) return;
    this._timer?.cancel();
    this._release();
  };

  private _isEnough(member: FutureLike<unknown>): boolean {
    if (this._returnWhen === FIRST_COMPLETED) return true;
    return (
      this._returnWhen === FIRST_EXCEPTION && !member.cancelled() && member.exception() !== null
    );
  }
}

/** A native generator is taken for the iterable it is: a coroutine object says of itself that it is none. */
function membersOf(futures: unknown, loop: Loop): Set<FutureLike<unknown>> {
  if (
    isfuture(futures) ||
    futures instanceof Coroutine ||
    typeof futures !== 'object' ||
    futures === null ||
    !(Symbol.iterator in futures)
  ) {
    throw new TypeError(`expect a list of futures, not ${brief(futures)}`);
  }
  const members = new Set<FutureLike<unknown>>();
  for (const item of futures as Iterable<unknown>) members.add(memberOf(item, loop));
  return members;
}

function memberOf(item: unknown, loop: Loop): FutureLike<unknown> {
  if (isfuture(item)) return item;
  if (isThenable(item) && !(item instanceof Coroutine)) return ensureFuture(item, { loop });
  throw new TypeError(
    `Passing coroutines is forbidden, use tasks explicitly: a future was expected, got ${brief(item)}; wrap a coroutine in createTask()`,
  );
}

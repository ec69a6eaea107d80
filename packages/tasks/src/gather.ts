import {
  closeCoroutine,
  Coroutine,
  ensureFuture,
  Future,
  type FutureLike,
  GeneratorCoroutine,
  isDriver,
  isfuture,
  isThenable,
  loopHere,
  Task,
} from '@asyncio-ts/futures';
import { _getRunningLoop, _getSetLoop, brief, type Loop } from '@asyncio-ts/loop';

import { GatheringFuture } from './gathering-future.js';
import type { Outcome, Waitable } from './outcome.js';
import type { Refused } from './refused.js';

/** How `gather` treats errors. */
export interface GatherOptions {
  /** Put errors into the list, at their place, instead of failing with the first one. Default: false. */
  readonly returnExceptions?: boolean | undefined;
}

/** The results of `gather`, place by place. */
export type Gathered<W extends readonly unknown[]> = { -readonly [K in keyof W]: Outcome<W[K]> };

/** The results of `gather` with `returnExceptions`: at each place the result, or the error. */
export type GatheredOrErrors<W extends readonly unknown[]> = {
  -readonly [K in keyof W]: Outcome<W[K]> | Error;
};

/** Adds nothing to what `gather` takes at a place; for the rest, what it takes. */
export type Gatherable<A extends readonly unknown[], K extends keyof A> =
  A[K] extends Taken<A, K>
    ? unknown
    : Refused<'gather takes futures, tasks, coroutines, promises and functions of no arguments that give one, or a list of them; then { returnExceptions }'>;

type Taken<A extends readonly unknown[], K> = K extends '0'
  ? Waitable | Iterable<Waitable>
  : A[0] extends Waitable
    ? Waitable | (K extends Last<A> ? GatherOptions : never)
    : K extends '1'
      ? GatherOptions
      : never;

type Last<A extends readonly unknown[]> = A extends readonly [unknown, ...infer Rest]
  ? `${Rest['length']}`
  : never;

/**
 * Waits for many, and gives their results in the order in which they were named.
 *
 * Mirrors Python's `asyncio.gather`; the list may be spread, `gather(a, b)`, or given as one, `gather([a, b])`. It is no
 * coroutine: the children are scheduled by the call. The first error is set at once, the other children run on. Cancelling
 * it cancels the children; it is done when they are. A coroutine or future that is named twice runs once; a function that is
 * named twice is called twice.
 *
 * @param awaitables - futures, tasks, coroutines, promises, or functions of no arguments
 * @param options - `returnExceptions`: errors become results (whatever was thrown; the type says `Error`)
 * @returns a future of the list of results
 * @throws TypeError for what cannot be waited for; ValueError when futures of different loops are mixed; RuntimeError
 * when there are coroutines and no loop runs.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { gather, sleep } from '@asyncio-ts/tasks';
 *
 * const results = await runUntilComplete(new BaseEventLoop(), function* () {
 *   return yield* gather(sleep(0.02, 'slow'), sleep(0.01, 'fast'));
 * });
 * console.log(results); // [ 'slow', 'fast' ]
 * ```
 */
export function gather<const W extends readonly Waitable[]>(
  awaitables: W,
  options: GatherOptions & { readonly returnExceptions: true },
): GatheringFuture<GatheredOrErrors<W>>;
export function gather<const W extends readonly Waitable[]>(
  awaitables: W,
  options?: GatherOptions & { readonly returnExceptions?: false | undefined },
): GatheringFuture<Gathered<W>>;
export function gather<const W extends readonly Waitable[]>(
  ...awaitables: [...W, GatherOptions & { readonly returnExceptions: true }]
): GatheringFuture<GatheredOrErrors<W>>;
export function gather<const W extends readonly Waitable[]>(
  ...awaitables: W
): GatheringFuture<Gathered<W>>;
export function gather<T>(
  awaitables: Iterable<Waitable<T>>,
  options?: GatherOptions & { readonly returnExceptions?: false | undefined },
): GatheringFuture<T[]>;
export function gather<T>(
  awaitables: Iterable<Waitable<T>>,
  options: GatherOptions,
): GatheringFuture<(T | Error)[]>;
// Takes nothing that those above do not take: it is the one the compiler quotes when none of them fits.
export function gather<A extends readonly unknown[]>(
  ...awaitables: { [K in keyof A]: A[K] & Gatherable<A, K> }
): GatheringFuture<unknown[]>;
export function gather(...args: readonly unknown[]): GatheringFuture<unknown[]> {
  const { awaitables, options } = readArguments(args);
  if (awaitables.length === 0) return nothing();
  const children = new Array<FutureLike<unknown>>(awaitables.length);
  const seen = new Seen();
  let at = 0;
  let loop: Loop | undefined;
  let outer: GatheringFuture<unknown[]> | undefined;
  try {
    for (; at < awaitables.length; at++) {
      const awaitable = awaitables[at];
      // Most are tasks: there is nothing to make, and nothing to remember. Measured by the row `spawn`.
      if (awaitable instanceof Future && (loop === undefined || awaitable.getLoop() === loop)) {
        loop = awaitable.getLoop();
        children[at] = awaitable;
        continue;
      }
      const child = seen.before(awaitables, children, at) ?? childOf(awaitable, loop);
      loop ??= child.getLoop();
      seen.add(awaitable, child);
      children[at] = child;
    }
    outer = new GatheringFuture(children, options.returnExceptions === true, loop as Loop);
  } finally {
    if (outer === undefined) closeUnused(awaitables.slice(at));
  }
  outer._begin();
  return outer;
}

function readArguments(args: readonly unknown[]): {
  awaitables: readonly unknown[];
  options: GatherOptions;
} {
  const [first] = args;
  if (isList(first)) {
    if (args.length > 2 || (args[1] !== undefined && !isOptions(args[1]))) {
      throw new TypeError(
        `Cannot gather: after a list, options were expected, got ${brief(args[1])}; give one list, or spread it`,
      );
    }
    const options = args[1] ?? {};
    return { awaitables: Array.isArray(first) ? first : [...first], options };
  }
  const last = args[args.length - 1];
  if (isOptions(last)) return { awaitables: args.slice(0, -1), options: last };
  return { awaitables: args, options: {} };
}

function isList(value: unknown): value is Iterable<unknown> {
  if (Array.isArray(value)) return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.iterator in value &&
    !isfuture(value) &&
    !isDriver(value)
  );
}

function isOptions(value: unknown): value is GatherOptions {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return !isfuture(value) && !isDriver(value) && !isThenable(value);
}

function nothing(): GatheringFuture<unknown[]> {
  const loop = _getRunningLoop() ?? _getSetLoop() ?? loopHere('gather');
  const outer = new GatheringFuture<unknown[]>([], false, loop);
  outer.setResult([]);
  return outer;
}

function childOf(awaitable: unknown, loop: Loop | undefined): FutureLike<unknown> {
  const child = ensureFuture(awaitable as FutureLike<unknown>, loop === undefined ? {} : { loop });
  // Nobody else holds a task made here: if the loop is closed before its end, there is nobody to tell.
  if ((child as unknown) !== awaitable && child instanceof Task) child._logDestroyPending = false;
  return child;
}

/** A bad argument: what was scheduled runs on, what was not is closed, so that nobody is warned of it. */
function closeUnused(awaitables: readonly unknown[]): void {
  for (const awaitable of awaitables) {
    if (awaitable instanceof Coroutine && awaitable._state === 'CORO_CREATED') {
      closeCoroutine(awaitable);
    }
  }
}

/**
 * Coroutines that were named before. Those of generators tell by themselves whether a task has taken them, so that most calls
 * remember nothing; a future may be named as often as one likes.
 */
class Seen {
  private _drivers: Map<unknown, FutureLike<unknown>> | null = null;

  before(
    awaitables: readonly unknown[],
    children: readonly FutureLike<unknown>[],
    at: number,
  ): FutureLike<unknown> | undefined {
    const awaitable = awaitables[at];
    if (awaitable instanceof GeneratorCoroutine) {
      if (awaitable._state === 'CORO_CREATED') return undefined;
      const first = awaitables.indexOf(awaitable);
      return first < at ? children[first] : undefined;
    }
    return this._drivers?.get(awaitable);
  }

  add(awaitable: unknown, child: FutureLike<unknown>): void {
    if (awaitable instanceof GeneratorCoroutine || !isDriver(awaitable)) return;
    (this._drivers ??= new Map()).set(awaitable, child);
  }
}

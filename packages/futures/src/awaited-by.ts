/**
 * Who awaits whom, read from what is there anyway: the waiters of a future. A waiter that is a task, or a wait of one, says
 * so; one that stands for another future, as those of `gather` and `shield` do, names that. No await records anything for
 * this.
 */
import { Handle, type Loop, type Runnable } from '@asyncio-ts/loop';

import type { Leaves } from './leaves.js';
import { Listener } from './native-wait.js';
import { type FutureLike, isfuture } from './protocol.js';
import { type Registered, registryOf } from './registry.js';

/** @internal A waiter, or a done callback, that knows on whose behalf it waits. */
export interface OnBehalf {
  /** Tasks, or futures that will be done by what is waited for. */
  _awaiters(): readonly (object | null)[];
}

/** @internal A done callback that knows on whose behalf it waits: `_relay` says it. */
export interface RelayingCallback {
  _relay?: OnBehalf;
}

interface Waited {
  _waiterList(): readonly Runnable[];
}

interface WaitingTask extends Registered {
  readonly _leaves: Leaves | null;
  _allWaits(): readonly object[];
}

/** What was said with `futureAddToAwaitedBy`. */
const declared = new WeakMap<object, Set<object>>();

/**
 * Says that a future is awaited by another one, where the library cannot see it: whoever connects futures by callbacks of
 * their own tells the call graph so. Anything but futures and tasks is ignored.
 *
 * Mirrors Python's `asyncio.future_add_to_awaited_by`. What this library's own functions connect is known without it.
 *
 * @param future - what is waited for
 * @param waiter - the task or future that waits; take it back with `futureDiscardFromAwaitedBy`
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { captureCallGraph, Future, futureAddToAwaitedBy } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const inner = new Future<void>({ loop });
 * const outer = new Future<void>({ loop });
 * inner.addDoneCallback(() => outer.setResult());
 * futureAddToAwaitedBy(inner, outer);
 * console.log(captureCallGraph(inner)?.awaitedBy[0]?.future === outer); // true
 * ```
 */
export function futureAddToAwaitedBy(future: unknown, waiter: unknown): void {
  if (!isfuture(future) || !isfuture(waiter)) return;
  const waiters = declared.get(future);
  if (waiters === undefined) declared.set(future, new Set([waiter]));
  else waiters.add(waiter);
}

/**
 * Takes back what `futureAddToAwaitedBy` said. Harmless when it was not said.
 *
 * Mirrors Python's `asyncio.future_discard_from_awaited_by`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { captureCallGraph, Future } from '@asyncio-ts/futures';
 * import { futureAddToAwaitedBy, futureDiscardFromAwaitedBy } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const [inner, outer] = [new Future({ loop }), new Future({ loop })];
 * futureAddToAwaitedBy(inner, outer);
 * futureDiscardFromAwaitedBy(inner, outer);
 * console.log(captureCallGraph(inner)?.awaitedBy.length); // 0
 * ```
 */
export function futureDiscardFromAwaitedBy(future: unknown, waiter: unknown): void {
  if (!isfuture(future) || !isfuture(waiter)) return;
  const waiters = declared.get(future);
  if (waiters?.delete(waiter) === true && waiters.size === 0) declared.delete(future);
}

/**
 * @internal Who awaits a future: tasks, and futures nobody awaits in their turn. A future that stands between, such as that
 * of `gather`, is passed through.
 */
export function awaitersOf(future: FutureLike<unknown>): Set<FutureLike<unknown>> {
  const awaiters = new Set<FutureLike<unknown>>();
  collect(future, awaiters, new Set([future]));
  return awaiters;
}

function collect(
  future: FutureLike<unknown>,
  awaiters: Set<FutureLike<unknown>>,
  passed: Set<object>,
): void {
  for (const waiter of directAwaitersOf(future)) {
    if (isTask(waiter) || declared.get(future)?.has(waiter) === true) awaiters.add(waiter);
    else if (!passed.has(waiter)) {
      passed.add(waiter);
      const before = awaiters.size;
      collect(waiter, awaiters, passed);
      if (awaiters.size === before) awaiters.add(waiter);
    }
  }
}

/** @internal Whoever waits for a future without anything between them. */
export function directAwaitersOf(future: FutureLike<unknown>): Set<FutureLike<unknown>> {
  const awaiters = new Set<FutureLike<unknown>>();
  const waiters = (future as Partial<Waited>)._waiterList?.();
  for (const waiter of waiters ?? []) {
    for (const awaiter of awaitersBy(waiter, future)) if (isfuture(awaiter)) awaiters.add(awaiter);
  }
  // Of a future that is done the waiters are gone, and a future of another make does not show them: the tasks know.
  if (waiters === undefined || future.done()) {
    for (const task of tasksWaitingFor(future)) awaiters.add(task);
  }
  for (const waiter of declared.get(future) ?? []) awaiters.add(waiter as FutureLike<unknown>);
  return awaiters;
}

function awaitersBy(waiter: Runnable, future: FutureLike<unknown>): readonly (object | null)[] {
  if (waiter instanceof Handle) {
    return (waiter._callback as RelayingCallback | null)?._relay?._awaiters() ?? [];
  }
  if (waiter instanceof Listener) return listeningTasks(future.getLoop(), waiter);
  if ('_awaiters' in waiter) return (waiter as unknown as OnBehalf)._awaiters();
  return '_root' in waiter ? [waiter._root as object] : [];
}

/** `then(fn)` inside a task: whatever is made of it, it is that task's. */
function listeningTasks(loop: Loop, listener: Listener): WaitingTask[] {
  if (listener._leaves === null) return [];
  return tasksOn(loop).filter((task) => task._leaves === listener._leaves);
}

function tasksWaitingFor(future: FutureLike<unknown>): FutureLike<unknown>[] {
  const waiting = tasksOn(future.getLoop()).filter((task) => task._allWaits().includes(future));
  return waiting as unknown as FutureLike<unknown>[];
}

function tasksOn(loop: Loop): WaitingTask[] {
  const tasks: WaitingTask[] = [];
  for (let task = registryOf(loop).first; task !== null; task = task._nextTask) {
    tasks.push(task as WaitingTask);
  }
  return tasks;
}

/** @internal A task by its methods, so that one of another copy of this package is one. */
export function isTask(future: object): future is FutureLike<unknown> & { getName(): string } {
  return 'getCoro' in future && 'getName' in future;
}

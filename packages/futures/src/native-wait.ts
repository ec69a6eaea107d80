import { inspect } from 'node:util';

import { brief, logger, type Runnable } from '@asyncio-ts/loop';

import { openStep, stepIsOver } from './any-loop.js';
import type { CancelScope } from './cancel-scope.js';
import type { TaskFrame } from './current.js';
import { Flag } from './flag.js';
import type { Leaf, Leaves } from './leaves.js';
import type { Resolve } from './native-resolver.js';
import type { FutureLike, OwnFuture } from './protocol.js';

/** @internal The task an `await` belongs to. */
export interface AwaitingTask {
  readonly _leaves: Leaves | null;
  done(): boolean;
  /** Takes a cancel that is due inside this scope: the error to deliver instead of the result, or null. */
  _takeCancel(scope: CancelScope | null): Error | null;
  _leavesFor(): Leaves;
  _joined(future: FutureLike<unknown>, scope: CancelScope | null): void;
}

/** @internal Says of a future that whoever waited for it will not look at its error: the loop was closed before. */
export function notLookedAt(future: object | null): void {
  (future as { _notLookedAt?(): void } | null)?._notLookedAt?.();
}

/**
 * An `await` of a future by an async function of a task: a leaf, and the waiter of that future. Its turn comes when the
 * future is done, and then it resolves the engine's promise; the function goes on in the microtasks behind that handle.
 */
export class NativeWait implements Leaf, Runnable {
  _previous: Leaf | null = null;
  _next: Leaf | null = null;
  readonly _scope: CancelScope | null;
  private readonly _future: FutureLike<unknown>;
  private readonly _task: AwaitingTask;
  private readonly _resolve: Resolve;
  private readonly _reject: Resolve;

  constructor(
    future: FutureLike<unknown>,
    task: AwaitingTask,
    scope: CancelScope | null,
    resolve: Resolve,
    reject: Resolve,
  ) {
    this._future = future;
    this._task = task;
    this._scope = scope;
    this._resolve = resolve;
    this._reject = reject;
  }

  _cancelLeaf(message: unknown): boolean {
    return this._future.cancel(message);
  }

  _leafOf(): object {
    return this._future;
  }

  /** @internal For the call graph. */
  _awaiters(): readonly object[] {
    return [this._task];
  }

  _run(): void {
    openStep(this._future.getLoop());
    const task = this._task;
    task._leaves?.remove(this);
    const cancelled = task._takeCancel(this._scope);
    if (cancelled !== null && !this._future.cancelled()) this._reject(cancelled);
    else settle(this._future, this._resolve, this._reject);
  }

  _dropped(): void {
    notLookedAt(this._future);
  }

  /** A step of the task that waits: a report of slow steps names that. */
  [inspect.custom](): string {
    return inspect(this._task);
  }
}

/** @internal An async function, whose frame it is, waits for a future from now on. */
export function waitIn(
  { owner: task, scope }: TaskFrame<AwaitingTask>,
  future: OwnFuture,
  resolve: Resolve,
  reject: Resolve,
): void {
  const wait = new NativeWait(future, task, scope, resolve, reject);
  task._leavesFor().add(wait);
  future._addWaiter(wait);
}

/**
 * @internal Debug mode: a task that stands at a wait was given another one, and not by a step of its loop. Most often a
 * callback of a foreign emitter that was made inside the task carries the task with it.
 */
export function warnIfParked({ loop, owner: task }: TaskFrame<AwaitingTask>, future: object): void {
  if (!stepIsOver(loop) || task._leaves === null || task._leaves.first === null) return;
  logger.warning(
    `A wait for ${brief(future)} joined ${brief(task)}, which stands at another wait, from outside its step: if it comes from a callback of Node, wrap that in handler(fn), or make the emitter in withoutTask(fn)`,
  );
}

interface ListenedTo extends FutureLike<unknown> {
  _flags: number;
}

/**
 * Somebody listens with `then(fn)`: no wait of a task, and yet, made inside a task, what comes of it is seldom foreign.
 */
export class Listener implements Runnable {
  private readonly _future: ListenedTo;
  /** @internal Of the task inside which somebody listens; null outside of tasks. */
  readonly _leaves: Leaves | null;
  private readonly _resolve: Resolve;
  private readonly _reject: Resolve;

  constructor(future: ListenedTo, leaves: Leaves | null, resolve: Resolve, reject: Resolve) {
    this._future = future;
    this._leaves = leaves;
    this._resolve = resolve;
    this._reject = reject;
    future._flags += Flag.Listener;
    leaves?.listeningStarted();
  }

  _run(): void {
    openStep(this._future.getLoop());
    this._future._flags -= Flag.Listener;
    this._leaves?.listeningEnded();
    settle(this._future, this._resolve, this._reject);
  }

  _dropped(): void {
    this._future._flags -= Flag.Listener;
    notLookedAt(this._future);
  }
}

/** @internal Hands the outcome of a done future on. */
export function settle(future: FutureLike<unknown>, resolve: Resolve, reject: Resolve): void {
  let value: unknown;
  try {
    value = future.result();
  } catch (error) {
    reject(error);
    return;
  }
  resolve(value);
}

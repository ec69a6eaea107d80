import { inspect } from 'node:util';

import {
  type Awaitable,
  type CancelScope,
  closeCoroutine,
  type Coroutine,
  createFuture,
  createTask,
  currentTask,
  type Future,
  GeneratorCoroutine,
  isCancelledError,
  isDriver,
  openScope,
  type Returned,
  type Task,
  type TaskBody,
  type TaskOptions,
} from '@asyncio-ts/futures';
import { brief, type Loop, type Runnable, RuntimeError, schedule } from '@asyncio-ts/loop';

import { asyncWith } from './async-with.js';
import { markLazy } from './call-method.js';
import { DoneWaiter } from './done-waiter.js';
import { BaseExceptionGroup } from './exception-group.js';

/**
 * Tasks that end together: leaving the body waits for all of them, and when one fails, the others and the body are
 * cancelled.
 *
 * Mirrors Python's `asyncio.TaskGroup`, with `cancel()` of 3.15. It is used once.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { sleep, TaskGroup } from '@asyncio-ts/tasks';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const [one, two] = await new TaskGroup().use(async (group) => [
 *     group.createTask(sleep(0.02, 'one')),
 *     group.createTask(async () => await sleep(0.01, 'two')),
 *   ]);
 *   console.log(one?.result(), two?.result()); // one two
 * });
 * ```
 */
export class TaskGroup implements Runnable {
  private _entered = false;
  private _exiting = false;
  private _aborting = false;
  /** `cancel` was called before it was entered. */
  private _cancelOnEntry = false;
  private _loop: Loop | null = null;
  private _parent: Task<unknown> | null = null;
  private _scope: CancelScope | null = null;
  /** How many cancel requests there were on entry. */
  private _cancelling = 0;
  /** We cancelled the parent's body, and take that back on leaving. */
  private _parentCancelRequested = false;
  /** How many children are not done, or ended and were not heard of yet. */
  private _unheard = 0;
  /** Those of them that may need to be cancelled, or have failed: a list in the order in which they were made. */
  private _first: GroupChild | null = null;
  private _last: GroupChild | null = null;
  private _errors: unknown[] = [];
  /** The first error that must leave the loop as it is (`KeyboardInterrupt`, `SystemExit`). */
  private _baseError: unknown = null;
  private _onCompleted: Future<void> | null = null;

  /**
   * Makes a task of the group.
   *
   * @param body - a generator, a coroutine object, or a function of no arguments that is called inside the new task
   * @throws RuntimeError when the group has not been entered, is finished, or is shutting down: a coroutine is closed then.
   */
  createTask<T>(body: TaskBody<T>, options?: TaskOptions): Task<T> {
    const refused = this._refusal();
    if (refused !== null) {
      if (isDriver(body)) closeCoroutine(body);
      throw new RuntimeError(refused);
    }
    const task = createTask(this._loop as Loop, body, options);
    // A child that ended within this call (eagerly) is heard of in the next turn, as any other.
    this._unheard++;
    if (hasSucceeded(task)) schedule(task._loop, this);
    else this._waitFor(task);
    return task;
  }

  private _waitFor(task: Task<unknown>): void {
    const child = new GroupChild(task, this);
    this._append(child);
    child.attach();
    // Within this call it cancelled the group, which did not know of it yet.
    if (this._aborting && !task.done()) task.cancel();
  }

  private _append(child: GroupChild): void {
    child._previous = this._last;
    if (this._last === null) this._first = child;
    else this._last._next = child;
    this._last = child;
  }

  private _remove({ _previous: previous, _next: next }: GroupChild): void {
    if (previous === null) this._first = next;
    else previous._next = next;
    if (next === null) this._last = previous;
    else next._previous = previous;
  }

  private _refusal(): string | null {
    if (!this._entered) {
      return `Cannot create a task: ${inspect(this)} has not been entered; use(body) enters it`;
    }
    if (this._exiting && this._unheard === 0) {
      return `Cannot create a task: ${inspect(this)} is finished; make a new group`;
    }
    return this._aborting ? `Cannot create a task: ${inspect(this)} is shutting down` : null;
  }

  /**
   * Cancels the children and the body; the group is then left without an error. Before it is entered, it takes effect on
   * entry; twice, or after the end, it does nothing.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { sleep, TaskGroup } from '@asyncio-ts/tasks';
   *
   * await runUntilComplete(new BaseEventLoop(), async () => {
   *   await new TaskGroup().use(async (group) => {
   *     group.createTask(sleep(3600));
   *     console.log(group.signal.aborted); // false
   *     group.cancel(); // enough: no error
   *   });
   * });
   * ```
   */
  cancel(): void {
    if (!this._entered) {
      this._cancelOnEntry = true;
    } else if (!this._aborting && !(this._exiting && this._unheard === 0)) {
      this._abortAll();
    }
  }

  /**
   * An AbortSignal that is aborted when the group is cancelled by a failing child, by `cancel()` or with its task.
   *
   * @throws RuntimeError before it is entered.
   */
  get signal(): AbortSignal {
    if (this._scope === null) throw new RuntimeError('TaskGroup has not been entered');
    return this._scope.signal;
  }

  /**
   * Runs the body, and waits for all tasks of the group.
   *
   * @param body - an async function, a `function*` or a coroutine function; it is given the group
   * @returns what the body returns; undefined when `cancel()` interrupted it
   * @throws ExceptionGroup of all errors, the body's included; CancelledError when the task was cancelled from outside.
   */
  use<R extends Awaitable<unknown>>(body: (group: this) => R): Coroutine<Returned<R>> {
    return asyncWith(this, body as (group: TaskGroup) => R) as Coroutine<Returned<R>>;
  }

  /**
   * Enters by hand, from a generator coroutine; `use` is the usual way.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { sleep, TaskGroup } from '@asyncio-ts/tasks';
   *
   * await runUntilComplete(new BaseEventLoop(), function* () {
   *   const group = yield* new TaskGroup().aenter();
   *   const task = group.createTask(sleep(0.01, 'done'));
   *   yield* group.aexit(null);
   *   console.log(task.result()); // done
   * });
   * ```
   */
  aenter(): Coroutine<this> {
    return new GeneratorCoroutine<this>(this._entering(), 'aenter');
  }

  /** Leaves by hand, with the error the body ended with, or null; waits for all tasks of the group. */
  aexit(error: unknown): Coroutine<boolean> {
    return new GeneratorCoroutine<boolean>(this._leaving(error), 'aexit');
  }

  private *_entering(): Generator<unknown, this> {
    if (this._entered) throw new RuntimeError(`${inspect(this)} has already been entered`);
    this._scope = openScope('the task group');
    const parent: Task<unknown> | null = currentTask();
    this._parent = parent;
    this._loop = parent?.getLoop() ?? null;
    this._cancelling = this._scope.cancelling();
    this._entered = true;
    if (this._cancelOnEntry) this._abortAll();
    return this;
  }

  private *_leaving(error: unknown): Generator<unknown, boolean> {
    try {
      this._exiting = true;
      if (error !== null) this._noteBaseError(error);
      let cancelled: unknown = isCancelledError(error) ? error : null;
      if (error !== null && !this._aborting) this._abort();

      let pending: unknown = null;
      while (this._unheard > 0) {
        this._onCompleted ??= createFuture<void>(this._loop as Loop);
        try {
          yield* this._onCompleted;
        } catch (interruption) {
          pending = interruption;
          // Cancelled while it waits: from outside, unless the group is shutting down already.
          if (!this._aborting) {
            cancelled = interruption;
            this._abort();
          }
        }
        this._onCompleted = null;
      }
      return this._left(error, cancelled, pending);
    } finally {
      this._scope?.close();
    }
  }

  /** All are done: what leaving comes to. */
  private _left(error: unknown, cancelled: unknown, pending: unknown): boolean {
    if (this._baseError !== null) this._throwBaseError(this._baseError);
    const scope = this._scope as CancelScope;
    if (this._parentCancelRequested) {
      // Nobody else has asked since it was entered: the cancel was ours alone.
      if (scope.uncancel() <= this._cancelling) cancelled = null;
      else cancelled ??= pending;
    }
    if (cancelled !== null && this._errors.length === 0) throw cancelled;
    if (error !== null && !isCancelledError(error)) this._errors.push(error);
    if (this._errors.length > 0) this._throwErrors(scope, cancelled);
    // What is left is a CancelledError of our own making.
    return true;
  }

  /** It goes alone; nobody would hear of the others. */
  private _throwBaseError(baseError: unknown): never {
    for (const exception of this._errors) {
      if (exception === baseError) continue;
      this._loop?.callExceptionHandler({
        message: `Task exception was not propagated: ${inspect(this)} is left with ${brief(baseError)}`,
        exception,
        taskGroup: this,
      });
    }
    throw baseError;
  }

  private _throwErrors(scope: CancelScope, cancelled: unknown): never {
    // Somebody cancelled the task as well. The group's errors go first; the cancel stays due, for the next wait.
    if (scope.cancelling() > 0) scope.postpone();
    const errors = this._errors;
    this._errors = [];
    throw new BaseExceptionGroup(
      'unhandled errors in a TaskGroup',
      errors,
      cancelled === null ? undefined : { cause: cancelled },
    );
  }

  private _abort(): void {
    this._aborting = true;
    for (let child = this._first; child !== null; child = child._next) {
      if (!child.future.done()) child.future.cancel();
    }
  }

  private _abortAll(): void {
    this._abort();
    if (this._parentCancelRequested) return;
    this._parentCancelRequested = true;
    this._scope?.cancel();
  }

  /** @internal */
  get _parentTask(): Task<unknown> | null {
    return this._parent;
  }

  /** @internal In the ready queue it stands for a child that succeeded as it was made, of which nothing else is kept. */
  _run(): void {
    this._heardOfOne();
  }

  private _heardOfOne(): void {
    this._unheard--;
    if (this._unheard === 0 && this._onCompleted?.done() === false) this._onCompleted.setResult();
  }

  /** @internal A child is done. */
  _childDone(child: GroupChild): void {
    const task = child.future;
    this._remove(child);
    this._heardOfOne();
    if (task.cancelled()) return;
    const error = task.exception();
    if (error === null) return;
    this._errors.push(error);
    this._noteBaseError(error);
    if (this._parent?.done() === true) this._reportOrphan(task, error);
    else if (!this._aborting && !this._parentCancelRequested) this._abortAll();
  }

  private _noteBaseError(error: unknown): void {
    const loop = this._loop as Loop & { isBaseException?(error: unknown): boolean };
    if (this._baseError === null && loop.isBaseException?.(error) === true) this._baseError = error;
  }

  private _reportOrphan(task: Task<unknown>, exception: unknown): void {
    this._loop?.callExceptionHandler({
      message: `Task ${inspect(task)} has errored out but its parent task ${inspect(this._parent)} is already completed`,
      exception,
      task,
    });
  }

  [inspect.custom](): string {
    const info: string[] = [];
    if (this._unheard > 0) info.push(`tasks=${this._unheard}`);
    if (this._errors.length > 0) info.push(`errors=${this._errors.length}`);
    if (this._aborting) info.push('cancelling');
    else if (this._entered) info.push('entered');
    return `<${['TaskGroup', ...info].join(' ')}>`;
  }

  static {
    markLazy(this.prototype.aenter, this.prototype.aexit);
  }
}

function hasSucceeded(task: Task<unknown>): boolean {
  return task._state === 'FINISHED' && !task._failed;
}

class GroupChild extends DoneWaiter<Task<unknown>> {
  _previous: GroupChild | null = null;
  _next: GroupChild | null = null;
  private readonly _group: TaskGroup;

  constructor(task: Task<unknown>, group: TaskGroup) {
    super(task);
    this._group = group;
  }

  override _run(): void {
    this._group._childDone(this);
  }

  /** The parent waits for its children from the beginning, in the body, too. */
  override _awaiters(): readonly (object | null)[] {
    return [this._group._parentTask];
  }
}

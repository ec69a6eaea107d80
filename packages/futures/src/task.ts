/**
 * A task makes a future true by running a coroutine.
 *
 * It is always in exactly one of these states:
 *
 *   scheduled   it lies in the loop's ready queue: before the first step, after a bare `yield`, or because what it waited
 *               for is done (`_waitsFor` is that future still, until the step begins);
 *   waiting     `_waitsFor` is a future that is pending and has the task among its waiters; or its coroutine stands at a
 *               call of an async function, whose own waits are the leaves in `_leaves`;
 *   stepping    its coroutine is on the JavaScript stack (`steppedNow()`), or an async function of it runs in a microtask;
 *   done        `_top` is null.
 */
import { inspect } from 'node:util';

import {
  _getRunningLoop,
  brief,
  captureAsyncScope,
  Context,
  contextOf,
  type ContextOwner,
  type Loop,
  RuntimeError,
  snapshotContext,
} from '@asyncio-ts/loop';

import { capturesStores, letsOut } from './any-loop.js';
import { CancellableTask } from './cancellable-task.js';
import { isCancelledError } from './cancelled-error.js';
import type { CancelScope } from './cancel-scope.js';
import { Flag } from './flag.js';
import { CAREFULLY, type Elsewhere, within } from './elsewhere.js';
import { describeShortly } from './future-description.js';
import type { InlineRoot } from './inline-driver.js';
import { coroutineName } from './coroutine-name.js';
import { InvalidStateError } from './invalid-state-error.js';
import { Leaves } from './leaves.js';
import { type AwaitingTask, notLookedAt } from './native-wait.js';
import { schedule, thread } from './of-the-loop.js';
import {
  type CoroutineLike,
  type FutureLike,
  Kind,
  kindOf,
  type OwnCoroutine,
  type OwnFuture,
} from './protocol.js';
import { type Registered, registryOf } from './registry.js';
import type { StackFrame } from './stack-frame.js';
import { resume, setBottom, stepHere, type Steppable } from './step.js';
import { reportSwallowed } from './swallowed-cancel.js';
import { takeOver } from './take-over.js';
import type { TaskOptions } from './task-options.js';
import { getStack, printStack, type PrintStackOptions, type StackOptions } from './task-stack.js';

let created = 0;

/**
 * A coroutine that runs by itself, and the future of what it returns.
 *
 * Mirrors Python's `asyncio.Task`. Made by `createTask`, seldom by `new`.
 *
 * @typeParam T - what the coroutine returns
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete, Task } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const task = new Task(
 *   (function* () {
 *     yield;
 *     return 42;
 *   })(),
 *   { loop, name: 'answer' },
 * );
 * console.log(await runUntilComplete(loop, task)); // 42
 * ```
 */
export class Task<T>
  extends CancellableTask<T>
  implements Steppable, ContextOwner, AwaitingTask, InlineRoot, Registered
{
  // What a step looks at comes first, so that it lies together in memory.
  /** @internal */
  _waitsFor: FutureLike<unknown> | null = null;
  private _elsewhere: Elsewhere | null = null;
  /** @internal */
  _top: CoroutineLike<unknown> | null = null;
  /** @internal */
  _context: Context | null = null;
  /** @internal */
  _stack: object[] | null = null;
  /** @internal */
  _scope: CancelScope | null = null;
  /** @internal */
  _leaves: Leaves | null = null;
  /** @internal */
  _previousTask: Registered | null = null;
  /** @internal */
  _nextTask: Registered | null = null;
  private _coro: CoroutineLike<T> | null;
  private readonly _number = ++created;

  /**
   * @param coro - a generator, a coroutine object, or any driver with `next`, `throw` and `return`
   * @throws whatever the loop's `callSoon` throws; TypeError when `coro` is no coroutine (use `createTask` for functions).
   */
  constructor(coro: CoroutineLike<T>, options: TaskOptions & { readonly loop?: Loop } = {}) {
    super(options);
    this._coro = coro;
    setBottom(this, takeOver(coro), coro);
    const { context, name } = options;
    if (context === undefined || context === null) this._context = snapshotContext();
    else if (context instanceof Context) this._context = context;
    else {
      this._context = snapshotContext();
      this._elsewhere = { runInAsyncScope: (step) => context.run(step) };
    }
    if (name !== undefined && name !== null) this._rareFields().name = String(name);
    if (this._seesForeignStores()) this._elsewhere = within(captureAsyncScope(), this._elsewhere);
    if (options.eagerStart === true && _getRunningLoop() === this._loop) {
      this._startNow();
    } else {
      try {
        schedule(this._loop, this);
      } catch (error) {
        this._abandon();
        throw error;
      }
      registryOf(this._loop).add(this);
    }
  }

  /** An async function sees the stores of where its task was made; a generator only if the loop was asked for it. */
  private _seesForeignStores(): boolean {
    return kindOf(this._top) === Kind.Call || capturesStores(this._loop);
  }

  private _startNow(): void {
    registryOf(this._loop).add(this);
    this._run();
    if (this.done()) this._coro = null;
  }

  // --- stepping

  /**
   * @internal A task is the handle of its own next step, in the ready queue of its loop. What is looked at here lies together
   * in the object. Measured by the rows `switch` and `await-future`.
   */
  _run(): void {
    if (this._elsewhere === null && (this._flags & Flag.MustCancel) === 0 && !thread.stepping) {
      const waited = this._waitsFor as Partial<OwnFuture> | null;
      if (waited === null) {
        stepHere(this, false, undefined);
        return;
      }
      if (waited._state === 'FINISHED' && waited._failed === false) {
        this._waitsFor = null;
        stepHere(this, false, waited._value);
        return;
      }
    }
    this._step();
  }

  /** @internal */
  _dropped(): void {
    notLookedAt(this._waitsFor);
  }

  /** Runs one step, as the loop does. Mirrors Python's `Task.__step`. */
  _step(): void {
    if (this._state !== 'PENDING') {
      if (this._finished) return;
      registryOf(this._loop).remove(this);
      this._loop.callExceptionHandler({
        message: 'Exception in callback Task._step()',
        exception: new InvalidStateError(`_step(): already done: ${brief(this)}`),
        task: this,
      });
    } else if (this._elsewhere === null) resume(this);
    else this._elsewhere.runInAsyncScope(() => resume(this));
  }

  /** @internal */
  override _finish(result: unknown): void {
    this._endedBehindItsBack();
    super._finish(result);
  }

  /** @internal */
  override _fail(error: unknown): void {
    this._endedBehindItsBack();
    super._fail(error);
  }

  /** Somebody used the methods of Future on it: the next step must look before it goes on. */
  private _endedBehindItsBack(): void {
    if (this._top !== null) this._elsewhere ??= CAREFULLY;
  }

  /** Whether it is reported when it is still pending at the end of its loop. */
  get _logDestroyPending(): boolean {
    return (this._flags & Flag.Forgettable) === 0;
  }

  set _logDestroyPending(log: boolean) {
    this._flags = log ? this._flags & ~Flag.Forgettable : this._flags | Flag.Forgettable;
  }

  /** @internal */
  get _root(): this {
    return this;
  }

  /** @internal */
  get _finished(): boolean {
    return this._top === null;
  }

  /** @internal */
  _leafLeft(): void {
    // The wait of a task's own generator is kept in `_waitsFor`, not among the leaves.
  }

  /** @internal */
  _leafJoined(): void {
    if (this._mustCancel && this._waitsFor !== null) this._joined(this._waitsFor, this._scope);
  }

  /** @internal */
  _returned(value: unknown): void {
    this._end();
    if (this._state !== 'PENDING') return;
    const cancelled = this._takeCancel(null);
    if (cancelled === null) {
      this._finish(value);
      if (this._rare !== null) reportSwallowed(this);
    } else {
      // Nobody was thrown the error: the message is for everybody who looks, as in Python.
      const message = this._cancelMessage;
      this._cancelWith(cancelled);
      this._cancelMessage = message;
    }
  }

  /** @internal */
  _threw(error: unknown): void {
    this._end();
    if (this._state !== 'PENDING') return;
    if (isCancelledError(error)) {
      this._cancelWith(error);
      return;
    }
    this._fail(error);
    const loop = this._loop;
    if (!letsOut(loop, error)) return;
    this._logTraceback = false;
    loop._raise(error);
  }

  /** @internal */
  override _notLookedAt(): void {
    // What left the loop was told to whoever runs it.
    if (!letsOut(this._loop, this._value)) super._notLookedAt();
  }

  private _end(): void {
    const coro = this._coro as Partial<OwnCoroutine> | null;
    if (kindOf(coro) === Kind.Coroutine) (coro as OwnCoroutine)._closed();
    // A finished generator keeps its registers, and what they hold, alive: a task in a list of results must not.
    if (kindOf(this._coro) === undefined) this._coro = null;
    this._top = this._stack = null;
    this._scope = null;
    registryOf(this._loop).remove(this);
  }

  // --- the async parts

  /** @internal */
  _leavesFor(): Leaves {
    return (this._leaves ??= new Leaves(this._loop));
  }

  /** @internal */
  _callStarted(): void {
    this._leavesFor().callStarted();
  }

  /** @internal */
  _callSettled(): void {
    this._leavesFor().callSettled();
  }

  // --- what may not be done to a task

  /** Refused: the result of a task is its coroutine's. @throws RuntimeError always. */
  override setResult(_result: T): never {
    throw new RuntimeError(
      'Task does not support the setResult operation: its coroutine gives the result',
    );
  }

  /** Refused: the error of a task is its coroutine's. @throws RuntimeError always. */
  override setException(_exception: unknown): never {
    throw new RuntimeError(
      'Task does not support the setException operation: its coroutine gives the error; use cancel()',
    );
  }

  // --- looking

  /**
   * Its name.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { createTask, runUntilComplete } from '@asyncio-ts/futures';
   *
   * const loop = new BaseEventLoop();
   * const task = createTask(loop, async () => {});
   * task.setName('worker 1');
   * console.log(task.getName()); // worker 1
   * console.log(task.getCoro() !== null, task.getContext().size); // true 0
   * await runUntilComplete(loop, task);
   * ```
   */
  getName(): string {
    return this._rare?.name ?? `Task-${this._number}`;
  }

  /** Changes its name; anything else than a string is converted. */
  setName(name: unknown): void {
    this._rareFields().name = String(name);
  }

  /** The coroutine it runs; null when it was started eagerly and done at once, and for a bare generator that is done. */
  getCoro(): CoroutineLike<T> | null {
    return this._coro;
  }

  /** The context its steps run in. */
  getContext(): Context {
    return contextOf(this);
  }

  /**
   * Where it stands: the functions on its stack, the oldest first. Of a failed task, the traceback; empty when it is done
   * otherwise.
   *
   * Mirrors Python's `Task.get_stack`; of a suspended task all coroutines are there, not only the outermost one. The line of
   * a generator comes from V8's inspector, which is opened for this call. An async function that is suspended has one in
   * debug mode only; else it is shown by its name.
   *
   * @param options - `limit`: so many frames at most
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { coroutine, createTask, runUntilComplete } from '@asyncio-ts/futures';
   *
   * const loop = new BaseEventLoop();
   * const work = coroutine(function* work() {
   *   yield;
   * });
   * const task = createTask(loop, work());
   * console.log(task.getStack().map((frame) => frame.functionName)); // [ 'work' ]
   * await runUntilComplete(loop, task);
   * ```
   */
  getStack(options: StackOptions = {}): StackFrame[] {
    return getStack(this, options, this.getStack);
  }

  /**
   * Prints where it stands, or its traceback when it has failed.
   *
   * Mirrors Python's `Task.print_stack`.
   *
   * @param options - `limit` as for `getStack`; `file`: where to, default `process.stdout`
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { coroutine, createTask, runUntilComplete } from '@asyncio-ts/futures';
   *
   * const loop = new BaseEventLoop();
   * const work = coroutine(function* work() {
   *   yield;
   * });
   * const task = createTask(loop, work());
   * task.printStack({ file: process.stderr });
   * // Stack for <Task pending name='Task-1' coro=<work>> (most recent call last):
   * //   File "work.ts", line 5, in work
   * await runUntilComplete(loop, task);
   * ```
   */
  printStack(options: PrintStackOptions = {}): void {
    printStack(this, options, this.printStack);
  }

  /** The first thing it waits for, or null: for tools. */
  get _futWaiter(): object | null {
    return this._allWaits()[0] ?? null;
  }

  /** @internal Everything it waits for. */
  _allWaits(): object[] {
    const waits: object[] = this._waitsFor === null ? [] : [this._waitsFor];
    for (let leaf = this._leaves?.first ?? null; leaf !== null; leaf = leaf._next) {
      const waited = leaf._leafOf();
      if (waited !== null) waits.push(waited);
    }
    return waits;
  }

  /** @internal It could not be started: it is forgotten without a word. */
  _abandon(): void {
    const top = this._top;
    this._end();
    top?.return(undefined as never);
    if (this._state === 'PENDING') this._cancelAtOnce();
  }

  /** @internal */
  _reportPending(): void {
    if (this._state !== 'PENDING' || !this._logDestroyPending) return;
    this._loop.callExceptionHandler({
      message: 'Task was destroyed but it is pending!',
      task: this,
      sourceTraceback: this._sourceTraceback,
    });
  }

  /** @internal */
  override _describeState(): string[] {
    const info = super._describeState();
    if (this._state === 'PENDING' && this.cancelling() > 0) info[0] = 'cancelling';
    info.splice(1, 0, `name=${inspect(this.getName())}`, `coro=<${coroutineName(this._coro)}>`);
    const waited = this._futWaiter;
    if (waited !== null) info.push(`wait_for=${describeShortly(waited)}`);
    return info;
  }

  override get [Symbol.toStringTag](): string {
    return 'Task';
  }
}

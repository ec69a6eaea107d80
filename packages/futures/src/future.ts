/**
 * A value that is not here yet.
 *
 *            set result / exception
 *   PENDING ───────────────────────> FINISHED
 *      │
 *      └──────── cancel ───────────> CANCELLED
 *
 * Whoever waits is a waiter: something the loop can run. One waiter lies in the future itself, a second one makes a list.
 * On leaving PENDING all of them are put into the loop's ready queue, in order, and forgotten; none runs at once.
 */
import { inspect } from 'node:util';

import {
  brief,
  Handle,
  type Loop,
  type Runnable,
  RuntimeError,
  sourceTraceback,
  ValueError,
} from '@asyncio-ts/loop';

import { isClosed } from './any-loop.js';
import { traceable, traceAwaits } from './await-trace.js';
import { type CancelledError, makeCancelledError } from './cancelled-error.js';
import type { Collector } from './collector.js';
import { awaitFrame, runningTask, type TaskFrame } from './current.js';
import { Flag } from './flag.js';
import { refuseCoroutineFunction } from './function-kind.js';
import { FutureAwait } from './future-await.js';
import { describeState } from './future-description.js';
import { InvalidStateError } from './invalid-state-error.js';
import { isNativeResolver, type Resolve } from './native-resolver.js';
import { type AwaitingTask, Listener, settle, waitIn, warnIfParked } from './native-wait.js';
import { schedule } from './of-the-loop.js';
import { FUTURE, type FutureLike, KIND, Kind } from './protocol.js';
import { retrieved, type Unretrieved, watchFailure } from './unretrieved.js';
import { currentLoop } from './which-loop.js';

/** The states of a future, by Python's names. */
export type FutureState = 'PENDING' | 'CANCELLED' | 'FINISHED';

/** A function called with the future when it is done. */
export type DoneCallback<F> = (future: F) => void;

/** @internal What most futures never need. */
export interface Rare {
  cancelMessage: unknown;
  /** The CancelledError to raise next, when a particular one was delivered. */
  cancelledError: CancelledError | null;
  unretrieved: Unretrieved | null;
  sourceTraceback: string | undefined;
}

/**
 * A value that is not here yet: the meeting point of callbacks and coroutines.
 *
 * Mirrors Python's `asyncio.Future`. `yield*` it in a generator coroutine, `await` it in an async function: a task that
 * waits that way can be cancelled there, and its cancel reaches the future. `then` with functions of your own, and
 * `addDoneCallback`, only listen.
 *
 * @typeParam T - what it will hold
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { Future, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const future = new Future<string>({ loop });
 * loop.callSoon(() => future.setResult('here'));
 * console.log(await runUntilComplete(loop, future)); // here
 * ```
 */
export class Future<T> implements FutureLike<T>, PromiseLike<T> {
  /** @internal */
  readonly _loop: Loop;
  /** The state, for tools. */
  _state: FutureState = 'PENDING';
  /** @internal The result or, if `_failed`, the error. */
  _value: unknown = undefined;
  /** @internal See `Flag`. */
  _flags = 0;
  /** Invariant: null, one waiter, or a list of at least two at some time; null once done. */
  private _waiters: Runnable | Runnable[] | null = null;
  protected _rare: Rare | null = null;

  /**
   * @param options - `loop`: the loop whose turn calls the callbacks; default: the running loop, else the one set with
   * `setEventLoop`.
   * @throws RuntimeError when there is no loop.
   */
  constructor(options: { readonly loop?: Loop } = {}) {
    this._loop = options.loop ?? currentLoop('the future');
    if (this._loop.getDebug()) {
      this._rareFields().sourceTraceback = sourceTraceback(new.target);
      traceAwaits();
    }
  }

  // --- looking

  /** @internal */
  get _failed(): boolean {
    return (this._flags & Flag.Failed) !== 0;
  }

  /** @internal Set when a coroutine yielded this future, cleared by the task that took it: as in Python. */
  get _blocking(): boolean {
    return (this._flags & Flag.Blocking) !== 0;
  }

  set _blocking(blocking: boolean) {
    this._flags = blocking ? this._flags | Flag.Blocking : this._flags & ~Flag.Blocking;
  }

  /** Whether a result or an error was set, or it was cancelled. */
  done(): boolean {
    return this._state !== 'PENDING';
  }

  /** Whether it was cancelled. */
  cancelled(): boolean {
    return this._state === 'CANCELLED';
  }

  /**
   * The result.
   *
   * @throws the error it failed with, as it is; CancelledError when it was cancelled; InvalidStateError while it is pending.
   */
  result(): T {
    if (this._state !== 'FINISHED') this._throwUnfinished('result');
    if (this._failed) {
      this._markRetrieved();
      throw this._value;
    }
    return this._value as T;
  }

  /**
   * The error it failed with, or null.
   *
   * @throws CancelledError when it was cancelled; InvalidStateError while it is pending.
   */
  exception(): unknown {
    if (this._state !== 'FINISHED') this._throwUnfinished('exception');
    this._markRetrieved();
    return this._failed ? this._value : null;
  }

  /**
   * The loop it belongs to.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { Future } from '@asyncio-ts/futures';
   *
   * const loop = new BaseEventLoop();
   * console.log(new Future({ loop }).getLoop() === loop); // true
   * ```
   */
  getLoop(): Loop {
    return this._loop;
  }

  // --- finishing

  /**
   * Makes it done with a result.
   *
   * @throws InvalidStateError when it is done already.
   */
  setResult(result: T): void {
    this._checkPending('set the result of');
    this._finish(result);
  }

  /**
   * Makes it done with an error: any value, carried as it is. A class of errors is instantiated, as in Python.
   *
   * @throws InvalidStateError when it is done already.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { Future } from '@asyncio-ts/futures';
   *
   * const future = new Future<number>({ loop: new BaseEventLoop() });
   * future.setException(new RangeError('too much'));
   * console.log(String(future.exception())); // RangeError: too much
   * ```
   */
  setException(exception: unknown): void {
    this._checkPending('set the exception of');
    this._fail(isErrorClass(exception) ? new exception() : exception);
  }

  /**
   * Cancels it: whoever waits for it gets a CancelledError.
   *
   * @param message - travels to the CancelledError's `args`
   * @returns false when it was done already.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { Future } from '@asyncio-ts/futures';
   *
   * const future = new Future<number>({ loop: new BaseEventLoop() });
   * console.log(future.cancel(), future.cancel()); // true false
   * console.log(future.cancelled()); // true
   * ```
   */
  cancel(message?: unknown): boolean {
    const rare = this._rare;
    if (rare !== null) this._markRetrieved();
    if (this._state !== 'PENDING') return false;
    if (message !== undefined || rare !== null) this._rareFields().cancelMessage = message;
    this._state = 'CANCELLED';
    this._wakeWaiters();
    return true;
  }

  /** @internal The caller knows that it is pending. */
  _finish(result: unknown): void {
    this._value = result;
    this._state = 'FINISHED';
    if (this._waiters !== null) this._wakeWaiters();
  }

  /** @internal The caller knows that it is pending. */
  _fail(error: unknown): void {
    this._value = error;
    this._flags |= Flag.Failed;
    this._state = 'FINISHED';
    if (!this._waiterList().some(looksAtErrors)) this._watchFailure();
    this._wakeWaiters();
  }

  /** @internal Cancelled by this very error, which whoever waits gets to see. */
  _cancelWith(error: CancelledError): void {
    const rare = this._rareFields();
    rare.cancelledError = error;
    // The error carries it, for the first who waits; as in Python, nobody else gets to see it.
    rare.cancelMessage = undefined;
    this._state = 'CANCELLED';
    this._wakeWaiters();
  }

  // --- callbacks

  /**
   * Calls `callback(future)` in a turn of the loop when it is done; in the next turn if it is done already. Callbacks run
   * in the order in which they were added, in the context they were added in.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { Future } from '@asyncio-ts/futures';
   *
   * const loop = new BaseEventLoop();
   * const future = new Future<string>({ loop });
   * const ignored = () => console.log('never');
   * future.addDoneCallback((done) => console.log(done.result())); // here
   * future.addDoneCallback(ignored);
   * console.log(future.removeDoneCallback(ignored)); // 1
   * future.setResult('here');
   * loop.callSoon(() => loop.stop());
   * await loop.runForever();
   * ```
   */
  addDoneCallback(callback: DoneCallback<this>): void {
    if (this._loop.getDebug()) refuseCoroutineFunction(callback);
    this._addWaiter(new Handle(callback, [this], this._loop as never));
  }

  /** Takes a callback away, every copy of it. @returns how many there were. */
  removeDoneCallback(callback: DoneCallback<this>): number {
    const waiters = this._waiterList();
    const left = waiters.filter(
      (waiter) => !(waiter instanceof Handle && waiter._callback === callback),
    );
    if (left.length < waiters.length) this._waiters = left.length === 0 ? null : left;
    return waiters.length - left.length;
  }

  /** The callbacks that wait, for tools; tasks and awaits are shown as they are. */
  get _callbacks(): readonly unknown[] {
    return this._waiterList().map((waiter) =>
      waiter instanceof Handle ? waiter._callback : waiter,
    );
  }

  /** @internal Whoever is run when this is done; at once, in the next turn, if it is. */
  _addWaiter(waiter: Runnable): void {
    const waiters = this._waiters;
    if (this._state !== 'PENDING') schedule(this._loop, waiter);
    else if (waiters === null) this._waiters = waiter;
    else if (Array.isArray(waiters)) waiters.push(waiter);
    else this._waiters = [waiters, waiter];
  }

  /** @internal The caller knows that it is pending. */
  _addCollector(collector: Collector): void {
    this._flags |= Flag.Collected;
    this._addWaiter(collector);
  }

  /** @internal Takes a waiter away, if it still waits. */
  _removeWaiter(waiter: Runnable): void {
    const waiters = this._waiters;
    if (waiters === waiter) this._waiters = null;
    else if (Array.isArray(waiters)) {
      const at = waiters.indexOf(waiter);
      if (at >= 0) waiters.splice(at, 1);
    }
  }

  private _wakeWaiters(): void {
    const waiters = this._waiters;
    if (waiters === null) return;
    this._waiters = null;
    if (Array.isArray(waiters)) for (const waiter of waiters) this._wake(waiter);
    else this._wake(waiters);
  }

  private _wake(waiter: Runnable & Partial<Collector>): void {
    if ((this._flags & Flag.Collected) !== 0) waiter._noteEnd?.(this);
    schedule(this._loop, waiter);
  }

  /** @internal */
  _waiterList(): readonly Runnable[] {
    if (this._waiters === null) return [];
    return Array.isArray(this._waiters) ? this._waiters : [this._waiters];
  }

  // --- awaiting

  /** `yield* future` in a generator coroutine: waits, and gives the result or throws the error. */
  [Symbol.iterator](): Iterator<unknown, T, unknown> {
    return new FutureAwait<T>(this);
  }

  /**
   * What `await future` calls, and what listens in the manner of promises.
   *
   * Called by the engine for an async function of a task, it is a wait of that task: `cancel` reaches it. Called with
   * functions of your own it is a subscription, and survives the cancel of whoever subscribed.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { Future, runUntilComplete } from '@asyncio-ts/futures';
   *
   * const loop = new BaseEventLoop();
   * const future = new Future<number>({ loop });
   * const heard = future.then((value) => value * 2).finally(() => console.log('it only listens'));
   * loop.callSoon(() => future.setResult(21));
   * console.log(await runUntilComplete(loop, heard)); // 42
   * ```
   */
  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    onRejected?: ((reason: unknown) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    if (isNativeResolver(onFulfilled, onRejected)) {
      this._await(onFulfilled as Resolve, onRejected as Resolve);
      return this as unknown as Promise<R1 | R2>;
    }
    return this._asPromise().then(onFulfilled, onRejected);
  }

  /** As a promise's `catch`. */
  catch<R = never>(onRejected?: ((reason: unknown) => R | PromiseLike<R>) | null): Promise<T | R> {
    return this._asPromise().catch(onRejected);
  }

  /** As a promise's `finally`. */
  finally(onFinally?: (() => void) | null): Promise<T> {
    return this._asPromise().finally(onFinally);
  }

  private _asPromise(): Promise<T> {
    return new Promise<T>((resolve, reject) => this._listen(resolve as Resolve, reject));
  }

  private _listen(resolve: Resolve, reject: Resolve): void {
    const pending = this._state === 'PENDING';
    // Who listens later is told later, also while those before are being told.
    if (!pending && (this._flags < Flag.Listener || isClosed(this._loop))) {
      settle(this, resolve, reject);
      return;
    }
    const task = runningTask<AwaitingTask>();
    const leaves = task === null || task.done() ? null : task._leavesFor();
    const listener = new Listener(this, leaves, resolve, reject);
    if (pending) this._addWaiter(listener);
    else schedule(this._loop, listener);
  }

  private _await(resolve: Resolve, reject: Resolve): void {
    const frame = awaitFrame<AwaitingTask>();
    if (frame === undefined) {
      this._listen(resolve, reject);
    } else if (this._state !== 'PENDING') {
      settle(this, resolve, reject);
    } else if (frame.loop !== this._loop || (frame.owner as object) === this) {
      this._refuse(frame, resolve, reject);
    } else {
      if (this._loop.getDebug()) warnIfParked(frame, this);
      waitIn(frame, this, resolve, reject);
      frame.owner._joined(this, frame.scope);
    }
  }

  /** The error comes in the next turn, as in Python; a cancel that is asked for until then goes before it. */
  private _refuse(frame: TaskFrame<AwaitingTask>, resolve: Resolve, reject: Resolve): void {
    const refused = new Future<never>({ loop: frame.loop as Loop });
    waitIn(frame, refused, resolve, reject);
    refused._fail(
      new RuntimeError(
        (frame.owner as object) === this
          ? `Task cannot await on itself: ${brief(this)}`
          : `Cannot await ${brief(this)}: it is attached to a different loop; await it in a task of that loop`,
      ),
    );
  }

  // --- errors nobody looked at

  /** Whether an error waits to be looked at. Only `false` may be set: there is nothing to report then. */
  get _logTraceback(): boolean {
    return this._rare?.unretrieved != null;
  }

  set _logTraceback(value: boolean) {
    if (value) throw new ValueError('Cannot set _logTraceback to true: only false may be set');
    this._markRetrieved();
  }

  private _markRetrieved(): void {
    const rare = this._rare;
    if (rare === null || rare.unretrieved === null) return;
    retrieved(rare.unretrieved);
    rare.unretrieved = null;
  }

  /** @internal Whoever was to look at the error never will. */
  _notLookedAt(): void {
    if (this._failed && !this._logTraceback) this._watchFailure();
  }

  private _watchFailure(): void {
    this._rareFields().unretrieved = watchFailure(this);
  }

  // --- the rest

  /** The message given to `cancel`, if it was cancelled. */
  get _cancelMessage(): unknown {
    return this._rare?.cancelMessage;
  }

  set _cancelMessage(message: unknown) {
    this._rareFields().cancelMessage = message;
  }

  /** Where it was created, in debug mode. */
  get _sourceTraceback(): string | undefined {
    return this._rare?.sourceTraceback;
  }

  /** The error it failed with, for tools: looking at it does not count as retrieving. */
  get _exception(): unknown {
    return this._failed ? this._value : null;
  }

  /** @internal */
  _makeCancelledError(): CancelledError {
    const rare = this._rare;
    if (rare === null) return makeCancelledError(undefined, this._loop.getDebug());
    const delivered = rare.cancelledError;
    if (delivered !== null) {
      rare.cancelledError = null;
      return delivered;
    }
    return makeCancelledError(rare.cancelMessage, this._loop.getDebug());
  }

  protected _rareFields(): Rare {
    return (this._rare ??= {
      cancelMessage: undefined,
      cancelledError: null,
      unretrieved: null,
      sourceTraceback: undefined,
    });
  }

  private _checkPending(what: string): void {
    if (this._state === 'PENDING') return;
    throw new InvalidStateError(
      `Cannot ${what} ${inspect(this)}: it is ${this._state.toLowerCase()} already; ask done() first`,
    );
  }

  private _throwUnfinished(what: 'result' | 'exception'): never {
    if (this._state === 'CANCELLED') throw this._makeCancelledError();
    const state = what === 'result' ? 'Result is not ready' : 'Exception is not set';
    throw new InvalidStateError(`${state}: the future is pending; await it, or ask done() first`);
  }

  /** @internal What `inspect` says of the state. */
  _describeState(): string[] {
    return describeState(this);
  }

  [inspect.custom](): string {
    return `<${this.constructor.name} ${this._describeState().join(' ')}>`;
  }

  get [Symbol.toStringTag](): string {
    return 'Future';
  }

  get [FUTURE](): true {
    return true;
  }

  declare readonly [KIND]: typeof Kind.Future;

  static {
    Object.defineProperty(this.prototype, KIND, { value: Kind.Future });
    traceable(this.prototype);
  }
}

/** A task or an `await` that waits will look at the error in its turn; a callback may not. */
function looksAtErrors(waiter: Runnable & { readonly _looks?: boolean }): boolean {
  return !(waiter instanceof Handle) && waiter._looks !== false;
}

function isErrorClass(value: unknown): value is new () => Error {
  return typeof value === 'function' && (value === Error || value.prototype instanceof Error);
}

import type { AsyncResource } from 'node:async_hooks';
import { inspect } from 'node:util';

import { brief, sourceTraceback } from './describe.js';
import type { ExceptionContext } from './exception-context.js';
import {
  type ExceptionHandler,
  formatExceptionContext,
  reportException,
} from './exception-handler.js';
import { captureAsyncScope } from './frame.js';
import { type Callback, Handle } from './handle.js';
import { logger } from './logger.js';
import {
  isPythonBaseException,
  KeyboardInterrupt,
  RuntimeError,
  SystemExit,
} from './python-errors.js';
import { insideRunningLoop } from './running-loop.js';
import type { Guest } from './selector.js';
import { thread } from './thread.js';
import { TurnLoop, type TurnState } from './turn-loop.js';

interface Run {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Runs callbacks, in order, at their time, and when a socket is ready. Knows nothing of what upper floors make of it.
 *
 * Mirrors Python's `asyncio.BaseEventLoop`, as a guest of Node: `runForever` returns a promise.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * loop.callSoon(console.log, 'first');
 * loop.callLater(0.01, () => loop.stop());
 * await loop.runForever();
 * loop.close();
 * ```
 */
export class BaseEventLoop extends TurnLoop implements Guest {
  private _run: Run | null = null;
  /** Whether this run had a turn yet; a pause that ends before is that of a former run. */
  private _turned = false;
  private _detach: (() => void) | null = null;
  private _whenExhausted: (() => void) | null = null;
  private _holds = 0;
  private readonly _closers = new Set<() => void>();
  private _exceptionHandler: ExceptionHandler<this> | null = null;
  /** Turns run in the async scope the loop was made in, never in that of whoever woke it. */
  private readonly _scope: AsyncResource = captureAsyncScope();

  // --- the guest's side

  /** @internal Called by the selector, and by `_deliver`: runs turns as long as it may. */
  override _turn(): void {
    if (this._run === null || this._inTurn || this._stepOpen) return;
    this._awake = true;
    this._scope.runInAsyncScope(this._turns, this);
  }

  private _turns(): void {
    this._turned = true;
    let state: TurnState | 'idle';
    try {
      state = this._onStack(this._manyTurns);
    } catch (error) {
      this._leave(error, true);
      return;
    }
    // Abandoned by what ran in it.
    if (this._run === null) return;
    if (state === 'idle') this._sleep();
    else if (state === 'spent') this._selector.wakeLater();
    else if (state === 'done') this._leave(undefined, false);
  }

  protected override _afterPause(spent: boolean): void {
    if (this._run === null) return;
    if (!this._turned) this._turn();
    // The turn that paused was the last one: what its async steps scheduled waits for the next run.
    else if (this._stopping && this._todo === 0) this._leave(undefined, false);
    else if (spent) this._selector.wakeLater();
    // Asleep, not in a turn: one that began now would let a virtual clock jump although something outside is waited for.
    else if (this._isIdle() && !this._stopping) this._sleep();
    else this._turn();
  }

  // --- running and stopping

  /**
   * Runs until `stop` is called. The process is kept alive meanwhile; `unref` lets go.
   *
   * @returns a promise that is done when the loop has stopped; it rejects with what must leave the loop
   * (`KeyboardInterrupt`, `SystemExit`).
   * @throws RuntimeError when the loop runs already, is closed, or when called from inside a running loop.
   */
  runForever(): Promise<void> {
    let done: Promise<void>;
    try {
      done = this._start();
    } catch (error) {
      return Promise.reject(error);
    }
    return done.finally(this._hold());
  }

  /**
   * @internal While the loop runs it holds the process: something may come of which Node does not know that it is waited
   * for (a signal). @returns the undoing.
   */
  _hold(): () => void {
    let held = true;
    if (++this._holds === 1 && this._run !== null) this._selector.keepAlive(true);
    return () => {
      if (!held) return;
      held = false;
      if (--this._holds === 0) this._selector.keepAlive(false);
    };
  }

  /** @internal Runs until `stop`; holds the process only by the loop's own timers and sockets. */
  _start(): Promise<void> {
    this._checkRunnable();
    return new Promise((resolve, reject) => {
      this._detach = this._selector.attach(this);
      this._run = { resolve, reject };
      this._turned = false;
      thread.running.add(this);
      if (this._holds > 0) this._selector.keepAlive(true);
      this._wake();
    });
  }

  /**
   * @internal Runs turn after turn on this stack until `done()`; only with a selector that lets the time pass by itself.
   *
   * @returns 'done', 'stopped' before that, or 'stuck': it can never be done.
   */
  _runSync(done: () => boolean, paused: () => never): 'done' | 'stopped' | 'stuck' {
    this._checkRunnable();
    if (!this._selector.passesTime) {
      throw new RuntimeError(
        'Cannot run synchronously: this selector cannot wait on the stack; use a VirtualSelector, or await runUntilComplete()',
      );
    }
    this._run = { resolve: () => undefined, reject: () => undefined };
    thread.running.add(this);
    try {
      while (!done()) {
        if (this._ready.length === 0 && this._scheduled.length === 0 && !this._stopping)
          return 'stuck';
        if (this._runOnce() === 'paused') paused();
        if (this._stopping && !done()) return 'stopped';
      }
      return 'done';
    } finally {
      this._stopping = false;
      this._run = null;
      thread.running.delete(this);
    }
  }

  /** @internal @throws RuntimeError when it cannot be run now. */
  _checkRunnable(): void {
    this._checkClosed();
    this._checkRunning();
  }

  private _checkRunning(): void {
    if (this._run !== null) {
      throw new RuntimeError(
        'This event loop is already running: await the coroutine, or make a task of it',
      );
    }
    if (insideRunningLoop()) {
      throw new RuntimeError('Cannot run the event loop while another loop is running');
    }
  }

  /** @internal Ends the run with an error: nothing can ever end it otherwise. */
  override _abandon(error: unknown): boolean {
    if (this._run === null) return false;
    this._leave(error, true);
    return true;
  }

  private _leave(error: unknown, failed: boolean): void {
    const run = this._run;
    if (run === null) return;
    this._run = null;
    this._stopping = false;
    this._awake = true;
    this._todo = 0;
    this._detach?.();
    this._detach = null;
    if (this._holds > 0) this._selector.keepAlive(false);
    thread.running.delete(this);
    if (failed) run.reject(error);
    else run.resolve();
  }

  /**
   * Asks the loop to leave at the end of the present turn; what was scheduled meanwhile waits for the next run. Before a
   * run, it makes that run exactly one turn.
   */
  stop(): void {
    this._stopping = true;
    if (!this._awake) this._wake();
  }

  /**
   * Whether the loop runs now.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   *
   * const loop = new BaseEventLoop();
   * loop.callSoon(() => {
   *   console.log(loop.isRunning()); // true
   *   loop.stop();
   * });
   * await loop.runForever();
   * loop.close();
   * console.log(loop.isRunning(), loop.isClosed()); // false true
   * ```
   */
  isRunning(): boolean {
    return this._run !== null;
  }

  /** Whether `close` was called. */
  isClosed(): boolean {
    return this._closed;
  }

  /**
   * Drops everything that is scheduled and gives the selector back. Closing twice is harmless.
   *
   * @throws RuntimeError while the loop runs: stop it and await the run first.
   */
  close(): void {
    if (this._run !== null) {
      throw new RuntimeError(
        'Cannot close a running event loop: stop() it and await the run first',
      );
    }
    if (this._closed) return;
    this._dropReady();
    for (const closer of this._closers) closer();
    this._closers.clear();
    this._closed = true;
    this._dropAll();
    this._selector.close();
  }

  /** @internal Calls `fn` when the loop is closed. @returns the undoing. */
  _atClose(fn: () => void): () => void {
    this._closers.add(fn);
    return () => {
      this._closers.delete(fn);
    };
  }

  /**
   * Lets the process end although this loop has timers.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   *
   * const loop = new BaseEventLoop();
   * loop.callLater(3600, () => console.log('only if somebody else keeps the process alive'));
   * loop.unref();
   * loop.ref(); // as before
   * ```
   */
  unref(): void {
    this._selector.setRef(false);
  }

  /** Takes `unref` back. */
  ref(): void {
    this._selector.setRef(true);
  }

  /** @internal Says when the run can never go on. @returns the undoing. */
  _onExhausted(fn: () => void): () => void {
    this._whenExhausted = fn;
    const unwatch = this._selector.watchExhaustion();
    return () => {
      if (this._whenExhausted === fn) this._whenExhausted = null;
      unwatch();
    };
  }

  /** @internal */
  _exhausted(): void {
    // A timer that does not hold the process (`unref`) could wake it still.
    if (this._run !== null && this._scheduled.next() === null) this._whenExhausted?.();
  }

  // --- readiness of sockets

  /**
   * Calls `callback(...args)` in each turn in which the object is readable, until `removeReader`.
   *
   * @param fileobj - a `net.Socket`, a `net.Server` (readable: a connection is pending) or a stream; Node has no readiness
   * for bare descriptors.
   *
   * @example
   * ```ts
   * import { connect } from 'node:net';
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   *
   * export function listen(loop: BaseEventLoop, port: number): void {
   *   const socket = connect(port);
   *   loop.addReader(socket, () => {
   *     console.log(socket.read());
   *     loop.removeReader(socket);
   *   });
   *   loop.addWriter(socket, () => {
   *     socket.write('hello');
   *     loop.removeWriter(socket);
   *   });
   * }
   * ```
   */
  addReader<Args extends readonly unknown[]>(
    fileobj: object,
    callback: Callback<Args>,
    ...args: Args
  ): Handle {
    return this._watch(fileobj, 'reader', callback, args);
  }

  /** Takes the reader away. @returns whether there was one. */
  removeReader(fileobj: object): boolean {
    return this._watches.remove(fileobj, 'reader');
  }

  /** Calls `callback(...args)` in each turn in which the object is writable, until `removeWriter`. */
  addWriter<Args extends readonly unknown[]>(
    fileobj: object,
    callback: Callback<Args>,
    ...args: Args
  ): Handle {
    return this._watch(fileobj, 'writer', callback, args);
  }

  /** Takes the writer away. @returns whether there was one. */
  removeWriter(fileobj: object): boolean {
    return this._watches.remove(fileobj, 'writer');
  }

  private _watch<Args extends readonly unknown[]>(
    fileobj: object,
    side: 'reader' | 'writer',
    callback: Callback<Args>,
    args: Args,
  ): Handle {
    this._check(callback, side === 'reader' ? 'addReader' : 'addWriter');
    const handle = new Handle(this._bind(callback), args, this);
    if (this._debug) handle._sourceTraceback = sourceTraceback(this._watch);
    this._watches.set(fileobj, side, handle);
    return handle;
  }

  // --- errors and debugging

  /**
   * Sets who takes the errors nobody else can take; null: the default handler.
   *
   * @throws TypeError for anything but a function or null.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   *
   * const loop = new BaseEventLoop();
   * loop.setExceptionHandler((loop, context) => {
   *   if (context.exception instanceof RangeError) console.log('a range error, we know');
   *   else loop.defaultExceptionHandler(context);
   * });
   * loop.callExceptionHandler({ message: 'lost', exception: new RangeError() });
   * console.log(loop.getExceptionHandler() !== null); // true
   * ```
   */
  setExceptionHandler(handler: ExceptionHandler<this> | null): void {
    if (handler !== null && typeof handler !== 'function') {
      throw new TypeError(
        `Cannot set the exception handler: a function or null was expected, got ${brief(handler)}`,
      );
    }
    this._exceptionHandler = handler;
  }

  /** Who takes the errors nobody else can take; null: the default handler. */
  getExceptionHandler(): ExceptionHandler<this> | null {
    return this._exceptionHandler;
  }

  /** Writes the error with all that is known about it to the library's `logger`. */
  defaultExceptionHandler(context: ExceptionContext): void {
    logger.error(formatExceptionContext(context));
  }

  callExceptionHandler(context: ExceptionContext): void {
    reportException<this>(this, this._exceptionHandler, context);
  }

  /**
   * Whether an error must leave the loop instead of being reported. Override it to let others out.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   *
   * class Emergency extends Error {}
   * class Nervous extends BaseEventLoop {
   *   override isBaseException(error: unknown): boolean {
   *     return error instanceof Emergency || super.isBaseException(error);
   *   }
   * }
   * const loop = new Nervous();
   * loop.callSoon(() => {
   *   throw new Emergency('everybody out');
   * });
   * await loop.runForever().catch((error: Error) => console.log(error.message)); // everybody out
   * ```
   */
  isBaseException(error: unknown): boolean {
    return (
      isPythonBaseException(error) &&
      (error instanceof KeyboardInterrupt ||
        error instanceof SystemExit ||
        (error as Error).name === 'KeyboardInterrupt' ||
        (error as Error).name === 'SystemExit')
    );
  }

  [inspect.custom](): string {
    return `<${this.constructor.name} running=${this.isRunning()} closed=${this._closed} debug=${this._debug}>`;
  }
}

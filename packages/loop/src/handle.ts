import { inspect } from 'node:util';

import { type Context, type ContextOwner, contextOf, snapshotContext } from './context.js';
import { describeCallback } from './describe.js';
import type { ExceptionContext } from './exception-context.js';
import { thread } from './thread.js';

/** A function called by the loop. */
export type Callback<Args extends readonly unknown[]> = (...args: Args) => void;

/** Any function, its arguments forgotten. */
export type AnyCallback = (...args: never) => void;

/**
 * What the ready queue holds: handles, and whatever can be its own handle (so that the hot paths of upper floors need no
 * closure and no handle). `_run` reports its own errors; it throws only what must leave the loop.
 */
export interface Runnable {
  /** @internal Called in a turn of the loop whose ready queue it lies in. */
  _run(): void;
  /** @internal In place of `_run`, where it is called from elsewhere. */
  _step?(): void;
  /** @internal In place of `_run`, when the loop is closed before its turn came. */
  _dropped?(): void;
}

/** What a handle must know of its loop. */
export interface HandleLoop {
  /** Whether debug mode is on. */
  getDebug(): boolean;
  /** Takes the error of a callback. */
  callExceptionHandler(context: ExceptionContext): void;
  /** Whether an error must leave the loop instead. */
  isBaseException(error: unknown): boolean;
}

/** Where handles were created, in debug mode: a field would be of no use to most handles. */
const tracebacks = new WeakMap<Handle, string>();

/**
 * A callback that waits for its turn; returned by `callSoon`.
 *
 * Mirrors Python's `asyncio.Handle`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * const handle = loop.callSoon(console.log, 'never printed');
 * handle.cancel();
 * console.log(handle.cancelled()); // true
 * ```
 */
export class Handle implements Runnable, ContextOwner {
  /** @internal Null: it was cancelled. */
  _callback: AnyCallback | null;
  /** How many arguments there are. */
  private _count: number;
  /** The only argument, or the list of several: one needs no list. Measured by the row `timers`. */
  private _given: unknown;
  /** @internal */
  _context: Context | null;
  /** @internal */
  readonly _loop: HandleLoop;

  constructor(callback: AnyCallback, args: readonly unknown[], loop: HandleLoop) {
    this._callback = callback;
    this._count = args.length;
    this._given = args.length > 1 ? args : args[0];
    this._loop = loop;
    this._context = snapshotContext();
  }

  /** @internal */
  get _args(): readonly unknown[] {
    if (this._count > 1) return this._given as readonly unknown[];
    return this._count === 0 ? [] : [this._given];
  }

  /** @internal */
  get _cancelled(): boolean {
    return this._callback === null;
  }

  /** @internal Where it was created, in debug mode. */
  get _sourceTraceback(): string | undefined {
    return tracebacks.get(this);
  }

  set _sourceTraceback(traceback: string) {
    tracebacks.set(this, traceback);
  }

  /** Takes the callback back. Cancelling twice, or after it ran, is harmless. */
  cancel(): void {
    this._callback = null;
    this._count = 0;
    this._given = undefined;
  }

  /** Whether `cancel` was called. */
  cancelled(): boolean {
    return this._cancelled;
  }

  /**
   * The context the callback runs in.
   *
   * @example
   * ```ts
   * import { BaseEventLoop, ContextVar } from '@asyncio-ts/loop';
   *
   * const user = new ContextVar<string>('user');
   * const token = user.set('ann');
   * const handle = new BaseEventLoop().callSoon(() => {});
   * user.reset(token);
   * console.log(handle.getContext().get(user)); // ann
   * ```
   */
  getContext(): Context {
    return contextOf(this);
  }

  /**
   * @internal The one place where callbacks are called.
   */
  _run(): void {
    const callback = this._callback as ((...args: readonly unknown[]) => void) | null;
    if (callback === null) return;
    const { owner, stepping } = thread;
    thread.owner = this;
    thread.stepping = false;
    try {
      if (this._count === 0) callback();
      else if (this._count === 1) callback(this._given);
      else callback(...(this._given as readonly unknown[]));
    } catch (error) {
      this._failed(error, callback);
    }
    thread.owner = owner;
    thread.stepping = stepping;
  }

  private _failed(error: unknown, callback: object): void {
    if (this._loop.isBaseException(error)) {
      thread.owner = null;
      throw error;
    }
    const context: ExceptionContext = {
      message: `Exception in callback ${describeCallback(callback, this._args)}`,
      exception: error,
      handle: this,
    };
    const created = this._sourceTraceback;
    if (created !== undefined) context.handleTraceback = created;
    this._loop.callExceptionHandler(context);
  }

  /** @internal What `inspect` says between the brackets, after the class name. */
  _describe(): string {
    const parts: string[] = [];
    if (this._cancelled) parts.push('cancelled');
    if (this._callback !== null) parts.push(describeCallback(this._callback, this._args));
    const created = this._sourceTraceback;
    if (created !== undefined) {
      parts.push(`created at ${created.split('\n', 1)[0]?.trim() ?? 'unknown'}`);
    }
    return parts.join(' ');
  }

  [inspect.custom](): string {
    return `<${this.constructor.name} ${this._describe()}>`;
  }
}

import { inspect } from 'node:util';

import type { Context, Loop } from '@asyncio-ts/loop';

import { openStep } from './any-loop.js';
import type { CancelScope } from './cancel-scope.js';
import type { Leaf, Leaves } from './leaves.js';
import type { Resolve } from './native-resolver.js';
import { notLookedAt } from './native-wait.js';
import type { CoroutineLike, FutureLike } from './protocol.js';
import { resume, type RootTask, setBottom, step, type Steppable } from './step.js';

/** @internal The task whose async function awaits the coroutine object. */
export interface InlineRoot extends RootTask {
  cancelling(): number;
  _leavesFor(): Leaves;
  _takeCancel(scope: CancelScope | null): Error | null;
  _joined(future: FutureLike<unknown>, scope: CancelScope | null): void;
  _makeCancelledError(): Error;
  _cancelMessage: unknown;
}

/** The coroutine object that is run: it is told of its end. */
interface Driven {
  _closed(): void;
}

/**
 * Runs a coroutine object that an async function awaits, inside the task of that function: its first step runs at once, it
 * costs no turn of its own, and `currentTask()` is the same inside and out. While it stands at a future it is a leaf.
 */
export class InlineDriver implements Steppable, Leaf {
  readonly _loop: Loop;
  readonly _root: InlineRoot;
  _top: CoroutineLike<unknown> | null = null;
  _flags = 0;
  _stack: object[] | null = null;
  _waitsFor: FutureLike<unknown> | null = null;
  _mustCancel = false;
  _scope: CancelScope | null;
  _previous: Leaf | null = null;
  _next: Leaf | null = null;
  /** @internal */
  readonly _coro: Driven;
  private readonly _resolve: Resolve;
  private readonly _reject: Resolve;

  constructor(
    root: InlineRoot,
    scope: CancelScope | null,
    coro: Driven,
    top: CoroutineLike<unknown>,
    resolve: Resolve,
    reject: Resolve,
  ) {
    this._loop = root._loop;
    this._root = root;
    this._scope = scope;
    this._coro = coro;
    setBottom(this, top, coro);
    this._resolve = resolve;
    this._reject = reject;
  }

  /** The first step: at once, on the stack of the `await`. */
  _start(): void {
    step(this, false, undefined);
  }

  _run(): void {
    resume(this);
  }

  _dropped(): void {
    notLookedAt(this._waitsFor);
  }

  /** The context of its task: a variable set inside is set outside. */
  get _context(): Context | null {
    return this._root._context;
  }

  set _context(context: Context | null) {
    this._root._context = context;
  }

  get _finished(): boolean {
    return this._top === null;
  }

  _leafLeft(): void {
    this._root._leavesFor().remove(this);
  }

  _leafJoined(): void {
    this._root._leavesFor().add(this);
    if (this._waitsFor !== null) this._root._joined(this._waitsFor, this._scope);
    else if (this._root._takeCancel(this._scope) !== null) this._mustCancel = true;
  }

  _dueCancel(): Error | null {
    if (!this._mustCancel) return this._root._takeCancel(this._scope);
    this._mustCancel = false;
    // Taken back while it waited for its turn: as if it had never been asked for.
    if (this._root.cancelling() === 0) return null;
    return this._root._makeCancelledError();
  }

  _cancelLeaf(message: unknown): boolean {
    if (this._waitsFor !== null) return this._waitsFor.cancel(message);
    this._mustCancel = true;
    this._root._cancelMessage = message;
    return true;
  }

  _leafOf(): object | null {
    return this._waitsFor;
  }

  _returned(value: unknown): void {
    this._top = null;
    this._coro._closed();
    openStep(this._loop);
    this._resolve(value);
  }

  _threw(error: unknown): void {
    this._top = null;
    this._coro._closed();
    openStep(this._loop);
    this._reject(error);
  }

  /** A step of the task it drives for: a report of slow steps names that. */
  [inspect.custom](): string {
    return inspect(this._root);
  }
}

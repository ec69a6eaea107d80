/**
 * The stepper: the one place where generator coroutines are stepped.
 *
 * Whoever is stepped (a task; a coroutine object awaited from an async function) keeps its own stack. When a coroutine
 * delegates with `yield*` to a coroutine object, the inner generator first runs right there, on the JavaScript stack; most
 * never suspend and are done with it. One that does suspend hands itself up, and here it is adopted: its generator becomes
 * the top of the stack and is resumed directly from then on, however deep it lies.
 *
 *   _stack  [ main | fetch() , fetch's generator | readline() ]      parent's generator, child's coroutine object, ...
 *   _top    readline's generator                                     <- resumed by next / throw
 */
import {
  brief,
  type ContextOwner,
  type Loop,
  type Runnable,
  runInFrame,
  RuntimeError,
  type ThreadOwner,
  tryInFrame,
} from '@asyncio-ts/loop';

import { isClosed, openStep } from './any-loop.js';
import { isCancelledError } from './cancelled-error.js';
import type { CancelScope } from './cancel-scope.js';
import { current, type Stepped, type TaskFrame } from './current.js';
import { asNative } from './foreign.js';
import { Flag } from './flag.js';
import { Future } from './future.js';
import { FutureAwait } from './future-await.js';
import { isGenerator, nextOf } from './generator-next.js';
import { schedule, thread } from './of-the-loop.js';
import { wrapPromise } from './promise-future.js';
import {
  type CoroutineLike,
  type FutureLike,
  isDriver,
  isfuture,
  isThenable,
  Kind,
  kindOf,
  type OwnCall,
  type OwnCoroutine,
  type OwnFuture,
} from './protocol.js';

/** @internal The task on whose behalf something is stepped. */
export interface RootTask extends ContextOwner {
  readonly _loop: Loop;
  done(): boolean;
  _callStarted(): void;
  _callSettled(): void;
}

/** @internal What can be stepped. */
export interface Steppable extends Stepped, Runnable, ContextOwner {
  readonly _loop: Loop;
  /** The task `currentTask()` shows during a step. */
  readonly _root: RootTask;
  /** The generator that is resumed; see `setTop`. */
  _top: CoroutineLike<unknown> | null;
  /** See `Flag`. */
  _flags: number;
  /** Pairs of a parent's generator and the coroutine object that runs above it. */
  _stack: object[] | null;
  /** The future it waits for, until the step after. */
  _waitsFor: FutureLike<unknown> | null;
  /** Throw a CancelledError at the next step. */
  _mustCancel: boolean;
  _scope: CancelScope | null;
  /** True once `_returned` or `_threw` was called. */
  readonly _finished: boolean;
  _returned(value: unknown): void;
  _threw(error: unknown): void;
  /** A cancel that is due at this step: the error to throw, or null. */
  _dueCancel(): Error | null;
  /** It is about to be resumed / it stands at a future or gave up its turn. */
  _leafLeft(): void;
  _leafJoined(): void;
}

/** @internal One step, wherever the call comes from. */
export function step(stepped: Steppable, throwing: boolean, input: unknown): void {
  if (!thread.stepping && thread.loop === stepped._loop) {
    stepHere(stepped, throwing, input);
    return;
  }
  const outer = enterInside(stepped._loop);
  try {
    stepHere(stepped, throwing, input);
  } finally {
    leaveInside(outer);
  }
}

/**
 * @internal One step of something whose loop is the one on the stack, and no other step is: resumes the top with a value or
 * an error and goes on until it suspends or is done. It asks the thread for the loop, not the task: a task is a large object,
 * and each line of it that need not be fetched counts.
 *
 * The hot loop. Measured by the rows `switch`, `depth` and `fib`.
 */
export function stepHere(stepped: Steppable, throwing: boolean, input: unknown): void {
  thread.owner = stepped;
  thread.stepping = true;
  try {
    for (;;) {
      let result: IteratorResult<unknown, unknown>;
      let value: unknown;
      try {
        const top = stepped._top as CoroutineLike<unknown>;
        if (throwing) result = top.throw(input);
        else if ((stepped._flags & Flag.GeneratorOnTop) !== 0) result = nextOf.call(top, input);
        else result = top.next(input as never);
        // Here, for a driver that gives no object at all: its task fails, and not the loop.
        value = result.value;
      } catch (error) {
        if (!pop(stepped)) {
          stepped._threw(error);
          return;
        }
        throwing = true;
        input = error;
        continue;
      }
      if (result.done !== true) {
        if (value === undefined) {
          schedule(thread.loop as Loop, stepped);
          stepped._leafJoined();
          return;
        }
        const problem = suspend(stepped, value);
        if (problem === SUSPENDED) return;
        throwing = problem !== RESUME;
        input = throwing ? problem : undefined;
        continue;
      }
      if (!pop(stepped)) {
        stepped._returned(value);
        return;
      }
      throwing = false;
      input = value;
    }
  } finally {
    thread.stepping = false;
    thread.owner = null;
  }
}

/** What was current before a step that began inside another one (eager start), or in a microtask. */
interface Outer {
  readonly depth: number;
  readonly byHand: boolean;
  readonly loop: object | null;
  readonly owner: ThreadOwner | null;
  readonly stepping: boolean;
  readonly entered: object | null;
}

function enterInside(inner: Loop): Outer {
  const { depth, byHand } = current;
  const { loop, owner, stepping, entered } = thread;
  current.depth = 0;
  current.byHand = false;
  thread.loop = inner;
  thread.stepping = false;
  thread.entered = null;
  return { depth, byHand, loop, owner, stepping, entered };
}

function leaveInside(outer: Outer): void {
  current.depth = outer.depth;
  current.byHand = outer.byHand;
  thread.loop = outer.loop;
  thread.owner = outer.owner;
  thread.stepping = outer.stepping;
  thread.entered = outer.entered;
}

/**
 * @internal The step after a wait, or the first one: takes the outcome of the future it waited for, and a cancel that is
 * due.
 */
export function resume(stepped: Steppable): void {
  const waited = stepped._waitsFor;
  stepped._leafLeft();
  if (waited === null) {
    resumeWith(stepped, false, undefined);
    return;
  }
  stepped._waitsFor = null;
  const own = waited as Partial<OwnFuture>;
  if (own._state === 'FINISHED' && own._failed === false) resumeWith(stepped, false, own._value);
  else resumeByResult(stepped, waited);
}

function resumeByResult(stepped: Steppable, waited: FutureLike<unknown>): void {
  let input: unknown;
  let throwing = false;
  try {
    input = waited.result();
  } catch (error) {
    throwing = true;
    input = error;
  }
  resumeWith(stepped, throwing, input);
}

function resumeWith(stepped: Steppable, throwing: boolean, input: unknown): void {
  const cancelled = stepped._dueCancel();
  if (cancelled !== null && !(throwing && isCancelledError(input))) step(stepped, true, cancelled);
  else step(stepped, throwing, input);
}

const SUSPENDED = Symbol('suspended');
const RESUME = Symbol('resume');

/** What becomes of something yielded: it waits now, the (new) top is to be resumed, or an error is to be thrown in. */
function suspend(stepped: Steppable, yielded: unknown): unknown {
  // The class first: unlike a mark, that look costs the same for every subclass.
  if (yielded instanceof Future) {
    waitForOwn(stepped, yielded);
    return SUSPENDED;
  }
  const kind = kindOf(yielded);
  if (kind === Kind.Future) {
    waitForOwn(stepped, yielded as OwnFuture);
    return SUSPENDED;
  }
  try {
    if (kind === Kind.Coroutine)
      return adopt(stepped, yielded as OwnCoroutine) ? SUSPENDED : RESUME;
    if (kind === Kind.Call) return startCall(stepped, yielded as OwnCall) ? SUSPENDED : RESUME;
    waitForForeign(stepped, yielded);
    return SUSPENDED;
  } catch (error) {
    return error;
  }
}

/** The top is done or dead: its parent is next. @returns false when there is none. */
function pop(stepped: Steppable): boolean {
  const stack = stepped._stack;
  if (stack === null || stack.length === 0) return false;
  (stack.pop() as OwnCoroutine | OwnCall)._closed();
  const parent = stack.pop() as CoroutineLike<unknown>;
  const generator =
    stack.length === 0
      ? (stepped._flags & Flag.GeneratorAtBottom) !== 0
      : hasGenerator(stack[stack.length - 1] as object, parent);
  setTop(stepped, parent, generator);
  return true;
}

/** Of a call it must be looked at: it may have given a driver of anybody's. */
function hasGenerator(owner: object, coro: CoroutineLike<unknown>): boolean {
  return (owner as Partial<OwnCoroutine>)._coro === coro ? owner !== coro : isGenerator(coro);
}

function push(
  stepped: Steppable,
  child: OwnCoroutine | OwnCall,
  coro: CoroutineLike<unknown>,
  generator: boolean,
): void {
  const stack = stepped._stack;
  if (stack === null) stepped._stack = newStack(stepped._top as object, child);
  else stack.push(stepped._top as object, child);
  setTop(stepped, coro, generator);
}

/** With room for the two levels that most need: an empty list takes nineteen places with its first one. */
function newStack(parent: object, child: object): object[] {
  const stack = [parent, child, child, child];
  stack.pop();
  stack.pop();
  return stack;
}

/** @internal Says what is resumed first. @param taken - whose generator that is, or it itself */
export function setBottom(stepped: Steppable, coro: CoroutineLike<unknown>, taken: object): void {
  const generator = coro !== taken || isGenerator(coro);
  if (generator) stepped._flags |= Flag.GeneratorAtBottom;
  setTop(stepped, coro, generator);
}

/** Says what is resumed from now on. */
function setTop(stepped: Steppable, coro: CoroutineLike<unknown>, generator: boolean): void {
  stepped._top = coro;
  if (generator) stepped._flags |= Flag.GeneratorOnTop;
  else stepped._flags &= ~Flag.GeneratorOnTop;
}

/**
 * Takes a coroutine object onto the stack, with all that it handed up in its turn.
 *
 * @returns whether it waits now; else the new top is to be resumed.
 */
function adopt(stepped: Steppable, child: OwnCoroutine): boolean {
  for (;;) {
    const handedUp = child._adopt();
    const coro = child._coro;
    push(stepped, child, coro, coro !== (child as object));
    if (!handedUp) return false;
    const yielded = child._takeYielded();
    if (yielded === undefined) {
      schedule(stepped._loop, stepped);
      stepped._leafJoined();
      return true;
    }
    const kind = kindOf(yielded);
    if (kind === Kind.Coroutine) {
      child = yielded as OwnCoroutine;
      continue;
    }
    if (kind === Kind.Future) waitForOwn(stepped, yielded as OwnFuture);
    else if (kind === Kind.Call) return startCall(stepped, yielded as OwnCall);
    else waitForForeign(stepped, yielded);
    return true;
  }
}

function waitForOwn(stepped: Steppable, future: OwnFuture): void {
  future._blocking = false;
  if (future._loop !== stepped._loop) {
    failLater(stepped, differentLoop(stepped, future));
  } else if ((future as object) === stepped._root) {
    failLater(stepped, new RuntimeError(`Task cannot await on itself: ${brief(stepped._root)}`));
  } else {
    stepped._waitsFor = future;
    future._addWaiter(stepped);
    stepped._leafJoined();
  }
}

function waitForForeign(stepped: Steppable, yielded: unknown): void {
  if (isfuture(yielded)) {
    if (yielded.getLoop() !== stepped._loop) {
      failLater(stepped, differentLoop(stepped, yielded));
      return;
    }
    stepped._waitsFor = yielded;
    yielded.addDoneCallback(() => stepped._run());
    stepped._leafJoined();
  } else if (isThenable(yielded)) {
    waitForOwn(stepped, wrapPromise(stepped._loop, yielded));
  } else {
    failLater(stepped, badYield(stepped, yielded));
  }
}

function badYield(stepped: Steppable, yielded: unknown): Error {
  const task = brief(stepped._root);
  if (isDriver(yielded)) {
    return new RuntimeError(
      `yield was used instead of yield* in task ${task} with the generator ${brief(yielded)}`,
    );
  }
  return new RuntimeError(
    `Task got bad yield: ${brief(yielded)} in ${task}; yield a future, a coroutine object, or nothing at all`,
  );
}

function differentLoop(stepped: Steppable, future: object): Error {
  return new RuntimeError(
    `Task ${brief(stepped._root)} got Future ${brief(future)} attached to a different loop; await it in a task of that loop`,
  );
}

/**
 * Makes a call on behalf of the task: an inner node, the waits of an async function are leaves of their own.
 *
 * @returns whether it waits now; else the new top is to be resumed.
 */
function startCall(stepped: Steppable, call: OwnCall): boolean {
  let outcome: unknown;
  try {
    outcome = callFor(stepped, call);
  } catch (error) {
    call._closed();
    throw error;
  }
  if (kindOf(outcome) === Kind.Coroutine) {
    const child = outcome as OwnCoroutine;
    push(stepped, call, FINISHED, false);
    return adopt(stepped, child);
  }
  if (isfuture(outcome)) {
    push(stepped, call, new FutureAwait(outcome as never), false);
    return false;
  }
  if (isDriver(outcome)) {
    push(stepped, call, outcome, isGenerator(outcome));
    return false;
  }
  if (isThenable(outcome)) {
    waitForPromise(stepped, asNative(outcome), call);
    return true;
  }
  call._closed();
  throw new TypeError(
    `a coroutine was expected, but ${call.name}() returned ${brief(outcome)}; give an async function or a function*`,
  );
}

/** Gives back what the call's coroutine returned. */
const FINISHED: CoroutineLike<unknown> = {
  next: (value?: unknown) => ({ value, done: true }),
  throw: (error) => {
    throw error;
  },
  return: (value) => ({ value, done: true }),
};

function callFor(stepped: Steppable, call: OwnCall): unknown {
  const root = stepped._root;
  if (call._async === false) return call._call();
  const frame: TaskFrame = { loop: stepped._loop, owner: root, scope: stepped._scope };
  const invoke = (): unknown => call._call();
  if (call._async === true) return runInFrame(frame, invoke);
  return tryInFrame(
    frame,
    invoke,
    (outcome) => isThenable(outcome) && !isfuture(outcome) && !isDriver(outcome),
  );
}

/**
 * Waits for the promise of an async function of this task. Its outcome comes in a microtask, and the generator goes on
 * right there: awaiting a call costs no turn.
 */
function waitForPromise(stepped: Steppable, promise: PromiseLike<unknown>, call: OwnCall): void {
  const root = stepped._root;
  openStep(stepped._loop);
  root._callStarted();
  promise.then(
    (value) => {
      call._closed();
      root._callSettled();
      if (!isClosed(stepped._loop)) step(stepped, false, value);
    },
    (error: unknown) => {
      call._closed();
      root._callSettled();
      if (!isClosed(stepped._loop)) step(stepped, true, error);
      else reportLate(stepped, error);
    },
  );
}

/** The loop of the task was closed meanwhile: its end was reported, and nobody can be told of the error any more. */
function reportLate(stepped: Steppable, exception: unknown): void {
  if (isCancelledError(exception)) return;
  stepped._loop.callExceptionHandler({
    message: `An async function of ${brief(stepped._root)} failed after its loop was closed`,
    exception,
  });
}

/** A bad yield is thrown into the coroutine in the next turn, as in Python. */
function failLater(stepped: Steppable, error: Error): void {
  schedule(stepped._loop, { _run: () => resumeWith(stepped, true, error) });
}

/**
 * The loop: a turn takes what is ready now, runs that many handles, and lets what is born meanwhile wait.
 *
 *   selector ──calls──> _turn ──> _beginTurn   (1) select   events become ready handles
 *      ^                  │                    (2) timers   the due ones join behind them
 *      │                  ├─────> _runHandles  (3) run      exactly as many as there are now
 *      └──waitUntil───────┘
 *
 * A turn that started or resumed async functions has open steps: they go on in Node's microtasks. The turn ends only when
 * the microtask queue is empty ("paused" until then), so that async steps never straddle turns; with `exactOrder` the pause
 * comes after each handle that opened a step, and the same turn then goes on with the handles it still owes.
 */
import { inspect } from 'node:util';

import { brief, sourceTraceback } from './describe.js';
import type { EventLoopOptions } from './event-loop-options.js';
import type { ExceptionContext } from './exception-context.js';
import { captureAsyncScope } from './frame.js';
import { type AnyCallback, type Callback, Handle, type Runnable } from './handle.js';
import { logger } from './logger.js';
import type { Loop } from './loop.js';
import { isNativeCoroutineFunction } from './native-coroutine-function.js';
import { NodeSelector } from './node-selector.js';
import { RuntimeError, ValueError } from './python-errors.js';
import { ReadyQueue } from './ready-queue.js';
import type { Ready, Selector } from './selector.js';
import { thread } from './thread.js';
import { type Timer, TimerHandle } from './timer-handle.js';
import { TimerQueue } from './timer-queue.js';
import { Watches } from './watches.js';

/** How often the clock is read when handles are quick: after so many. A reading costs as much as two task switches. */
const HANDLES_PER_CLOCK = 256;

/**
 * What a turn came to: all its handles ran; an async step is open; the budget of the macrotask is spent.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, type TurnState } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * loop.callSoon(() => {});
 * const state: TurnState = loop._runOnce();
 * console.log(state); // done
 * ```
 */
export type TurnState = 'done' | 'paused' | 'spent';

/**
 * The part of a loop that schedules and runs turns. Whether, and when, it is called is for `BaseEventLoop` to say.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, TurnLoop, VirtualSelector } from '@asyncio-ts/loop';
 *
 * const loop: TurnLoop = new BaseEventLoop({ selector: new VirtualSelector() });
 * loop.callAt(loop.time() + 5, () => console.log('at', loop.time())); // at 5
 * while (loop._scheduled.length > 0) loop._runOnce(); // driven by hand
 * ```
 */
export abstract class TurnLoop implements Loop {
  /** @internal What runs in this turn and the next. */
  readonly _ready = new ReadyQueue<Runnable>();
  /** @internal */
  readonly _scheduled = new TimerQueue();
  /** @internal */
  readonly _selector: Selector;
  /** @internal An async function was started or resumed and its microtasks have not drained. */
  _stepOpen = false;
  /** @internal Capture foreign stores for callbacks and generator steps. */
  readonly _asyncContext: boolean;
  /** @internal */
  _debug: boolean;

  /**
   * In debug mode, a callback that takes at least so many seconds is logged.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   *
   * const loop = new BaseEventLoop();
   * loop.setDebug(true);
   * loop.slowCallbackDuration = 0.02; // 20 ms are too long for this program
   * console.log(loop.getDebug()); // true
   * ```
   */
  slowCallbackDuration = 0.1;

  protected readonly _watches: Watches;
  /** True while nobody needs waking: a turn is on the stack, paused, or arranged; or the loop does not run. */
  protected _awake = true;
  private _waitsOutside = 0;
  protected _inTurn = false;
  protected _stopping = false;
  protected _closed = false;
  /** How many handles the present turn still owes. */
  protected _todo = 0;
  private _clockEvery = 1;
  private _untilClock = 1;
  /** Debug mode: whose async step is open, and since when, in seconds. */
  private _watching: { readonly runnable: Runnable; readonly start: number } | null = null;
  /** The budget of the macrotask ran out in the turn that is paused: it goes on in a later one. */
  private _spent = false;

  constructor(options: EventLoopOptions = {}) {
    this._selector = options.selector ?? new NodeSelector();
    this._watches = new Watches(this._selector);
    this._debug = options.debug ?? (process.env['ASYNCIO_DEBUG'] ?? '') !== '';
    this._asyncContext = options.asyncContext ?? false;
  }

  /** @internal How many waits are for something outside the loop; upper floors count them. */
  get _outside(): number {
    return this._waitsOutside;
  }

  set _outside(count: number) {
    this._waitsOutside = count;
    if (count === 0) this._selector.outsideEnded?.();
  }

  /** Whether debug mode is on. */
  getDebug(): boolean {
    return this._debug;
  }

  /** Switches debug mode on or off. */
  setDebug(enabled: boolean): void {
    this._debug = enabled;
  }

  /** Reports an error nobody else can take. */
  abstract callExceptionHandler(context: ExceptionContext): void;

  /** Whether an error must leave the loop instead of being reported. */
  abstract isBaseException(error: unknown): boolean;

  // --- callbacks

  callSoon<Args extends readonly unknown[]>(callback: Callback<Args>, ...args: Args): Handle {
    this._check(callback, 'callSoon');
    const handle = new Handle(this._bind(callback), args, this);
    if (this._debug) handle._sourceTraceback = sourceTraceback(this.callSoon);
    this._ready.push(handle);
    if (!this._awake) this._wake();
    return handle;
  }

  /**
   * As `callSoon`. A loop belongs to one thread of Node, so there is no other thread that could hold it; the name is kept
   * for programs that use it from their own thread.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   *
   * const loop = new BaseEventLoop();
   * process.once('SIGTERM', () => loop.callSoonThreadsafe(() => loop.stop()));
   * ```
   */
  callSoonThreadsafe<Args extends readonly unknown[]>(
    callback: Callback<Args>,
    ...args: Args
  ): Handle {
    return this.callSoon(callback, ...args);
  }

  callLater<Args extends readonly unknown[]>(
    delay: number,
    callback: Callback<Args>,
    ...args: Args
  ): TimerHandle {
    checkSeconds(delay, 'delay');
    return this._callAt(this.time() + delay, callback, args, this.callLater);
  }

  callAt<Args extends readonly unknown[]>(
    when: number,
    callback: Callback<Args>,
    ...args: Args
  ): TimerHandle {
    checkSeconds(when, 'when');
    return this._callAt(when, callback, args, this.callAt);
  }

  private _callAt<Args extends readonly unknown[]>(
    when: number,
    callback: Callback<Args>,
    args: Args,
    door: object,
  ): TimerHandle {
    this._check(callback, 'callAt');
    const timer = new TimerHandle(when, this._bind(callback), args, this);
    if (this._debug) timer._sourceTraceback = sourceTraceback(door);
    this._addTimer(timer);
    return timer;
  }

  /** @internal Also for what is its own timer, if the loop `takesTimers`. */
  _addTimer(timer: Timer): void {
    if (this._closed) this._checkClosed();
    const when = timer._when;
    // Its time never comes: nobody waits for it, and a clock that jumps must not jump there.
    if (when === Infinity) return;
    this._scheduled.add(timer);
    if (!this._awake && this._scheduled.next() === when) this._selector.waitUntil(when);
  }

  time(): number {
    return this._selector.time();
  }

  /** @internal Puts something that is its own handle into the ready queue. Use `schedule(loop, runnable)`. */
  _callRunnable(runnable: Runnable): void {
    if (this._closed) this._checkClosed();
    this._ready.push(runnable);
    if (!this._awake) this._wake();
  }

  /**
   * @internal I/O arrived: the callback is queued, and if the loop sleeps its turn is called at once, on this stack.
   */
  _deliver<Args extends readonly unknown[]>(callback: Callback<Args>, ...args: Args): void {
    if (this._closed) return;
    this._ready.push(new Handle(callback, args, this));
    this._deliverNow();
  }

  /** @internal As `_deliver`, for something that is its own handle. */
  _deliverRunnable(runnable: Runnable): void {
    if (this._closed) return;
    this._ready.push(runnable);
    this._deliverNow();
  }

  private _deliverNow(): void {
    if (this._awake) return;
    this._selector.beginMacrotask();
    this._turn();
  }

  /** @internal A timer in the heap was cancelled: it is dropped when it surfaces, or when too many like it lie there. */
  _timerCancelled(_timer: object): void {
    this._scheduled.cancelledOne();
  }

  protected _bind(callback: AnyCallback): AnyCallback {
    if (!this._asyncContext) return callback;
    const scope = captureAsyncScope();
    const call = callback as (...args: unknown[]) => void;
    return (...args: unknown[]) => scope.runInAsyncScope(call, undefined, ...args);
  }

  protected _check(callback: unknown, method: string): void {
    if (this._closed) this._checkClosed();
    if (typeof callback !== 'function') {
      throw new TypeError(
        `Cannot schedule with ${method}(): a function was expected, got ${brief(callback)}`,
      );
    }
    if (this._debug && isNativeCoroutineFunction(callback)) {
      throw new TypeError(
        `Cannot schedule with ${method}(): ${brief(callback)} is a coroutine function; make a task of it instead`,
      );
    }
  }

  protected _checkClosed(): void {
    if (this._closed) throw new RuntimeError('Event loop is closed');
  }

  // --- the turn

  /**
   * One turn, or the rest of one that was paused. Called by the loop itself while it runs; whoever drives a loop by hand
   * calls it directly.
   *
   * @returns 'paused' when a step of an async function is open: call again after Node's microtasks have drained.
   */
  _runOnce(): TurnState {
    if (this._stepOpen) return 'paused';
    return this._onStack(this._oneTurn);
  }

  private _oneTurn(): TurnState {
    if (this._todo === 0) this._todo = this._beginTurn(this._timeout());
    return this._runHandles(false);
  }

  /** Makes this the running loop for as long as `fn` takes. */
  protected _onStack<R>(fn: (this: this) => R): R {
    const { loop, owner, stepping, entered } = thread;
    const outerTurn = this._inTurn;
    const outerAwake = this._awake;
    thread.epoch++;
    thread.loop = this;
    thread.owner = thread.entered = null;
    thread.stepping = false;
    this._inTurn = true;
    this._awake = true;
    try {
      return fn.call(this);
    } catch (error) {
      this._todo = 0;
      if (this._stepOpen) this._pause();
      throw error;
    } finally {
      thread.loop = loop;
      thread.owner = owner;
      thread.stepping = stepping;
      thread.entered = entered;
      this._inTurn = outerTurn;
      this._awake = outerAwake;
    }
  }

  /** @returns how many handles the turn that begins has to run. */
  private _beginTurn(timeout: number | null): number {
    const ready = this._ready;
    const timers = this._scheduled;
    const events = this._selector.select(timeout);
    if (events.length > 0) this._takeEvents(events);
    if (timers.length > 0) {
      timers.takeDue(ready.length > 0 ? this._selector.recentTime() : this.time(), ready);
    }
    return ready.length;
  }

  private _takeEvents(events: readonly Ready[]): void {
    for (const [key, mask] of events) this._watches.take(key.data, mask, this._ready);
  }

  private _timeout(): number | null {
    if (this._ready.length > 0 || this._stopping) return 0;
    const next = this._scheduled.next();
    return next === null ? null : Math.max(0, next - this.time());
  }

  /** The hot loop; budgeted, it goes on with the turns that follow at once. Measured by the rows `switch` and `ring`. */
  private _runHandles(budgeted: boolean): TurnState {
    const ready = this._ready;
    const exact = this._selector.exactOrder;
    let todo = this._todo;
    let untilClock = this._untilClock;
    let spent = false;
    // A handle may drive a turn by hand and take what this one still owes.
    this._todo = 0;
    for (;;) {
      while (todo > 0 && ready.length > 0) {
        todo--;
        try {
          if (this._debug) this._runWatched(ready.shift());
          else ready.shift()._run();
        } catch (error) {
          this._stepFailed(error);
        }
        if (--untilClock === 0) {
          spent = budgeted && !this._selector.mayGoOn();
          untilClock = this._paceClock(spent);
          if (spent) break;
        }
        // In debug mode, too: a step that takes too long must be told from its neighbours.
        if (this._stepOpen && (exact || this._debug)) break;
      }
      if (!budgeted || spent || !this._turnFollows()) break;
      todo = this._beginTurn(0);
    }
    this._untilClock = untilClock;
    if (todo > 0) this._todo = Math.min(todo, ready.length);
    if (this._stepOpen) {
      this._spent = spent;
      return this._pause();
    }
    return spent ? 'spent' : 'done';
  }

  /** Nothing lies between this turn and the next one: two tasks that wake each other make a turn of each of their steps. */
  private _turnFollows(): boolean {
    return this._ready.length > 0 && !this._stopping && !this._stepOpen && this._todo === 0;
  }

  /** A runnable reports its own errors; one that could not must not take the other tasks of the loop with it. */
  private _stepFailed(error: unknown): void {
    if (this.isBaseException(error)) throw error;
    thread.owner = null;
    thread.stepping = false;
    this.callExceptionHandler({
      message: 'Exception in a step of the event loop',
      exception: error,
    });
  }

  /** After how many handles the clock is read again: slow handles bring it down to each one, quick ones up again. */
  private _paceClock(spent: boolean): number {
    this._clockEvery = spent
      ? Math.max(this._clockEvery >> 2, 1)
      : Math.min(this._clockEvery * 2, HANDLES_PER_CLOCK);
    return this._clockEvery;
  }

  /** Debug mode: says which callback took too long. */
  private _runWatched(runnable: Runnable): void {
    const start = this.time();
    runnable._run();
    // An async function goes on in microtasks: its step is over when they have drained.
    if (this._stepOpen) this._watching = { runnable, start };
    else this._sayIfSlow(runnable, start);
  }

  private _sayIfSlow(runnable: Runnable, start: number): void {
    const duration = this.time() - start;
    if (duration >= this.slowCallbackDuration) {
      logger.warning(`Executing ${inspect(runnable)} took ${duration.toFixed(3)} seconds`);
    }
  }

  /**
   * Turn after turn, as long as there is something to do and the budget lasts.
   *
   * @returns 'done' when the loop was stopped, 'idle' when nothing is ready.
   */
  protected _manyTurns(): TurnState | 'idle' {
    for (;;) {
      if (this._todo === 0) this._todo = this._beginTurn(this._timeout());
      const state = this._runHandles(true);
      if (state === 'paused') return state;
      if (this._stopping && this._todo === 0) return 'done';
      if (state === 'spent') return state;
      if (this._isIdle()) return 'idle';
    }
  }

  /** Nothing can run before the selector says so. */
  protected _isIdle(): boolean {
    return this._todo === 0 && this._ready.length === 0 && !this._timerIsDue();
  }

  private _timerIsDue(): boolean {
    return this._scheduled.length > 0 && this._scheduled.isDue(this._selector.recentTime());
  }

  /** @internal Code of a paused turn runs in a microtask: a cheaper way to learn when they have drained. */
  _inMicrotask(): void {
    if (this._stepOpen) this._selector.inMicrotask();
  }

  /** @internal A step of an async function was started or resumed: the turn must not end before it did. */
  _openStep(): void {
    if (this._inTurn) this._stepOpen = true;
  }

  /** @internal Lets an error leave the loop: at once, or, where it does not run, as what the next turn ends with. */
  _raise(error: unknown): void {
    if (this._inTurn) throw error;
    if (this._abandon(error)) return;
    this._callRunnable({
      _run: () => {
        throw error;
      },
    });
  }

  /** @internal Ends the run, if there is one, with an error. @returns whether there was one. */
  abstract _abandon(error: unknown): boolean;

  private _pause(): 'paused' {
    this._selector.afterMicrotasks(this._drained);
    return 'paused';
  }

  private readonly _drained = (): void => {
    const spent = this._spent;
    this._stepOpen = this._spent = false;
    if (this._watching !== null) {
      const { runnable, start } = this._watching;
      this._watching = null;
      this._sayIfSlow(runnable, start);
    }
    this._afterPause(spent);
  };

  /** The async steps of a paused turn have drained; `spent`: and so had the budget, before the pause. */
  protected abstract _afterPause(spent: boolean): void;

  /** @internal Runs turns as long as it may, if the loop runs. */
  abstract _turn(): void;

  protected _wake(): void {
    this._awake = true;
    this._selector.wake();
  }

  protected _sleep(): void {
    this._awake = false;
    this._selector.waitUntil(this._scheduled.next());
  }

  /** What is ready will never run: whoever was to look at an error says so, and it can be reported. */
  protected _dropReady(): void {
    for (let left = this._ready.length; left > 0; left--) this._ready.shift()._dropped?.();
  }

  /** Forgets everything that is scheduled. */
  protected _dropAll(): void {
    this._ready.clear();
    this._scheduled.clear();
    this._todo = 0;
  }
}

function checkSeconds(value: unknown, name: string): void {
  if (typeof value !== 'number') {
    throw new TypeError(
      `Cannot set a timer: ${name} must be a number of seconds, got ${brief(value)}`,
    );
  }
  if (Number.isNaN(value)) throw new ValueError(`Cannot set a timer: ${name} is NaN`);
}

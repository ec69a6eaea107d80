/**
 * The one file that knows Node's clock and Node's ways to be called later.
 *
 * Whatever it schedules with is captured when the module is loaded, so that the fake timers of a test runner never reach
 * the loop: for tests there is the virtual selector.
 */
import type { Socket } from 'node:net';

import { MAXIMUM_SELECT_TIMEOUT } from './constants.js';
import { RuntimeError, ValueError } from './python-errors.js';
import { Registration } from './readiness.js';
import {
  EVENT_READ,
  EVENT_WRITE,
  type Guest,
  type Ready,
  type Selector,
  type SelectorKey,
} from './selector.js';

const { setTimeout, clearTimeout, setImmediate, queueMicrotask } = globalThis;
const nextTick = process.nextTick;
const clock = performance;

/** In milliseconds; Node's timers hold no more than 24.8 days. A later deadline is reached in several steps. */
const LONGEST_TIMER = MAXIMUM_SELECT_TIMEOUT * 1000;

/** So many pauses of a macrotask take the sure way; one `setImmediate` costs as much as about as many. */
const SURE_PAUSES = 4;

const NOTHING: readonly Ready[] = [];

/** Those who watch for exhaustion: one listener for all loops, since Node warns of more than ten. */
const watchers = new Set<() => void>();

function tellWatchers(): void {
  for (const exhausted of [...watchers]) exhausted();
}

/** How a `NodeSelector` is set up. */
export interface NodeSelectorOptions {
  /**
   * Let async functions take part in Python's exact order, at about twice the cost of each of their steps: the loop pauses
   * after each handle that resumed one, instead of once a turn. Default: false.
   */
  readonly exactOrder?: boolean;
  /**
   * How long handles may keep coming before Node's own timers and I/O get a chance, in seconds. Default: 0.0005.
   */
  readonly budget?: number;
}

/**
 * Lets a loop be a guest on Node's own event loop. The default selector.
 *
 * It arms one Node timer for the nearest deadline, listens to registered sockets, and calls the loop's turn when something
 * is due. While handles keep coming, turn follows turn in the same macrotask until the budget is spent; the budget belongs
 * to the macrotask: microtasks and ticks carry it on, and only `setImmediate`, a timer or I/O gives a new one.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, NodeSelector } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop({ selector: new NodeSelector({ exactOrder: true }) });
 * ```
 */
export class NodeSelector implements Selector {
  readonly exactOrder: boolean;
  readonly passesTime = false;
  private readonly _budget: number;
  private readonly _keys = new Map<object, Registration>();
  /** Keys that an event touched and that were ready, or not looked at, when last asked. */
  private readonly _active = new Set<Registration>();
  private _guest: Guest | null = null;
  /** The last reading of the clock; 0: none in this macrotask. */
  private _now = 0;
  /** When the budget of this macrotask ends; 0: not begun. */
  private _budgetEnd = 0;
  /** How many pauses there were in this macrotask. */
  private _pauses = 0;
  /** What waits for the microtasks to drain, while nobody has asked for the tick. */
  private _paused: (() => void) | null = null;
  private _guarded = false;
  private _timer: NodeJS.Timeout | null = null;
  /** Invariant: the deadline `_timer` was armed for, while there is one. */
  private _armedFor = 0;
  private _keepAlive: NodeJS.Timeout | null = null;
  private _ref = true;

  constructor(options: NodeSelectorOptions = {}) {
    this.exactOrder = options.exactOrder ?? false;
    this._budget = options.budget ?? 0.0005;
  }

  // --- readiness

  register(fileobj: object, events: number, data: unknown = null): SelectorKey {
    checkEvents(events);
    if (this._keys.has(fileobj)) {
      throw new RuntimeError('Cannot register the object: it is already registered; use modify()');
    }
    const key = new Registration(fileobj, events, data, (touched) => this._touched(touched));
    this._keys.set(fileobj, key);
    this._touchedLater(key);
    return key;
  }

  unregister(fileobj: object): SelectorKey {
    const key = this._known(fileobj);
    this._keys.delete(fileobj);
    this._active.delete(key);
    key.detach();
    return key;
  }

  modify(fileobj: object, events: number, data: unknown = null): SelectorKey {
    checkEvents(events);
    const key = this._known(fileobj);
    key.events = events;
    key.data = data;
    this._touchedLater(key);
    return key;
  }

  getKey(fileobj: object): SelectorKey | undefined {
    return this._keys.get(fileobj);
  }

  getMap(): ReadonlyMap<object, SelectorKey> {
    return this._keys;
  }

  /**
   * Takes the oldest pending connection of a registered `net.Server`, or null: the `accept` of a Node server.
   *
   * @example
   * ```ts
   * import { createServer } from 'node:net';
   * import { BaseEventLoop, NodeSelector } from '@asyncio-ts/loop';
   *
   * const selector = new NodeSelector();
   * const loop = new BaseEventLoop({ selector });
   * const server = createServer();
   * loop.addReader(server, () => selector.accept(server)?.end('good-bye'));
   * ```
   */
  accept(server: object): Socket | null {
    return this._known(server).pending.shift() ?? null;
  }

  select(_timeout: number | null): readonly Ready[] {
    if (this._active.size === 0) return NOTHING;
    const events: Ready[] = [];
    for (const key of this._active) {
      const ready = key.ready();
      if (ready === 0) this._active.delete(key);
      else events.push([key, ready]);
    }
    return events;
  }

  close(): void {
    this._disarm();
    this.keepAlive(false);
    for (const key of [...this._keys.keys()]) this.unregister(key);
    this._guest = null;
  }

  private _known(fileobj: object): Registration {
    const key = this._keys.get(fileobj);
    if (key === undefined) {
      throw new RuntimeError('Cannot find the object in the selector: it was never registered');
    }
    return key;
  }

  private _touched(key: Registration): void {
    this._active.add(key);
    this.beginMacrotask();
    this._guest?._turn();
  }

  /** A fresh registration may be ready already; nobody will emit an event to say so. */
  private _touchedLater(key: Registration): void {
    this._active.add(key);
    this.wake();
  }

  // --- the clock

  time(): number {
    return (this._now = clock.now() / 1000);
  }

  recentTime(): number {
    return this._now === 0 ? this.time() : this._now;
  }

  // --- the wake-up

  attach(guest: Guest): () => void {
    if (this._guest !== null) {
      throw new RuntimeError('Cannot attach the loop: the selector already serves another one');
    }
    this._guest = guest;
    return () => {
      if (this._guest === guest) this._guest = null;
      this._disarm();
    };
  }

  private readonly _call = (): void => {
    this._guest?._turn();
  };

  private readonly _callInMacrotask = (): void => {
    this.beginMacrotask();
    this._guest?._turn();
  };

  private readonly _callByTimer = (): void => {
    this._timer = null;
    this._callInMacrotask();
  };

  wake(): void {
    queueMicrotask(this._call);
  }

  wakeLater(): void {
    setImmediate(this._callInMacrotask);
  }

  beginMacrotask(): void {
    this._budgetEnd = 0;
    this._pauses = 0;
    this._now = 0;
  }

  mayGoOn(): boolean {
    const now = this.time();
    if (this._budgetEnd === 0) {
      this._budgetEnd = now + this._budget;
      return true;
    }
    return now < this._budgetEnd;
  }

  /**
   * A tick that is asked for in a microtask runs when the microtasks have drained. To be in one, a microtask of our own is
   * sure, and dear: two async resources. In a macrotask with many pauses the microtasks of the async steps themselves
   * (`inMicrotask`) ask for the tick; a step that went off to wait for something foreign never does, and then the round of
   * Node's loop, which one `setImmediate` guards, comes to its help.
   */
  afterMicrotasks(fn: () => void): void {
    if (this._pauses < SURE_PAUSES) {
      this._pauses++;
      queueMicrotask(() => nextTick(fn));
      return;
    }
    this._paused = fn;
    if (this._guarded) return;
    this._guarded = true;
    setImmediate(this._guard);
  }

  inMicrotask(): void {
    const fn = this._paused;
    if (fn === null) return;
    this._paused = null;
    nextTick(fn);
  }

  private readonly _guard = (): void => {
    this._guarded = false;
    this.beginMacrotask();
    const fn = this._paused;
    this._paused = null;
    fn?.();
  };

  /**
   * Calls `fn` after Node looked at its own timers and I/O once.
   *
   * @example
   * ```ts
   * import { NodeSelector } from '@asyncio-ts/loop';
   *
   * new NodeSelector().afterRound(() => console.log("Node's timers and I/O have had their turn"));
   * ```
   */
  afterRound(fn: () => void): void {
    setImmediate(fn);
  }

  waitUntil(deadline: number | null): void {
    if (this._active.size > 0) {
      this.wakeLater();
      return;
    }
    if (deadline === null) {
      this._disarm();
      return;
    }
    // A timer that is armed too early is left alone: it wakes the loop once for nothing, and costs less than a new one.
    if (this._timer !== null && this._armedFor <= deadline) return;
    this._disarm();
    this._armedFor = deadline;
    const milliseconds = Math.ceil((deadline - this.time()) * 1000);
    this._timer = setTimeout(this._callByTimer, Math.min(Math.max(milliseconds, 0), LONGEST_TIMER));
    if (!this._ref) this._timer.unref();
  }

  private _disarm(): void {
    if (this._timer === null) return;
    clearTimeout(this._timer);
    this._timer = null;
  }

  // --- the process

  watchExhaustion(): () => void {
    const exhausted = (): void => {
      const guest = this._guest;
      guest?._exhausted();
      // The run was given up. Whoever waited for it may begin another, and Node asks again only after one more round.
      if (this._guest !== guest) setImmediate(() => {});
    };
    if (watchers.size === 0) process.on('beforeExit', tellWatchers);
    watchers.add(exhausted);
    return () => {
      if (watchers.delete(exhausted) && watchers.size === 0)
        process.off('beforeExit', tellWatchers);
    };
  }

  keepAlive(on: boolean): void {
    if (on && this._keepAlive === null) {
      this._keepAlive = setTimeout(() => {
        this._keepAlive = null;
        this.keepAlive(true);
      }, LONGEST_TIMER);
      if (!this._ref) this._keepAlive.unref();
    } else if (!on && this._keepAlive !== null) {
      clearTimeout(this._keepAlive);
      this._keepAlive = null;
    }
  }

  setRef(on: boolean): void {
    this._ref = on;
    for (const timer of [this._timer, this._keepAlive]) {
      if (on) timer?.ref();
      else timer?.unref();
    }
  }
}

function checkEvents(events: number): void {
  if (events === 0 || (events & ~(EVENT_READ | EVENT_WRITE)) !== 0) {
    throw new ValueError(
      `Cannot register for events ${events}: use EVENT_READ (1), EVENT_WRITE (2) or both (3)`,
    );
  }
}

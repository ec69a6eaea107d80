import { inspect } from 'node:util';

import type { Coroutine, Step } from '@asyncio-ts/futures';

import { describe } from './describe.js';
import { LoopBound } from './loop-bound.js';
import { WaitCoroutine } from './wait-coroutine.js';
import { type Waiter, Waiters } from './waiters.js';

/**
 * A flag that tasks wait for. `set` wakes all who wait, even if `clear` follows at once.
 *
 * Mirrors Python's `asyncio.Event`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, getRunningLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete, type Step } from '@asyncio-ts/futures';
 * import { Event } from '@asyncio-ts/sync';
 *
 * const ready = new Event();
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   getRunningLoop().callLater(0.001, () => ready.set());
 *   yield* ready.wait();
 *   console.log(ready.isSet()); // true
 * });
 * ```
 */
export class Event extends LoopBound {
  /** The line, for tools. */
  readonly _waiters = new Waiters();
  private _value = false;

  /** Whether the flag is set. */
  isSet(): boolean {
    return this._value;
  }

  /** Sets the flag and wakes all who wait. */
  set(): void {
    if (this._value) return;
    this._value = true;
    while (this._waiters.wakeNext());
  }

  /**
   * Takes the flag down: from now on `wait` waits again.
   *
   * @example
   * ```ts
   * import { Event } from '@asyncio-ts/sync';
   *
   * const paused = new Event();
   * paused.set();
   * paused.clear();
   * console.log(paused.isSet()); // false
   * ```
   */
  clear(): void {
    this._value = false;
  }

  /**
   * Waits until the flag is set. If it is, that takes no turn of the loop.
   *
   * @returns true
   * @throws RuntimeError when it must wait, and others wait in a different loop.
   */
  wait(): Coroutine<true> {
    return new EventWait(this);
  }

  [inspect.custom](): string {
    return describe(this, this._value ? 'set' : 'unset', this._waiters);
  }
}

class EventWait extends WaitCoroutine<true> {
  private readonly _event: Event;

  constructor(event: Event) {
    super('Event.wait');
    this._event = event;
    this._made();
  }

  protected _try(woken: Waiter | null): Step<true> {
    const event = this._event;
    if (woken !== null) event._waiters.remove(woken);
    else if (!event.isSet()) return this._wait(event, event._waiters);
    return this._give(true);
  }

  protected _giveUp(waiter: Waiter): void {
    this._event._waiters.remove(waiter);
  }
}

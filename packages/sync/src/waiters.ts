/**
 * A line of waiters, first come first served.
 *
 *   first                       frontier
 *     │                            │
 *   woken ── cancelled ── woken ── waiting ── cancelled ── waiting
 *
 * A waiter that was woken or cancelled keeps its place until its task has run and leaves. Such waiters are passed over once
 * and not looked at again, and one leaves from the midst of the line without a search: ten thousand that are woken or
 * cancelled in one turn cost ten thousand steps.
 */
import { createFuture, type Future } from '@asyncio-ts/futures';
import type { Loop } from '@asyncio-ts/loop';

/** Somebody in line. */
export class Waiter {
  /** Done when it is woken, cancelled with the wait. */
  readonly future: Future<void>;
  /** @internal The line it stands in; null once it has left. */
  _line: Waiters | null;
  /** @internal */
  _previous: Waiter | null;
  /** @internal */
  _next: Waiter | null = null;
  /** @internal */
  _woken = false;

  constructor(future: Future<void>, line: Waiters, previous: Waiter | null) {
    this.future = future;
    this._line = line;
    this._previous = previous;
  }
}

/** The line. */
export class Waiters implements Iterable<Future<void>> {
  /** How many stand in line, those included that will leave with their next step. */
  length = 0;
  private _first: Waiter | null = null;
  private _last: Waiter | null = null;
  /** Invariant: all who stand before it were woken or cancelled; null: all who stand in line were. */
  private _frontier: Waiter | null = null;
  /** How many of those in line were woken. */
  private _woken = 0;

  /** Takes the last place. */
  add(loop: Loop): Waiter {
    const last = this._last;
    const waiter = new Waiter(createFuture<void>(loop), this, last);
    if (last === null) this._first = waiter;
    else last._next = waiter;
    this._last = waiter;
    this._frontier ??= waiter;
    this.length++;
    return waiter;
  }

  /** Leaves the line; harmless when it has left. */
  remove(waiter: Waiter): void {
    if (waiter._line === null) return;
    const { _previous: previous, _next: next } = waiter;
    if (previous === null) this._first = next;
    else previous._next = next;
    if (next === null) this._last = previous;
    else next._previous = previous;
    if (this._frontier === waiter) this._frontier = next;
    if (waiter._woken) this._woken--;
    waiter._line = waiter._previous = waiter._next = null;
    this.length--;
  }

  /** Wakes the first in line, unless that one was woken or cancelled and is about to leave. */
  wakeFirst(): void {
    const first = this._first;
    if (first !== null && !first.future.done()) this._wake(first);
  }

  /** Wakes the first that still waits. @returns whether there was one. */
  wakeNext(): boolean {
    const waiter = this._nextWaiting();
    if (waiter === null) return false;
    this._wake(waiter);
    return true;
  }

  /** As `wakeNext`; whoever is woken, and all before it, leave the line at once. */
  wakeAndRemoveNext(): void {
    for (let first = this._first; first !== null; first = this._first) {
      this.remove(first);
      if (first.future.done()) continue;
      first.future.setResult();
      return;
    }
  }

  /** Whether anybody in line was not cancelled: then a newcomer has to wait, too. */
  get anybody(): boolean {
    return this._woken > 0 || this._nextWaiting() !== null;
  }

  private _wake(waiter: Waiter): void {
    waiter._woken = true;
    this._woken++;
    waiter.future.setResult();
  }

  private _nextWaiting(): Waiter | null {
    while (this._frontier?.future.done() === true) this._frontier = this._frontier._next;
    return this._frontier;
  }

  /** What they wait for, first to last: for tools. */
  *[Symbol.iterator](): Generator<Future<void>, void> {
    for (let at = this._first; at !== null; at = at._next) yield at.future;
  }
}

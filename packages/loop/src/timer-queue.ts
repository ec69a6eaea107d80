import { MIN_CANCELLED_TIMER_HANDLES_FRACTION, MIN_SCHEDULED_TIMER_HANDLES } from './constants.js';
import { FarTimers } from './far-timers.js';
import { TimerHeap } from './timer-heap.js';
import { NOT_ADDED, type Timer } from './timer-handle.js';

/** Timers this close to now, in seconds, count as due: sums of floating-point seconds are not exact. */
const CLOCK_RESOLUTION = 1e-9;

/** With more timers than this in the heap, those further away leave it; fewer are no trouble for it. */
const LARGE_HEAP = 4096;

/**
 * The timers of a loop, nearest first.
 *
 * Most timers are timeouts that never fire: cancelling one only counts it. It is dropped when it surfaces, or when there are
 * too many like it.
 */
export class TimerQueue {
  /** Invariant: holds what is due before the horizon of `_far`. */
  private readonly _heap = new TimerHeap<Timer>();
  private readonly _far = new FarTimers<Timer>();
  private _enough = LARGE_HEAP;
  /** Invariant: how many timers in here are cancelled. */
  private _cancelled = 0;
  private _added = 0;

  get length(): number {
    return this._heap.length + this._far.length;
  }

  add(timer: Timer): void {
    timer._order = this._added++;
    if (timer._when >= this._far.horizon) {
      this._far.add(timer);
      return;
    }
    this._heap.push(timer);
    if (this._heap.length > this._enough) this._relieve();
  }

  /** A timer that lies in here was cancelled. */
  cancelledOne(): void {
    this._cancelled++;
  }

  /** The nearest deadline, or null. */
  next(): number | null {
    if (this._cancelled > 0) this._dropCancelled();
    const nearest = this._nearest();
    return nearest === Infinity ? null : nearest;
  }

  /** Whether a timer is due at `now`. */
  isDue(now: number): boolean {
    const when = this.length === 0 ? null : this.next();
    return when !== null && when <= now + CLOCK_RESOLUTION;
  }

  /** Hands over the timers that are due at `now`, in the order of their deadlines and, among equals, of creation. */
  takeDue(now: number, take: { push(timer: Timer): void }): void {
    if (this._cancelled > 0) this._dropCancelled();
    const heap = this._heap;
    const end = now + CLOCK_RESOLUTION;
    while (this._nearest() <= end) {
      const timer = heap.pop() as Timer;
      if (timer._cancelled) this._drop(timer);
      else {
        timer._order = NOT_ADDED;
        take.push(timer);
      }
    }
  }

  clear(): void {
    this._heap.clear();
    this._far.clear();
    this._enough = LARGE_HEAP;
    this._cancelled = 0;
  }

  /** The deadline of the timer at the top of the heap, into which what is far comes when it is empty. */
  private _nearest(): number {
    while (this._heap.length === 0 && this._far.length > 0) this._comeNear(this._far.takeNext());
    return this._heap.nearest;
  }

  private _comeNear(timers: readonly Timer[]): void {
    for (const timer of timers) {
      if (timer._cancelled) this._drop(timer);
      else this._heap.push(timer);
    }
  }

  /** The heap has become large: most of it is far away. */
  private _relieve(): void {
    const heap = this._heap;
    if (this._far.length > 0) {
      // They all fell into one span: let it have them.
      this._enough = heap.length * 2;
      return;
    }
    const near = this._far.spread([...heap]);
    this._enough = near.length === heap.length ? heap.length * 2 : LARGE_HEAP;
    if (near.length === heap.length) return;
    heap.clear();
    this._comeNear(near);
  }

  private _drop(timer: Timer): void {
    timer._order = NOT_ADDED;
    this._cancelled--;
  }

  private _dropCancelled(): void {
    const { length } = this;
    if (
      length > MIN_SCHEDULED_TIMER_HANDLES &&
      this._cancelled > length * MIN_CANCELLED_TIMER_HANDLES_FRACTION
    ) {
      const keep = (timer: Timer): boolean => {
        if (timer._cancelled) this._drop(timer);
        return !timer._cancelled;
      };
      this._heap.rebuild(keep);
      this._far.filter(keep);
      return;
    }
    const heap = this._heap;
    while (this._nearest() !== Infinity && heap.peek()?._cancelled === true) {
      this._drop(heap.pop() as Timer);
    }
  }
}

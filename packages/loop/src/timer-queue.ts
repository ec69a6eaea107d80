import { TimerHeap } from './timer-heap.js';
import type { TimerHandle } from './timer-handle.js';

/** With more timers than this, and more than half of them cancelled, the heap is rebuilt (CPython's figures). */
const MIN_SCHEDULED_TIMERS = 100;
/** Timers this close to now, in seconds, count as due: sums of floating-point seconds are not exact. */
const CLOCK_RESOLUTION = 1e-9;

/**
 * The timers of a loop, nearest first.
 *
 * Most timers are timeouts that never fire: cancelling one only counts it. It is dropped when it surfaces, or when too many
 * like it lie in the heap.
 */
export class TimerQueue {
  private readonly _heap = new TimerHeap<TimerHandle>();
  /** Invariant: how many timers in the heap are cancelled. */
  private _cancelled = 0;

  get length(): number {
    return this._heap.length;
  }

  add(timer: TimerHandle): void {
    timer._scheduled = true;
    this._heap.push(timer);
  }

  /** A timer that lies in the heap was cancelled. */
  cancelledOne(): void {
    this._cancelled++;
  }

  /** The nearest deadline, or null. */
  next(): number | null {
    if (this._cancelled > 0) this._dropCancelled();
    return this._heap.length === 0 ? null : this._heap.nearest;
  }

  /** Whether a timer is due at `now`. */
  isDue(now: number): boolean {
    const when = this._heap.length === 0 ? null : this.next();
    return when !== null && when <= now + CLOCK_RESOLUTION;
  }

  /** Hands over the timers that are due at `now`, in the order of their deadlines and, among equals, of creation. */
  takeDue(now: number, take: { push(timer: TimerHandle): void }): void {
    if (this._cancelled > 0) this._dropCancelled();
    const heap = this._heap;
    const end = now + CLOCK_RESOLUTION;
    while (heap.nearest <= end) {
      const timer = heap.pop() as TimerHandle;
      timer._scheduled = false;
      if (timer._cancelled) this._cancelled--;
      else take.push(timer);
    }
  }

  clear(): void {
    this._heap.clear();
    this._cancelled = 0;
  }

  private _dropCancelled(): void {
    const heap = this._heap;
    if (heap.length > MIN_SCHEDULED_TIMERS && this._cancelled * 2 > heap.length) {
      heap.rebuild((timer) => {
        if (timer._cancelled) timer._scheduled = false;
        return !timer._cancelled;
      });
      this._cancelled = 0;
      return;
    }
    for (let timer = heap.peek(); timer?._cancelled; timer = heap.peek()) {
      heap.pop();
      timer._scheduled = false;
      this._cancelled--;
    }
  }
}

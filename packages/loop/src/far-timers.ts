import type { Deadline } from './timer-heap.js';

/** Into so many spans the time between the first and the last timer is cut. */
const SPANS = 1024;

/**
 * Timers that are far away, in no order but that of the spans of time they fall into. What is near lies in a heap, which
 * stays small; a timer that is cancelled before its span comes is never compared with another one.
 *
 *   near (heap) | span | span | ... | span |  beyond
 *           horizon                     end
 *
 * The first rung of a ladder queue (Tang, Goh and Thng, "Ladder queue: an O(1) priority queue structure for large-scale
 * discrete event simulation", 2005). Measured by the row `timers`.
 */
export class FarTimers<T extends Deadline> {
  /** Whatever is due before is near. */
  horizon = Infinity;
  private _spans: T[][] = [];
  private _start = 0;
  private _width = 0;
  private _end = Infinity;
  /** The first span that has not become near. */
  private _first = 0;
  private _beyond: T[] = [];
  private _length = 0;

  get length(): number {
    return this._length;
  }

  /** Takes a timer that is due at the horizon or later. */
  add(timer: T): void {
    this._length++;
    if (timer._when < this._end) this._spanOf(timer._when).push(timer);
    else this._beyond.push(timer);
  }

  /**
   * Cuts the time over which the timers are spread into spans, and takes those of all spans but the first one. Nothing is far
   * as yet.
   *
   * @returns those of the first span; all, if they are not spread enough to tell spans apart.
   */
  spread(timers: readonly T[]): readonly T[] {
    let nearest = Infinity;
    let furthest = -Infinity;
    for (const { _when: when } of timers) {
      if (when < nearest) nearest = when;
      if (when > furthest) furthest = when;
    }
    const width = (furthest - nearest) / SPANS;
    if (!(nearest + width > nearest && furthest + width > furthest)) return timers;
    this._spans = Array.from({ length: SPANS }, () => []);
    this._start = nearest;
    this._width = width;
    this._end = nearest + SPANS * width;
    this._first = 0;
    this._beyond = [];
    this._length = 0;
    for (const timer of timers) this.add(timer);
    return this._takeSpan();
  }

  /** Those of the next span in which there are any: they are near now. Empty when nothing is far. */
  takeNext(): readonly T[] {
    while (this._length > 0) {
      if (this._first === this._spans.length) return this._takeBeyond();
      const taken = this._takeSpan();
      if (taken.length > 0) return taken;
    }
    this.horizon = Infinity;
    return [];
  }

  private _takeBeyond(): readonly T[] {
    const beyond = this._beyond;
    this.clear();
    return beyond.length > SPANS ? this.spread(beyond) : beyond;
  }

  private _takeSpan(): readonly T[] {
    const taken = this._spans[this._first] as T[];
    this._spans[this._first++] = [];
    this.horizon = this._from(this._first);
    this._length -= taken.length;
    return taken;
  }

  /** Keeps only the timers for which `keep` answers true. */
  filter(keep: (timer: T) => boolean): void {
    this._spans = this._spans.map((span) => span.filter(keep));
    this._beyond = this._beyond.filter(keep);
    this._length = this._spans.reduce((sum, span) => sum + span.length, this._beyond.length);
  }

  clear(): void {
    this._spans = [];
    this._beyond = [];
    this._first = this._length = 0;
    this._end = this.horizon = Infinity;
  }

  /** Where a span begins; the end of the last one is the end of all. */
  private _from(span: number): number {
    return span === SPANS ? this._end : this._start + span * this._width;
  }

  /** A division may round into the neighbour: the limits of the spans decide. */
  private _spanOf(when: number): T[] {
    let span = Math.min(SPANS - 1, ((when - this._start) / this._width) | 0);
    while (when < this._from(span)) span--;
    while (when >= this._from(span + 1)) span++;
    return this._spans[span] as T[];
  }
}

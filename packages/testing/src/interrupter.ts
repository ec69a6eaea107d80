import type { Timeout } from '@asyncio-ts/tasks';

import type { Place } from './interruption.js';
import { describeWait, type Suspension, type WatchedTask } from './watched-task.js';

/** Interrupts one task at one place, or, without a place, never. */
export class Interrupter {
  readonly place: Place | null;
  /** The limit around the program, where it is a time limit that interrupts. */
  limit: Timeout | null = null;
  /** What the program waited for at that place, in words. */
  waitedFor = '';
  /** How many cancel requests were made that are the task's to count. */
  requests = 0;
  /** Whether the place was reached, and the interruption came to the task while it was there. */
  did = false;
  /** How many seconds passed between that and the end of the task. */
  secondsToEnd = 0;
  private _cancelsAgain = false;

  constructor(place: Place | null) {
    this.place = place;
    this._cancelsAgain = place?.manner === 'cancel-again';
  }

  /** Whether the program is to run under a limit. */
  get needsLimit(): boolean {
    return this.place?.manner.startsWith('timeout') === true;
  }

  attach(task: WatchedTask<unknown>): void {
    const { place } = this;
    if (place === null) return;
    task.whenSuspended = (at) => {
      if (at.point === place.point) {
        this.waitedFor = describeWait(at);
        this._arrange(task, at, place.manner.endsWith('woken'), () => this._interrupt(task, place));
      } else if (this._cancelsAgain && this.did) {
        this._cancelsAgain = false;
        this._arrange(task, at, false, () => this._cancel(task));
      }
    };
  }

  /** What only gave up its turn is woken already: a cancel can only come just before its step. */
  private _arrange(
    task: WatchedTask<unknown>,
    at: Suspension,
    woken: boolean,
    interrupt: () => void,
  ): void {
    if (woken || at.waited === null) at.beforeStep(interrupt);
    else task.getLoop().callSoon(interrupt);
  }

  private _interrupt(task: WatchedTask<unknown>, { manner }: Place): void {
    this.did = true;
    const loop = task.getLoop();
    const start = loop.time();
    task.addDoneCallback(() => {
      this.secondsToEnd = loop.time() - start;
    });
    if (this.limit !== null) {
      this.limit._expire();
      return;
    }
    this._cancel(task);
    if (manner === 'cancel-twice') this._cancel(task);
  }

  private _cancel(task: WatchedTask<unknown>): void {
    if (task.cancel()) this.requests++;
  }
}

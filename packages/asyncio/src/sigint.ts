import { type BaseEventLoop, KeyboardInterrupt } from '@asyncio-ts/loop';

import { inMainThread } from './main-thread.js';
import { handlesSignal } from './signals.js';

/** What is interrupted: the main task of a run. */
interface Interruptible {
  done(): boolean;
  cancel(): boolean;
}

/**
 * @internal Ctrl-C during a run: the first one cancels the main task, so that its `finally` blocks run; the second leaves
 * the loop at once with a KeyboardInterrupt. Where there is no main task (a shutdown), the first one does so.
 *
 * Taken over only in the main thread, and only when nobody else listens to SIGINT; given back by `release`. A handler
 * added by `loop.addSignalHandler('SIGINT')` takes its place while it is there.
 */
export class Sigint {
  /** How often Ctrl-C was pressed during this run. */
  count = 0;
  private readonly _loop: BaseEventLoop;
  private readonly _main: Interruptible | null;

  constructor(loop: BaseEventLoop, main: Interruptible | null) {
    this._loop = loop;
    this._main = main;
    if (!inMainThread() || process.listenerCount('SIGINT') > 0) return;
    try {
      process.on('SIGINT', this._arrived);
    } catch {
      // Where signals cannot be had, a run goes without them.
    }
  }

  release(): void {
    process.off('SIGINT', this._arrived);
  }

  private readonly _arrived = (): void => {
    if (handlesSignal(this._loop, 'SIGINT')) return;
    this.count++;
    if (this.count === 1 && this._main?.done() === false) this._main.cancel();
    else this._loop._abandon(new KeyboardInterrupt());
  };
}

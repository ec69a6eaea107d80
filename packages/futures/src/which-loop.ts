/** Which loop is meant where none is named. */
import {
  _getRunningLoop,
  _getSetLoop,
  type Loop,
  RuntimeError,
  threadLoop,
} from '@asyncio-ts/loop';

/** @internal The running loop, else the one that was set with `setEventLoop`. @param what - what is made for it: for the error */
export function currentLoop(what: string): Loop {
  const loop = _getRunningLoop() ?? _getSetLoop();
  if (loop == null) {
    throw new RuntimeError(
      `There is no current event loop: make ${what} inside a running loop, or pass { loop }`,
    );
  }
  return loop;
}

/** @internal The running loop, else the one loop that runs in this thread. */
export function loopHere(what: string): Loop {
  const loop = _getRunningLoop() ?? threadLoop();
  if (loop === null) {
    throw new RuntimeError(
      `no running event loop: cannot ${what} here; use run(), or await loop.runUntilComplete(...)`,
    );
  }
  return loop;
}

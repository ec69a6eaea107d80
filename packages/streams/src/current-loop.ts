import {
  _getRunningLoop,
  _getSetLoop,
  BaseEventLoop,
  getRunningLoop,
  type Loop,
  RuntimeError,
} from '@asyncio-ts/loop';

/** @internal The running loop, else the one that was set. */
export function currentLoop(): Loop {
  const loop = _getRunningLoop() ?? _getSetLoop();
  if (loop == null) {
    throw new RuntimeError(
      'There is no current event loop: make it inside a running loop, or pass { loop }',
    );
  }
  return loop;
}

/** @internal The running loop, which must be one that can have sockets. */
export function runningLoop(what: string): BaseEventLoop {
  const loop = getRunningLoop();
  if (loop instanceof BaseEventLoop) return loop;
  throw new RuntimeError(`Cannot ${what}: the running loop is not a BaseEventLoop`);
}

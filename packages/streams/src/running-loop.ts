import { BaseEventLoop, getRunningLoop, RuntimeError } from '@asyncio-ts/loop';

/** @internal The running loop, which must be one that can have sockets. */
export function runningLoop(what: string): BaseEventLoop {
  const loop = getRunningLoop();
  if (loop instanceof BaseEventLoop) return loop;
  throw new RuntimeError(`Cannot ${what}: the running loop is not a BaseEventLoop`);
}

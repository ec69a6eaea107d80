import type { BaseEventLoop, Loop } from '@asyncio-ts/loop';

/**
 * A promise that keeps its word: whatever is merely thenable may settle twice, call back at once, or throw.
 */
export function asNative<T>(promise: PromiseLike<T>): Promise<T> {
  return promise instanceof Promise ? promise : Promise.resolve(promise);
}

/** Whether a loop says that it was closed. What comes from outside after that must not be scheduled. */
export function isClosed(loop: Loop): boolean {
  return (loop as Partial<BaseEventLoop>).isClosed?.() === true;
}

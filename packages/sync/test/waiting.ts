import type { Awaitable, Coroutine } from '@asyncio-ts/futures';
import { wait } from '@asyncio-ts/testing';

/** What an awaitable fails with. */
export function* failure(awaitable: Awaitable<unknown>): Generator<unknown, unknown> {
  try {
    yield* wait(awaitable);
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** A body that only waits. */
export function* waitingFor<T>(awaitable: Coroutine<T>): Generator<unknown, T> {
  return yield* wait(awaitable);
}

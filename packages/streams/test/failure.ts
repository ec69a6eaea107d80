import { type Awaitable } from '@asyncio-ts/futures';
import { wait } from '@asyncio-ts/testing';

/** What it fails with. */
export function* failure(awaitable: Awaitable<unknown>): Generator<unknown, Error, unknown> {
  try {
    yield* wait(awaitable);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

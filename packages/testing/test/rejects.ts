import { expect } from '@jest/globals';
import { wait } from '@asyncio-ts/testing';

/** Waits for something that must fail: with such a class, such a message, or this very value. @returns what it threw. */
export function* rejects(
  awaitable: PromiseLike<unknown>,
  expected: unknown,
): Generator<unknown, unknown> {
  let error: unknown = 'nothing was thrown';
  try {
    yield* wait(awaitable);
  } catch (thrown) {
    error = thrown;
  }
  if (expected instanceof RegExp) expect((error as Error).message).toMatch(expected);
  else if (typeof expected === 'function') expect(error).toBeInstanceOf(expected);
  else expect(error).toBe(expected);
  return error;
}

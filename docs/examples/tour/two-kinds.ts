/** The same script twice: what is `async def` in Python is a `function*` here, or an async function. */
import assert from 'node:assert/strict';

import { coroutine, gather, newEventLoop, sleep } from 'asyncio-ts';

const fetchGenerator = coroutine(function* (name: string, seconds: number) {
  yield* sleep(seconds);
  return `${name} after ${seconds} s`;
});

const mainGenerator = coroutine(function* () {
  return yield* gather(fetchGenerator('tea', 0.2), fetchGenerator('toast', 0.3));
});

const fetchAsync = coroutine(async (name: string, seconds: number) => {
  await sleep(seconds);
  return `${name} after ${seconds} s`;
});

const mainAsync = coroutine(async () => {
  return await gather(fetchAsync('tea', 0.2), fetchAsync('toast', 0.3));
});

/** Runs both, each on a loop of its own, and looks at what they say. */
export async function twoKinds(say: (line: string) => void): Promise<void> {
  for (const [kind, main] of [
    ['generator coroutines', mainGenerator],
    ['async functions', mainAsync],
  ] as const) {
    const loop = newEventLoop();
    const start = loop.time();
    const breakfast = await loop.runUntilComplete(main());
    const seconds = loop.time() - start;
    loop.close();
    say(`${kind.padEnd(21)} ${breakfast.join(', ')}; both together ${seconds.toFixed(2)} s`);
    assert.deepEqual(breakfast, ['tea after 0.2 s', 'toast after 0.3 s']);
  }
}

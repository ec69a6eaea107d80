import { expect, test } from '@jest/globals';
import { run, sleep } from 'asyncio-ts';

test('a coroutine sleeps and returns', async () => {
  const answer = await run(function* () {
    yield* sleep(0.01);
    return 42;
  });
  expect(answer).toBe(42);
});

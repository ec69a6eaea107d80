/**
 * 12. The date once a second for five seconds, with the loop passed explicitly; then coroutines inside coroutines.
 */
import { fileURLToPath } from 'node:url';

import { coroutine, type EventLoop, newEventLoop, sleep } from 'asyncio-ts';

const displayDate = coroutine(function* displaying(loop: EventLoop) {
  const end = loop.time() + 5;
  for (;;) {
    console.log(new Date().toISOString());
    if (loop.time() + 1 >= end) break;
    yield* sleep(1);
  }
});

const compute = coroutine(function* computing(x: number, y: number) {
  console.log(`Compute ${x} + ${y} ...`);
  yield* sleep(1);
  return x + y;
});

/** While `compute` sleeps, it is this whole chain that waits: the task knows only its innermost end. */
const printSum = coroutine(function* printing(x: number, y: number) {
  const sum = yield* compute(x, y);
  console.log(`${x} + ${y} = ${sum}`);
});

/** `loop`: see number 9. */
export async function main(loop: EventLoop = newEventLoop()): Promise<void> {
  await loop.runUntilComplete(displayDate(loop));
  await loop.runUntilComplete(printSum(1, 2));
  loop.close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

/**
 * 9. Hello, a second of sleep, hello again: as a generator coroutine, and as an async function.
 */
import { fileURLToPath } from 'node:url';

import { type EventLoop, getEventLoop, newEventLoop, setEventLoop, sleep } from 'asyncio-ts';

function* generatorHello() {
  console.log('generator: hello');
  yield* sleep(1);
  console.log('generator: hello again');
}

async function asyncHello() {
  console.log('async: hello');
  await sleep(1);
  console.log('async: hello again');
}

/** `makeLoop` is for whoever has no seconds to spare: a loop on a `VirtualSelector` prints the same at once. */
export async function main(makeLoop: () => EventLoop = newEventLoop): Promise<void> {
  for (const hello of [generatorHello, asyncHello]) {
    setEventLoop(makeLoop());
    const loop = getEventLoop();
    await loop.runUntilComplete(hello);
    loop.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

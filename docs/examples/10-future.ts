/**
 * 10. A future: a slow operation sets its result; whoever waits for it, or left a callback with it, learns of that.
 */
import { fileURLToPath } from 'node:url';

import { coroutine, type EventLoop, type Future, newEventLoop, sleep } from 'asyncio-ts';

const slowOperation = coroutine(function* operating(future: Future<string>) {
  yield* sleep(1);
  future.setResult('Future is done!');
});

/** The loop runs until the future is done. */
async function waitedFor(loop: EventLoop): Promise<void> {
  const future = loop.createFuture<string>();
  loop.createTask(slowOperation(future));
  await loop.runUntilComplete(future);
  console.log('waited for:', future.result());
  loop.close();
}

/** The loop runs for ever; the future's callback stops it. */
async function calledBack(loop: EventLoop): Promise<void> {
  const future = loop.createFuture<string>();
  loop.createTask(slowOperation(future));
  future.addDoneCallback((done) => {
    console.log('called back:', done.result());
    loop.stop();
  });
  await loop.runForever();
  loop.close();
}

/** `makeLoop`: see number 9. */
export async function main(makeLoop: () => EventLoop = newEventLoop): Promise<void> {
  await waitedFor(makeLoop());
  await calledBack(makeLoop());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

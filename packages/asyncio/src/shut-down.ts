import type { BaseEventLoop } from '@asyncio-ts/loop';
import { type Coroutine, runUntilComplete } from '@asyncio-ts/futures';

import { constants } from './constants.js';
import { cancelLeftovers } from './leftovers.js';

/** A loop that has what an end in Python's order needs. */
interface ShutsDown extends BaseEventLoop {
  shutdownAsyncgens(): Coroutine<void>;
  shutdownDefaultExecutor(options: { readonly timeout: number }): Coroutine<void>;
}

/** @internal Ends what still goes on in a loop, in Python's order: tasks, async generators, the default executor. */
export async function shutDown(loop: ShutsDown): Promise<void> {
  await cancelLeftovers(loop);
  await runUntilComplete(loop, loop.shutdownAsyncgens());
  const timeout = constants.THREAD_JOIN_TIMEOUT;
  await runUntilComplete(loop, loop.shutdownDefaultExecutor({ timeout }));
}

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { type Coroutine, runUntilComplete } from '@asyncio-ts/futures';

import { cancelLeftovers } from './leftovers.js';

/** @internal So many seconds the jobs of the default executor are waited for. */
export const THREAD_JOIN_TIMEOUT = 300;

/** A loop that has what an end in Python's order needs. */
interface ShutsDown extends BaseEventLoop {
  shutdownAsyncgens(): Coroutine<void>;
  shutdownDefaultExecutor(options: { readonly timeout: number }): Coroutine<void>;
}

/** @internal Ends what still goes on in a loop, in Python's order: tasks, async generators, the default executor. */
export async function shutDown(loop: ShutsDown): Promise<void> {
  await cancelLeftovers(loop);
  await runUntilComplete(loop, loop.shutdownAsyncgens());
  await runUntilComplete(loop, loop.shutdownDefaultExecutor({ timeout: THREAD_JOIN_TIMEOUT }));
}

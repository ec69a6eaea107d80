/**
 * What each step uses of the loop's package, as constants of this one: the engine looks an import up at every use, and
 * compiles a constant of the same module in. Measured by the rows `switch`, `await-future` and `fib`.
 */
import { schedule as scheduleOnLoop, thread as threadState } from '@asyncio-ts/loop';

/** @internal */
export const thread = threadState;

/** @internal */
export const schedule = scheduleOnLoop;

import type { Runnable } from '@asyncio-ts/loop';

import type { FutureLike } from './protocol.js';

/** @internal A waiter of many futures: it is told of each end, and is run once for each, in the same order. Row `spawn`. */
export interface Collector extends Runnable {
  _noteEnd(future: FutureLike<unknown>): void;
}

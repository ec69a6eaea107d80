import type { Kind } from '@asyncio-ts/testing';

import type { Soak } from './soak.js';
import type { Steps } from './steps.js';

/** One thing a program may do for ever, which must not cost memory for ever. */
export interface Scenario {
  readonly name: string;
  /** As which kinds of coroutine; default: both. */
  readonly kinds?: readonly Kind[];
  /** On which selector; default: virtual time. */
  readonly selector?: 'virtual' | 'node';
  /** How much dearer an iteration is than a task switch or two: it is done so many times less. Default: 1. */
  readonly weight?: number;
  /** Makes, inside the one long-lived task, what all iterations share. */
  begin(soak: Soak): Iterations;
}

/** What a scenario does again and again. */
export interface Iterations {
  /** One iteration, in the long-lived task. */
  once(i: number): Steps;
  /** How many there are of what must not become more. */
  counts?(): Record<string, number>;
  /** Ends what `begin` made, so that the loop can be closed. */
  end?(): Steps;
}

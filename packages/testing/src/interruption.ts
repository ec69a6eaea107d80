import type { Kind } from './body.js';

/**
 * How a program is interrupted at a suspension point.
 *
 * - `cancel`: it is cancelled while it waits;
 * - `cancel-woken`: it is cancelled when what it waits for is done already, and before it goes on;
 * - `cancel-twice`: it is cancelled twice in a row while it waits;
 * - `cancel-again`: it is cancelled while it waits, and once more at the place where its cleanup waits next;
 * - `timeout`: the time limit around the program expires while it waits;
 * - `timeout-woken`: that limit expires when what it waits for is done already, and before it goes on.
 */
export type Manner =
  'cancel' | 'cancel-woken' | 'cancel-twice' | 'cancel-again' | 'timeout' | 'timeout-woken';

/**
 * All of them.
 *
 * @example
 * ```ts
 * import { cancelEverywhere, MANNERS, wait } from '@asyncio-ts/testing';
 *
 * const cancels = MANNERS.filter((manner) => manner.startsWith('cancel'));
 * await cancelEverywhere(
 *   function* (scene) {
 *     yield* wait(scene.sleep(1));
 *   },
 *   () => undefined,
 *   { manners: cancels }, // no time limits
 * );
 * ```
 */
export const MANNERS: readonly Manner[] = [
  'cancel',
  'cancel-woken',
  'cancel-twice',
  'cancel-again',
  'timeout',
  'timeout-woken',
];

/** Where a program is interrupted, and how. */
export interface Place {
  /** As which kind of coroutine it ran. */
  readonly kind: Kind;
  /** How it is interrupted there. */
  readonly manner: Manner;
  /** At which of its suspension points, counted from 1. */
  readonly point: number;
}

/** How a run of a program ended, and by what it was interrupted. */
export interface Interrupted {
  /** As which kind of coroutine it ran. */
  readonly kind: Kind;
  /** How it was interrupted; null: this is the run that nobody disturbs. */
  readonly manner: Manner | null;
  /** At which of its suspension points, counted from 1; 0 when nobody disturbed it. */
  readonly point: number;
  /** What it waited for there, in words; empty when nobody disturbed it. */
  readonly waitedFor: string;
  /** How many seconds of the loop's clock passed between that and its end: what a cancel reaches ends at once. */
  readonly secondsToEnd: number;
  /** How it ended. */
  readonly outcome: 'returned' | 'threw' | 'cancelled';
  /** What it returned. */
  readonly result: unknown;
  /** What it threw; of a cancelled one null. */
  readonly error: unknown;
}

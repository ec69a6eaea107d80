/** The figures of Python's asyncio that can be noticed on this floor. */

/**
 * In debug mode, so many frames of the place where something was made are kept, or `Error.stackTraceLimit` if that is more.
 *
 * @example
 * ```ts
 * import { DEBUG_STACK_DEPTH } from '@asyncio-ts/loop';
 *
 * Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 2 * DEBUG_STACK_DEPTH); // longer "created at"
 * ```
 */
export const DEBUG_STACK_DEPTH = 10;

/**
 * With no more timers than this, cancelled ones lie in the heap until they surface.
 *
 * @example
 * ```ts
 * import { MIN_SCHEDULED_TIMER_HANDLES } from '@asyncio-ts/loop';
 *
 * console.log(MIN_SCHEDULED_TIMER_HANDLES); // 100
 * ```
 */
export const MIN_SCHEDULED_TIMER_HANDLES = 100;

/**
 * With more timers, the heap is rebuilt when more than this part of them is cancelled.
 *
 * @example
 * ```ts
 * import { MIN_CANCELLED_TIMER_HANDLES_FRACTION } from '@asyncio-ts/loop';
 *
 * console.log(MIN_CANCELLED_TIMER_HANDLES_FRACTION); // 0.5
 * ```
 */
export const MIN_CANCELLED_TIMER_HANDLES_FRACTION = 0.5;

/**
 * The longest sleep of a loop, in seconds; a later deadline is reached in several.
 *
 * @example
 * ```ts
 * import { MAXIMUM_SELECT_TIMEOUT } from '@asyncio-ts/loop';
 *
 * console.log(MAXIMUM_SELECT_TIMEOUT / 3600); // 24
 * ```
 */
export const MAXIMUM_SELECT_TIMEOUT = 24 * 3600;

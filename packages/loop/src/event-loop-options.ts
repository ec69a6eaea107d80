import type { Selector } from './selector.js';

/**
 * How a loop is made.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, type EventLoopOptions, NodeSelector } from '@asyncio-ts/loop';
 *
 * const options: EventLoopOptions = { selector: new NodeSelector({ exactOrder: true }), debug: true };
 * console.log(new BaseEventLoop(options).getDebug()); // true
 * ```
 */
export interface EventLoopOptions {
  /** The door to the world. Default: a new `NodeSelector`. */
  readonly selector?: Selector;
  /** Debug mode; default: whether the environment variable `ASYNCIO_DEBUG` is set and not empty. */
  readonly debug?: boolean;
  /**
   * Let callbacks and generator tasks see the foreign `AsyncLocalStorage` stores (tracing, request ids) of the place they
   * were scheduled from. Async functions always do. Default: false.
   */
  readonly asyncContext?: boolean;
}

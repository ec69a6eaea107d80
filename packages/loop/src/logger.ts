/** Where the library says what nobody caught. Replace its methods to send it elsewhere. Mirrors `asyncio.log.logger`. */
export interface Logger {
  /** Something is odd, and goes on: a slow callback, a swallowed cancellation. */
  warning(message: string): void;
  /** Something failed and nobody took the error. */
  error(message: string): void;
}

/**
 * The library's logger; writes to standard error.
 *
 * @example
 * ```ts
 * import { logger } from '@asyncio-ts/loop';
 *
 * const lines: string[] = [];
 * logger.error = (message) => lines.push(message);
 * ```
 */
export const logger: Logger = {
  warning: (message) => console.warn(message),
  error: (message) => console.error(message),
};

import type { BaseTransport } from './base-transport.js';

/**
 * What every protocol has: it is told when its connection begins and ends, and when to hold back its writes.
 *
 * Mirrors Python's `asyncio.BaseProtocol`. The methods do nothing: override those you need.
 *
 * @example
 * ```ts
 * import { BaseProtocol, type BaseTransport } from '@asyncio-ts/transports';
 *
 * // Counts who is there, and whether they keep up.
 * export class Guest extends BaseProtocol {
 *   static here = 0;
 *   mayWrite = true;
 *   override connectionMade(_transport: BaseTransport): void {
 *     Guest.here++;
 *   }
 *   override pauseWriting(): void {
 *     this.mayWrite = false;
 *   }
 *   override resumeWriting(): void {
 *     this.mayWrite = true;
 *   }
 *   override connectionLost(error: Error | null): void {
 *     Guest.here--;
 *     if (error !== null) console.log('lost:', error.message);
 *   }
 * }
 * ```
 */
export class BaseProtocol {
  /** The connection stands. Always the first call. */
  connectionMade(_transport: BaseTransport): void {
    // nothing: a protocol that needs its transport overrides this
  }

  /**
   * The connection is gone. Always the last call, and there is exactly one.
   *
   * @param _error - why, or null when it was closed or aborted by this side, or ended regularly
   */
  connectionLost(_error: Error | null): void {
    // nothing
  }

  /** The transport holds more than its high-water mark: stop writing until `resumeWriting`. */
  pauseWriting(): void {
    // nothing
  }

  /** The transport holds no more than its low-water mark: go on writing. */
  resumeWriting(): void {
    // nothing
  }
}

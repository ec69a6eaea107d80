import { BaseTransport, missing } from './base-transport.js';

/**
 * A transport that can be read from. Mirrors Python's `asyncio.ReadTransport`.
 *
 * @example
 * ```ts
 * import type { ReadTransport } from '@asyncio-ts/transports';
 *
 * export function toggle(transport: ReadTransport): void {
 *   if (transport.isReading()) transport.pauseReading();
 *   else transport.resumeReading();
 * }
 * ```
 */
export class ReadTransport extends BaseTransport {
  /** Whether what arrives is given to the protocol: neither paused nor closing. */
  isReading(): boolean {
    throw missing('isReading');
  }

  /** Stops giving what arrives to the protocol. Pausing twice is harmless. */
  pauseReading(): void {
    throw missing('pauseReading');
  }

  /** Takes `pauseReading` back. Resuming twice is harmless. */
  resumeReading(): void {
    throw missing('resumeReading');
  }
}

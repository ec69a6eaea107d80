import { RuntimeError } from '@asyncio-ts/loop';

/**
 * A file cannot be sent by the operating system alone over this socket, or of this kind.
 *
 * Mirrors Python's `asyncio.SendfileNotAvailableError`.
 *
 * @example
 * ```ts
 * import { RuntimeError } from '@asyncio-ts/loop';
 * import { SendfileNotAvailableError } from '@asyncio-ts/transports';
 *
 * const error = new SendfileNotAvailableError('this transport has no way of its own to send a file');
 * console.log(error instanceof RuntimeError, error.name); // true SendfileNotAvailableError
 * ```
 */
export class SendfileNotAvailableError extends RuntimeError {
  static {
    this.prototype.name = 'SendfileNotAvailableError';
  }
}

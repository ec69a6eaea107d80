/**
 * Python's operating-system errors, for those who want to catch a class instead of comparing a `code`.
 *
 * Node's own error is the `cause`; `code`, `errno` and `syscall` are carried over as Node gave them.
 */

/** What an operating-system error may know. */
export interface OSErrorDetails {
  /** Node's name of the error: `'ECONNRESET'`. */
  readonly code?: string | undefined;
  /** Node's number of the error: negative on POSIX, as Node gives it. */
  readonly errno?: number | undefined;
  /** Which system call failed. */
  readonly syscall?: string | undefined;
  /** Node's own error. */
  readonly cause?: unknown;
}

/**
 * The operating system refused something.
 *
 * Mirrors Python's `OSError`.
 *
 * @example
 * ```ts
 * import { ConnectionRefusedError, OSError } from '@asyncio-ts/transports';
 *
 * const error = new ConnectionRefusedError('connect ECONNREFUSED', { code: 'ECONNREFUSED' });
 * console.log(error instanceof OSError, error.code); // true ECONNREFUSED
 * ```
 */
export class OSError extends Error {
  /** Node's name of the error: `'ECONNRESET'`. */
  readonly code: string | undefined;
  /** Node's number of the error. */
  readonly errno: number | undefined;
  /** Which system call failed. */
  readonly syscall: string | undefined;

  constructor(message: string, details: OSErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.errno = details.errno;
    this.syscall = details.syscall;
  }

  static {
    this.prototype.name = 'OSError';
  }
}

/**
 * Something is wrong with a connection. Mirrors Python's `ConnectionError`.
 *
 * @example
 * ```ts
 * import { ConnectionError, ConnectionResetError } from '@asyncio-ts/transports';
 *
 * console.log(new ConnectionResetError('gone') instanceof ConnectionError); // true
 * ```
 */
export class ConnectionError extends OSError {
  static {
    this.prototype.name = 'ConnectionError';
  }
}

/**
 * Writing to a connection whose other side, or own writing half, is closed. Mirrors Python's `BrokenPipeError`.
 *
 * @example
 * ```ts
 * import { BrokenPipeError } from '@asyncio-ts/transports';
 *
 * const error = new BrokenPipeError('write EPIPE', { code: 'EPIPE', errno: -32, syscall: 'write' });
 * console.log(error.code, error.errno, error.syscall); // EPIPE -32 write
 * ```
 */
export class BrokenPipeError extends ConnectionError {
  static {
    this.prototype.name = 'BrokenPipeError';
  }
}

/**
 * A connection attempt was given up by the peer. Mirrors Python's `ConnectionAbortedError`.
 *
 * @example
 * ```ts
 * import { ConnectionAbortedError } from '@asyncio-ts/transports';
 *
 * export const wasAborted = (error: unknown) => error instanceof ConnectionAbortedError;
 * ```
 */
export class ConnectionAbortedError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionAbortedError';
  }
}

/**
 * Nobody listens there. Mirrors Python's `ConnectionRefusedError`.
 *
 * @example
 * ```ts
 * import { type BaseEventLoop } from '@asyncio-ts/loop';
 * import { ConnectionRefusedError, createConnection, Protocol } from '@asyncio-ts/transports';
 *
 * export async function isThere(loop: BaseEventLoop, port: number): Promise<boolean> {
 *   try {
 *     const [transport] = await createConnection(loop, () => new Protocol(), '127.0.0.1', port);
 *     transport.close();
 *     return true;
 *   } catch (error) {
 *     if (error instanceof ConnectionRefusedError) return false;
 *     throw error;
 *   }
 * }
 * ```
 */
export class ConnectionRefusedError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionRefusedError';
  }
}

/**
 * The connection was reset by the peer, or is lost. Mirrors Python's `ConnectionResetError`.
 *
 * @example
 * ```ts
 * import { ConnectionResetError, Protocol } from '@asyncio-ts/transports';
 *
 * export class Quiet extends Protocol {
 *   override connectionLost(error: Error | null): void {
 *     if (error !== null && !(error instanceof ConnectionResetError)) console.error(error);
 *   }
 * }
 * ```
 */
export class ConnectionResetError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionResetError';
  }
}

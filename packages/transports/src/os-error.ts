/**
 * Python's operating-system errors, for those who want to catch a class instead of comparing a `code`.
 *
 * Node's own error is the `cause`; `code`, `errno` and `syscall` are carried over as Node gave them.
 */
import { isNativeError } from 'node:util/types';

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
  readonly code: string | undefined;
  readonly errno: number | undefined;
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

/** Something is wrong with a connection. Mirrors Python's `ConnectionError`. */
export class ConnectionError extends OSError {
  static {
    this.prototype.name = 'ConnectionError';
  }
}

/** Writing to a connection whose other side, or own writing half, is closed. Mirrors Python's `BrokenPipeError`. */
export class BrokenPipeError extends ConnectionError {
  static {
    this.prototype.name = 'BrokenPipeError';
  }
}

/** A connection attempt was given up by the peer. Mirrors Python's `ConnectionAbortedError`. */
export class ConnectionAbortedError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionAbortedError';
  }
}

/** Nobody listens there. Mirrors Python's `ConnectionRefusedError`. */
export class ConnectionRefusedError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionRefusedError';
  }
}

/** The connection was reset by the peer, or is lost. Mirrors Python's `ConnectionResetError`. */
export class ConnectionResetError extends ConnectionError {
  static {
    this.prototype.name = 'ConnectionResetError';
  }
}

const CLASSES: Readonly<Record<string, typeof OSError>> = {
  EPIPE: BrokenPipeError,
  ESHUTDOWN: BrokenPipeError,
  ECONNABORTED: ConnectionAbortedError,
  ECONNREFUSED: ConnectionRefusedError,
  ECONNRESET: ConnectionResetError,
};

/** @internal Node's system error as one of these classes; what is none comes back as it is. */
export function asOSError(error: unknown, message?: string): Error {
  if (error instanceof OSError) return error;
  if (!isNativeError(error) && !(error instanceof Error)) {
    return new OSError(`the socket failed with ${String(error)}`, { cause: error });
  }
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || code.startsWith('ERR_')) return error;
  const made = CLASSES[code] ?? OSError;
  return new made(message ?? error.message, { code, errno, syscall, cause: error });
}

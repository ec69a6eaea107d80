import { isNativeError } from 'node:util/types';

import {
  BrokenPipeError,
  ConnectionAbortedError,
  ConnectionRefusedError,
  ConnectionResetError,
  OSError,
} from './os-error.js';
import { asSSLError } from './ssl-error.js';

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
  if (code === undefined) return error;
  const made = CLASSES[code];
  if (made === undefined) {
    const failure = asSSLError(error);
    if (failure !== null) return failure;
    if (code.startsWith('ERR_')) return error;
  }
  return new (made ?? OSError)(message ?? error.message, { code, errno, syscall, cause: error });
}

import { BaseException } from '@asyncio-ts/loop';

const MARK = Symbol.for('asyncio-ts.CancelledError');

/**
 * A wait was cancelled. Catch it to clean up, then let it go on.
 *
 * Mirrors Python's `asyncio.CancelledError`: `args` holds the message given to `cancel(message)`, of any type, or nothing.
 *
 * @example
 * ```ts
 * import { CancelledError } from '@asyncio-ts/futures';
 *
 * const error = new CancelledError('too late');
 * console.log(error.args[0]); // too late
 * ```
 */
export class CancelledError extends BaseException {
  /** What was given to `cancel`, if anything. */
  readonly args: readonly unknown[];

  constructor(...args: readonly unknown[]) {
    super(args.length === 0 ? '' : String(args[0]));
    this.args = args;
  }

  /** @internal Recognises the class across two copies of the package. */
  get [MARK](): true {
    return true;
  }

  static {
    this.prototype.name = 'CancelledError';
  }
}

/**
 * Whether an error is a `CancelledError`: one of the two questions the library asks of an error.
 *
 * @example
 * ```ts
 * import { CancelledError, isCancelledError } from '@asyncio-ts/futures';
 *
 * console.log(isCancelledError(new CancelledError())); // true
 * ```
 */
export function isCancelledError(error: unknown): error is CancelledError {
  return typeof error === 'object' && error !== null && MARK in error;
}

/**
 * @internal A `CancelledError` as `cancel(message)` asks for it, without a stack trace unless debug mode wants one: to
 * capture it costs as much as to throw the error.
 */
export function makeCancelledError(message: unknown, debug: boolean): CancelledError {
  const limit = Error.stackTraceLimit;
  if (!debug) Error.stackTraceLimit = 0;
  const error =
    message === undefined || message === null ? new CancelledError() : new CancelledError(message);
  Error.stackTraceLimit = limit;
  return error;
}

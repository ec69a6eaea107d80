/**
 * Python's built-in exceptions that have no twin in JavaScript.
 *
 * `TypeError` is JavaScript's own. An error class of one noun (`CancelledError`, `QueueFull`) lives with that noun;
 * here are only the ones that every floor may throw.
 */

const BASE_EXCEPTION = Symbol.for('asyncio-ts.BaseException');

/**
 * The root of errors that `catch`-all code should let through: `KeyboardInterrupt`, `SystemExit`, `CancelledError`.
 *
 * Mirrors Python's `BaseException` where it is not an `Exception`.
 *
 * @example
 * ```ts
 * import { BaseException, KeyboardInterrupt } from '@asyncio-ts/loop';
 *
 * new KeyboardInterrupt() instanceof BaseException; // true
 * ```
 */
export class BaseException extends Error {
  /** @internal Recognises the class across two copies of the package. */
  get [BASE_EXCEPTION](): true {
    return true;
  }

  static {
    this.prototype.name = 'BaseException';
  }
}

/**
 * Whether an error is a `BaseException` that is not an ordinary error.
 *
 * @example
 * ```ts
 * import { isPythonBaseException, SystemExit } from '@asyncio-ts/loop';
 *
 * isPythonBaseException(new SystemExit(1)); // true
 * isPythonBaseException(new Error('no')); // false
 * ```
 */
export function isPythonBaseException(error: unknown): boolean {
  return typeof error === 'object' && error !== null && BASE_EXCEPTION in error;
}

/**
 * The program was interrupted from the keyboard (Ctrl-C). It leaves the event loop at once.
 *
 * Mirrors Python's `KeyboardInterrupt`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, KeyboardInterrupt } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * loop.callSoon(() => {
 *   throw new KeyboardInterrupt(); // as Ctrl-C does
 * });
 * try {
 *   await loop.runForever();
 * } catch (error) {
 *   console.log(error instanceof KeyboardInterrupt); // true
 * }
 * ```
 */
export class KeyboardInterrupt extends BaseException {
  static {
    this.prototype.name = 'KeyboardInterrupt';
  }
}

/**
 * The program asked to end with an exit code. It leaves the event loop at once.
 *
 * Mirrors Python's `SystemExit`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, SystemExit } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * loop.callSoon(() => {
 *   throw new SystemExit(3);
 * });
 * await loop.runForever().catch((error: SystemExit) => console.log(error.code)); // 3
 * ```
 */
export class SystemExit extends BaseException {
  /** The exit code asked for. */
  readonly code: number;

  constructor(code = 0, message = `exit code ${code}`) {
    super(message);
    this.code = code;
  }

  static {
    this.prototype.name = 'SystemExit';
  }
}

/**
 * An operation was asked of an object in the wrong state. Mirrors Python's `RuntimeError`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, RuntimeError } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop();
 * loop.close();
 * try {
 *   loop.callSoon(() => {});
 * } catch (error) {
 *   console.log(error instanceof RuntimeError); // true
 * }
 * ```
 */
export class RuntimeError extends Error {
  static {
    this.prototype.name = 'RuntimeError';
  }
}

/**
 * An argument has the right type and an impossible value. Mirrors Python's `ValueError`; it is a `RangeError` as well.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, ValueError } from '@asyncio-ts/loop';
 *
 * try {
 *   new BaseEventLoop().callLater(NaN, () => {});
 * } catch (error) {
 *   console.log(error instanceof ValueError, error instanceof RangeError); // true true
 * }
 * ```
 */
export class ValueError extends RangeError {
  static {
    this.prototype.name = 'ValueError';
  }
}

/**
 * An abstract method was called that a subclass should have provided. Mirrors Python's `NotImplementedError`.
 *
 * @example
 * ```ts
 * import { NotImplementedError } from '@asyncio-ts/loop';
 *
 * abstract class Shape {
 *   area(): number {
 *     throw new NotImplementedError('Cannot tell the area of a Shape: override area()');
 *   }
 * }
 * class Point extends Shape {
 *   override area(): number {
 *     return 0;
 *   }
 * }
 * console.log(new Point().area()); // 0
 * ```
 */
export class NotImplementedError extends RuntimeError {
  static {
    this.prototype.name = 'NotImplementedError';
  }
}

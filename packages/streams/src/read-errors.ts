/**
 * The stream ended before everything was there.
 *
 * Mirrors Python's `asyncio.IncompleteReadError`.
 *
 * @example
 * ```ts
 * import { IncompleteReadError } from '@asyncio-ts/streams';
 *
 * const error = new IncompleteReadError(Buffer.from('ab'), 4);
 * console.log(error.partial.length, error.expected); // 2 4
 * ```
 */
export class IncompleteReadError extends Error {
  /** What was read before the end. */
  readonly partial: Buffer;
  /** How many bytes were asked for; null: up to a separator. */
  readonly expected: number | null;

  constructor(partial: Buffer, expected: number | null) {
    super(`${partial.length} bytes read on a total of ${expected ?? 'undefined'} expected bytes`);
    this.partial = partial;
    this.expected = expected;
  }

  static {
    this.prototype.name = 'IncompleteReadError';
  }
}

/**
 * A separator did not come within the reader's limit. What was read is still in the reader.
 *
 * Mirrors Python's `asyncio.LimitOverrunError`.
 *
 * @example
 * ```ts
 * import { LimitOverrunError } from '@asyncio-ts/streams';
 *
 * console.log(new LimitOverrunError('too long', 70_000).consumed); // 70000
 * ```
 */
export class LimitOverrunError extends Error {
  /** How many bytes can be skipped: no separator begins in them. */
  readonly consumed: number;

  constructor(message: string, consumed: number) {
    super(message);
    this.consumed = consumed;
  }

  static {
    this.prototype.name = 'LimitOverrunError';
  }
}

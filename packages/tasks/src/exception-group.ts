import { brief, isPythonBaseException, ValueError } from '@asyncio-ts/loop';

/** What chooses among errors: a class of errors, several of them, or a function that says yes. */
export type ErrorCondition<E> =
  | (new (...args: never) => E)
  | readonly (new (...args: never) => E)[]
  | ((error: unknown) => boolean);

const BASE_EXCEPTION = Symbol.for('asyncio-ts.BaseException');

/**
 * Several errors at once, some of them not ordinary ones (`KeyboardInterrupt`, `CancelledError`).
 *
 * Mirrors Python's `BaseExceptionGroup`; it is an `AggregateError` as well. Made of ordinary errors alone, it is an
 * `ExceptionGroup`.
 *
 * @typeParam E - what the errors are
 *
 * @example
 * ```ts
 * import { BaseExceptionGroup, ExceptionGroup } from '@asyncio-ts/tasks';
 *
 * const group = new BaseExceptionGroup('two things went wrong', [
 *   new TypeError('one'),
 *   new RangeError('two'),
 * ]);
 * console.log(group instanceof ExceptionGroup); // true
 * console.log(group.split(TypeError).map((part) => part?.exceptions.length)); // [ 1, 1 ]
 * ```
 */
export class BaseExceptionGroup<E = unknown> extends AggregateError {
  /** The errors, as an `AggregateError` has them. */
  declare errors: E[];

  /**
   * @param message - what they have in common
   * @param exceptions - at least one
   * @throws TypeError when they are no list; ValueError when there is none.
   */
  constructor(message: string, exceptions: readonly E[], options?: ErrorOptions) {
    super(checked(exceptions), message, options);
    if (exceptions.some(isPythonBaseException)) {
      this._refuseBaseExceptions();
      Object.defineProperty(this, BASE_EXCEPTION, { value: true });
    } else if (new.target === BaseExceptionGroup) {
      Object.setPrototypeOf(this, ExceptionGroup.prototype);
    }
  }

  /** The errors; the same list as `errors`. */
  get exceptions(): readonly E[] {
    return this.errors;
  }

  /** @internal */
  protected _refuseBaseExceptions(): void {
    // Only an ExceptionGroup does.
  }

  /**
   * The part whose errors match, nested groups included, with the shape kept; null when none does.
   *
   * @param condition - a class, a list of classes, or a function that is asked of each error and of each group
   */
  subgroup<C = E>(condition: ErrorCondition<C>): BaseExceptionGroup<C> | null {
    return this.split(condition)[0];
  }

  /** The part whose errors match and the part whose errors do not; null for an empty one. */
  split<C = E>(
    condition: ErrorCondition<C>,
  ): readonly [BaseExceptionGroup<C> | null, BaseExceptionGroup<E> | null] {
    const matches = matcher(condition);
    if (matches(this)) return [this as unknown as BaseExceptionGroup<C>, null];
    const yes: unknown[] = [];
    const no: unknown[] = [];
    for (const error of this.errors) {
      if (error instanceof BaseExceptionGroup) {
        const [inside, outside] = error.split(condition);
        if (inside !== null) yes.push(inside);
        if (outside !== null) no.push(outside);
      } else (matches(error) ? yes : no).push(error);
    }
    return [this._part<C>(yes as C[]), this._part<E>(no as E[])];
  }

  private _part<P>(errors: readonly P[]): BaseExceptionGroup<P> | null {
    if (errors.length === 0) return null;
    const part = this.derive(errors);
    if (this.stack !== undefined) part.stack = this.stack;
    if (this.cause !== undefined) part.cause = this.cause;
    return part;
  }

  /**
   * A group of the same message with other errors. Override it so that `split` makes groups of your own class.
   *
   * @example
   * ```ts
   * import { BaseExceptionGroup } from '@asyncio-ts/tasks';
   *
   * class Failures<E> extends BaseExceptionGroup<E> {
   *   override derive<P>(exceptions: readonly P[]): Failures<P> {
   *     return new Failures(this.message, exceptions);
   *   }
   * }
   * const all = new Failures('two failed', [new TypeError('a'), new RangeError('b')]);
   * const part = all.subgroup(TypeError);
   * console.log(part instanceof Failures, part?.errors.length); // true 1
   * console.log(all.toString()); // BaseExceptionGroup: two failed (2 sub-exceptions)
   * ```
   */
  derive<P>(exceptions: readonly P[]): BaseExceptionGroup<P> {
    return new BaseExceptionGroup(this.message, exceptions);
  }

  override toString(): string {
    const count = this.errors.length;
    return `${this.name}: ${this.message} (${count} sub-exception${count === 1 ? '' : 's'})`;
  }

  static {
    this.prototype.name = 'BaseExceptionGroup';
  }
}

/**
 * Several ordinary errors at once: what a `TaskGroup` throws.
 *
 * Mirrors Python's `ExceptionGroup`; it is an `AggregateError` as well.
 *
 * @typeParam E - what the errors are
 *
 * @example
 * ```ts
 * import { ExceptionGroup } from '@asyncio-ts/tasks';
 *
 * const group = new ExceptionGroup('unhandled errors', [new TypeError('one'), new Error('two')]);
 * console.log(group.subgroup(TypeError)?.exceptions[0]?.message); // one
 * ```
 */
export class ExceptionGroup<E = unknown> extends BaseExceptionGroup<E> {
  protected override _refuseBaseExceptions(): void {
    throw new TypeError(
      'Cannot nest BaseExceptions in an ExceptionGroup: use a BaseExceptionGroup',
    );
  }

  static {
    this.prototype.name = 'ExceptionGroup';
  }
}

function checked<E>(exceptions: readonly E[]): readonly E[] {
  if (!Array.isArray(exceptions)) {
    throw new TypeError(
      `Cannot make a group of ${brief(exceptions)}: a list of errors was expected`,
    );
  }
  if (exceptions.length === 0) {
    throw new ValueError('Cannot make a group of no errors: the list must not be empty');
  }
  return exceptions as readonly E[];
}

function matcher(condition: ErrorCondition<unknown>): (error: unknown) => boolean {
  if (Array.isArray(condition)) {
    const classes = condition as readonly (new () => unknown)[];
    if (!classes.every((one) => typeof one === 'function')) throw noCondition(condition);
    return (error) => classes.some((one) => error instanceof one);
  }
  if (typeof condition !== 'function') throw noCondition(condition);
  if (isErrorClass(condition)) return (error) => error instanceof condition;
  return condition as (error: unknown) => boolean;
}

function noCondition(condition: unknown): TypeError {
  return new TypeError(
    `Cannot split by ${brief(condition)}: give a class of errors, a list of classes, or a function`,
  );
}

function isErrorClass(value: object): value is new () => unknown {
  const { prototype } = value as { prototype?: unknown };
  return value === Error || prototype instanceof Error;
}

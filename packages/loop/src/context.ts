import { inspect } from 'node:util';

import { currentFrame } from './frame.js';
import { RuntimeError, ValueError } from './python-errors.js';
import { thread } from './thread.js';

/**
 * Something that code runs on behalf of: a handle, a task, a frame's task, the thread itself.
 *
 * `_context` null means an empty context that nobody looked at yet: most callbacks and tasks never set a variable, and
 * then no `Context` is made for them.
 */
export interface ContextOwner {
  _context: Context | null;
}

type Vars = Map<ContextVar<unknown>, unknown>;

/**
 * A mapping of context variables to their values.
 *
 * Mirrors Python's `contextvars.Context`. Copies are cheap: the map is shared until one side writes.
 *
 * @example
 * ```ts
 * import { ContextVar, copyContext } from '@asyncio-ts/loop';
 *
 * const user = new ContextVar<string>('user');
 * const context = copyContext();
 * context.run(() => user.set('ann'));
 * console.log(context.get(user)); // ann
 * ```
 */
export class Context {
  /** Invariant: written only while `_shared` is false. */
  private _vars: Vars = new Map();
  private _shared = false;
  private _entered = false;

  /**
   * A shallow copy.
   *
   * @example
   * ```ts
   * import { Context, ContextVar } from '@asyncio-ts/loop';
   *
   * const user = new ContextVar<string>('user');
   * const one = new Context();
   * one.run(() => user.set('ann'));
   * const other = one.copy();
   * other.run(() => user.set('bob'));
   * console.log(one.get(user), other.get(user)); // ann bob
   * ```
   */
  copy(): Context {
    const copy = new Context();
    copy._vars = this._vars;
    copy._shared = this._shared = true;
    return copy;
  }

  /**
   * Calls `fn(...args)` with this context as the current one; what it sets stays in this context.
   *
   * An async function keeps it only until its first `await`: give the context to `createTask` instead.
   *
   * @throws RuntimeError when the context is entered already.
   */
  run<Args extends readonly unknown[], R>(fn: (...args: Args) => R, ...args: Args): R {
    if (this._entered) {
      throw new RuntimeError(
        'Cannot enter the context: it is already entered; run a copy() of it instead',
      );
    }
    this._entered = true;
    try {
      return this._reenter(() => fn(...args));
    } finally {
      this._entered = false;
    }
  }

  /** @internal As `run`, also when the context is entered: for those who report on its behalf. */
  _reenter<R>(fn: () => R): R {
    const previous = thread.entered;
    thread.entered = this;
    try {
      return fn();
    } finally {
      thread.entered = previous;
    }
  }

  /**
   * The function, bound to run in this context: this is how a callback is given a context of its own.
   *
   * @example
   * ```ts
   * import { BaseEventLoop, Context, ContextVar } from '@asyncio-ts/loop';
   *
   * const user = new ContextVar('user', { default: 'nobody' });
   * const context = new Context();
   * context.run(() => user.set('ann'));
   * const loop = new BaseEventLoop();
   * loop.callSoon(context.wrap(() => console.log(user.get()))); // ann
   * loop.callSoon(() => loop.stop());
   * await loop.runForever();
   * ```
   */
  wrap<Args extends readonly unknown[], R>(fn: (...args: Args) => R): (...args: Args) => R {
    return (...args) => this.run(fn, ...args);
  }

  /** The value of a variable in this context, or undefined (the variable's default is not looked at). */
  get<T>(variable: ContextVar<T>): T | undefined {
    return this._vars.get(variable) as T | undefined;
  }

  /**
   * Whether the variable was set in this context.
   *
   * @example
   * ```ts
   * import { Context, ContextVar } from '@asyncio-ts/loop';
   *
   * const user = new ContextVar<string>('user');
   * const context = new Context();
   * console.log(context.has(user), context.size); // false 0
   * context.run(() => user.set('ann'));
   * console.log(context.has(user), context.size); // true 1
   * ```
   */
  has(variable: ContextVar<never> | ContextVar<unknown>): boolean {
    return this._vars.has(variable);
  }

  /** How many variables are set. */
  get size(): number {
    return this._vars.size;
  }

  /**
   * The variables that are set.
   *
   * @example
   * ```ts
   * import { Context, ContextVar } from '@asyncio-ts/loop';
   *
   * const context = new Context();
   * context.run(() => new ContextVar<string>('user').set('ann'));
   * for (const variable of context.keys()) console.log(variable.name); // user
   * ```
   */
  keys(): IterableIterator<ContextVar<unknown>> {
    return this._vars.keys();
  }

  /**
   * Their values.
   *
   * @example
   * ```ts
   * import { Context, ContextVar } from '@asyncio-ts/loop';
   *
   * const context = new Context();
   * context.run(() => new ContextVar<string>('user').set('ann'));
   * console.log([...context.values()]); // [ 'ann' ]
   * ```
   */
  values(): IterableIterator<unknown> {
    return this._vars.values();
  }

  /**
   * The variables that are set, with their values.
   *
   * @example
   * ```ts
   * import { Context, ContextVar } from '@asyncio-ts/loop';
   *
   * const context = new Context();
   * context.run(() => new ContextVar<string>('user').set('ann'));
   * for (const [variable, value] of context.entries()) console.log(variable.name, value); // user ann
   * ```
   */
  entries(): IterableIterator<[ContextVar<unknown>, unknown]> {
    return this._vars.entries();
  }

  [Symbol.iterator](): IterableIterator<ContextVar<unknown>> {
    return this._vars.keys();
  }

  /** @internal */
  _set(variable: ContextVar<unknown>, value: unknown): void {
    this._ownVars().set(variable, value);
  }

  /** @internal */
  _delete(variable: ContextVar<unknown>): void {
    this._ownVars().delete(variable);
  }

  private _ownVars(): Vars {
    if (this._shared) {
      this._vars = new Map(this._vars);
      this._shared = false;
    }
    return this._vars;
  }

  [inspect.custom](): string {
    const vars = [...this._vars].map(([key, value]) => `${key.name}: ${inspect(value)}`);
    return `<Context {${vars.join(', ')}}>`;
  }
}

/**
 * What `ContextVar.set` returns, to undo it. Mirrors Python's `contextvars.Token`.
 *
 * @example
 * ```ts
 * import { ContextVar, Token } from '@asyncio-ts/loop';
 *
 * const depth = new ContextVar<number>('depth');
 * const token = depth.set(1);
 * console.log(token.variable === depth, token.oldValue === Token.MISSING); // true true
 * depth.reset(token);
 * ```
 */
export class Token<T> {
  /** Stands for "the variable was not set before". */
  static readonly MISSING: unique symbol = Symbol('Token.MISSING');

  /** The variable it undoes a `set` of. */
  readonly variable: ContextVar<T>;
  /** The value before, or `Token.MISSING`. */
  readonly oldValue: T | typeof Token.MISSING;
  /** @internal */
  readonly _context: Context;
  /** @internal */
  _used = false;

  constructor(variable: ContextVar<T>, oldValue: T | typeof Token.MISSING, context: Context) {
    this.variable = variable;
    this.oldValue = oldValue;
    this._context = context;
  }

  [inspect.custom](): string {
    return `<Token${this._used ? ' used' : ''} var=${this.variable.name}>`;
  }
}

/**
 * A variable that has its own value in each context: each task has a context of its own.
 *
 * Mirrors Python's `contextvars.ContextVar`.
 *
 * @example
 * ```ts
 * import { ContextVar } from '@asyncio-ts/loop';
 *
 * const requestId = new ContextVar<number>('requestId', { default: 0 });
 * const token = requestId.set(7);
 * console.log(requestId.get()); // 7
 * requestId.reset(token);
 * console.log(requestId.get()); // 0
 * ```
 */
export class ContextVar<T> {
  /**
   * Its name, for people.
   *
   * @example
   * ```ts
   * import { ContextVar } from '@asyncio-ts/loop';
   *
   * console.log(new ContextVar('requestId').name); // requestId
   * ```
   */
  readonly name: string;
  private readonly _default: { readonly value: T } | null;

  constructor(name: string, options?: { readonly default: T }) {
    this.name = name;
    this._default = options === undefined ? null : { value: options.default };
  }

  /**
   * The value in the current context, else `fallback`, else the variable's default.
   *
   * @throws ReferenceError when there is none of them (Python's `LookupError`).
   */
  get(...fallback: [T?]): T {
    const context = presentContext();
    if (context !== null && context.has(this)) return context.get(this) as T;
    if (fallback.length > 0) return fallback[0] as T;
    if (this._default !== null) return this._default.value;
    throw new ReferenceError(
      `Cannot get the context variable '${this.name}': it is not set in the current context and has no default`,
    );
  }

  /** Sets the value in the current context. */
  set(value: T): Token<T> {
    const context = currentContext();
    const self = this as ContextVar<unknown>;
    const old = context.has(self) ? (context.get(this) as T) : Token.MISSING;
    context._set(self, value);
    return new Token<T>(this, old, context);
  }

  /**
   * Takes back what `set` did.
   *
   * @throws RuntimeError when the token was used before; ValueError when it belongs to another variable or context.
   */
  reset(token: Token<T>): void {
    if (token._used) {
      throw new RuntimeError(`Cannot reset '${this.name}': the token has already been used once`);
    }
    if (token.variable !== this) {
      throw new ValueError(
        `Cannot reset '${this.name}': the token was made by the variable '${token.variable.name}'`,
      );
    }
    if (token._context !== currentContext()) {
      throw new ValueError(`Cannot reset '${this.name}': the token was made in another context`);
    }
    token._used = true;
    if (token.oldValue === Token.MISSING) token._context._delete(this);
    else token._context._set(this, token.oldValue);
  }

  [inspect.custom](): string {
    return `<ContextVar name=${inspect(this.name)}>`;
  }
}

/**
 * A copy of the current context. Mirrors Python's `contextvars.copy_context`.
 *
 * @example
 * ```ts
 * import { copyContext } from '@asyncio-ts/loop';
 *
 * console.log(copyContext().size); // 0
 * ```
 */
export function copyContext(): Context {
  return currentContext().copy();
}

/** @internal A snapshot for something born now; null stands for the empty context. */
export function snapshotContext(): Context | null {
  const context = presentContext();
  return context === null || context.size === 0 ? null : context.copy();
}

/** @internal The context of an owner, made now if nobody had looked at it before. */
export function contextOf(owner: ContextOwner): Context {
  return (owner._context ??= new Context());
}

function currentOwner(): ContextOwner {
  return (thread.owner ?? currentFrame()?.owner ?? thread.root) as ContextOwner;
}

/** The current context, or null as long as it is empty and nobody looked at it. */
function presentContext(): Context | null {
  return thread.entered === null ? currentOwner()._context : (thread.entered as Context);
}

function currentContext(): Context {
  return thread.entered === null ? contextOf(currentOwner()) : (thread.entered as Context);
}

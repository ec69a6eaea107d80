/**
 * Python's spelling of members: for each method and accessor of a prototype a non-enumerable twin that goes through the
 * camelCase name, so that an override on that name is obeyed.
 */
import { camelCase, isCamelCase, snakeCase } from './py-names.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The methods whose last argument may be options with names of more than one word. */
const TAKE_OPTIONS = new Set([
  'createTask',
  'createConnection',
  'createServer',
  'createUnixConnection',
  'createUnixServer',
  'createDatagramEndpoint',
  'connectAcceptedSocket',
  'startTls',
  'toReadable',
  'toReadableStream',
  'toWritable',
  'toWritableStream',
]);

/** @internal Gives the members of a class, and of the classes it extends, their second names. Twice is harmless. */
export function addAliases(made: unknown): void {
  if (typeof made !== 'function') return;
  for (
    let prototype = made.prototype as object | null | undefined;
    prototype != null && !isBuiltin(prototype);
    prototype = Object.getPrototypeOf(prototype) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(prototype)) addAlias(prototype, name);
  }
}

/** @internal As `addAliases`, for one member; `name` may be a field that only instances have. */
export function addAlias(prototype: object, name: string): void {
  const alias = snakeCase(name);
  if (name.startsWith('_') || !isCamelCase(name) || Object.hasOwn(prototype, alias)) return;
  const known = Object.getOwnPropertyDescriptor(prototype, name);
  const forwards =
    typeof known?.value === 'function' ? method(name, known.value as Method) : accessor(name);
  Object.defineProperty(prototype, alias, { ...forwards, enumerable: false, configurable: true });
}

function method(name: string, original: Method): PropertyDescriptor {
  const read = TAKE_OPTIONS.has(name) ? readOptions : undefined;
  const forward: Method = function (...args) {
    return (this as Record<string, Method>)[name]?.apply(this, read?.(args) ?? args);
  };
  return { value: withMarksOf(original, forward, snakeCase(name)), writable: true };
}

function accessor(name: string): PropertyDescriptor {
  return {
    get(this: Record<string, unknown>) {
      return this[name];
    },
    set(this: Record<string, unknown>, value: unknown) {
      this[name] = value;
    },
  };
}

/** @internal A function that takes Python's spelling in its options. */
export function takingOptions<F extends (...args: never) => unknown>(fn: F): F {
  const call: Method = (...args) => (fn as unknown as Method)(...readOptions(args));
  return withMarksOf(fn as unknown as Method, call, snakeCase(fn.name)) as unknown as F;
}

/** @internal A class whose constructor takes Python's spelling in its options. It stays the same class to `instanceof`. */
export function constructedWithOptions<C extends new (...args: never) => object>(made: C): C {
  return new Proxy(made, {
    construct: (target, args: unknown[], newTarget: typeof made) =>
      Reflect.construct(target, readOptions(args), newTarget) as object,
  });
}

/** Options are a plain object, and the last argument. */
function readOptions(args: readonly unknown[]): unknown[] {
  const last = args.at(-1);
  if (!isPlainObject(last) || !Object.keys(last).some((name) => name.includes('_')))
    return [...args];
  const entries = Object.entries(last).map(([name, value]) => [camelCase(name), value] as const);
  return [...args.slice(0, -1), Object.fromEntries(entries)];
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === null || prototype === Object.prototype;
}

/** What marks a coroutine function is a property of it. */
function withMarksOf(original: Method, made: Method, name: string): Method {
  for (const mark of Object.getOwnPropertySymbols(original)) {
    Object.defineProperty(made, mark, Object.getOwnPropertyDescriptor(original, mark) ?? {});
  }
  return Object.defineProperty(made, 'name', { value: name });
}

/** `Object.prototype`, `Error.prototype` and the like belong to everybody. */
function isBuiltin(prototype: object): boolean {
  const { constructor } = prototype;
  return /\[native code\]/.test(Function.prototype.toString.call(constructor));
}

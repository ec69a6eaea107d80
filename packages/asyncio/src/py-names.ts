/**
 * From JavaScript's case to Python's and back, for values and for types.
 */

/** `runUntilComplete` becomes `run_until_complete`; what has no capital letter inside stays. */
export type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : '';

/** Python's name of a member; never for one that is the same in both. */
type OtherName<Key> = Key extends string ? Exclude<SnakeCase<Key>, Key> : never;

/** The members of an object under Python's names, where those are others. */
export type Aliases<T> = { [Key in keyof T as OtherName<Key>]: T[Key] };

/**
 * An object with Python's spelling beside its own: each member is there under both names.
 *
 * @example
 * ```ts
 * import type { Python } from 'asyncio-ts/py';
 *
 * type Names = keyof Python<{ setResult(value: number): void }>; // 'setResult' | 'set_result'
 * const name: Names = 'set_result';
 * console.log(name);
 * ```
 */
export type Python<T> = T & Aliases<T>;

/** The same, with some of the members written out: those that give nouns of the library, or take type parameters. */
export type PythonWith<T, Written> = T & Omit<Aliases<T>, keyof Written> & Written;

/** Options under Python's spelling. */
export type PythonOptions<O> = {
  [Key in keyof O as Key extends string ? SnakeCase<Key> : Key]: O[Key];
};

/** A class whose instances have Python's spelling as well. */
export type PythonClass<C extends abstract new (...args: never) => unknown> = (new (
  ...args: ConstructorParameters<C>
) => Python<InstanceType<C>>) & { [Key in keyof C]: C[Key] };

/** @internal */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** @internal */
export function camelCase(name: string): string {
  return name.replace(/(?<=[^_])_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** @internal Whether a name is spelled differently in Python: `callSoon` is, `Handle`, `cancel` and `EVENT_READ` are not. */
export function isCamelCase(name: string): boolean {
  return /^_?[a-z]/.test(name) && /[A-Z]/.test(name);
}

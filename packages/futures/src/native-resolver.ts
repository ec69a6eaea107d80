/**
 * Is it an `await`?
 *
 * `await future`, `Promise.all([future])` and their like call `future.then` with the two resolving functions of a promise
 * the engine made: nameless and native. Users' functions, `addDoneCallback` and other promise libraries never look like
 * that. The first argument alone is asked, after a look at the second one's type: reading the source text costs.
 */

/** @internal What settles the promise of an `await`: one function with the result, another with the error. */
export type Resolve = (value: unknown) => void;

const sourceOf = Function.prototype.toString;
const NATIVE = 'function () { [native code] }';

export function isNativeResolver(onFulfilled: unknown, onRejected: unknown): boolean {
  return (
    typeof onRejected === 'function' &&
    typeof onFulfilled === 'function' &&
    onFulfilled.name === '' &&
    sourceOf.call(onFulfilled) === NATIVE
  );
}

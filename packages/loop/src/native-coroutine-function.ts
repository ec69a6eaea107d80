/**
 * @internal Whether it is a `function*`, which runs nothing when it is called, or an async function, which runs with nobody to
 * hear of its error.
 */
export function isNativeCoroutineFunction(fn: object): boolean {
  const { [Symbol.toStringTag]: kind } = fn as { [Symbol.toStringTag]?: unknown };
  return /(Async|Generator)Function$/.test(String(kind));
}

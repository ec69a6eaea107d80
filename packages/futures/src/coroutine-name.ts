/** The name of a coroutine, for people; a bare generator has none. */
export function coroutineName(coro: unknown): string {
  const name = (coro as { name?: unknown } | null)?.name;
  return typeof name === 'string' && name !== '' ? name : 'coroutine';
}

/** The name of a function that makes coroutines, for people. */
export function functionName(fn: { readonly name: string }): string {
  return fn.name || '<anonymous>';
}

/** What kind of function it is, as the engine sees it. */
/** An async function. */
export function isAsyncFunction(fn: object): boolean {
  return tagOf(fn) === 'AsyncFunction';
}

/** A `function*`. */
export function isGeneratorFunction(fn: object): boolean {
  return tagOf(fn) === 'GeneratorFunction';
}

function tagOf(fn: object): unknown {
  return (fn as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
}

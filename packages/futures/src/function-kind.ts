/** What kind of function it is, as the engine sees it. */
import { brief, isNativeCoroutineFunction } from '@asyncio-ts/loop';

/** An async function. */
export function isAsyncFunction(fn: object): boolean {
  return tagOf(fn) === 'AsyncFunction';
}

/** A `function*`. */
export function isGeneratorFunction(fn: object): boolean {
  return tagOf(fn) === 'GeneratorFunction';
}

/** @throws TypeError for what runs nothing when it is called, or runs with nobody to hear of its error. */
export function refuseCoroutineFunction(callback: object): void {
  if (!isNativeCoroutineFunction(callback)) return;
  throw new TypeError(
    `Cannot call back ${brief(callback)}: it is a coroutine function; make a task of it in a plain function`,
  );
}

function tagOf(fn: object): unknown {
  return (fn as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
}

import type { Runs } from '@asyncio-ts/futures';

import { Runner, type RunnerOptions } from './runner.js';

/**
 * Runs a program: makes a loop, runs `main` in it, cancels and awaits what is left, and closes the loop.
 *
 * Mirrors Python's `asyncio.run`, as a promise. Ctrl-C cancels the main task, so that its `finally` blocks run; see
 * {@link Runner}.
 *
 * @param main - a coroutine, a function of no arguments that gives one or a promise, or whatever else can be waited for
 * @param options - `debug`: the loop's debug mode; `loopFactory`: makes the loop
 * @returns what `main` returns
 * @throws what `main` throws; RuntimeError when a loop runs here already; `KeyboardInterrupt` after Ctrl-C.
 *
 * @example
 * ```ts
 * import { run, sleep } from 'asyncio-ts';
 *
 * const answer = await run(async () => {
 *   await sleep(0.01);
 *   return 42;
 * });
 * console.log(answer); // 42
 * ```
 */
export async function run<T>(main: Runs<T>, options: RunnerOptions = {}): Promise<T> {
  const runner = new Runner(options);
  try {
    return await runner.run(main);
  } finally {
    await runner.close();
  }
}

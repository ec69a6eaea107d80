import assert from 'node:assert/strict';

import type { Kind } from './body.js';
import { Implementation } from './implementation.js';
import type { SceneBody } from './scene.js';
import { firstDifference } from './trace.js';

/** How a program ended, and what it did on the way. */
export interface Played<T> {
  /** What it returned. */
  readonly result: T;
  /** The lines of its trace, each with its time in seconds. */
  readonly lines: readonly string[];
}

/**
 * Plays a program on virtual time and keeps its trace.
 *
 * @param kind - as which kind of coroutine; default: a generator
 * @throws what the program throws
 *
 * @example
 * ```ts
 * import { play, wait } from '@asyncio-ts/testing';
 *
 * const { lines } = await play(function* (scene) {
 *   yield* wait(scene.sleep(2));
 *   scene.log('two seconds later');
 * });
 * console.log(lines); // ['2 two seconds later']
 * ```
 */
export async function play<T>(body: SceneBody<T>, kind: Kind = 'generator'): Promise<Played<T>> {
  const implementation = new Implementation({ kind, selector: 'virtual' });
  let lines: readonly string[] = [];
  const result = await implementation.run(function* program(scene) {
    try {
      return yield* body(scene);
    } finally {
      lines = scene.trace.lines();
    }
  });
  return { result, lines };
}

/**
 * Plays a program twice as each kind: both runs of a kind must give the same trace.
 *
 * @returns the trace, that of the generator kind
 * @throws AssertionError that names the first line that differs.
 *
 * @example
 * ```ts
 * import { assertDeterministic } from '@asyncio-ts/testing';
 *
 * await assertDeterministic(function* (scene) {
 *   scene.log('always the same');
 *   yield;
 * });
 * ```
 */
export async function assertDeterministic(
  body: SceneBody<unknown>,
  kinds: readonly Kind[] = ['generator', 'async'],
): Promise<readonly string[]> {
  let first: readonly string[] | undefined;
  for (const kind of kinds) {
    const one = await play(body, kind);
    const two = await play(body, kind);
    const difference = firstDifference(one.lines, two.lines);
    assert.equal(difference, null, `The ${kind} program is not deterministic: ${difference ?? ''}`);
    first ??= one.lines;
  }
  return first ?? [];
}

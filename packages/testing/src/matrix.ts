import type { BaseEventLoop } from '@asyncio-ts/loop';

import type { Kind, SelectorName } from './body.js';
import { Implementation, type ImplementationOptions } from './implementation.js';
import type { SceneBody } from './scene.js';

/** Over what a behaviour is tried. */
export interface MatrixOptions<L extends BaseEventLoop = BaseEventLoop> {
  /** Default: both. */
  readonly kinds?: readonly Kind[];
  /** Default: `virtual` and `node`. On the latter waits take real time, and async functions keep a looser order. */
  readonly selectors?: readonly SelectorName[];
  /** Makes the loops. */
  readonly newLoop?: ImplementationOptions<L>['newLoop'];
}

/** The part of a test framework that is needed: `test(name, fn)`. */
export type TestFunction = (name: string, fn: () => Promise<void>) => unknown;

const KINDS: readonly Kind[] = ['generator', 'async'];
const SELECTORS: readonly SelectorName[] = ['virtual', 'node'];

/**
 * Every combination of the kinds and selectors.
 *
 * @example
 * ```ts
 * import { implementations } from '@asyncio-ts/testing';
 *
 * console.log(implementations().length); // 4
 * ```
 */
export function implementations<L extends BaseEventLoop = BaseEventLoop>(
  options: MatrixOptions<L> = {},
): Implementation<L>[] {
  const { kinds = KINDS, selectors = SELECTORS, newLoop } = options;
  return selectors.flatMap((selector) =>
    kinds.map(
      (kind) =>
        new Implementation<L>({ kind, selector, ...(newLoop === undefined ? {} : { newLoop }) }),
    ),
  );
}

/**
 * Calls `define` for each implementation; the place for `describe` and `test`.
 *
 * @example
 * ```ts
 * import { forEachImplementation } from '@asyncio-ts/testing';
 *
 * forEachImplementation((implementation) => console.log(implementation.name));
 * ```
 */
export function forEachImplementation<L extends BaseEventLoop = BaseEventLoop>(
  define: (implementation: Implementation<L>) => void,
  options: MatrixOptions<L> = {},
): void {
  for (const implementation of implementations(options)) define(implementation);
}

/**
 * Binds a test framework: the function it returns defines one test per implementation.
 *
 * @param test - `test` or `it` of jest, vitest, node:test
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import test from 'node:test';
 * import { scenes, wait } from '@asyncio-ts/testing';
 *
 * const scene = scenes(test);
 * scene('a task gives what its coroutine returns', function* (t) {
 *   const task = t.task(function* () {
 *     yield* wait(t.sleep(1));
 *     return 42;
 *   });
 *   assert.equal(yield* wait(task), 42);
 * });
 * ```
 */
export function scenes<L extends BaseEventLoop = BaseEventLoop>(
  test: TestFunction,
  defaults: MatrixOptions<L> = {},
): (name: string, body: SceneBody<void, L>, options?: MatrixOptions<L>) => void {
  return (name, body, options = {}) => {
    forEachImplementation<L>(
      (implementation) => {
        test(`${name} [${implementation.name}]`, () => implementation.run(body));
      },
      { ...defaults, ...options },
    );
  };
}

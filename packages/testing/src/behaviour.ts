import type { BaseEventLoop } from '@asyncio-ts/loop';

import type { Kind, SelectorName } from './body.js';
import { forEachImplementation, type MatrixOptions, type TestFunction } from './matrix.js';
import type { SceneBody } from './scene.js';

/** A sentence about a noun, and how it is tried: the body throws when it is not so. */
export interface Behaviour {
  /** What is promised. */
  readonly name: string;
  /** Tries it. */
  readonly body: SceneBody<void>;
  /** Where it is promised; default: on every selector. */
  readonly selectors?: readonly SelectorName[];
  /** For which kinds; default: both. */
  readonly kinds?: readonly Kind[];
}

/**
 * Defines one test per behaviour and implementation.
 *
 * @param test - `test` or `it` of jest, vitest, node:test
 * @param behaviours - a suite: {@link loopBehaviours}, {@link futureBehaviours}, {@link taskBehaviours}, or your own
 * @param options - over what; `newLoop` makes a loop of yours
 *
 * @example
 * ```ts
 * import test from 'node:test';
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { defineBehaviours, loopBehaviours } from '@asyncio-ts/testing';
 *
 * class MyLoop extends BaseEventLoop {}
 * defineBehaviours(test, loopBehaviours, { newLoop: (selector) => new MyLoop({ selector }) });
 * ```
 */
export function defineBehaviours<L extends BaseEventLoop = BaseEventLoop>(
  test: TestFunction,
  behaviours: readonly Behaviour[],
  options: MatrixOptions<L> = {},
): void {
  forEachImplementation<L>((implementation) => {
    for (const { name, body, selectors, kinds } of behaviours) {
      if (selectors?.includes(implementation.selector) === false) continue;
      if (kinds?.includes(implementation.kind) === false) continue;
      test(`${name} [${implementation.name}]`, () => implementation.run(body));
    }
  }, options);
}

import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import {
  BaseEventLoop,
  type ExceptionContext,
  NodeSelector,
  type Selector,
  VirtualSelector,
} from '@asyncio-ts/loop';
import { type Coroutine, coroutine, runUntilComplete } from '@asyncio-ts/futures';

import type { Body, Kind, SelectorName, Tried } from './body.js';
import { asyncCoroutine, generatorCoroutine } from './kinds.js';
import { Scene, type SceneBody } from './scene.js';

/** What is tried. */
export interface ImplementationOptions<L extends BaseEventLoop> {
  /** Which kind of coroutines. */
  readonly kind: Kind;
  /** Which selector. */
  readonly selector: SelectorName;
  /** Makes the loop; default: a `BaseEventLoop`. Give it to try a loop of your own. */
  readonly newLoop?: (selector: Selector) => L;
}

/**
 * One way to run the same behaviour: a kind of coroutines on a selector, on a loop of yours if you like.
 *
 * @example
 * ```ts
 * import { Implementation, wait } from '@asyncio-ts/testing';
 *
 * const implementation = new Implementation({ kind: 'generator', selector: 'virtual' });
 * await implementation.run(function* (scene) {
 *   const task = scene.task(function* () {
 *     yield* wait(scene.sleep(60));
 *     return 'done';
 *   });
 *   console.log(yield* wait(task)); // done
 * });
 * ```
 */
export class Implementation<L extends BaseEventLoop = BaseEventLoop> implements Tried {
  readonly kind: Kind;
  readonly selector: SelectorName;
  private readonly _newLoop: (selector: Selector) => L;

  constructor(options: ImplementationOptions<L>) {
    this.kind = options.kind;
    this.selector = options.selector;
    this._newLoop =
      options.newLoop ?? ((selector) => new BaseEventLoop({ selector, debug: false }) as L);
  }

  /** Its name, for the title of a test. */
  get name(): string {
    return `${this.kind}, ${this.selector}`;
  }

  /** Whether async functions take part in Python's exact order here; generators always do. */
  get exact(): boolean {
    return this.kind === 'generator' || this.selector !== 'node';
  }

  /** Whether the clock is virtual: then a wait takes no time. */
  get virtual(): boolean {
    return this.selector === 'virtual';
  }

  /**
   * A new loop of this implementation; whoever asks closes it.
   *
   * @example
   * ```ts
   * import { Implementation } from '@asyncio-ts/testing';
   *
   * const implementation = new Implementation({ kind: 'async', selector: 'virtual' });
   * console.log(implementation.name, implementation.exact, implementation.virtual);
   * // async, virtual true true
   * const loop = implementation.newLoop();
   * loop.close();
   * ```
   */
  newLoop(): L {
    if (this.selector === 'virtual') return this._newLoop(new VirtualSelector());
    return this._newLoop(new NodeSelector({ exactOrder: this.selector === 'node-exact' }));
  }

  /** A plain function of the kind: `function*` or `async`. */
  plain<Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): (...args: Args) => Generator<unknown, T, unknown> | Promise<T> {
    return this.kind === 'generator' ? generatorCoroutine(body) : asyncCoroutine(body);
  }

  /**
   * A coroutine function of the kind: each call is a lazy coroutine object.
   *
   * @example
   * ```ts
   * import { Implementation, wait } from '@asyncio-ts/testing';
   *
   * const implementation = new Implementation({ kind: 'async', selector: 'virtual' });
   * const twice = implementation.coroutine(function* (x: number) {
   *   return 2 * x;
   * });
   * const plain = implementation.plain(function* () {
   *   return 21;
   * }); // an async function here
   * console.log(
   *   await implementation.run(function* () {
   *     return yield* wait(twice(yield* wait(plain())));
   *   }),
   * ); // 42
   * ```
   */
  coroutine<Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): (...args: Args) => Coroutine<T> {
    return coroutine(this.plain(body));
  }

  /**
   * Runs a behaviour on a fresh loop and closes it.
   *
   * @returns what the body returned
   * @throws what the body throws; AssertionError when something was reported to the loop's exception handler and not taken.
   */
  async run<T>(body: SceneBody<T, L>): Promise<T> {
    const loop = this.newLoop();
    const scene = new Scene<L>(this, loop);
    let result: T;
    try {
      result = await runUntilComplete(loop, this.coroutine(body)(scene));
    } finally {
      const early = scene.takeReports();
      loop.close();
      if (scene._checkAtClose !== null) scene._checkAtClose(scene.takeReports());
      scene.reported.unshift(...early);
    }
    checkNothingReported(scene.reported);
    return result;
  }

  [inspect.custom](): string {
    return `<Implementation ${this.name}>`;
  }
}

function checkNothingReported(reports: readonly ExceptionContext[]): void {
  const lines = reports.map(
    (report) =>
      `- ${report.message}${'exception' in report ? `: ${inspect(report.exception)}` : ''}`,
  );
  assert.equal(
    lines.length,
    0,
    `Cannot end the scene: errors were reported to the loop and not taken; use takeReports()\n${lines.join('\n')}`,
  );
}

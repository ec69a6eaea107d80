import type { BaseEventLoop, ExceptionContext } from '@asyncio-ts/loop';
import {
  type Coroutine,
  coroutine,
  createFuture,
  createTask,
  type Future,
  type Task,
  type TaskOptions,
} from '@asyncio-ts/futures';

import type { Body, Tried } from './body.js';
import { Trace } from './trace.js';
import { turn } from './wait.js';

/** What is tried: written once, as a generator function that waits with `yield* wait(...)`. */
export type SceneBody<T, L extends BaseEventLoop = BaseEventLoop> = Body<[scene: Scene<L>], T>;

/**
 * Where a behaviour is tried: a fresh loop, a trace, and what was reported to the loop's exception handler.
 *
 * Made by `Implementation.run`, which closes the loop afterwards and fails when something was reported that the body
 * did not take with {@link Scene.takeReports} or announce with {@link Scene.expectReportsAtClose}.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { play, type Scene, wait } from '@asyncio-ts/testing';
 *
 * await play(function* (scene: Scene) {
 *   const { implementation, loop, trace } = scene;
 *   const gate = scene.future<string>();
 *   const waiting = scene.coroutine(function* () {
 *     scene.log('it opens with', yield* wait(gate));
 *   });
 *   const task = scene.task(function* () {
 *     yield* wait(waiting());
 *     yield* wait(scene.turn());
 *   });
 *   yield* wait(scene.turns(2));
 *   gate.setResult('a key');
 *   yield* wait(task);
 *   yield* wait(scene.sleep(5));
 *   assert.deepEqual(scene.events, ['it opens with a key']);
 *   assert.equal(trace.events.length, 1);
 *   assert.equal(loop.time(), 5);
 *   assert.equal(implementation.kind, 'generator');
 * });
 * ```
 */
export class Scene<L extends BaseEventLoop = BaseEventLoop> {
  /** What is tried here: which kind, which selector. */
  readonly implementation: Tried;
  /** The loop it is tried on; the scene closes it. */
  readonly loop: L;
  /** What was logged, with times. */
  readonly trace: Trace;
  /** What the loop's exception handler was told and nobody took. */
  readonly reported: ExceptionContext[] = [];
  /** @internal */
  _checkAtClose: ((reports: readonly ExceptionContext[]) => void) | null = null;

  constructor(implementation: Tried, loop: L) {
    this.implementation = implementation;
    this.loop = loop;
    this.trace = new Trace(loop);
    loop.setExceptionHandler((_loop, context) => {
      this.reported.push(context);
    });
  }

  /** Appends a line to the trace. */
  log(...parts: readonly unknown[]): void {
    this.trace.add(...parts);
  }

  /** The lines of the trace, without their times. */
  get events(): string[] {
    return this.trace.events;
  }

  /**
   * Takes what was reported so far: it is expected, and does not fail the scene.
   *
   * @example
   * ```ts
   * import assert from 'node:assert/strict';
   * import { play, wait } from '@asyncio-ts/testing';
   *
   * await play(function* (scene) {
   *   scene.loop.callSoon(() => {
   *     throw new Error('expected');
   *   });
   *   yield* wait(scene.turns(2));
   *   assert.equal(scene.reported.length, 1);
   *   assert.match(String(scene.takeReports()[0]?.exception), /expected/);
   * });
   * ```
   */
  takeReports(): ExceptionContext[] {
    return this.reported.splice(0);
  }

  /**
   * Announces reports that come when the loop is closed after the body, and looks at them then.
   *
   * @example
   * ```ts
   * import assert from 'node:assert/strict';
   * import { play } from '@asyncio-ts/testing';
   *
   * await play(function* (scene) {
   *   scene.future().setException(new Error('nobody looks'));
   *   scene.expectReportsAtClose((reports) => assert.equal(reports.length, 1));
   * });
   * ```
   */
  expectReportsAtClose(check: (reports: readonly ExceptionContext[]) => void): void {
    this._checkAtClose = check;
  }

  /** A coroutine function of the kind that is tried. */
  coroutine<Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): (...args: Args) => Coroutine<T> {
    return this.implementation.coroutine(body);
  }

  /** A task of the kind that is tried. */
  task<T>(body: Body<[], T>, options?: TaskOptions): Task<T> {
    return createTask(this.loop, this.coroutine(body)(), options);
  }

  /** A future of the scene's loop. */
  future<T = unknown>(): Future<T> {
    return createFuture<T>(this.loop);
  }

  /** One turn: `yield* wait(scene.turn())`. */
  turn(): Coroutine<void> {
    return turn();
  }

  /** So many turns. */
  turns(count: number): Coroutine<void> {
    return turns(count);
  }

  /**
   * Waits on the loop's clock, without the next floor's `sleep`.
   *
   * @param seconds - how long
   */
  sleep(seconds: number): Coroutine<undefined>;
  /**
   * Waits on the loop's clock, and gives a value in the end.
   *
   * @param seconds - how long
   * @param result - what it gives
   */
  sleep<T>(seconds: number, result: T): Coroutine<T>;
  sleep(seconds: number, result?: unknown): Coroutine<unknown> {
    return nap(this.loop, seconds, result);
  }
}

const turns = coroutine(function* turns(count: number): Generator<unknown, void, unknown> {
  for (let i = 0; i < count; i++) yield;
});

const nap = coroutine(function* nap(
  loop: BaseEventLoop,
  seconds: number,
  result: unknown,
): Generator<unknown, unknown, unknown> {
  const future = createFuture<unknown>(loop);
  const timer = loop.callLater(seconds, () => {
    if (!future.done()) future.setResult(result);
  });
  try {
    return yield* future;
  } finally {
    timer.cancel();
  }
});

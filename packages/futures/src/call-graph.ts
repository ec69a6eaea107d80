import { inspect } from 'node:util';

import { _getRunningLoop, brief, RuntimeError } from '@asyncio-ts/loop';

import { awaitersOf, isTask } from './awaited-by.js';
import { fill, type Slot, slotsOf, type TaskWithStack } from './coroutine-frames.js';
import { runningTask } from './current.js';
import { type FutureLike, isfuture } from './protocol.js';
import type { StackFrame } from './stack-frame.js';
import { runningFrames, type StackedTask } from './task-stack.js';

/** What of a call graph is wanted. */
export interface CallGraphOptions {
  /** For the task that runs: where its stack begins; 1 is the caller, 2 the caller of that. Default: 1. */
  readonly depth?: number | undefined;
  /**
   * So many entries of each stack at most: positive, those closest to where the task began; negative, the innermost ones;
   * 0, none. Default: all.
   */
  readonly limit?: number | null | undefined;
}

/**
 * One function of a call stack. Mirrors Python's `asyncio.FrameCallGraphEntry`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { captureCallGraph, Task } from '@asyncio-ts/futures';
 *
 * const work = function* () {
 *   yield;
 * };
 * const graph = captureCallGraph(new Task(work(), { loop: new BaseEventLoop() }));
 * console.log(graph?.callStack[0]?.frame.functionName); // work
 * ```
 */
export class FrameCallGraphEntry {
  /** Where it stands. */
  readonly frame: StackFrame;

  /** @param frame - where it stands */
  constructor(frame: StackFrame) {
    this.frame = frame;
  }

  [inspect.custom](): string {
    return `<FrameCallGraphEntry ${this.frame.toString()}>`;
  }
}

/**
 * A future, where it stands, and who awaits it. Mirrors Python's `asyncio.FutureCallGraph`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { captureCallGraph, Task } from '@asyncio-ts/futures';
 *
 * const work = function* () {
 *   yield;
 * };
 * const graph = captureCallGraph(new Task(work(), { loop: new BaseEventLoop() }));
 * console.log(graph?.awaitedBy.length); // 0
 * ```
 */
export class FutureCallGraph {
  /**
   * The future or task it is about.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { captureCallGraph, Future } from '@asyncio-ts/futures';
   *
   * const waited = new Future<void>({ loop: new BaseEventLoop() });
   * const graph = captureCallGraph(waited);
   * console.log(graph?.future === waited, graph?.callStack.length, graph?.isCycle); // true 0 false
   * ```
   */
  readonly future: FutureLike<unknown>;
  /** The functions of a task, the innermost first; empty for a future that is no task. */
  readonly callStack: readonly FrameCallGraphEntry[];
  /** Who awaits it: the same of each. */
  readonly awaitedBy: readonly FutureCallGraph[];
  /** Whether the way here has come to this future before: it waits for itself, and the graph ends. */
  readonly isCycle: boolean;

  /**
   * @param future - the future or task
   * @param callStack - its functions, the innermost first
   * @param awaitedBy - who awaits it
   * @param isCycle - whether the graph ends here because it came to this future before. Default: false
   */
  constructor(
    future: FutureLike<unknown>,
    callStack: readonly FrameCallGraphEntry[],
    awaitedBy: readonly FutureCallGraph[],
    isCycle = false,
  ) {
    this.future = future;
    this.callStack = callStack;
    this.awaitedBy = awaitedBy;
    this.isCycle = isCycle;
  }

  [inspect.custom](): string {
    const { future, callStack, awaitedBy, isCycle } = this;
    const end = isCycle ? ' cycle' : ` frames=${callStack.length} awaitedBy=${awaitedBy.length}`;
    return `<FutureCallGraph ${isTask(future) ? future.getName() : brief(future)}${end}>`;
  }
}

/**
 * Captures who awaits a future, and who awaits those, each with the functions it stands in.
 *
 * Mirrors Python's `asyncio.capture_call_graph`. Who awaits whom is read from the futures as they are: what `gather`, `wait`,
 * `shield`, `asCompleted` and task groups put between two tasks is passed through. The lines of suspended generators come
 * from V8's inspector, which is opened for the call; those of suspended async functions are known in debug mode.
 *
 * @param future - a future or task; default: the task that runs
 * @returns null when there is no future given and no task runs
 * @throws RuntimeError when there is no future given and no loop runs; TypeError for what is no future.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { captureCallGraph, createTask, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, function* () {
 *   const child = createTask(loop, function* () {
 *     yield;
 *     const graph = captureCallGraph();
 *     console.log(graph?.awaitedBy.length); // 1
 *   });
 *   yield* child;
 * });
 * ```
 */
export function captureCallGraph(
  future: FutureLike<unknown> | null = null,
  options: CallGraphOptions = {},
): FutureCallGraph | null {
  return captureFrom(future, options, captureCallGraph);
}

/** @internal The same, for functions that call it: `caller` is the one that was called. */
export function captureFrom(
  future: FutureLike<unknown> | null,
  { depth = 1, limit = null }: CallGraphOptions,
  caller: (...args: never) => unknown,
): FutureCallGraph | null {
  if (future !== null && !isfuture(future)) {
    throw new TypeError(
      `Cannot capture the call graph of ${brief(future)}: a future or a task was expected`,
    );
  }
  const running = runningTask<FutureLike<unknown> & StackedTask>();
  const root = future ?? running;
  if (root === null) {
    if (_getRunningLoop() !== null) return null;
    throw new RuntimeError(
      'Cannot capture the call graph: no loop runs; give the future or task to look at',
    );
  }
  const capture = new Capture(limit);
  if (root === running && limit !== 0) {
    capture.knows(root, runningFrames(running, caller).slice(Math.max(0, depth - 1)));
  }
  return capture.of(root);
}

/** One capture: all stacks are asked for in one go. */
class Capture {
  private readonly _limit: number | null;
  private readonly _frames = new Map<object, readonly StackFrame[]>();

  constructor(limit: number | null) {
    this._limit = limit;
  }

  knows(task: object, frames: readonly StackFrame[]): void {
    this._frames.set(task, frames);
  }

  of(root: FutureLike<unknown>): FutureCallGraph {
    const awaiters = new Map<object, ReadonlySet<FutureLike<unknown>>>();
    const open = [root];
    for (let future = open.pop(); future !== undefined; future = open.pop()) {
      if (awaiters.has(future)) continue;
      const waiting = awaitersOf(future);
      awaiters.set(future, waiting);
      open.push(...waiting);
    }
    if (this._limit !== 0) this._learn([...awaiters.keys()]);
    return this._graph(root, awaiters, new Set());
  }

  private _learn(futures: readonly object[]): void {
    const tasks = futures.filter((future) => !this._frames.has(future) && isTask(future));
    const stacks = tasks.map((task): Slot[] => slotsOf(task as unknown as TaskWithStack));
    fill(stacks).forEach((frames, i) => this.knows(tasks[i] as object, frames));
  }

  private _graph(
    future: FutureLike<unknown>,
    awaiters: ReadonlyMap<object, ReadonlySet<FutureLike<unknown>>>,
    way: Set<object>,
  ): FutureCallGraph {
    if (way.has(future)) return new FutureCallGraph(future, [], [], true);
    way.add(future);
    const awaitedBy = [...(awaiters.get(future) ?? [])].map((waiter) =>
      this._graph(waiter, awaiters, way),
    );
    way.delete(future);
    const frames = limited(this._frames.get(future) ?? [], this._limit);
    const callStack = frames.map((frame) => new FrameCallGraphEntry(frame));
    return new FutureCallGraph(future, callStack, awaitedBy);
  }
}

/** Innermost first: a positive limit keeps the end, where the task began. */
function limited(frames: readonly StackFrame[], limit: number | null): readonly StackFrame[] {
  if (limit === null) return frames;
  if (limit === 0) return [];
  return limit > 0 ? frames.slice(-limit) : frames.slice(0, -limit);
}

/**
 * Debug mode: where an async function stands when it awaits.
 *
 * `await x` reads `x.then` on the stack of the async function, and calls it in a microtask, when that stack is gone. So in
 * debug mode `then` is a property that takes the stack as it is read, and hands it to the wait that the call makes. Until a
 * loop in debug mode makes its first future, `then` is a plain method, and nobody pays.
 */
import { currentFrame, type Frame, runInFrame, thread } from '@asyncio-ts/loop';

import { taskFrame } from './current.js';
import type { Leaf, Leaves } from './leaves.js';
import { Kind, kindOf } from './protocol.js';
import { takeStack, type TakenStack } from './take-stack.js';

type Then = (this: unknown, onFulfilled?: unknown, onRejected?: unknown) => unknown;

interface Owner {
  readonly _leaves: Leaves | null;
}

/** So many frames of an await are remembered; the stepper's own are among them. */
const DEPTH = 40;

/** Where something is awaited. */
interface Trace {
  readonly taken: TakenStack;
  /** Where the coroutine object that awaits it is awaited in its turn; undefined where no more is known. */
  readonly from: Trace | undefined;
}

/** The frame of what a coroutine object calls: the same as that of whoever awaits it, and says where that is. */
interface TracedFrame extends Frame {
  readonly awaitedFrom?: Trace;
}

const prototypes: { then: unknown }[] = [];
const awaitedAt = new WeakMap<object, Trace>();
let tracing = false;

/** @internal Something that can be awaited says so, once. */
export function traceable(prototype: { then: unknown }): void {
  prototypes.push(prototype);
}

/** @internal There is a loop in debug mode. */
export function traceAwaits(): void {
  if (tracing) return;
  tracing = true;
  for (const prototype of prototypes) trace(prototype);
}

/**
 * @internal The stacks of an `await`, and of the awaits around it, innermost first; empty out of debug mode.
 *
 * @param awaited - a wait of an async function, or the coroutine object that is awaited
 */
export function stacksOfAwait(awaited: object): (string | undefined)[] {
  return stacksOf(awaitedAt.get(awaited));
}

/** @internal The same for the async function that is running. */
export function stacksAround(): (string | undefined)[] {
  return stacksOf((currentFrame() as TracedFrame | undefined)?.awaitedFrom);
}

function stacksOf(trace: Trace | undefined): (string | undefined)[] {
  const stacks: (string | undefined)[] = [];
  for (; trace !== undefined; trace = trace.from) stacks.push(trace.taken.stack);
  return stacks;
}

function trace(prototype: { then: unknown }): void {
  const then = prototype.then as Then;
  const get = (): Then => {
    const reader = currentFrame() as TracedFrame | undefined;
    const loop = (thread.loop ?? reader?.loop) as { getDebug?(): boolean } | undefined;
    if (loop?.getDebug?.() !== true) return then;
    const awaitedFrom: Trace = { taken: takeStack(get, DEPTH), from: reader?.awaitedFrom };
    return function (onFulfilled, onRejected) {
      const before = newestLeaf();
      // By its name the end of the stacks that are taken inside is known.
      const tracedThen = (): unknown => then.call(this, onFulfilled, onRejected);
      const frame = taskFrame();
      const traced: TracedFrame | undefined = frame && { ...frame, awaitedFrom };
      // A coroutine object is awaited once, and may have to wait much later; a future can be awaited by many.
      if (kindOf(this) !== Kind.Future) awaitedAt.set(this as object, awaitedFrom);
      const result = traced === undefined ? tracedThen() : runInFrame(traced, tracedThen);
      const leaf = newestLeaf();
      if (leaf !== null && leaf !== before) awaitedAt.set(leaf, awaitedFrom);
      return result;
    };
  };
  Object.defineProperty(prototype, 'then', {
    configurable: true,
    get,
    set(this: object, value: unknown) {
      Object.defineProperty(this, 'then', { configurable: true, writable: true, value });
    },
  });
}

function newestLeaf(): Leaf | null {
  return taskFrame<Owner>()?.owner._leaves?.last ?? null;
}

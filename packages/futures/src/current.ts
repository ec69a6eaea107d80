/**
 * Who is being stepped.
 *
 * While a handle is on the stack, this is what the stepper said; in the microtasks of an async function it is what its
 * frame says.
 */
import { currentFrame, type Frame, type Loop, type ThreadOwner } from '@asyncio-ts/loop';

import { inMicrotask } from './any-loop.js';
import type { CancelScope, ScopeCarrier } from './cancel-scope.js';
import { thread } from './of-the-loop.js';

/** @internal What the stepper steps: a task, or a coroutine object awaited from an async function of that task. */
export interface Stepped extends ScopeCarrier {
  readonly _loop: Loop;
  /** The task `currentTask()` shows during a step. */
  readonly _root: object;
}

/** @internal A frame of ours: the task an async function belongs to, and the scope it was called in. */
export interface TaskFrame<T extends object = object> extends Frame {
  readonly owner: T & ThreadOwner;
  readonly scope: CancelScope | null;
}

interface Current {
  /** True while a coroutine object is driven by hand: what it delegates to runs as plain generators do. */
  byHand: boolean;
  /** How many coroutine calls of this step lie on the JavaScript stack. */
  depth: number;
}

/** @internal */
export const current: Current = { byHand: false, depth: 0 };

/** @internal Who is stepped; null outside of steps. The owner of the stack is it: one store a step, not two. */
export function steppedNow(): Stepped | null {
  return thread.stepping ? (thread.owner as unknown as Stepped) : null;
}

/** @internal The frame that counts now: none while a handle is on the stack. */
export function taskFrame<T extends object>(): TaskFrame<T> | undefined {
  return thread.loop === null ? (currentFrame() as TaskFrame<T> | undefined) : undefined;
}

/** @internal The frame of the task an `await` belongs to: not once that is done, nor after the end of the scope. */
export function awaitFrame<T extends { done(): boolean }>(): TaskFrame<T> | undefined {
  const frame = taskFrame<T>();
  if (frame === undefined) return undefined;
  inMicrotask(frame.loop);
  const isOpen = frame.scope === null || frame.scope.isOpen;
  return isOpen && !frame.owner.done() ? frame : undefined;
}

/** @internal The task that runs now, in whatever loop. */
export function runningTask<T extends { done(): boolean }>(): T | null {
  if (thread.loop !== null) return (steppedNow()?._root ?? null) as T | null;
  const task = (currentFrame() as TaskFrame<T> | undefined)?.owner;
  return task === undefined || task.done() ? null : task;
}

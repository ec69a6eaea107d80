/**
 * Which step of which loop an async function belongs to.
 *
 * An async function goes on in Node's microtasks, when no handle is on the stack. What the stack cannot tell then, the
 * library's one `AsyncLocalStorage` does: it holds a frame. The storage is made when the first frame is entered, so that
 * programs without async functions never pay for it (on Node 20 and 22 an active storage makes each native await dearer).
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

import type { ThreadOwner } from './thread.js';

/**
 * Where an async function stands: in which loop, and whose context variables it sees. Upper floors add their nouns.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, currentFrame, type Frame, runInFrame, thread } from '@asyncio-ts/loop';
 *
 * const frame: Frame = { loop: new BaseEventLoop(), owner: thread.root };
 * runInFrame(frame, () => console.log(currentFrame() === frame)); // true
 * ```
 */
export interface Frame {
  /** The loop it belongs to. */
  readonly loop: object;
  /** Whose context variables it sees. */
  readonly owner: ThreadOwner;
}

interface FrameStore {
  storage: AsyncLocalStorage<Frame | undefined> | null;
  /**
   * The one there ever is, also while it is switched off: on Node 20 and 22 each one that was entered leaves a property on
   * the resource it was entered in.
   */
  made?: AsyncLocalStorage<Frame | undefined>;
}

const KEY = Symbol.for('asyncio-ts.frames');
const store: FrameStore = ((globalThis as { [KEY]?: FrameStore })[KEY] ??= { storage: null });

/** @internal The frame of the async function that is running, if no handle is on the stack. */
export function currentFrame(): Frame | undefined {
  return store.storage === null ? undefined : store.storage.getStore();
}

/** @internal Whether any frame was entered: from then on `AsyncLocalStorage` is in use. */
export function framesInUse(): boolean {
  return store.storage !== null;
}

/** @internal Calls `fn` inside a frame (or outside of any, with `undefined`). */
export function runInFrame<R>(frame: Frame | undefined, fn: () => R): R {
  if (store.storage === null) {
    if (frame === undefined) return fn();
    store.storage = store.made ??= new AsyncLocalStorage();
  }
  return store.storage.run(frame, fn);
}

/**
 * @internal Calls `fn` inside a frame, not knowing yet whether it is an async function. If no frame was in use before and
 * `keep(result)` says that none is needed after all, the storage is switched off again.
 */
export function tryInFrame<R>(frame: Frame, fn: () => R, keep: (result: R) => boolean): R {
  const fresh = store.storage === null;
  let kept = true;
  try {
    const result = runInFrame(frame, fn);
    kept = keep(result);
    return result;
  } finally {
    if (fresh && !kept && store.storage !== null) {
      store.storage.disable();
      store.storage = null;
    }
  }
}

/** @internal Captures the foreign `AsyncLocalStorage` stores of here and now, with our own frame left out. */
export function captureAsyncScope(): AsyncResource {
  return runInFrame(undefined, () => new AsyncResource('asyncio-ts'));
}

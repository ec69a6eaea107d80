/**
 * Whose context is current; `context.ts` knows what a context is.
 *
 * @example
 * ```ts
 * import type { ThreadOwner } from '@asyncio-ts/loop';
 *
 * const owner: ThreadOwner = { _context: null }; // nobody looked at its context yet
 * console.log(owner);
 * ```
 */
export interface ThreadOwner {
  _context: object | null;
}

/**
 * What is going on in this thread, right now, on the JavaScript stack.
 *
 * Two copies of this package in one process share the same state (it hangs on a global symbol), so that both know the
 * running loop.
 *
 * @example
 * ```ts
 * import { thread, type ThreadState } from '@asyncio-ts/loop';
 *
 * const { loop, stepping }: ThreadState = thread;
 * console.log(loop, stepping); // null false: no turn is on the stack
 * ```
 */
export interface ThreadState {
  /** The loop whose turn is on the stack; null in plain Node code and in the microtasks of async functions. */
  loop: object | null;
  /** Whose context is current; null means: the frame's owner if there is a frame, else the thread's root. */
  owner: ThreadOwner | null;
  /** Whether the owner is a task, or something of that kind, in the middle of a step. */
  stepping: boolean;
  /** The context that was entered by hand (`Context.run`) and goes before the owner's; null most of the time. */
  entered: object | null;
  /** How often a loop was called: what was made two calls ago is no longer new. */
  epoch: number;
  /** The owner of code that no loop runs. */
  readonly root: ThreadOwner;
  /** What `setEventLoop` said: undefined before it was ever called. */
  current: object | null | undefined;
  /** The loops that run in this thread (`runForever`), as guests side by side. */
  readonly running: Set<object>;
}

const KEY = Symbol.for('asyncio-ts.thread');

interface Global {
  [KEY]?: ThreadState;
}

/** @internal */
export const thread: ThreadState = ((globalThis as Global)[KEY] ??= {
  loop: null,
  owner: null,
  stepping: false,
  entered: null,
  epoch: 0,
  root: { _context: null },
  current: undefined,
  running: new Set(),
});

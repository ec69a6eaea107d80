import type { Context } from '@asyncio-ts/loop';

/** What runs a step inside a context: a `Context`, or anything with `run(fn)`. */
export interface RunsIn {
  /** Calls a function in this context. */
  run<R>(fn: () => R): R;
}

/** How a task is made. */
export interface TaskOptions {
  /** Its name; default: `Task-N`. Anything else than a string is converted. */
  readonly name?: unknown;
  /** The context its steps run in; default: a copy of the current one. */
  readonly context?: Context | RunsIn | null;
  /** Run the first step at once, inside this call, if the loop runs. Default: false. */
  readonly eagerStart?: boolean;
}

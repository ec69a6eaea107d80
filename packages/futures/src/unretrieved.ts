/**
 * Errors that nobody looked at.
 *
 * A future that fails with nobody waiting is watched: if it is collected, or its loop closed, or the process ends before
 * anybody asked for the error, the loop's exception handler is told, once. The record holds the error and a description,
 * never the future itself.
 */
import type { ExceptionContext, Loop } from '@asyncio-ts/loop';

import { atClose } from './any-loop.js';
import { describeFailed } from './future-description.js';

/** @internal An error that waits to be looked at. */
export interface Unretrieved {
  readonly loop: Loop;
  readonly context: ExceptionContext;
}

/** What is looked at of a future that failed. */
interface Failed {
  readonly _loop: Loop;
  readonly _value: unknown;
  readonly _sourceTraceback: string | undefined;
}

const outstanding = new Set<Unretrieved>();
const watchedLoops = new WeakSet<Loop>();
let watchesExit = false;

const collected = /* @__PURE__ */ new FinalizationRegistry<Unretrieved>((record) => report(record));

function report(record: Unretrieved): void {
  if (!outstanding.delete(record)) return;
  record.loop.callExceptionHandler(record.context);
}

/** @internal Begins to watch a failed future. @returns the record: give it to `retrieved` when somebody asked. */
export function watchFailure(future: Failed): Unretrieved {
  const loop = future._loop;
  const record: Unretrieved = { loop, context: reportOf(future) };
  letGoOfTheStack(future._value);
  outstanding.add(record);
  collected.register(future, record);
  if (!watchesExit) {
    watchesExit = true;
    process.on('exit', () => {
      for (const left of outstanding) report(left);
    });
  }
  if (!watchedLoops.has(loop)) {
    watchedLoops.add(loop);
    atClose(loop, () => reportUnretrieved(loop));
  }
  return record;
}

function reportOf(future: Failed): ExceptionContext {
  const context: ExceptionContext = {
    message: `${future.constructor.name} exception was never retrieved`,
    exception: future._value,
    description: describeFailed(future),
  };
  const created = future._sourceTraceback;
  if (created !== undefined) context.sourceTraceback = created;
  return context;
}

/**
 * Until its stack is asked for, an error keeps the receivers of the calls on it: the task among them, which then would never
 * be collected.
 */
function letGoOfTheStack(error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  try {
    Reflect.get(error, 'stack');
  } catch {
    // It has a stack of its own making, which holds nothing of ours.
  }
}

/** @internal Somebody looked: nothing to report. */
export function retrieved(record: Unretrieved): void {
  outstanding.delete(record);
}

/** @internal The loop is closed: reports all that failed in it and was not looked at. */
export function reportUnretrieved(loop: Loop): void {
  for (const record of outstanding) if (record.loop === loop) report(record);
}

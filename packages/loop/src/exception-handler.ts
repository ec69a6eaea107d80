import { inspect } from 'node:util';

import { type Context } from './context.js';
import type { ExceptionContext } from './exception-context.js';
import { logger } from './logger.js';

/**
 * A function that takes what nobody else could: `loop.setExceptionHandler(handler)`.
 *
 * Compared as methods are, so that a loop of a subclass is still a `BaseEventLoop`.
 */
export type ExceptionHandler<L> = { handle(loop: L, context: ExceptionContext): void }['handle'];

/** @internal What a report asks of its loop. */
export interface ErrorLoop {
  isBaseException(error: unknown): boolean;
  defaultExceptionHandler(context: ExceptionContext): void;
}

/** @internal Mirrors `BaseEventLoop.default_exception_handler`: one line a key, sorted, and the error's stack last. */
export function formatExceptionContext(context: ExceptionContext): string {
  const lines = [context.message === '' ? 'Unhandled exception in event loop' : context.message];
  for (const key of Object.keys(context).sort()) {
    const value = context[key];
    if (key === 'message' || key === 'exception' || value === undefined) continue;
    if (key === 'sourceTraceback' || key === 'handleTraceback') {
      const what = key === 'sourceTraceback' ? 'Object' : 'Handle';
      lines.push(`${what} created at (most recent call first):`, String(value).trimEnd());
    } else if (key === 'description') {
      lines.push(`future: ${String(value)}`);
    } else {
      lines.push(`${key}: ${inspect(value, { depth: 0 })}`);
    }
  }
  if (context.exception !== undefined) lines.push(inspect(context.exception, { depth: 4 }));
  return lines.join('\n');
}

/** @internal Calls the handler in the context of the thing that failed; nothing but a base exception gets out. */
export function reportException<L extends ErrorLoop>(
  loop: L,
  handler: ExceptionHandler<L> | null,
  context: ExceptionContext,
): void {
  try {
    if (handler === null) loop.defaultExceptionHandler(context);
    else inContextOf(context, () => handler(loop, context));
  } catch (error) {
    if (loop.isBaseException(error)) throw error;
    if (handler === null) {
      logger.error(`Exception in default exception handler\n${inspect(error)}`);
    } else {
      reportException(loop, null, {
        message: 'Unhandled error in exception handler',
        exception: error,
        context,
      });
    }
  }
}

function inContextOf(context: ExceptionContext, fn: () => void): void {
  const thing = context.task ?? context.future ?? context.handle;
  const run =
    thing !== undefined && 'getContext' in thing && typeof thing.getContext === 'function'
      ? (thing.getContext() as Context | null)
      : null;
  if (run === null) fn();
  else run._reenter(fn);
}

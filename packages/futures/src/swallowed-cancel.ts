/**
 * Debug mode: cancellations that got lost.
 *
 * A task that was cancelled, was thrown the CancelledError, and returned a result as if nothing had been, has swallowed its
 * cancellation; one that means to says so with `uncancel()`. A task that was never thrown it, because what it waited for
 * swallowed the error, is innocent: the other one is reported.
 */
import { brief, type Loop } from '@asyncio-ts/loop';

import { isCancelledError } from './cancelled-error.js';

interface CancelledTask {
  readonly _loop: Loop;
  readonly _sourceTraceback: string | undefined;
  cancelling(): number;
}

interface Asked {
  readonly _state?: string;
  readonly _exception?: unknown;
}

/** What a task waited for when it was cancelled, and was asked in its place. */
const asked = new WeakMap<object, readonly Asked[]>();

/** @internal The cancel of a task was handed on to what it waits for. */
export function cancelHandedOn(task: CancelledTask, waits: readonly object[]): void {
  asked.set(task, waits);
}

/** @internal A task that was cancelled returned a result. */
export function reportSwallowed(task: CancelledTask): void {
  if (!task._loop.getDebug() || task.cancelling() === 0) return;
  if (asked.get(task)?.some(swallowedIt) === true) return;
  task._loop.callExceptionHandler({
    message: `Cancellation was swallowed: ${brief(task)} was cancelled and returned a result; let the CancelledError go on, or say uncancel()`,
    task,
    sourceTraceback: task._sourceTraceback,
  });
}

/** A `gather` that was cancelled fails with a CancelledError, and is not cancelled itself. */
function swallowedIt({ _state: state, _exception: error }: Asked): boolean {
  return state === 'FINISHED' && !isCancelledError(error);
}

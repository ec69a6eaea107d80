/** What `inspect` says of a future and of whoever waits for it: on one line, and without following cycles of waits. */
import { inspect } from 'node:util';

import { brief, describeCallback, Handle, type Runnable } from '@asyncio-ts/loop';

/** What is looked at of a future. */
interface Described {
  readonly _state: string;
  readonly _failed: boolean;
  readonly _value: unknown;
  readonly _sourceTraceback: string | undefined;
  _waiterList(): readonly Runnable[];
}

/** @internal Its state, its outcome, who waits, and, in debug mode, where it was made. */
export function describeState(future: Described): string[] {
  const info = [future._state.toLowerCase()];
  if (future._state === 'FINISHED') {
    const value = future._value;
    info.push(future._failed ? `exception=${briefError(value)}` : `result=${brief(value)}`);
  }
  const waiters = future._waiterList().map(describeWaiter);
  if (waiters.length > 2) waiters.splice(1, waiters.length - 2, `<${waiters.length - 2} more>`);
  if (waiters.length > 0) info.push(`cb=[${waiters.join(', ')}]`);
  const created = future._sourceTraceback?.split('\n', 1)[0]?.trim();
  if (created !== undefined) info.push(`created ${created}`);
  return info;
}

function describeWaiter(waiter: Runnable): string {
  // Its argument is this very future: to describe that as well would never end.
  if (waiter instanceof Handle && waiter._callback !== null)
    return describeCallback(waiter._callback, []);
  const name = nameOf(waiter);
  return name === null ? 'await' : `<Task ${name}>`;
}

/** @internal A waited-for future without what it waits for in its turn: cycles of waits must not make it endless. */
export function describeShortly(waited: object): string {
  const state = (waited as { _state?: string })._state?.toLowerCase() ?? 'pending';
  const name = nameOf(waited);
  return name === null
    ? `<${waited.constructor.name} ${state}>`
    : `<Task ${state} name=${inspect(name)}>`;
}

function nameOf(task: object): string | null {
  return 'getName' in task && typeof task.getName === 'function' ? String(task.getName()) : null;
}

/**
 * @internal A future that failed. What was thrown may be anything, also something that throws when it is looked at: the loop
 * must not fail with it.
 */
export function describeFailed(future: object): string {
  try {
    return inspect(future);
  } catch {
    return `<${future.constructor.name} finished exception=...>`;
  }
}

/** An error without its stack. */
function briefError(error: unknown): string {
  return error instanceof Error ? `${error.name}(${JSON.stringify(error.message)})` : brief(error);
}

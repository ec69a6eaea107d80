import { RuntimeError } from '@asyncio-ts/loop';

import { CancelScope, type ScopedTask } from './cancel-scope.js';
import { steppedNow } from './current.js';

/**
 * Opens a cancel scope in the generator coroutine that is being stepped: what it waits for until `close` lies inside.
 *
 * @param what - for the error message: who needs a task
 * @throws RuntimeError outside of a task.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { openScope, runUntilComplete } from '@asyncio-ts/futures';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const scope = openScope('a part that can be cancelled by itself');
 *   try {
 *     yield; // what waits here is inside
 *   } finally {
 *     scope.close();
 *   }
 * });
 * ```
 */
export function openScope(what: string): CancelScope {
  const stepped = steppedNow();
  if (stepped === null) {
    throw new RuntimeError(`Cannot enter ${what}: it should be used inside a task`);
  }
  return new CancelScope(stepped._root as ScopedTask, stepped);
}

/** How upper floors give a loop what is its own handle, or its own timer, unless it has methods of its own for that. */
import type { Runnable } from './handle.js';
import type { Loop } from './loop.js';
import { TurnLoop } from './turn-loop.js';

const ownMethod = (name: 'callSoon' | 'callLater'): unknown =>
  Object.getOwnPropertyDescriptor(TurnLoop.prototype, name)?.value;
const ownCallSoon = ownMethod('callSoon');
const ownCallLater = ownMethod('callLater');

/**
 * @internal Schedules something that is its own handle: straight into the ready queue, unless the loop is a foreign one
 * or its `callSoon` was overridden, which is then obeyed.
 */
export function schedule(loop: Loop, runnable: Runnable): void {
  if (loop.callSoon === ownCallSoon) (loop as TurnLoop)._callRunnable(runnable);
  else loop.callSoon(runRunnable, runnable);
}

/**
 * @internal Whether something that is its own timer may be given to `loop._addTimer`. Not if the loop is a foreign one, if its
 * `callLater` was overridden, which is then obeyed, or in debug mode, where a handle says where it was created.
 */
export function takesTimers(loop: Loop): loop is TurnLoop {
  return loop.callLater === ownCallLater && !loop.getDebug();
}

/** By way of a handle, of what may be another's loop: a task takes its whole step then, and asks for nothing. */
function runRunnable(runnable: Runnable): void {
  if (runnable._step === undefined) runnable._run();
  else runnable._step();
}

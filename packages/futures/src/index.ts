/**
 * I am a value that is not here yet; a Task makes it true by running a coroutine.
 *
 * This floor knows futures, tasks and the two kinds of coroutines: how a generator is stepped and how an async function
 * takes part. It does not know how to wait for many, nor for a time: that is the next floor.
 */
export { CancelledError, isCancelledError, makeCancelledError } from './cancelled-error.js';
export { CancelScope } from './cancel-scope.js';
export { CallCoroutine } from './call-coroutine.js';
export {
  asCoroutine,
  coroutine,
  getCoroutineState,
  invoke,
  iscoroutine,
  iscoroutinefunction,
  type Returned,
} from './coroutine.js';
export { Coroutine, type CoroutineState, Life } from './coroutine-object.js';
export { createFuture, createTask, ensureFuture, notACoroutine, wrapFuture } from './create.js';
export {
  _enterTask,
  _leaveTask,
  _registerTask,
  _swapCurrentTask,
  _unregisterTask,
  allTasks,
  currentTask,
} from './current-task.js';
export { DeadlockError } from './deadlock.js';
export { DirectCoroutine, type Step } from './direct-coroutine.js';
export { type DoneCallback, Future, type FutureState } from './future.js';
export { GeneratorCoroutine } from './generator-coroutine.js';
export { handler, withoutTask } from './handler.js';
export { InvalidStateError } from './invalid-state-error.js';
export {
  type Awaitable,
  type CoroutineFunction,
  type CoroutineLike,
  FUTURE,
  type FutureLike,
  isDriver,
  isfuture,
  isThenable,
  type TaskBody,
} from './protocol.js';
export { runUntilComplete, runUntilCompleteSync, type Runs } from './run-until-complete.js';
export { openScope } from './scope.js';
export { type RunsIn, Task, type TaskOptions } from './task.js';
export {
  close as closeCoroutine,
  type FutureLoop,
  getTaskFactory,
  loopHere,
  newTask,
  setTaskFactory,
  type TaskFactory,
  taskOn,
} from './task-factory.js';

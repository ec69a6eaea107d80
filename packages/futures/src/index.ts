/**
 * I am a value that is not here yet; a Task makes it true by running a coroutine.
 *
 * This floor knows futures, tasks and the two kinds of coroutines: how a generator is stepped and how an async function
 * takes part. It does not know how to wait for many, nor for a time: that is the next floor.
 *
 * @module @asyncio-ts/futures
 */
export { CancelledError, isCancelledError, makeCancelledError } from './cancelled-error.js';
export { CancelScope } from './cancel-scope.js';
export {
  futureAddToAwaitedBy,
  futureDiscardFromAwaitedBy,
  type OnBehalf,
  type RelayingCallback,
} from './awaited-by.js';
export {
  captureCallGraph,
  type CallGraphOptions,
  FrameCallGraphEntry,
  FutureCallGraph,
} from './call-graph.js';
export { CallCoroutine } from './call-coroutine.js';
export { type Collector } from './collector.js';
export {
  asCoroutine,
  coroutine,
  invoke,
  iscoroutine,
  iscoroutinefunction,
  type Returned,
} from './coroutine.js';
export { Coroutine, type CoroutineState } from './coroutine-object.js';
export {
  type GeneratorState,
  getCoroutineLocals,
  getCoroutineLocation,
  getCoroutineState,
  getGeneratorLocals,
  getGeneratorState,
} from './coroutine-state.js';
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
export {
  formatCallGraph,
  printCallGraph,
  type PrintCallGraphOptions,
} from './format-call-graph.js';
export { GeneratorCoroutine } from './generator-coroutine.js';
export { handler, withoutTask } from './handler.js';
export { InvalidStateError } from './invalid-state-error.js';
export { Life } from './life.js';
export { primed } from './primed.js';
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
export { type FrameKind, type FrameLocation, StackFrame } from './stack-frame.js';
export { Task } from './task.js';
export { type RunsIn, type TaskOptions } from './task-options.js';
export { type PrintStackOptions, type StackOptions, type TextOutput } from './task-stack.js';
export {
  closeCoroutine,
  type FutureLoop,
  getTaskFactory,
  newTask,
  setTaskFactory,
  type TaskFactory,
  taskOn,
} from './task-factory.js';
export { currentLoop, loopHere } from './which-loop.js';

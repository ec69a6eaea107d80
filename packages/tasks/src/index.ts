/**
 * I wait for many.
 *
 * This floor knows how to wait for a time, for several, for one under a limit, and for a group of tasks that end together.
 * It does not know what they wait for: no locks, no sockets.
 *
 * @module @asyncio-ts/tasks
 */
export { shutdownAsyncgens } from './async-generators.js';
export { anext, StopAsyncIteration } from './anext.js';
export {
  AsCompleted,
  asCompleted,
  type AsCompletedOptions,
  type CompletedItem,
} from './as-completed.js';
export { asyncFor, type AsyncForOptions, BREAK } from './async-for.js';
export { type AsyncContextManager, asyncWith, type WithResult } from './async-with.js';
export { callMethod, markLazy } from './call-method.js';
export { createTask } from './create-task.js';
export { BaseExceptionGroup, type ErrorCondition, ExceptionGroup } from './exception-group.js';
export {
  createEagerTaskFactory,
  type EagerTaskFactory,
  eagerTaskFactory,
  type TaskClass,
} from './eager-task-factory.js';
export {
  gather,
  type Gatherable,
  type Gathered,
  type GatheredOrErrors,
  type GatherOptions,
} from './gather.js';
export { GatheringFuture } from './gathering-future.js';
export type { Outcome, Waitable } from './outcome.js';
export type { NoCoroutines, Refused, Taskable } from './refused.js';
export { shield } from './shield.js';
export { staggeredRace, type StaggeredRaceResult } from './staggered-race.js';
export { sleep } from './sleep.js';
export { TaskGroup } from './task-group.js';
export { Timeout, timeout, timeoutAt } from './timeout.js';
export { TimeoutError } from './timeout-error.js';
export {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  type ReturnWhen,
  wait,
  type Waited,
  type WaitOptions,
  type WaitResult,
} from './wait.js';
export { waitFor } from './wait-for.js';

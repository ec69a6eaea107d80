/**
 * I run callbacks, in order, at their time, and when a socket is ready.
 *
 * This floor knows handles, timers, selectors, contexts and the one running loop of a stack. It does not know what upper
 * floors wait for or run: they put things into the ready queue and are called.
 *
 * @module @asyncio-ts/loop
 */
export { BaseEventLoop } from './base-event-loop.js';
export {
  DEBUG_STACK_DEPTH,
  MAXIMUM_SELECT_TIMEOUT,
  MIN_CANCELLED_TIMER_HANDLES_FRACTION,
  MIN_SCHEDULED_TIMER_HANDLES,
} from './constants.js';
export {
  Context,
  type ContextOwner,
  contextOf,
  ContextVar,
  copyContext,
  snapshotContext,
  Token,
} from './context.js';
export { brief, describeCallback, sourceTraceback } from './describe.js';
export type { EventLoopOptions } from './event-loop-options.js';
export type { ExceptionContext } from './exception-context.js';
export type { ExceptionHandler } from './exception-handler.js';
export {
  captureAsyncScope,
  currentFrame,
  type Frame,
  framesInUse,
  runInFrame,
  tryInFrame,
} from './frame.js';
export {
  type AnyCallback,
  type Callback,
  Handle,
  type HandleLoop,
  type Runnable,
} from './handle.js';
export { type Logger, logger } from './logger.js';
export type { Loop } from './loop.js';
export { LoopLocal } from './loop-local.js';
export { isNativeCoroutineFunction } from './native-coroutine-function.js';
export { NodeSelector, type NodeSelectorOptions } from './node-selector.js';
export {
  BaseException,
  isPythonBaseException,
  KeyboardInterrupt,
  NotImplementedError,
  RuntimeError,
  SystemExit,
  ValueError,
} from './python-errors.js';
export { ReadyQueue } from './ready-queue.js';
export {
  _getRunningLoop,
  _getSetLoop,
  _setRunningLoop,
  getRunningLoop,
  insideRunningLoop,
  setEventLoop,
  threadLoop,
} from './running-loop.js';
export { schedule, takesTimers } from './schedule.js';
export {
  EVENT_READ,
  EVENT_WRITE,
  type Guest,
  type Ready,
  type Selector,
  type SelectorKey,
} from './selector.js';
export { thread, type ThreadOwner, type ThreadState } from './thread.js';
export { NOT_ADDED, type Timer, TimerHandle, type TimerLoop } from './timer-handle.js';
export { type Deadline, TimerHeap } from './timer-heap.js';
export { TurnLoop, type TurnState } from './turn-loop.js';
export { VirtualSelector, type VirtualSelectorOptions } from './virtual-selector.js';

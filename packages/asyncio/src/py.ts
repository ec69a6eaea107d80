/**
 * The same objects under Python's own spelling, for scripts ported from Python.
 *
 * Importing it once gives all objects of the library their second names: `loop.run_until_complete`, `fut.set_result`,
 * `task.add_done_callback`. Options are a trailing object here as well, and may be spelled either way:
 * `gather(a, b, { return_exceptions: true })`. What a subclass overrides, it overrides under the camelCase name. The classes,
 * and the functions without options, are the very same as in `asyncio-ts`.
 *
 * @example
 * ```ts
 * import asyncio from 'asyncio-ts/py';
 *
 * const loop = asyncio.new_event_loop();
 * const fut = loop.create_future<string>();
 * loop.call_soon(() => fut.set_result('here'));
 * console.log(await loop.run_until_complete(fut)); // here
 * loop.close();
 * ```
 *
 * @packageDocumentation
 */
import * as asyncio from './index.js';
import { addAlias, addAliases, constructedWithOptions, takingOptions } from './py-aliases.js';
import type * as py from './py-types.js';

for (const value of Object.values(asyncio)) addAliases(value);
// Fields, which no prototype knows.
addAlias(asyncio.BaseEventLoop.prototype, 'slowCallbackDuration');
addAlias(asyncio.Token.prototype, 'oldValue');

export type { Python, PythonOptions, SnakeCase } from './py-names.js';

// --- what is spelled the same in both
export {
  ALL_COMPLETED,
  anext,
  AsCompleted,
  BaseException,
  BaseExceptionGroup,
  BoundedSemaphore,
  BREAK,
  BrokenBarrierError,
  BrokenPipeError,
  CancelledError,
  CancelScope,
  ConnectionAbortedError,
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  Context,
  ContextVar,
  coroutine,
  Coroutine,
  DeadlockError,
  EVENT_READ,
  EVENT_WRITE,
  ExceptionGroup,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  FlowControlMixin,
  FUTURE,
  handler,
  IncompleteReadError,
  InvalidStateError,
  iscoroutine,
  iscoroutinefunction,
  isfuture,
  KeyboardInterrupt,
  LimitOverrunError,
  Lock,
  logger,
  LoopLocal,
  NodeSelector,
  NotImplementedError,
  OSError,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  RuntimeError,
  Semaphore,
  sleep,
  StopAsyncIteration,
  SystemExit,
  TimeoutError,
  Token,
  ValueError,
  VirtualSelector,
} from './index.js';

// --- what has another name, and is the same object
export {
  _enterTask as _enter_task,
  _getRunningLoop as _get_running_loop,
  _leaveTask as _leave_task,
  _registerTask as _register_task,
  _setRunningLoop as _set_running_loop,
  _swapCurrentTask as _swap_current_task,
  _unregisterTask as _unregister_task,
  asCompleted as as_completed,
  asyncFor as async_for,
  asyncWith as async_with,
  copyContext as copy_context,
  createEagerTaskFactory as create_eager_task_factory,
  eagerTaskFactory as eager_task_factory,
  getCoroutineState as get_coroutine_state,
  isCancelledError as is_cancelled_error,
  setEventLoop as set_event_loop,
  staggeredRace as staggered_race,
  waitFor as wait_for,
  withoutTask as without_task,
} from './index.js';

// --- what gives objects with both spellings
const classes = asyncio as unknown as py.Classes;
export const Barrier = classes.Barrier;
export const BaseEventLoop = classes.BaseEventLoop;
export const BaseTransport = classes.BaseTransport;
export const Condition = classes.Condition;
export const Event = classes.Event;
export const EventLoop = classes.EventLoop;
export const Future = classes.Future;
export const GatheringFuture = classes.GatheringFuture;
export const Handle = classes.Handle;
export const LifoQueue = classes.LifoQueue;
export const PriorityQueue = classes.PriorityQueue;
export const Queue = classes.Queue;
export const ReadTransport = classes.ReadTransport;
export const Server = classes.Server;
export const SocketTransport = classes.SocketTransport;
export const StreamReader = classes.StreamReader;
export const StreamReaderProtocol = classes.StreamReaderProtocol;
export const StreamWriter = classes.StreamWriter;
export const Task = classes.Task;
export const TaskGroup = classes.TaskGroup;
export const Timeout = classes.Timeout;
export const TimerHandle = classes.TimerHandle;
export const Transport = classes.Transport;
export const TransportSocket = classes.TransportSocket;
export const WriteTransport = classes.WriteTransport;

const functions = asyncio as unknown as py.Functions;
export const all_tasks = functions.allTasks;
export const current_task = functions.currentTask;
export const ensure_future = functions.ensureFuture;
export const get_event_loop = functions.getEventLoop;
export const get_running_loop = functions.getRunningLoop;
export const new_event_loop = functions.newEventLoop;
export const shield = functions.shield;
export const timeout = functions.timeout;
export const timeout_at = functions.timeoutAt;
export const wrap_future = functions.wrapFuture;

// --- what the library calls, and a ported script defines
export { BaseProtocol, BufferedProtocol, Protocol } from './py-protocols.js';

// --- what takes options with names of more than one word
export const Runner: py.Classes['Runner'] = constructedWithOptions(asyncio.Runner) as never;
export const create_task: py.CreateTask = takingOptions(asyncio.createTask) as never;
export const gather: py.Gather = takingOptions(asyncio.gather) as never;
export const open_connection: py.OpenConnection = takingOptions(asyncio.openConnection) as never;
export const start_server: py.StartServer = takingOptions(asyncio.startServer) as never;
export const run: py.Run = takingOptions(asyncio.run);
export const wait: py.Wait = takingOptions(asyncio.wait) as never;

// --- the same names as types
export type EventLoop = py.EventLoop;
export type Future<T> = py.Future<T>;
export type GatheringFuture<T> = py.GatheringFuture<T>;
export type Handle = py.Handle;
export type Runner = py.Runner;
export type Task<T> = py.Task<T>;
export type TaskGroup = py.TaskGroup;
export type Timeout = py.Timeout;
export type TimerHandle = py.TimerHandle;
export type BaseTransport = py.BaseTransport;
export type ReadTransport = py.ReadTransport;
export type Server = py.Server;
export type SocketTransport = py.SocketTransport;
export type StreamReader = py.StreamReader;
export type StreamWriter = py.StreamWriter;
export type Transport = py.Transport;
export type TransportSocket = py.TransportSocket;
export type WriteTransport = py.WriteTransport;
export type Barrier = py.Barrier;
export type Condition = py.Condition;
export type Event = py.Event;
export type LifoQueue<T> = py.LifoQueue<T>;
export type PriorityQueue<T> = py.PriorityQueue<T>;
export type Queue<T> = py.Queue<T>;

// `import asyncio from 'asyncio-ts/py'` is the namespace of this very module, values and types.
export * as default from './py.js';

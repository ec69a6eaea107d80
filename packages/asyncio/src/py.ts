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
 * @module asyncio-ts/py
 */
import * as asyncio from './index.js';
import { addAlias, addAliases, constructedWithOptions, takingOptions } from './py-aliases.js';
import type * as py from './py-types.js';

for (const value of Object.values(asyncio)) addAliases(value);
// Fields, which no prototype knows.
addAlias(asyncio.BaseEventLoop.prototype, 'slowCallbackDuration');
addAlias(asyncio.Token.prototype, 'oldValue');
addAlias(asyncio.FutureCallGraph.prototype, 'callStack');
addAlias(asyncio.FutureCallGraph.prototype, 'awaitedBy');
addAlias(asyncio.FutureCallGraph.prototype, 'isCycle');
addAlias(asyncio.StackFrame.prototype, 'functionName');

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
  constants,
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
  primed,
  QueueEmpty,
  QueueFull,
  QueueShutDown,
  RuntimeError,
  Semaphore,
  SendfileNotAvailableError,
  SSLCertVerificationError,
  SSLError,
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
  formatCallGraph as format_call_graph,
  futureAddToAwaitedBy as future_add_to_awaited_by,
  futureDiscardFromAwaitedBy as future_discard_from_awaited_by,
  getCoroutineLocals as get_coroutine_locals,
  getCoroutineState as get_coroutine_state,
  getGeneratorLocals as get_generator_locals,
  getGeneratorState as get_generator_state,
  isCancelledError as is_cancelled_error,
  printCallGraph as print_call_graph,
  setEventLoop as set_event_loop,
  staggeredRace as staggered_race,
  waitFor as wait_for,
  withoutTask as without_task,
} from './index.js';

// --- what gives objects with both spellings
const classes = asyncio as unknown as py.Classes;
export const AbstractEventLoop = classes.AbstractEventLoop;
export const AbstractServer = classes.AbstractServer;
export const Barrier = classes.Barrier;
export const BaseEventLoop = classes.BaseEventLoop;
export const BaseTransport = classes.BaseTransport;
export const Condition = classes.Condition;
export const Event = classes.Event;
export const EventLoop = classes.EventLoop;
export const FrameCallGraphEntry = classes.FrameCallGraphEntry;
export const Future = classes.Future;
export const FutureCallGraph = classes.FutureCallGraph;
export const GatheringFuture = classes.GatheringFuture;
export const Handle = classes.Handle;
export const LifoQueue = classes.LifoQueue;
export const PriorityQueue = classes.PriorityQueue;
export const Queue = classes.Queue;
export const ReadTransport = classes.ReadTransport;
export const SelectorEventLoop = classes.EventLoop;
export const Server = classes.Server;
export const SocketTransport = classes.SocketTransport;
export const SSLContext = classes.SSLContext;
export const StackFrame = classes.StackFrame;
export const StreamReader: py.Classes['StreamReader'] = classes.StreamReader;
export const StreamReaderProtocol = classes.StreamReaderProtocol;
export const StreamWriter: py.Classes['StreamWriter'] = classes.StreamWriter;
export const TaskGroup = classes.TaskGroup;
export const Timeout = classes.Timeout;
export const TimerHandle = classes.TimerHandle;
export const TlsTransport = classes.TlsTransport;
export const Transport = classes.Transport;
export const TransportSocket = classes.TransportSocket;
export const WriteTransport = classes.WriteTransport;

const functions = asyncio as unknown as py.Functions;
export const all_tasks = functions.allTasks;
export const capture_call_graph = functions.captureCallGraph;
export const create_default_context = functions.createDefaultContext;
export const current_task = functions.currentTask;
export const ensure_future = functions.ensureFuture;
export const get_coroutine_location = functions.getCoroutineLocation;
export const from_duplex: py.Functions['fromDuplex'] = functions.fromDuplex;
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
export const Task: py.Classes['Task'] = constructedWithOptions(asyncio.Task) as never;
export const create_task: py.CreateTask = takingOptions(asyncio.createTask) as never;
export const eager_task_factory: py.EagerTaskFactory = takingOptions(
  asyncio.eagerTaskFactory,
) as never;
export const gather: py.Gather = takingOptions(asyncio.gather) as never;
export const open_connection: py.OpenConnection = takingOptions(asyncio.openConnection) as never;
export const open_unix_connection: py.OpenUnixConnection = takingOptions(
  asyncio.openUnixConnection,
) as never;
export const start_server: py.StartServer = takingOptions(asyncio.startServer) as never;
export const start_unix_server: py.StartUnixServer = takingOptions(
  asyncio.startUnixServer,
) as never;
export const to_duplex: py.ToDuplex = takingOptions(asyncio.toDuplex) as never;
export const run: py.Run = takingOptions(asyncio.run);
export const wait: py.Wait = takingOptions(asyncio.wait) as never;

// --- the same names as types
export type AbstractEventLoop = py.AbstractEventLoop;
export type AbstractServer = py.AbstractServer;
export type EventLoop = py.EventLoop;
export type SelectorEventLoop = py.EventLoop;
export type FrameCallGraphEntry = py.FrameCallGraphEntry;
export type Future<T> = py.Future<T>;
export type FutureCallGraph = py.FutureCallGraph;
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
export type SSLContext = py.SSLContext;
export type StackFrame = py.StackFrame;
export type StreamReader = py.StreamReader;
export type StreamWriter = py.StreamWriter;
export type TlsTransport = py.TlsTransport;
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

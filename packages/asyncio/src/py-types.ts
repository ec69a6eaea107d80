/**
 * The library's nouns with Python's spelling, and the types of what makes them. A generic function keeps its type parameters
 * only if it is written out, so those are; everything else follows from `Python`.
 */
import type * as asyncio from './index.js';
import type { Python, PythonClass, PythonOptions, PythonWith } from './py-names.js';

/** Options, spelled either way. */
type Either<O> = O | PythonOptions<O>;

// --- nouns

export type Handle = Python<asyncio.Handle>;
export type TimerHandle = Python<asyncio.TimerHandle>;
export type Timeout = Python<asyncio.Timeout>;

interface FutureMembers<T> {
  add_done_callback(callback: (future: Future<T>) => void): void;
  remove_done_callback(callback: (future: Future<T>) => void): number;
  get_loop(): EventLoop;
}
export type Future<T> = PythonWith<asyncio.Future<T>, FutureMembers<T>>;
export type GatheringFuture<T> = PythonWith<asyncio.GatheringFuture<T>, FutureMembers<T>>;

interface TaskMembers<T> extends Omit<
  FutureMembers<T>,
  'add_done_callback' | 'remove_done_callback'
> {
  add_done_callback(callback: (task: Task<T>) => void): void;
  remove_done_callback(callback: (task: Task<T>) => void): number;
}
export type Task<T> = PythonWith<asyncio.Task<T>, TaskMembers<T>>;

interface LoopMembers {
  create_future<T>(): Future<T>;
  create_task: CreateTask;
  call_soon: CallSoon;
  call_soon_threadsafe: CallSoon;
  call_later: CallAt;
  call_at: CallAt;
  create_connection: CreateConnection;
  create_server: CreateServer;
}
export type EventLoop = PythonWith<asyncio.EventLoop, LoopMembers>;

export type TaskGroup = PythonWith<asyncio.TaskGroup, { create_task: CreateTask }>;
export type Runner = PythonWith<asyncio.Runner, { get_loop(): EventLoop }>;

export type BaseTransport = Python<asyncio.BaseTransport>;
export type ReadTransport = Python<asyncio.ReadTransport>;
export type WriteTransport = Python<asyncio.WriteTransport>;
export type Transport = Python<asyncio.Transport>;
export type SocketTransport = Python<asyncio.SocketTransport>;
export type TransportSocket = Python<asyncio.TransportSocket>;
export type Server = Python<asyncio.Server>;

export type StreamReader = Python<asyncio.StreamReader>;
export type StreamWriter = Python<asyncio.StreamWriter>;

export type Barrier = Python<asyncio.Barrier>;
export type Condition = PythonWith<
  asyncio.Condition,
  { wait_for<T>(predicate: () => T): asyncio.Coroutine<T> }
>;
export type Event = Python<asyncio.Event>;
export type LifoQueue<T> = Python<asyncio.LifoQueue<T>>;
export type PriorityQueue<T> = Python<asyncio.PriorityQueue<T>>;
export type Queue<T> = Python<asyncio.Queue<T>>;

// --- what is called

export type CreateTask = <T>(
  body: asyncio.TaskBody<T>,
  options?: Either<asyncio.TaskOptions>,
) => Task<T>;

type CallSoon = <Args extends readonly unknown[]>(
  callback: asyncio.Callback<Args>,
  ...args: Args
) => Handle;

type CallAt = <Args extends readonly unknown[]>(
  seconds: number,
  callback: asyncio.Callback<Args>,
  ...args: Args
) => TimerHandle;

type CreateConnection = <P extends asyncio.BaseProtocol>(
  protocol_factory: () => P,
  host?: string | null,
  port?: number | null,
  options?: Either<asyncio.CreateConnectionOptions>,
) => asyncio.Coroutine<[transport: SocketTransport, protocol: P]>;

type CreateServer = (
  protocol_factory: () => asyncio.BaseProtocol,
  host?: string | readonly string[] | null,
  port?: number | null,
  options?: Either<asyncio.CreateServerOptions>,
) => asyncio.Coroutine<Server>;

export type OpenConnection = (
  host?: string | null,
  port?: number | null,
  options?: Either<asyncio.OpenConnectionOptions>,
) => asyncio.Coroutine<[reader: StreamReader, writer: StreamWriter]>;

export type StartServer = (
  client_connected_cb: (reader: StreamReader, writer: StreamWriter) => unknown,
  host?: string | readonly string[] | null,
  port?: number | null,
  options?: Either<asyncio.StartServerOptions>,
) => asyncio.Coroutine<Server>;

export type Gather = typeof asyncio.gather & {
  <const W extends readonly asyncio.Waitable[]>(
    awaitables: W,
    options: { readonly return_exceptions: true },
  ): GatheringFuture<asyncio.GatheredOrErrors<W>>;
  <const W extends readonly asyncio.Waitable[]>(
    ...awaitables: [...W, { readonly return_exceptions: true }]
  ): GatheringFuture<asyncio.GatheredOrErrors<W>>;
};

export type Wait = <F extends asyncio.FutureLike<unknown> | PromiseLike<unknown>>(
  futures: Iterable<F>,
  options?: Either<asyncio.WaitOptions>,
) => asyncio.Coroutine<asyncio.WaitResult<asyncio.Waited<F>>>;

export type Run = <T>(main: asyncio.Runs<T>, options?: Either<asyncio.RunnerOptions>) => Promise<T>;

/** Functions that give nouns, by the names of `asyncio-ts`. */
export interface Functions {
  allTasks(loop?: asyncio.Loop | null): Set<Task<unknown>>;
  currentTask(loop?: asyncio.Loop | null): Task<unknown> | null;
  ensureFuture<T>(
    awaitable: asyncio.Runs<T>,
    options?: { readonly loop?: asyncio.Loop },
  ): Future<T>;
  getEventLoop(): EventLoop;
  getRunningLoop(): EventLoop;
  newEventLoop(): EventLoop;
  shield<W extends asyncio.Waitable>(awaitable: W): Future<asyncio.Outcome<W>>;
  timeout(delay: number | null): Timeout;
  timeoutAt(when: number | null): Timeout;
  wrapFuture<T>(
    future: asyncio.FutureLike<T> | PromiseLike<T>,
    options?: { readonly loop?: asyncio.Loop },
  ): Future<T>;
}

/** Classes whose instances have both spellings. */
export interface Classes {
  Barrier: PythonClass<typeof asyncio.Barrier>;
  BaseEventLoop: PythonClass<typeof asyncio.BaseEventLoop>;
  BaseTransport: PythonClass<typeof asyncio.BaseTransport>;
  Condition: new (lock?: asyncio.ConditionLock | null) => Condition;
  Event: PythonClass<typeof asyncio.Event>;
  EventLoop: new (options?: asyncio.EventLoopOptions) => EventLoop;
  Future: new <T>(options?: { readonly loop?: asyncio.Loop }) => Future<T>;
  GatheringFuture: typeof asyncio.GatheringFuture;
  Handle: PythonClass<typeof asyncio.Handle>;
  LifoQueue: new <T>(maxsize?: number) => LifoQueue<T>;
  PriorityQueue: new <T>(
    maxsize?: number,
    options?: asyncio.PriorityQueueOptions<T>,
  ) => PriorityQueue<T>;
  Queue: new <T>(maxsize?: number) => Queue<T>;
  ReadTransport: PythonClass<typeof asyncio.ReadTransport>;
  Runner: new (options?: Either<asyncio.RunnerOptions>) => Runner;
  Server: PythonClass<typeof asyncio.Server>;
  SocketTransport: PythonClass<typeof asyncio.SocketTransport>;
  StreamReader: PythonClass<typeof asyncio.StreamReader>;
  StreamReaderProtocol: PythonClass<typeof asyncio.StreamReaderProtocol>;
  StreamWriter: PythonClass<typeof asyncio.StreamWriter>;
  Task: new <T>(
    coro: asyncio.CoroutineLike<T>,
    options?: asyncio.TaskOptions & { readonly loop?: asyncio.Loop },
  ) => Task<T>;
  TaskGroup: new () => TaskGroup;
  Timeout: PythonClass<typeof asyncio.Timeout>;
  TimerHandle: PythonClass<typeof asyncio.TimerHandle>;
  Transport: PythonClass<typeof asyncio.Transport>;
  TransportSocket: PythonClass<typeof asyncio.TransportSocket>;
  WriteTransport: PythonClass<typeof asyncio.WriteTransport>;
}

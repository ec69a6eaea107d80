/**
 * The library's nouns with Python's spelling, and the types of what makes them. A generic function keeps its type parameters
 * only if it is written out, so those are; everything else follows from `Python`.
 */
import type { Duplex, Readable, Writable } from 'node:stream';
import type { ReadableStream, WritableStream } from 'node:stream/web';

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

export type StackFrame = Python<asyncio.StackFrame>;
export type FrameCallGraphEntry = PythonWith<
  asyncio.FrameCallGraphEntry,
  { readonly frame: StackFrame }
>;
export type FutureCallGraph = PythonWith<
  asyncio.FutureCallGraph,
  {
    readonly call_stack: readonly FrameCallGraphEntry[];
    readonly awaited_by: readonly FutureCallGraph[];
  }
>;

interface TaskMembers<T> extends Omit<
  FutureMembers<T>,
  'add_done_callback' | 'remove_done_callback'
> {
  add_done_callback(callback: (task: Task<T>) => void): void;
  remove_done_callback(callback: (task: Task<T>) => void): number;
  get_stack(options?: asyncio.StackOptions): StackFrame[];
}
export type Task<T> = PythonWith<asyncio.Task<T>, TaskMembers<T>>;

interface LoopMembers {
  create_future<T>(): Future<T>;
  create_task: CreateTask;
  call_soon: CallSoon;
  call_soon_threadsafe: CallSoon;
  call_later: CallAt;
  call_at: CallAt;
  run_in_executor: RunInExecutor;
  create_connection: CreateConnection;
  create_server: CreateServer;
  create_unix_connection: CreateUnixConnection;
  create_unix_server: CreateUnixServer;
  connect_accepted_socket: ConnectAcceptedSocket;
  start_tls: StartTls;
}
export type EventLoop = PythonWith<asyncio.EventLoop, LoopMembers>;
export type AbstractEventLoop = PythonWith<asyncio.AbstractEventLoop, LoopMembers>;

export type TaskGroup = PythonWith<asyncio.TaskGroup, { create_task: CreateTask }>;
export type Runner = PythonWith<asyncio.Runner, { get_loop(): EventLoop }>;

export type BaseTransport = Python<asyncio.BaseTransport>;
export type ReadTransport = Python<asyncio.ReadTransport>;
export type WriteTransport = Python<asyncio.WriteTransport>;
export type Transport = Python<asyncio.Transport>;
export type SocketTransport = Python<asyncio.SocketTransport>;
export type TransportSocket = Python<asyncio.TransportSocket>;
export type AbstractServer = Python<asyncio.AbstractServer>;
export type Server = Python<asyncio.Server>;
export type SSLContext = Python<asyncio.SSLContext>;
export type TlsTransport = Python<asyncio.TlsTransport>;

interface StreamReaderMembers {
  to_readable(options?: Either<asyncio.ToNodeStreamOptions>): Readable;
  to_readable_stream(options?: Either<asyncio.ToStreamOptions>): ReadableStream<Uint8Array>;
}
export type StreamReader = PythonWith<asyncio.StreamReader, StreamReaderMembers>;

interface StreamWriterMembers {
  start_tls(
    sslcontext: asyncio.SSLContext,
    options?: Either<asyncio.WriterStartTlsOptions>,
  ): asyncio.Coroutine<void>;
  to_writable(options?: Either<asyncio.ToNodeStreamOptions>): Writable;
  to_writable_stream(options?: Either<asyncio.ToStreamOptions>): WritableStream<Uint8Array>;
}
export type StreamWriter = PythonWith<asyncio.StreamWriter, StreamWriterMembers>;

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

export type CreateTask = <T, B = asyncio.TaskBody<T>>(
  body: B & asyncio.Taskable<B, T>,
  options?: Either<asyncio.TaskOptions>,
) => Task<T>;

export type EagerTaskFactory = <T>(
  loop: asyncio.Loop,
  coro: asyncio.CoroutineLike<T>,
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

type RunInExecutor = <Args extends readonly unknown[], R>(
  executor: asyncio.Executor | null,
  fn: (...args: Args) => R | PromiseLike<R>,
  ...args: Args
) => Future<R>;

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

type CreateUnixConnection = <P extends asyncio.BaseProtocol>(
  protocol_factory: () => P,
  path?: asyncio.UnixPath | null,
  options?: Either<asyncio.CreateUnixConnectionOptions>,
) => asyncio.Coroutine<[transport: SocketTransport, protocol: P]>;

type CreateUnixServer = (
  protocol_factory: () => asyncio.BaseProtocol,
  path?: asyncio.UnixPath | null,
  options?: Either<asyncio.CreateUnixServerOptions>,
) => asyncio.Coroutine<Server>;

type ConnectAcceptedSocket = <P extends asyncio.BaseProtocol>(
  protocol_factory: () => P,
  sock: asyncio.NodeSocket,
  options?: Either<asyncio.TlsServerOptions>,
) => asyncio.Coroutine<[transport: SocketTransport, protocol: P]>;

type StartTls = (
  transport: asyncio.BaseTransport,
  protocol: asyncio.BaseProtocol,
  sslcontext: asyncio.SSLContext,
  options?: Either<asyncio.StartTlsOptions>,
) => asyncio.Coroutine<SocketTransport>;

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

export type OpenUnixConnection = (
  path?: asyncio.UnixPath | null,
  options?: Either<asyncio.OpenUnixConnectionOptions>,
) => asyncio.Coroutine<[reader: StreamReader, writer: StreamWriter]>;

export type StartUnixServer = (
  client_connected_cb: (reader: StreamReader, writer: StreamWriter) => unknown,
  path?: asyncio.UnixPath | null,
  options?: Either<asyncio.StartUnixServerOptions>,
) => asyncio.Coroutine<Server>;

export type ToDuplex = (
  reader: asyncio.StreamReader,
  writer: asyncio.StreamWriter,
  options?: Either<asyncio.ToNodeStreamOptions>,
) => Duplex;

type ErrorsToo = Either<asyncio.GatherOptions & { readonly returnExceptions: true }>;
type NoErrors = Either<asyncio.GatherOptions & { readonly returnExceptions?: false | undefined }>;

export interface Gather {
  <const W extends readonly asyncio.Waitable[]>(
    awaitables: W,
    options: ErrorsToo,
  ): GatheringFuture<asyncio.GatheredOrErrors<W>>;
  <const W extends readonly asyncio.Waitable[]>(
    awaitables: W,
    options?: NoErrors,
  ): GatheringFuture<asyncio.Gathered<W>>;
  <const W extends readonly asyncio.Waitable[]>(
    ...awaitables: [...W, ErrorsToo]
  ): GatheringFuture<asyncio.GatheredOrErrors<W>>;
  <const W extends readonly asyncio.Waitable[]>(
    ...awaitables: W
  ): GatheringFuture<asyncio.Gathered<W>>;
  <T>(awaitables: Iterable<asyncio.Waitable<T>>, options?: NoErrors): GatheringFuture<T[]>;
  <T>(
    awaitables: Iterable<asyncio.Waitable<T>>,
    options: Either<asyncio.GatherOptions>,
  ): GatheringFuture<(T | Error)[]>;
  <A extends readonly unknown[]>(
    ...awaitables: { [K in keyof A]: A[K] & asyncio.Gatherable<A, K> }
  ): GatheringFuture<unknown[]>;
}

export type Wait = <F extends asyncio.FutureLike<unknown> | PromiseLike<unknown>>(
  futures: Iterable<F> & asyncio.NoCoroutines<F>,
  options?: Either<asyncio.WaitOptions>,
) => asyncio.Coroutine<asyncio.WaitResult<asyncio.Waited<F>>>;

export type Run = <T>(main: asyncio.Runs<T>, options?: Either<asyncio.RunnerOptions>) => Promise<T>;

/** Functions that give nouns, by the names of `asyncio-ts`. */
export interface Functions {
  allTasks(loop?: asyncio.Loop | null): Set<Task<unknown>>;
  captureCallGraph(
    future?: asyncio.FutureLike<unknown> | null,
    options?: asyncio.CallGraphOptions,
  ): FutureCallGraph | null;
  getCoroutineLocation(coro: asyncio.CoroutineLike<unknown>): StackFrame | null;
  createDefaultContext(options?: asyncio.DefaultContextOptions): SSLContext;
  currentTask(loop?: asyncio.Loop | null): Task<unknown> | null;
  ensureFuture<T>(
    awaitable: asyncio.Runs<T>,
    options?: { readonly loop?: asyncio.Loop },
  ): Future<T>;
  fromDuplex(
    stream: Duplex | asyncio.WebPair,
    options?: asyncio.FromDuplexOptions,
  ): [reader: StreamReader, writer: StreamWriter];
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
  AbstractEventLoop: new () => AbstractEventLoop;
  AbstractServer: PythonClass<typeof asyncio.AbstractServer>;
  Barrier: PythonClass<typeof asyncio.Barrier>;
  BaseEventLoop: PythonClass<typeof asyncio.BaseEventLoop>;
  BaseTransport: PythonClass<typeof asyncio.BaseTransport>;
  Condition: new (lock?: asyncio.ConditionLock | null) => Condition;
  Event: PythonClass<typeof asyncio.Event>;
  EventLoop: new (options?: asyncio.EventLoopOptions) => EventLoop;
  FrameCallGraphEntry: new (frame: asyncio.StackFrame) => FrameCallGraphEntry;
  Future: new <T>(options?: { readonly loop?: asyncio.Loop }) => Future<T>;
  FutureCallGraph: new (
    ...args: ConstructorParameters<typeof asyncio.FutureCallGraph>
  ) => FutureCallGraph;
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
  StackFrame: PythonClass<typeof asyncio.StackFrame>;
  SSLContext: PythonClass<typeof asyncio.SSLContext>;
  StreamReader: {
    new (options?: asyncio.StreamReaderOptions): StreamReader;
    readonly prototype: StreamReader;
    from(
      stream: Readable | asyncio.WebReadable,
      options?: asyncio.StreamReaderFromOptions,
    ): StreamReader;
  };
  StreamReaderProtocol: PythonClass<typeof asyncio.StreamReaderProtocol>;
  StreamWriter: {
    new (...args: ConstructorParameters<typeof asyncio.StreamWriter>): StreamWriter;
    readonly prototype: StreamWriter;
    from(
      stream: Writable | asyncio.WebWritable,
      options?: asyncio.StreamWriterFromOptions,
    ): StreamWriter;
  };
  Task: new <T>(
    coro: asyncio.CoroutineLike<T>,
    options?: Either<asyncio.TaskOptions> & { readonly loop?: asyncio.Loop },
  ) => Task<T>;
  TaskGroup: new () => TaskGroup;
  Timeout: PythonClass<typeof asyncio.Timeout>;
  TimerHandle: PythonClass<typeof asyncio.TimerHandle>;
  TlsTransport: PythonClass<typeof asyncio.TlsTransport>;
  Transport: PythonClass<typeof asyncio.Transport>;
  TransportSocket: PythonClass<typeof asyncio.TransportSocket>;
  WriteTransport: PythonClass<typeof asyncio.WriteTransport>;
}

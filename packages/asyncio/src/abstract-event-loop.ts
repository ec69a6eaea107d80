import type { FileHandle } from 'node:fs/promises';

import type {
  Coroutine,
  Future,
  Runs,
  Task,
  TaskBody,
  TaskFactory,
  TaskOptions,
} from '@asyncio-ts/futures';
import {
  BaseEventLoop,
  type Callback,
  type ExceptionContext,
  type ExceptionHandler,
  type Handle,
  type Loop,
  NotImplementedError,
  type TimerHandle,
} from '@asyncio-ts/loop';
import type {
  AddressInfo,
  BaseProtocol,
  BaseTransport,
  CreateConnectionOptions,
  CreateServerOptions,
  CreateUnixConnectionOptions,
  CreateUnixServerOptions,
  GetaddrinfoOptions,
  NameFlag,
  NodeSocket,
  SendfileOptions,
  Server,
  SocketAddress,
  SocketTransport,
  SSLContext,
  StartTlsOptions,
  TlsServerOptions,
  UnixPath,
} from '@asyncio-ts/transports';

import type { Executor } from './executor.js';
import type { Signal } from './signals.js';

/**
 * What every event loop promises, and nothing of how it is done: each method throws a `NotImplementedError` until a subclass
 * says it. For a loop that is built from nothing; to change a part of ours, extend `EventLoop`.
 *
 * Mirrors Python's `asyncio.AbstractEventLoop`. `instanceof` is true for the library's own loops as well.
 *
 * @example
 * ```ts
 * import { AbstractEventLoop, newEventLoop } from 'asyncio-ts';
 *
 * class StoppedClock extends AbstractEventLoop {
 *   override time(): number {
 *     return 0;
 *   }
 * }
 * const loop = newEventLoop();
 * console.log(new StoppedClock().time(), loop instanceof AbstractEventLoop); // 0 true
 * loop.close();
 * ```
 */
export class AbstractEventLoop implements Loop {
  /** The library's loops are built from the ground up, not from here; they keep the same promise. */
  static [Symbol.hasInstance](value: unknown): boolean {
    if (this === AbstractEventLoop && value instanceof BaseEventLoop) return true;
    return Function.prototype[Symbol.hasInstance].call(this, value);
  }

  // --- running and stopping

  /** Runs until `stop` is called. Mirrors `loop.run_forever`. */
  runForever(): Promise<void> {
    return unsaid(this, 'runForever');
  }

  /** Runs until what is given is done; gives its result. Mirrors `loop.run_until_complete`. */
  runUntilComplete<T>(_awaitable: Runs<T>): Promise<T> {
    return unsaid(this, 'runUntilComplete');
  }

  /** Leaves at the end of the present turn. Mirrors `loop.stop`. */
  stop(): void {
    unsaid(this, 'stop');
  }

  /** Whether the loop runs now. Mirrors `loop.is_running`. */
  isRunning(): boolean {
    return unsaid(this, 'isRunning');
  }

  /** Whether `close` was called. Mirrors `loop.is_closed`. */
  isClosed(): boolean {
    return unsaid(this, 'isClosed');
  }

  /** Drops everything that is scheduled. Mirrors `loop.close`. */
  close(): void {
    unsaid(this, 'close');
  }

  /** Closes the async generators that were left half-way. Mirrors `loop.shutdown_asyncgens`. */
  shutdownAsyncgens(): Coroutine<void> {
    return unsaid(this, 'shutdownAsyncgens');
  }

  /** Gives a job to an executor. Mirrors `loop.run_in_executor`. */
  runInExecutor<Args extends readonly unknown[], R>(
    _executor: Executor | null,
    _fn: (...args: Args) => R | PromiseLike<R>,
    ..._args: Args
  ): Future<R> {
    return unsaid(this, 'runInExecutor');
  }

  /** Sets who does the jobs for which no executor is named. Mirrors `loop.set_default_executor`. */
  setDefaultExecutor(_executor: Executor): void {
    unsaid(this, 'setDefaultExecutor');
  }

  /** Ends the default executor. Mirrors `loop.shutdown_default_executor`. */
  shutdownDefaultExecutor(_options?: { readonly timeout?: number | null }): Coroutine<void> {
    return unsaid(this, 'shutdownDefaultExecutor');
  }

  // --- callbacks

  /** Calls `callback(...args)` in the next turn. Mirrors `loop.call_soon`. */
  callSoon<Args extends readonly unknown[]>(_callback: Callback<Args>, ..._args: Args): Handle {
    return unsaid(this, 'callSoon');
  }

  /** As `callSoon`, from any thread that can hold the loop. Mirrors `loop.call_soon_threadsafe`. */
  callSoonThreadsafe<Args extends readonly unknown[]>(
    _callback: Callback<Args>,
    ..._args: Args
  ): Handle {
    return unsaid(this, 'callSoonThreadsafe');
  }

  /** Calls after `delay` seconds. Mirrors `loop.call_later`. */
  callLater<Args extends readonly unknown[]>(
    _delay: number,
    _callback: Callback<Args>,
    ..._args: Args
  ): TimerHandle {
    return unsaid(this, 'callLater');
  }

  /** Calls at `when`, in seconds of the loop's clock. Mirrors `loop.call_at`. */
  callAt<Args extends readonly unknown[]>(
    _when: number,
    _callback: Callback<Args>,
    ..._args: Args
  ): TimerHandle {
    return unsaid(this, 'callAt');
  }

  /** The loop's monotonic clock, in seconds. Mirrors `loop.time`. */
  time(): number {
    return unsaid(this, 'time');
  }

  // --- futures and tasks

  /** A new future of this loop. Mirrors `loop.create_future`. */
  createFuture<T>(): Future<T> {
    return unsaid(this, 'createFuture');
  }

  /** A new task of this loop. Mirrors `loop.create_task`. */
  createTask<T>(_body: TaskBody<T>, _options?: TaskOptions): Task<T> {
    return unsaid(this, 'createTask');
  }

  /** Sets who makes the tasks of this loop. Mirrors `loop.set_task_factory`. */
  setTaskFactory(_factory: TaskFactory | null): void {
    unsaid(this, 'setTaskFactory');
  }

  /** Who makes the tasks of this loop. Mirrors `loop.get_task_factory`. */
  getTaskFactory(): TaskFactory | null {
    return unsaid(this, 'getTaskFactory');
  }

  // --- errors and debugging

  /** Who takes the errors nobody else can take. Mirrors `loop.get_exception_handler`. */
  getExceptionHandler(): ExceptionHandler<this> | null {
    return unsaid(this, 'getExceptionHandler');
  }

  /** Sets who takes them. Mirrors `loop.set_exception_handler`. */
  setExceptionHandler(_handler: ExceptionHandler<this> | null): void {
    unsaid(this, 'setExceptionHandler');
  }

  /** Reports an error as if nobody had set a handler. Mirrors `loop.default_exception_handler`. */
  defaultExceptionHandler(_context: ExceptionContext): void {
    unsaid(this, 'defaultExceptionHandler');
  }

  /** Reports an error. Mirrors `loop.call_exception_handler`. */
  callExceptionHandler(_context: ExceptionContext): void {
    unsaid(this, 'callExceptionHandler');
  }

  /** Whether debug mode is on. Mirrors `loop.get_debug`. */
  getDebug(): boolean {
    return unsaid(this, 'getDebug');
  }

  /** Switches debug mode on or off. Mirrors `loop.set_debug`. */
  setDebug(_enabled: boolean): void {
    unsaid(this, 'setDebug');
  }

  // --- the world outside

  /** Calls while the object is readable. Mirrors `loop.add_reader`. */
  addReader<Args extends readonly unknown[]>(
    _fileobj: object,
    _callback: Callback<Args>,
    ..._args: Args
  ): Handle {
    return unsaid(this, 'addReader');
  }

  /** Takes the reader away. Mirrors `loop.remove_reader`. */
  removeReader(_fileobj: object): boolean {
    return unsaid(this, 'removeReader');
  }

  /** Calls while the object is writable. Mirrors `loop.add_writer`. */
  addWriter<Args extends readonly unknown[]>(
    _fileobj: object,
    _callback: Callback<Args>,
    ..._args: Args
  ): Handle {
    return unsaid(this, 'addWriter');
  }

  /** Takes the writer away. Mirrors `loop.remove_writer`. */
  removeWriter(_fileobj: object): boolean {
    return unsaid(this, 'removeWriter');
  }

  /** Calls when the signal arrives. Mirrors `loop.add_signal_handler`. */
  addSignalHandler<Args extends readonly unknown[]>(
    _signal: Signal,
    _callback: Callback<Args>,
    ..._args: Args
  ): void {
    unsaid(this, 'addSignalHandler');
  }

  /** Takes a signal handler away. Mirrors `loop.remove_signal_handler`. */
  removeSignalHandler(_signal: Signal): boolean {
    return unsaid(this, 'removeSignalHandler');
  }

  /** Connects to a server. Mirrors `loop.create_connection`. */
  createConnection<P extends BaseProtocol>(
    _protocolFactory: () => P,
    _host?: string | null,
    _port?: number | null,
    _options?: CreateConnectionOptions,
  ): Coroutine<[transport: SocketTransport, protocol: P]> {
    return unsaid(this, 'createConnection');
  }

  /** Listens for connections. Mirrors `loop.create_server`. */
  createServer(
    _protocolFactory: () => BaseProtocol,
    _host?: string | readonly string[] | null,
    _port?: number | null,
    _options?: CreateServerOptions,
  ): Coroutine<Server> {
    return unsaid(this, 'createServer');
  }

  /** Connects to a Unix socket. Mirrors `loop.create_unix_connection`. */
  createUnixConnection<P extends BaseProtocol>(
    _protocolFactory: () => P,
    _path?: UnixPath | null,
    _options?: CreateUnixConnectionOptions,
  ): Coroutine<[transport: SocketTransport, protocol: P]> {
    return unsaid(this, 'createUnixConnection');
  }

  /** Listens on a Unix socket. Mirrors `loop.create_unix_server`. */
  createUnixServer(
    _protocolFactory: () => BaseProtocol,
    _path?: UnixPath | null,
    _options?: CreateUnixServerOptions,
  ): Coroutine<Server> {
    return unsaid(this, 'createUnixServer');
  }

  /** Serves a connection somebody else accepted. Mirrors `loop.connect_accepted_socket`. */
  connectAcceptedSocket<P extends BaseProtocol>(
    _protocolFactory: () => P,
    _sock: NodeSocket,
    _options?: TlsServerOptions,
  ): Coroutine<[transport: SocketTransport, protocol: P]> {
    return unsaid(this, 'connectAcceptedSocket');
  }

  /** Begins to speak TLS on a connection that stands. Mirrors `loop.start_tls`. */
  startTls(
    _transport: BaseTransport,
    _protocol: BaseProtocol,
    _sslContext: SSLContext,
    _options?: StartTlsOptions,
  ): Coroutine<SocketTransport> {
    return unsaid(this, 'startTls');
  }

  /** Sends a file over a connection. Mirrors `loop.sendfile`. */
  sendfile(
    _transport: BaseTransport,
    _file: FileHandle | number,
    _offset?: number,
    _count?: number | null,
    _options?: SendfileOptions,
  ): Coroutine<number> {
    return unsaid(this, 'sendfile');
  }

  /** Looks a host up. Mirrors `loop.getaddrinfo`. */
  getaddrinfo(
    _host: string | null,
    _port: number | string | null,
    _options?: GetaddrinfoOptions,
  ): Coroutine<AddressInfo[]> {
    return unsaid(this, 'getaddrinfo');
  }

  /** Looks up the names of a host and a service. Mirrors `loop.getnameinfo`. */
  getnameinfo(
    _sockaddr: SocketAddress,
    _flags?: readonly NameFlag[],
  ): Coroutine<[host: string, service: string]> {
    return unsaid(this, 'getnameinfo');
  }
}

function unsaid(loop: object, method: string): never {
  const { name } = loop.constructor;
  throw new NotImplementedError(
    `Cannot call ${method}() of ${name}: an abstract event loop does nothing by itself; override ${method}() in ${name}, or extend EventLoop`,
  );
}

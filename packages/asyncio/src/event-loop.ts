import type { FileHandle } from 'node:fs/promises';

import {
  type Coroutine,
  Future,
  getTaskFactory,
  newTask,
  type Runs,
  runUntilComplete,
  runUntilCompleteSync,
  setTaskFactory,
  type Task,
  type TaskBody,
  type TaskFactory,
  type TaskOptions,
} from '@asyncio-ts/futures';
import { BaseEventLoop, type Callback } from '@asyncio-ts/loop';
import { shutdownAsyncgens } from '@asyncio-ts/tasks';
import {
  type AddressInfo,
  type BaseProtocol,
  type BaseTransport,
  connectAcceptedSocket,
  createConnection,
  type CreateConnectionOptions,
  createServer,
  type CreateServerOptions,
  createUnixConnection,
  type CreateUnixConnectionOptions,
  createUnixServer,
  type CreateUnixServerOptions,
  getaddrinfo,
  type GetaddrinfoOptions,
  getnameinfo,
  type NameFlag,
  type NodeSocket,
  sendfile,
  type SendfileOptions,
  type Server,
  type SocketAddress,
  type SocketTransport,
  type SSLContext,
  startTls,
  type StartTlsOptions,
  type TlsServerOptions,
  type UnixPath,
} from '@asyncio-ts/transports';

import type { AbstractEventLoop } from './abstract-event-loop.js';
import { coroutineOf } from './coroutine-of.js';
import { runInExecutor, setDefaultExecutor, shutdownDefaultExecutor } from './default-executor.js';
import type { Executor } from './executor.js';
import { shutDown } from './shut-down.js';
import { addSignalHandler, removeSignalHandler, type Signal } from './signals.js';

/**
 * The event loop with Python's wide face: each method calls the floor where its noun lives.
 *
 * Mirrors Python's `asyncio.AbstractEventLoop`. Made by `newEventLoop`, `getEventLoop`, `run` and `Runner`; a subclass may
 * override any method, and the library obeys.
 *
 * @example
 * ```ts
 * import { EventLoop, sleep } from 'asyncio-ts';
 *
 * const loop = new EventLoop();
 * const task = loop.createTask(sleep(0.01, 'slept'), { name: 'sleeper' });
 * console.log(await loop.runUntilComplete(task)); // slept
 * loop.close();
 * ```
 */
export class EventLoop extends BaseEventLoop implements AbstractEventLoop, AsyncDisposable {
  // --- futures and tasks

  /** A new future of this loop. Mirrors `loop.create_future`. */
  createFuture<T>(): Future<T> {
    return new Future<T>({ loop: this });
  }

  /**
   * Makes a task of a coroutine, or of a function to be called inside it. Mirrors `loop.create_task`.
   *
   * @param options - `name`, `context` (default: a copy of the current one), `eagerStart` (run the first step at once)
   * @throws TypeError for a promise (it runs already) and for whatever else is no coroutine.
   */
  createTask<T>(body: TaskBody<T>, options?: TaskOptions): Task<T> {
    return newTask(this, coroutineOf(body), options);
  }

  /** Who makes the tasks of this loop; null: the library. Mirrors `loop.get_task_factory`. */
  getTaskFactory(): TaskFactory | null {
    return getTaskFactory(this);
  }

  /**
   * Sets who makes the tasks of this loop from now on; null: the library. Mirrors `loop.set_task_factory`.
   *
   * @throws TypeError for anything but a function or null.
   *
   * @example
   * ```ts
   * import { eagerTaskFactory, EventLoop } from 'asyncio-ts';
   *
   * const loop = new EventLoop();
   * loop.setTaskFactory(eagerTaskFactory);
   * console.log(loop.getTaskFactory() === eagerTaskFactory); // true
   * ```
   */
  setTaskFactory(factory: TaskFactory | null): void {
    setTaskFactory(this, factory);
  }

  // --- running

  /**
   * Runs until what is given is done. Mirrors `loop.run_until_complete`, as a promise.
   *
   * @param awaitable - a future, a coroutine, a promise, or a function of no arguments that gives one
   * @returns its result
   * @throws TypeError for anything else; RuntimeError when the loop runs already, is closed, or is stopped before the end;
   * `DeadlockError` when the run can never finish.
   *
   * @example
   * ```ts
   * import { getEventLoop, sleep } from 'asyncio-ts';
   *
   * console.log(await getEventLoop().runUntilComplete(sleep(0.01, 'slept'))); // slept
   * ```
   */
  runUntilComplete<T>(awaitable: Runs<T>): Promise<T> {
    return runUntilComplete(this, awaitable);
  }

  /**
   * As `runUntilComplete`, on this stack, and gives the result itself: for generator coroutines, on a `VirtualSelector`.
   *
   * @throws TypeError when an async function takes part; RuntimeError on a selector that cannot let the time pass.
   *
   * @example
   * ```ts
   * import { EventLoop, sleep, VirtualSelector } from 'asyncio-ts';
   *
   * const loop = new EventLoop({ selector: new VirtualSelector() });
   * console.log(loop.runUntilCompleteSync(sleep(3600, 'an hour later'))); // an hour later
   * ```
   */
  runUntilCompleteSync<T>(awaitable: Runs<T>): T {
    return runUntilCompleteSync(this, awaitable);
  }

  /**
   * Closes the async generators that coroutines of this loop began to consume by `anext` and left half-way. What fails in
   * that goes to the exception handler. Mirrors `loop.shutdown_asyncgens`.
   *
   * @example
   * ```ts
   * import { anext, EventLoop } from 'asyncio-ts';
   *
   * async function* numbers() {
   *   try {
   *     yield 1;
   *     yield 2;
   *   } finally {
   *     console.log('closed');
   *   }
   * }
   * const loop = new EventLoop();
   * await loop.runUntilComplete(anext(numbers()));
   * await loop.runUntilComplete(loop.shutdownAsyncgens()); // closed
   * ```
   */
  shutdownAsyncgens(): Coroutine<void> {
    return shutdownAsyncgens(this);
  }

  // --- executors

  /**
   * Gives `fn(...args)` to an executor. Mirrors `loop.run_in_executor`.
   *
   * @param executor - who does the work; null: the default one of this loop
   * @returns a future of the result; cancelling it takes a job back that has not begun, where the executor can
   * @throws RuntimeError when there is no default executor or it was shut down, and when the loop is closed; TypeError for
   * what is no executor; what its `submit` throws.
   *
   * @example
   * ```ts
   * import { EventLoop, type Executor } from 'asyncio-ts';
   *
   * export async function hash(executor: Executor, text: string): Promise<string> {
   *   const loop = new EventLoop();
   *   loop.setDefaultExecutor(executor);
   *   const digest = (data: string) => `<${data}>`;
   *   const result = await loop.runUntilComplete(() => loop.runInExecutor(null, digest, text));
   *   await loop.runUntilComplete(loop.shutdownDefaultExecutor());
   *   return result;
   * }
   * ```
   */
  runInExecutor<Args extends readonly unknown[], R>(
    executor: Executor | null,
    fn: (...args: Args) => R | PromiseLike<R>,
    ...args: Args
  ): Future<R> {
    return runInExecutor(this, executor, fn, args);
  }

  /**
   * Sets who does the jobs for which no executor is named; it is shut down with the loop. Mirrors
   * `loop.set_default_executor`.
   *
   * @throws TypeError for anything without `submit` and `shutdown`.
   */
  setDefaultExecutor(executor: Executor): void {
    setDefaultExecutor(this, executor);
  }

  /**
   * Shuts the default executor down, and waits for its jobs; from now on it takes none. Mirrors
   * `loop.shutdown_default_executor`.
   *
   * @param options - `timeout`: how long to wait, in seconds (default, and null: as long as it takes); when that is over,
   * there is a RuntimeWarning and the jobs are left alone
   * @throws what the executor's `shutdown` throws.
   */
  shutdownDefaultExecutor(options: { readonly timeout?: number | null } = {}): Coroutine<void> {
    return shutdownDefaultExecutor(this, options.timeout ?? null);
  }

  // --- connections and servers

  /**
   * Connects to a TCP server. Mirrors `loop.create_connection`.
   *
   * @param protocolFactory - makes the protocol of the connection
   * @param host - a name or a number
   * @param port - its port
   * @returns the transport, once `protocol.connectionMade` was called, and the protocol
   * @throws OSError (`ConnectionRefusedError`, ...) when nobody takes the connection; ValueError when it is not said where to.
   *
   * @example
   * ```ts
   * import { EventLoop, Protocol } from 'asyncio-ts';
   *
   * export async function probe(loop: EventLoop, port: number): Promise<void> {
   *   const [transport] = await loop.createConnection(() => new Protocol(), '127.0.0.1', port);
   *   transport.close();
   * }
   * ```
   */
  createConnection<P extends BaseProtocol>(
    protocolFactory: () => P,
    host?: string | null,
    port?: number | null,
    options?: CreateConnectionOptions,
  ): Coroutine<[transport: SocketTransport, protocol: P]> {
    return createConnection(this, protocolFactory, host, port, options);
  }

  /**
   * Listens for TCP connections; each gets a protocol of its own. Mirrors `loop.create_server`.
   *
   * @param protocolFactory - makes a protocol for each connection
   * @param host - a name, a number, or several of them; null or '': all interfaces, IPv4 and IPv6
   * @param port - 0: the system chooses one
   * @throws OSError when it cannot listen; ValueError when neither host nor port is given.
   *
   * @example
   * ```ts
   * import { getRunningLoop, Protocol, run } from 'asyncio-ts';
   *
   * await run(async () => {
   *   const server = await getRunningLoop().createServer(() => new Protocol(), '127.0.0.1', 0);
   *   console.log(server.isServing()); // true
   *   server.close();
   *   await server.waitClosed();
   * });
   * ```
   */
  createServer(
    protocolFactory: () => BaseProtocol,
    host?: string | readonly string[] | null,
    port?: number | null,
    options?: CreateServerOptions,
  ): Coroutine<Server> {
    return createServer(this, protocolFactory, host, port, options);
  }

  /**
   * Connects to a Unix socket. Mirrors `loop.create_unix_connection`.
   *
   * @param protocolFactory - makes the protocol of the connection
   * @param path - a string or a `file:` URL; on Linux a string that begins with `'\0'` is an abstract name
   * @throws OSError when nobody takes the connection; ValueError unless there is either a path or the option `sock`.
   */
  createUnixConnection<P extends BaseProtocol>(
    protocolFactory: () => P,
    path?: UnixPath | null,
    options?: CreateUnixConnectionOptions,
  ): Coroutine<[transport: SocketTransport, protocol: P]> {
    return createUnixConnection(this, protocolFactory, path, options);
  }

  /**
   * Listens on a Unix socket; each connection gets a protocol of its own. Mirrors `loop.create_unix_server`.
   *
   * @param protocolFactory - makes a protocol for each connection
   * @param path - a socket file that is there already is removed
   * @throws OSError when it cannot listen; ValueError unless there is either a path or the option `sock`.
   *
   * @example
   * ```ts
   * import { EventLoop, Protocol } from 'asyncio-ts';
   *
   * export async function overPath(loop: EventLoop, path: string): Promise<void> {
   *   const server = await loop.createUnixServer(() => new Protocol(), path);
   *   const [transport] = await loop.createUnixConnection(() => new Protocol(), path);
   *   transport.close();
   *   server.close();
   * }
   * ```
   */
  createUnixServer(
    protocolFactory: () => BaseProtocol,
    path?: UnixPath | null,
    options?: CreateUnixServerOptions,
  ): Coroutine<Server> {
    return createUnixServer(this, protocolFactory, path, options);
  }

  /**
   * Serves a connection that somebody else has accepted: a server of `node:net`, say. Mirrors
   * `loop.connect_accepted_socket`.
   *
   * @param protocolFactory - makes the protocol of the connection
   * @param sock - connected, and read by nobody else
   * @throws ValueError for what is no connected socket; the errors of TLS.
   *
   * @example
   * ```ts
   * import type { Socket } from 'node:net';
   * import { EventLoop, Protocol } from 'asyncio-ts';
   *
   * export async function takeOver(loop: EventLoop, socket: Socket): Promise<void> {
   *   const [transport] = await loop.connectAcceptedSocket(() => new Protocol(), socket);
   *   transport.write(Buffer.from('hello'));
   * }
   * ```
   */
  connectAcceptedSocket<P extends BaseProtocol>(
    protocolFactory: () => P,
    sock: NodeSocket,
    options?: TlsServerOptions,
  ): Coroutine<[transport: SocketTransport, protocol: P]> {
    return connectAcceptedSocket(this, protocolFactory, sock, options);
  }

  /**
   * Begins to speak TLS on a connection that stands, at either side. Mirrors `loop.start_tls`.
   *
   * @param transport - of a connection; afterwards it must not be written to
   * @param protocol - whose connection it is
   * @param sslContext - what to speak
   * @returns the transport to write to from now on
   * @throws SSLCertVerificationError when the peer is refused; SSLError when it does not speak TLS; ConnectionAbortedError
   * when the handshake takes too long; ConnectionResetError when the peer is gone.
   *
   * @example
   * ```ts
   * import { createDefaultContext, type EventLoop, type Protocol, type Transport } from 'asyncio-ts';
   *
   * export async function secure(loop: EventLoop, transport: Transport, protocol: Protocol) {
   *   const context = createDefaultContext();
   *   return await loop.startTls(transport, protocol, context, { serverHostname: 'mail.example' });
   * }
   * ```
   */
  startTls(
    transport: BaseTransport,
    protocol: BaseProtocol,
    sslContext: SSLContext,
    options?: StartTlsOptions,
  ): Coroutine<SocketTransport> {
    return startTls(this, transport, protocol, sslContext, options);
  }

  /**
   * Sends a file over a connection, a piece at a time. Mirrors `loop.sendfile`.
   *
   * @param file - a `FileHandle` of `node:fs/promises`, or a descriptor
   * @param offset - where to begin, in bytes. Default: 0.
   * @param count - how many bytes; null: up to the end. Default: null.
   * @returns how many bytes were sent
   * @throws SendfileNotAvailableError with `fallback: false`; RuntimeError when the transport is closing; ConnectionError
   * when the connection is lost meanwhile.
   *
   * @example
   * ```ts
   * import { open } from 'node:fs/promises';
   * import type { EventLoop, Transport } from 'asyncio-ts';
   *
   * export async function send(loop: EventLoop, transport: Transport, path: string): Promise<number> {
   *   const file = await open(path);
   *   try {
   *     return await loop.sendfile(transport, file);
   *   } finally {
   *     await file.close();
   *   }
   * }
   * ```
   */
  sendfile(
    transport: BaseTransport,
    file: FileHandle | number,
    offset?: number,
    count?: number | null,
    options?: SendfileOptions,
  ): Coroutine<number> {
    return sendfile(this, transport, file, offset, count, options);
  }

  // --- names

  /**
   * Looks a host up, as the system does it; `createConnection` and `createServer` ask here. Mirrors `loop.getaddrinfo`.
   *
   * @param host - a name or a number; null: this machine
   * @param port - a number; null: 0
   * @returns tuples `[family, type, proto, canonname, sockaddr]`
   * @throws OSError when the host is unknown.
   *
   * @example
   * ```ts
   * import { getRunningLoop, run } from 'asyncio-ts';
   *
   * await run(async () => {
   *   const [first] = await getRunningLoop().getaddrinfo('127.0.0.1', 80, { type: 'SOCK_STREAM' });
   *   console.log(first); // [ 4, 'SOCK_STREAM', 6, '', [ '127.0.0.1', 80 ] ]
   * });
   * ```
   */
  getaddrinfo(
    host: string | null,
    port: number | string | null,
    options?: GetaddrinfoOptions,
  ): Coroutine<AddressInfo[]> {
    return getaddrinfo(this, host, port, options);
  }

  /**
   * Looks up the names of a host and a service by their numbers. Mirrors `loop.getnameinfo`.
   *
   * @param sockaddr - host and port, both numeric
   * @param flags - what stays a number. Default: nothing.
   * @throws OSError for a host that is no number, and when the system fails.
   *
   * @example
   * ```ts
   * import { EventLoop } from 'asyncio-ts';
   *
   * export async function nameOf(loop: EventLoop, address: string): Promise<string> {
   *   const [host] = await loop.getnameinfo([address, 80]);
   *   return host;
   * }
   * ```
   */
  getnameinfo(
    sockaddr: SocketAddress,
    flags?: readonly NameFlag[],
  ): Coroutine<[host: string, service: string]> {
    return getnameinfo(this, sockaddr, flags);
  }

  // --- signals

  /**
   * Calls `callback(...args)` in a turn of this loop each time the signal arrives; a second handler of the same signal
   * takes the place of the first. Mirrors `loop.add_signal_handler`. Node's own way to die of the signal is off meanwhile,
   * and while the loop runs the process waits for the signal.
   *
   * @param signal - by name (`'SIGTERM'`) or by number
   * @throws TypeError for coroutine functions; ValueError for an unknown signal; RuntimeError for one that cannot be
   * caught, in a worker thread, and when the loop is closed.
   *
   * @example
   * ```ts
   * import { getRunningLoop, run } from 'asyncio-ts';
   *
   * await run(async () => {
   *   const asked = getRunningLoop().createFuture<string>();
   *   getRunningLoop().addSignalHandler('SIGTERM', () => asked.setResult('to stop'));
   *   process.kill(process.pid, 'SIGTERM');
   *   console.log(await asked); // to stop
   * });
   * ```
   */
  addSignalHandler<Args extends readonly unknown[]>(
    signal: Signal,
    callback: Callback<Args>,
    ...args: Args
  ): void {
    addSignalHandler(this, signal, callback, args);
  }

  /**
   * Takes a signal handler away. Mirrors `loop.remove_signal_handler`. @returns whether there was one.
   *
   * @example
   * ```ts
   * import { EventLoop } from 'asyncio-ts';
   *
   * const loop = new EventLoop();
   * loop.addSignalHandler('SIGHUP', () => console.log('read the configuration again'));
   * console.log(loop.removeSignalHandler('SIGHUP')); // true
   * loop.close();
   * ```
   */
  removeSignalHandler(signal: Signal): boolean {
    return removeSignalHandler(this, signal);
  }

  // --- the end

  /**
   * `await using loop = newEventLoop()`: cancels the tasks that are left and waits for them, shuts down async generators and
   * the default executor, then closes the loop, as a `Runner` does.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed()) return;
    try {
      await shutDown(this);
    } finally {
      this.close();
    }
  }
}

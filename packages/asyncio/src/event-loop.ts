import {
  type Coroutine,
  coroutine,
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
  type BaseProtocol,
  createConnection,
  type CreateConnectionOptions,
  createServer,
  type CreateServerOptions,
  type Server,
  type SocketTransport,
} from '@asyncio-ts/transports';

import { coroutineOf } from './coroutine-of.js';
import { addSignalHandler, removeSignalHandler, type Signal } from './signals.js';

const nothingToShutDown = coroutine(function* shutdownDefaultExecutor() {});

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
export class EventLoop extends BaseEventLoop implements AsyncDisposable {
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
   */
  shutdownAsyncgens(): Coroutine<void> {
    return shutdownAsyncgens(this);
  }

  /**
   * Nothing to wait for: this loop has no default executor. Mirrors `loop.shutdown_default_executor`, so that a ported
   * shutdown sequence runs as it is.
   */
  shutdownDefaultExecutor(): Coroutine<void> {
    return nothingToShutDown();
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

  /** Takes a signal handler away. Mirrors `loop.remove_signal_handler`. @returns whether there was one. */
  removeSignalHandler(signal: Signal): boolean {
    return removeSignalHandler(this, signal);
  }

  // --- the end

  /** `await using loop = newEventLoop()`: the shutdown of a loop, then `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isClosed()) return;
    await this.runUntilComplete(this.shutdownAsyncgens());
    await this.runUntilComplete(this.shutdownDefaultExecutor());
    this.close();
  }
}

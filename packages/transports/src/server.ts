import type { Socket } from 'node:net';
import { inspect } from 'node:util';

import { type BaseEventLoop, type Context, RuntimeError, snapshotContext } from '@asyncio-ts/loop';
import {
  type Awaitable,
  type Coroutine,
  coroutine,
  createFuture,
  type Future,
  GeneratorCoroutine,
  isCancelledError,
  type Returned,
} from '@asyncio-ts/futures';
import { asyncWith, markLazy } from '@asyncio-ts/tasks';

import { AbstractServer } from './abstract-server.js';
import type { BaseProtocol } from './base-protocol.js';
import type { Acceptor, Listener } from './listener.js';
import { LoopCall } from './loop-call.js';
import { openResources, type Resource } from './open-resources.js';
import { type Client, SocketTransport } from './socket-transport.js';
import { TlsAcceptance, type TlsAcceptor } from './tls-acceptance.js';
import type { TlsSide } from './tls-options.js';
import type { SocketNames } from './socket-address.js';
import type { TransportSocket } from './transport-socket.js';

/** A server that cannot accept says so again after so many seconds at the earliest. */
const ACCEPT_REPORT_DELAY = 1;

/**
 * Listening sockets, and the connections that came of them. Made by `createServer` and `startServer`.
 *
 * Mirrors Python's `asyncio.Server`. `await server.use(body)` is Python's `async with server:`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { createServer, Protocol } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, function* () {
 *   const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0);
 *   console.log(server.isServing()); // true
 *   server.close();
 *   yield* server.waitClosed();
 * });
 * ```
 */
export class Server extends AbstractServer implements Acceptor, TlsAcceptor, Resource {
  /** @internal */
  readonly _loop: BaseEventLoop;
  /** @internal The context protocols are made in: that of whoever made the server. */
  _context: Context | null = snapshotContext();
  private readonly _factory: () => BaseProtocol;
  private readonly _tls: TlsSide | null;
  /** Null once it was closed. */
  private _listeners: readonly Listener[] | null;
  private readonly _clients = new Set<Client>();
  /** Who waits for the end; null once it is closed and no connection is left. */
  private _waiters: Set<Future<void>> | null = new Set();
  private _serving = false;
  private _acceptFailedAt = -Infinity;
  private _forever: Future<void> | null = null;

  /** @internal Use `createServer`. */
  constructor(
    loop: BaseEventLoop,
    factory: () => BaseProtocol,
    listeners: readonly Listener[],
    tls: TlsSide | null = null,
  ) {
    super();
    this._loop = loop;
    this._factory = factory;
    this._tls = tls;
    this._listeners = listeners;
    openResources(loop).add(this);
  }

  /** The sockets it listens on; empty once it is closed. */
  get sockets(): readonly [TransportSocket, ...TransportSocket[]] {
    // Typed as never empty for the sake of `server.sockets[0].getsockname()`, the way to learn the port.
    const sockets = (this._listeners ?? []).map((listener) => listener.socket);
    return sockets as unknown as readonly [TransportSocket, ...TransportSocket[]];
  }

  /** The loop it serves in. */
  override getLoop(): BaseEventLoop {
    return this._loop;
  }

  /** Whether it accepts connections. */
  override isServing(): boolean {
    return this._serving;
  }

  // --- connections

  /** @internal Node has a connection. */
  _connected(socket: Socket, names?: SocketNames): void {
    if (this._loop.isClosed()) {
      socket.destroy();
      return;
    }
    const open = openResources(this._loop);
    const pending: Resource = { _loopClosed: () => socket.destroy() };
    open.add(pending);
    const accept = (): void => {
      open.delete(pending);
      this._accept(socket, names);
    };
    this._loop._deliverRunnable(new LoopCall(this, 'accept', accept));
  }

  private _accept(socket: Socket, names?: SocketNames): void {
    if (this._listeners === null || socket.destroyed) {
      socket.destroy();
      return;
    }
    try {
      const protocol = this._factory();
      const options = names === undefined ? { server: this } : { server: this, names };
      if (this._tls !== null) new TlsAcceptance(this, socket, protocol, this._tls, options);
      else new SocketTransport(this._loop, socket, protocol, options);
    } catch (error) {
      socket.destroy();
      if (this._loop.isBaseException(error)) throw error;
      this._loop.callExceptionHandler({
        message: 'Error on transport creation for incoming connection',
        exception: error,
      });
    }
  }

  /** @internal A peer that does not speak TLS as it should is no mistake of the program: debug mode tells of it. */
  _handshakeFailed(error: Error): void {
    if (!this._loop.getDebug()) return;
    this._loop.callExceptionHandler({
      message: 'Error on transport creation for incoming connection',
      exception: error,
    });
  }

  /**
   * @internal The system has run out of something. Node goes on listening and tells again with each connection that comes, so
   * that it is told once in a while only.
   */
  _acceptFailed(error: Error): void {
    const now = this._loop.time();
    if (now - this._acceptFailedAt < ACCEPT_REPORT_DELAY) return;
    this._acceptFailedAt = now;
    this._loop._deliver(() => {
      this._loop.callExceptionHandler({
        message: 'Cannot accept a connection',
        exception: error,
        server: this,
      });
    });
  }

  /** @internal */
  _attach(client: Client): void {
    this._clients.add(client);
  }

  /** @internal */
  _detach(client: Client): void {
    this._clients.delete(client);
    if (this._clients.size === 0 && this._listeners === null) this._wakeUp();
  }

  /** Closes the connections that stand: what was written to them is flushed. The server goes on listening. */
  override closeClients(): void {
    for (const client of [...this._clients]) client.close();
  }

  /**
   * Closes the connections that stand at once: what was not sent yet is dropped. The server goes on listening.
   *
   * @example
   * ```ts
   * import type { Server } from '@asyncio-ts/transports';
   *
   * export function* shutDown(server: Server) {
   *   server.close();
   *   server.abortClients();
   *   yield* server.waitClosed();
   * }
   * ```
   */
  override abortClients(): void {
    for (const client of [...this._clients]) client.abort();
  }

  // --- serving

  /** @internal */
  _startServing(): void {
    if (this._serving || this._listeners === null) return;
    this._serving = true;
    this._loop._outside++;
    for (const listener of this._listeners) listener.accept(this);
  }

  /** Begins to accept connections, if it does not yet. */
  override startServing(): Coroutine<void> {
    return startServing(this);
  }

  /**
   * Accepts connections until it is cancelled; then it closes the server and waits for its end.
   *
   * @throws RuntimeError when somebody does so already, or the server is closed.
   */
  override serveForever(): Coroutine<void> {
    return serveForever(this);
  }

  /** @internal */
  _beginForever(): Future<void> {
    if (this._forever !== null) {
      throw new RuntimeError(
        `Cannot serve forever: ${inspect(this)} is already being awaited on serveForever()`,
      );
    }
    if (this._listeners === null) {
      throw new RuntimeError(`Cannot serve forever: ${inspect(this)} is closed`);
    }
    this._startServing();
    return (this._forever = createFuture<void>(this._loop));
  }

  /** @internal */
  _endForever(): void {
    this._forever = null;
  }

  // --- the end

  /**
   * Stops listening at once and cancels `serveForever`. The connections that stand are left alone. Closing twice is
   * harmless.
   */
  override close(): void {
    const listeners = this._listeners;
    if (listeners === null) return;
    this._listeners = null;
    for (const listener of listeners) listener.close();
    openResources(this._loop).delete(this);
    if (this._serving) this._loop._outside--;
    this._serving = false;
    this._forever?.cancel();
    this._forever = null;
    if (this._clients.size === 0) this._wakeUp();
  }

  /** Waits until the server is closed and all its connections are gone. */
  override waitClosed(): Coroutine<void> {
    return waitClosed(this);
  }

  /** @internal What `waitClosed` waits for; null: nothing. */
  _closeWaiter(): Future<void> | null {
    if (this._waiters === null) return null;
    const waiter = createFuture<void>(this._loop);
    this._waiters.add(waiter);
    return waiter;
  }

  /** @internal Whoever waited was cancelled. */
  _endCloseWait(waiter: Future<void>): void {
    this._waiters?.delete(waiter);
  }

  private _wakeUp(): void {
    const waiters = this._waiters ?? [];
    this._waiters = null;
    for (const waiter of waiters) if (!waiter.done()) waiter.setResult(undefined);
  }

  /** @internal */
  _loopClosed(): void {
    for (const listener of this._listeners ?? []) listener.close();
    this._listeners = null;
    this._serving = false;
  }

  /**
   * What entering `use` does: nothing, it serves already.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { createServer, Protocol } from '@asyncio-ts/transports';
   *
   * const loop = new BaseEventLoop();
   * await runUntilComplete(loop, function* () {
   *   const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0);
   *   yield* server.aenter();
   *   console.log(server.sockets.length); // 1
   *   yield* server.aexit(null);
   * });
   * ```
   */
  aenter(): Coroutine<this> {
    return new GeneratorCoroutine<this>(this._entering(), 'aenter');
  }

  private *_entering(): Generator<unknown, this> {
    return this;
  }

  /** What leaving `use` does: closes the server and waits for its end. */
  aexit(_error: unknown): Coroutine<void> {
    return closeAndWait(this);
  }

  /**
   * Runs a body, then closes the server and waits for its end: Python's `async with server:`.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { runUntilComplete } from '@asyncio-ts/futures';
   * import { createServer, Protocol } from '@asyncio-ts/transports';
   *
   * const loop = new BaseEventLoop();
   * await runUntilComplete(loop, async () => {
   *   const server = await createServer(loop, () => new Protocol(), '127.0.0.1', 0);
   *   await server.use(async () => {
   *     console.log(server.isServing()); // true
   *   });
   * });
   * ```
   */
  use<R extends Awaitable<unknown>>(body: (server: this) => R): Coroutine<Returned<R>> {
    return asyncWith(this, body as (server: Server) => R);
  }

  [Symbol.asyncDispose](): Coroutine<void> {
    return closeAndWait(this);
  }

  [inspect.custom](): string {
    return `<Server sockets=${inspect(this.sockets)}>`;
  }

  static {
    markLazy(this.prototype.aenter, this.prototype.aexit);
  }
}

const startServing = /* @__PURE__ */ coroutine(function* startServing(
  server: Server,
): Generator<unknown, void> {
  server._startServing();
  yield;
});

/** @internal The server is about to be given out: cancelled here, nobody gets it, and it must not go on listening. */
export function* beginServing(server: Server): Generator<unknown, void> {
  let begun = false;
  try {
    yield* startServing(server);
    begun = true;
  } finally {
    if (!begun) server.close();
  }
}

const serveForever = /* @__PURE__ */ coroutine(function* serveForever(
  server: Server,
): Generator<unknown, void, unknown> {
  try {
    yield* server._beginForever();
  } catch (error) {
    if (!isCancelledError(error)) throw error;
    try {
      server.close();
      yield* server.waitClosed();
    } finally {
      // Whatever went wrong meanwhile, it is the cancel that counts.
      // eslint-disable-next-line no-unsafe-finally
      throw error;
    }
  } finally {
    server._endForever();
  }
});

const waitClosed = /* @__PURE__ */ coroutine(function* waitClosed(
  server: Server,
): Generator<unknown, void, unknown> {
  const waiter = server._closeWaiter();
  if (waiter === null) return;
  try {
    yield* waiter;
  } finally {
    server._endCloseWait(waiter);
  }
});

const closeAndWait = /* @__PURE__ */ coroutine(function* aexit(
  server: Server,
): Generator<unknown, void, unknown> {
  server.close();
  yield* server.waitClosed();
});

/**
 * A connection over a socket of Node.
 *
 *   made ──> open ──close()──> flushing ──everything sent──> ending ──one turn──> lost
 *             │                    │                            ^
 *             └── abort(), error ──┴────────────────────────────┘
 *
 * `_closing` is true from `close`, `abort` or an error on; `_ending` from when the call of `connectionLost` is due; `_lost`
 * once it was made. What Node reports enters the loop as a handle; after `_ending` it means nothing any more.
 *
 * Writes: a small one is copied into `_outgoing`, and the transport itself goes into the ready queue, once, as the handle
 * that sends what has gathered. A long one goes to Node at once, behind what has gathered.
 */
import type { Socket } from 'node:net';
import { inspect } from 'node:util';

import {
  type BaseEventLoop,
  type Context,
  type Runnable,
  RuntimeError,
  schedule,
  snapshotContext,
} from '@asyncio-ts/loop';

import { asOSError } from './as-os-error.js';
import type { BaseProtocol } from './base-protocol.js';
import { receive, receiveEof } from './delivery.js';
import { askWhetherReset } from './end-probe.js';
import { FlowControlTransport } from './flow-control.js';
import { Incoming, type Receiver } from './incoming.js';
import { LoopCall } from './loop-call.js';
import { listen, type SocketListener, unlisten } from './node-listeners.js';
import { openResources, type Resource } from './open-resources.js';
import { ConnectionResetError, OSError } from './os-error.js';
import { Outgoing } from './outgoing.js';
import { namesOf, type SocketNames } from './socket-address.js';
import { TransportSocket } from './transport-socket.js';
import type { WriteBufferLimits } from './write-transport.js';

const NOTHING = Buffer.alloc(0);

/** @internal What a server can do with a connection, also before it has a transport. */
export interface Client {
  isClosing(): boolean;
  close(): void;
  abort(): void;
}

/** @internal Who counts the open connections of a server. */
export interface TransportOwner {
  _attach(client: Client): void;
  _detach(client: Client): void;
}

/** @internal How a connection is set up. */
export interface SocketTransportOptions {
  /** Called in the loop once the protocol was told and reading has begun. */
  readonly ready?: () => void;
  readonly server?: TransportOwner | null;
  /** What else the transport knows. */
  readonly extra?: Record<string, unknown>;
  /** Where the two sides are, if the socket cannot tell. */
  readonly names?: SocketNames;
  /** False: the protocol knows the connection already. Default: true. */
  readonly tell?: boolean;
}

/**
 * A TCP connection: made by `createConnection` and `createServer`.
 *
 * Extra information: `'peername'` and `'sockname'` (host and port), `'socket'` (a {@link TransportSocket}).
 *
 * @example
 * ```ts
 * import { type SocketTransport } from '@asyncio-ts/transports';
 *
 * export function describe(transport: SocketTransport): string {
 *   const peer = transport.getExtraInfo('peername');
 *   return transport.isClosing() ? 'closing' : `connected with ${peer?.join(':')}`;
 * }
 * ```
 */
export class SocketTransport
  extends FlowControlTransport
  implements Runnable, Receiver, Resource, SocketListener
{
  /** @internal The context callbacks run in: that of whoever made the connection or the server. */
  _context: Context | null;
  /** @internal */
  protected readonly _socket: Socket;
  private readonly _server: TransportOwner | null;
  private readonly _incoming = new Incoming(this);
  private readonly _outgoing = new Outgoing();
  private _flushPlanned = false;
  private _started = false;
  private _paused = false;
  /** The end of the peer: not met; met, and the system is asked whether it is one; it is one, and the peer is gone since. */
  private _peerEnd: 'none' | 'asked' | 'gone' | 'known' = 'none';
  /** @internal */
  protected _closing = false;
  private _ending = false;
  private _lost = false;
  /** Node's socket is gone of itself, both directions having ended. */
  private _gone = false;
  /** Node took what it could not take before; made when it is needed first. */
  private _sent: (() => void) | null = null;
  /** Who has the socket since `startTls`. */
  private _successor: Client | null = null;

  /** @param socket - connected, paused, and nobody else's */
  constructor(
    loop: BaseEventLoop,
    socket: Socket,
    protocol: BaseProtocol,
    options: SocketTransportOptions = {},
  ) {
    const { sockname, peername } = options.names ?? namesOf(socket);
    const shown = new TransportSocket(socket, sockname, peername);
    super(loop, { ...options.extra, sockname, peername, socket: shown });
    this._context = snapshotContext();
    this._socket = socket;
    this._protocol = protocol;
    this._server = options.server ?? null;
    this._server?._attach(this);
    openResources(loop).add(this);
    loop._outside++;
    listen(socket, this);
    if (options.tell !== false) this._soon('connectionMade', () => protocol.connectionMade(this));
    this._soon('start reading', () => this._startReading());
    const { ready } = options;
    if (ready !== undefined) this._soon('connection ready', ready);
    // Then Node has told of its end already, and tells nobody again.
    if (socket.destroyed) this._soon('connectionLost', () => this._forceClose(null));
  }

  private _soon(what: string, fn: () => void): void {
    this._loop._callRunnable(new LoopCall(this, what, fn));
  }

  /** What Node reports runs in the loop, after the bytes that came before it. */
  private _deliver(what: string, fn: () => void): void {
    this._loop._deliverRunnable(new LoopCall(this, what, fn));
  }

  // --- the protocol

  override setProtocol(protocol: BaseProtocol): void {
    this._protocol = protocol;
  }

  override getProtocol(): BaseProtocol | null {
    return this._protocol;
  }

  // --- reading

  private _startReading(): void {
    this._started = true;
    // Over TLS Node reads by itself, and may have met the end.
    if (this._socket.readableEnded) this._onEnd();
    else if (this.isReading()) this._socket.resume();
  }

  override isReading(): boolean {
    return !this._closing && !this._paused;
  }

  override pauseReading(): void {
    if (!this.isReading()) return;
    this._paused = true;
    if (this._started) this._socket.pause();
  }

  override resumeReading(): void {
    if (this._closing || !this._paused) return;
    this._paused = false;
    if (!this._started) return;
    this._incoming.resume();
    this._socket.resume();
  }

  /** @internal */
  _readable(on: boolean): void {
    if (on) this._socket.resume();
    else this._socket.pause();
  }

  /** @internal Node read something. */
  _onData(chunk: Buffer): void {
    if (!this._closing) this._incoming.arrived(chunk);
  }

  /** @internal The other side has written its last. */
  _onEnd(): void {
    if (!this._closing) this._incoming.ended();
  }

  /** @internal */
  _received(chunk: Buffer): Buffer | null {
    try {
      return receive(this._protocol as BaseProtocol, chunk, this);
    } catch (error) {
      this._fatalError(error, 'Fatal error: the protocol failed to take what was received');
      return null;
    }
  }

  /** @internal */
  _receivedEof(): void {
    if (this._peerEnd === 'none' && this._asksWhetherReset()) return;
    let keepOpen: boolean;
    try {
      keepOpen = receiveEof(this._protocol as BaseProtocol);
    } catch (error) {
      this._fatalError(error, 'Fatal error: protocol.eofReceived() call failed.');
      return;
    }
    if (!keepOpen) this.close();
  }

  private _asksWhetherReset(): boolean {
    this._peerEnd = 'asked';
    return askWhetherReset(this._socket, (gone) => {
      this._peerEnd = gone ? 'gone' : 'known';
      this._onEnd();
    });
  }

  // --- writing

  /**
   * Writes some bytes. They are taken now: the caller may reuse the memory of up to 16 KiB at once; longer pieces are not
   * copied and must be left alone until `drain()` or `resumeWriting` says that they are sent.
   *
   * @throws TypeError for anything but bytes; RuntimeError after `writeEof`.
   */
  override write(data: Uint8Array): void {
    this._checkWrite(data);
    const { length } = data;
    if (length === 0) return;
    if (this._closing) {
      this._dropWrite();
      return;
    }
    const outgoing = this._outgoing;
    if (outgoing.takes(length)) {
      if (!outgoing.hasRoomFor(length)) this._flush();
      outgoing.add(data);
      if (!this._flushPlanned) this._planFlush();
    } else {
      this._send(data, this._doneFor(outgoing.size + length));
    }
    if (outgoing.size + this._socket.writableLength > this._highWater) this._overHighWater();
  }

  private _planFlush(): void {
    if (!this._loop.isRunning()) {
      this._flush();
      return;
    }
    this._flushPlanned = true;
    schedule(this._loop, this);
  }

  /** Before the protocol is told to pause, Node gets what there is: the system may well take it at once. */
  private _overHighWater(): void {
    this._flush();
    this._maybePauseProtocol();
  }

  /** @internal The flush of a turn: the transport is its own handle. */
  _run(): void {
    this._flushPlanned = false;
    if (!this._ending) this._flush();
  }

  private _flush(): void {
    const { size } = this._outgoing;
    if (size > 0) this._send(null, this._doneFor(size));
  }

  /**
   * Node tells of a write that failed at once in a callback of its own. Whoever writes and drains in a loop would not let that
   * come: nothing is ever held back for it to wait for.
   */
  private _send(behind: Uint8Array | null, done: (() => void) | null): void {
    this._outgoing.sendTo(this._socket, behind, done);
    const error = this._socket.errored;
    if (error !== null) this._fatalError(asOSError(error), 'Fatal write error on socket transport');
  }

  /** Who must know when so many bytes more are sent: nobody, if they cannot lift the buffer over the low-water mark. */
  private _doneFor(length: number): (() => void) | null {
    if (length + this._socket.writableLength <= this._lowWater) return null;
    return this._whenSent();
  }

  private _whenSent(): () => void {
    return (this._sent ??= () => {
      if (this._protocolPaused && !this._ending) {
        this._deliver('resumeWriting', () => {
          if (!this._lost) this._maybeResumeProtocol();
        });
      }
    });
  }

  protected override _dropWrite(): void {
    if (this._successor !== null) {
      throw new RuntimeError(
        'Cannot write: use the transport that startTls gave for this connection',
      );
    }
    super._dropWrite();
  }

  override getWriteBufferSize(): number {
    // Node keeps the length of what it threw away.
    return this._ending ? 0 : this._outgoing.size + this._socket.writableLength;
  }

  override setWriteBufferLimits(limits?: WriteBufferLimits): void {
    const before = this._protocolPaused;
    this._flush();
    super.setWriteBufferLimits(limits);
    // What is on its way may have been small by the old limits, so that nobody waits for its end.
    if (!before && this._protocolPaused)
      this._outgoing.sendTo(this._socket, NOTHING, this._whenSent());
  }

  override canWriteEof(): boolean {
    return true;
  }

  override writeEof(): void {
    if (this._closing || this._eofWritten) return;
    this._eofWritten = true;
    this._flush();
    this._socket.end();
  }

  // --- the end

  override isClosing(): boolean {
    return this._closing && (this._successor === null || this._successor.isClosing());
  }

  override close(): void {
    if (this._closing) {
      this._successor?.close();
      return;
    }
    this._stopReading();
    this._flush();
    this._shutDown();
  }

  /** @internal Ends the connection once everything is sent. */
  protected _shutDown(): void {
    const socket = this._socket;
    const sent = socket.writableLength === 0;
    socket.destroySoon();
    if (sent) this._end(null);
    else socket.once('finish', () => this._deliver('connectionLost', () => this._end(null)));
  }

  override abort(): void {
    if (this._successor === null) this._forceClose(null);
    else this._successor.abort();
  }

  private _stopReading(): void {
    this._closing = true;
    this._incoming.clear();
    this._socket.pause();
  }

  /** @internal */
  protected _forceClose(error: Error | null): void {
    if (this._ending) return;
    if (!this._closing) this._stopReading();
    this._outgoing.clear();
    this._socket.destroy();
    this._end(error);
  }

  /** `connectionLost` is due: in the next turn. */
  private _end(error: Error | null): void {
    if (this._ending) return;
    this._closing = this._ending = true;
    this._soon('connectionLost', () => this._connectionLost(error));
  }

  private _connectionLost(error: Error | null): void {
    const protocol = this._protocol as BaseProtocol;
    this._lost = true;
    this._letGo();
    try {
      protocol.connectionLost(error);
    } finally {
      this._protocol = null;
      this._server?._detach(this);
    }
  }

  /** @internal */
  protected _letGo(): void {
    openResources(this._loop).delete(this);
    this._loop._outside--;
  }

  // --- TLS over it

  /**
   * @internal Gives the socket away: what was not delivered goes back into it, what was written goes out before.
   *
   * @param successor - who is closed and aborted instead from now on
   */
  _handOver(successor: Client): Socket {
    if (this._closing) {
      throw new ConnectionResetError('Cannot start TLS: the connection is closed or closing');
    }
    const socket = this._socket;
    this._flush();
    this._closing = true;
    this._successor = successor;
    unlisten(socket);
    this._incoming.giveBack(socket);
    return socket;
  }

  /** @internal What the transport of the successor is set up with. */
  _inheritance(): SocketTransportOptions {
    const { sockname, peername } = this._extra as unknown as SocketNames;
    return { server: this._server, names: { sockname, peername } };
  }

  /** @internal The successor has a transport of its own. */
  _handedOver(): void {
    this._ending = this._lost = true;
    if (this._protocolPaused) this._maybeResumeProtocol();
    this._protocol = null;
    this._letGo();
    this._server?._detach(this);
  }

  /** @internal The successor failed; the socket is destroyed by then. */
  _takeBack(protocol: BaseProtocol, error: Error | null): void {
    if (this._ending || this._loop.isClosed()) return;
    this._protocol = protocol;
    this._successor = null;
    this._forceClose(error);
  }

  /** @internal */
  protected _fatalError(error: unknown, message: string): void {
    if (this._loop.isBaseException(error)) throw error;
    // What the network does is nobody's mistake: the protocol is told, and nobody else.
    if (!(error instanceof OSError)) {
      this._loop.callExceptionHandler({
        message,
        exception: error,
        transport: this,
        ...(this._protocol === null ? {} : { protocol: this._protocol }),
      });
    }
    this._forceClose(error instanceof Error ? error : asOSError(error));
  }

  /** @internal Node's socket failed; it is destroyed by then. */
  _onError(error: Error): void {
    // The peer has ended before: whoever writes will learn of it.
    if (this._ending || this._peerEnd === 'gone') return;
    this._deliver('connectionLost', () => {
      if (!this._ending) this._fatalError(asOSError(error), 'Fatal error on socket transport');
    });
  }

  /** @internal Node's socket is gone. */
  _onClose(): void {
    if (this._ending) return;
    this._deliver('connectionLost', () => this._socketGone());
  }

  /**
   * When both sides have written their last, Node closes the socket by itself. The protocol asked to keep it open, so it
   * is lost when the protocol closes it, as in Python.
   */
  private _socketGone(): void {
    const { readableEnded, writableFinished } = this._socket;
    if (!this._closing && readableEnded && writableFinished) this._gone = true;
    else this._forceClose(null);
  }

  /** @internal */
  _loopClosed(): void {
    this._outgoing.sendTo(this._socket, null, null);
    this._closing = this._ending = this._lost = true;
    this._socket.destroy();
  }

  [inspect.custom](): string {
    const { _lost, _closing, _gone } = this;
    const state = _lost ? 'closed' : _closing ? 'closing' : _gone ? 'ended' : 'open';
    const reading = this.isReading() ? 'polling' : 'idle';
    const peer = this.getExtraInfo('peername');
    const where = peer === null ? '' : ` peer=${peer[0]}:${peer[1]}`;
    return `<SocketTransport ${state}${where} read=${reading} write=<bufsize=${this.getWriteBufferSize()}>>`;
  }
}

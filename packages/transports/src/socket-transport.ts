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
import { isUint8Array } from 'node:util/types';

import {
  type BaseEventLoop,
  brief,
  type Context,
  logger,
  type Runnable,
  RuntimeError,
  schedule,
  snapshotContext,
} from '@asyncio-ts/loop';

import type { BaseProtocol } from './base-protocol.js';
import { receive, receiveEof } from './delivery.js';
import { FlowControlTransport } from './flow-control.js';
import { Incoming, type Receiver } from './incoming.js';
import { LoopCall } from './loop-call.js';
import { listen, type SocketListener } from './node-listeners.js';
import { openResources, type Resource } from './open-resources.js';
import { asOSError, OSError } from './os-error.js';
import { Outgoing } from './outgoing.js';
import { peernameOf, socknameOf } from './socket-address.js';
import { TransportSocket } from './transport-socket.js';
import type { WriteBufferLimits } from './write-transport.js';

/** So many writes to a closed connection are dropped silently; then each is warned of, as in CPython. */
const SILENT_DROPS = 5;

const NOTHING = Buffer.alloc(0);

/** @internal Who counts the open connections of a server. */
export interface TransportOwner {
  _attach(transport: SocketTransport): void;
  _detach(transport: SocketTransport): void;
}

/** @internal How a connection is set up. */
export interface SocketTransportOptions {
  /** Called in the loop once the protocol was told and reading has begun. */
  readonly ready?: () => void;
  readonly server?: TransportOwner;
}

/**
 * A TCP connection: made by `createConnection` and `createServer`.
 *
 * Extra information: `'peername'` and `'sockname'` (host and port), `'socket'` (a {@link TransportSocket}).
 */
export class SocketTransport
  extends FlowControlTransport
  implements Runnable, Receiver, Resource, SocketListener
{
  /** @internal The context callbacks run in: that of whoever made the connection or the server. */
  _context: Context | null;
  private readonly _socket: Socket;
  private readonly _server: TransportOwner | null;
  private readonly _incoming = new Incoming(this);
  private readonly _outgoing = new Outgoing();
  private _flushPlanned = false;
  private _started = false;
  private _paused = false;
  private _eofWritten = false;
  private _closing = false;
  private _ending = false;
  private _lost = false;
  /** Node's socket is gone of itself, both directions having ended. */
  private _gone = false;
  private _drops = 0;
  /** Node took what it could not take before; made when it is needed first. */
  private _sent: (() => void) | null = null;

  /** @param socket - connected, paused, and nobody else's */
  constructor(
    loop: BaseEventLoop,
    socket: Socket,
    protocol: BaseProtocol,
    options: SocketTransportOptions = {},
  ) {
    const sockname = socknameOf(socket);
    const peername = peernameOf(socket);
    super(loop, { sockname, peername, socket: new TransportSocket(socket, sockname, peername) });
    this._context = snapshotContext();
    this._socket = socket;
    this._protocol = protocol;
    this._server = options.server ?? null;
    this._server?._attach(this);
    openResources(loop).add(this);
    loop._outside++;
    listen(socket, this);
    this._soon('connectionMade', () => protocol.connectionMade(this));
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
    if (this.isReading()) this._socket.resume();
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
  _received(chunk: Buffer): void {
    try {
      receive(this._protocol as BaseProtocol, chunk);
    } catch (error) {
      this._fatalError(error, 'Fatal error: the protocol failed to take what was received');
    }
  }

  /** @internal */
  _receivedEof(): void {
    let keepOpen: boolean;
    try {
      keepOpen = receiveEof(this._protocol as BaseProtocol);
    } catch (error) {
      this._fatalError(error, 'Fatal error: protocol.eofReceived() call failed.');
      return;
    }
    if (!keepOpen) this.close();
  }

  // --- writing

  /**
   * Writes some bytes. They are taken now: the caller may reuse the memory of up to 16 KiB at once; longer pieces are not
   * copied and must be left alone until `drain()` or `resumeWriting` says that they are sent.
   *
   * @throws TypeError for anything but bytes; RuntimeError after `writeEof`.
   */
  override write(data: Uint8Array): void {
    if (!isUint8Array(data)) throw notBytes(data);
    if (this._eofWritten) throw new RuntimeError('Cannot call write() after writeEof()');
    const { length } = data;
    if (length === 0) return;
    if (this._closing) {
      this._dropped();
      return;
    }
    const outgoing = this._outgoing;
    if (outgoing.takes(length)) {
      if (!outgoing.hasRoomFor(length)) this._flush();
      outgoing.add(data);
      if (!this._flushPlanned) this._planFlush();
    } else {
      outgoing.sendTo(this._socket, data, this._doneFor(outgoing.size + length));
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
    if (size > 0) this._outgoing.sendTo(this._socket, null, this._doneFor(size));
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

  private _dropped(): void {
    if (this._drops++ < SILENT_DROPS) return;
    logger.warning('Cannot write: the connection is closed, the data is dropped');
  }

  override getWriteBufferSize(): number {
    return this._outgoing.size + this._socket.writableLength;
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
    return this._closing;
  }

  override close(): void {
    if (this._closing) return;
    this._stopReading();
    this._flush();
    const socket = this._socket;
    const sent = socket.writableLength === 0;
    socket.destroySoon();
    if (sent) this._end(null);
    else socket.once('finish', () => this._deliver('connectionLost', () => this._end(null)));
  }

  override abort(): void {
    this._forceClose(null);
  }

  private _stopReading(): void {
    this._closing = true;
    this._incoming.clear();
    this._socket.pause();
  }

  private _forceClose(error: Error | null): void {
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
    this._lost = true;
    this._letGo();
    const protocol = this._protocol as BaseProtocol;
    try {
      protocol.connectionLost(error);
    } finally {
      this._protocol = null;
      this._server?._detach(this);
    }
  }

  private _letGo(): void {
    openResources(this._loop).delete(this);
    this._loop._outside--;
  }

  private _fatalError(error: unknown, message: string): void {
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
    if (this._ending) return;
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

function notBytes(data: unknown): TypeError {
  const hint = typeof data === 'string' ? "; encode the string: Buffer.from(text, 'utf8')" : '';
  return new TypeError(`Cannot write ${brief(data)}: a Uint8Array or Buffer was expected${hint}`);
}

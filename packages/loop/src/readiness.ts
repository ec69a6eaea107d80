/**
 * What makes a Node socket, stream or server "ready", read off its public face, level-triggered as `select` is:
 * readable means buffered bytes, the end of the stream or a pending connection; writable means room below the high-water
 * mark. An error or a close is both, so that whoever waits looks and finds it.
 */
import type { Server, Socket } from 'node:net';

import { EVENT_READ, EVENT_WRITE, type SelectorKey } from './selector.js';

/** A registration, with what was seen of the object so far. */
export class Registration implements SelectorKey {
  readonly fileobj: object;
  events: number;
  data: unknown;
  /** Connections nobody accepted yet (servers only). */
  readonly pending: Socket[] = [];
  private _ended = false;
  private _broken = false;
  private readonly _detach: () => void;

  constructor(
    fileobj: object,
    events: number,
    data: unknown,
    touched: (key: Registration) => void,
  ) {
    this.fileobj = fileobj;
    this.events = events;
    this.data = data;
    this._detach = isServer(fileobj)
      ? this._watchServer(fileobj, touched)
      : this._watchStream(asStream(fileobj), touched);
  }

  /** The events it is ready for and was registered for. */
  ready(): number {
    if (this._broken) return this.events;
    if (isServer(this.fileobj)) return this.pending.length > 0 ? this.events & EVENT_READ : 0;
    const stream = asStream(this.fileobj);
    let ready = 0;
    if (this._ended || stream.readableLength > 0) ready |= EVENT_READ;
    if (!stream.connecting && stream.writableLength < stream.writableHighWaterMark) {
      ready |= EVENT_WRITE;
    }
    return ready & this.events;
  }

  detach(): void {
    this._detach();
  }

  private _watchServer(server: Server, touched: (key: Registration) => void): () => void {
    const connection = (socket: Socket): void => {
      this.pending.push(socket);
      touched(this);
    };
    const broken = (): void => {
      this._broken = true;
      touched(this);
    };
    server.on('connection', connection).on('error', broken).on('close', broken);
    return () => {
      server.off('connection', connection).off('error', broken).off('close', broken);
    };
  }

  private _watchStream(stream: Socket, touched: (key: Registration) => void): () => void {
    const touch = (): void => touched(this);
    const readable = (): void => {
      if (stream.readableLength === 0) this._ended = true;
      touched(this);
    };
    const broken = (): void => {
      this._broken = true;
      touched(this);
    };
    stream.on('readable', readable).on('drain', touch).on('connect', touch);
    stream.on('error', broken).on('close', broken);
    this._ended = stream.readableEnded;
    this._broken = stream.destroyed;
    return () => {
      stream.off('readable', readable).off('drain', touch).off('connect', touch);
      stream.off('error', broken).off('close', broken);
    };
  }
}

function isServer(fileobj: object): fileobj is Server {
  return 'listen' in fileobj && 'getConnections' in fileobj;
}

function asStream(fileobj: object): Socket {
  if ('readableLength' in fileobj || 'writableLength' in fileobj) return fileobj as Socket;
  throw new TypeError(
    'Cannot register this object: Node tells readiness only of sockets, servers and streams; wrap a descriptor in new net.Socket({ fd })',
  );
}

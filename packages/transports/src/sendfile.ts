import { read } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

import { type BaseEventLoop, brief, RuntimeError, ValueError } from '@asyncio-ts/loop';
import { type Coroutine, createFuture, type Future, GeneratorCoroutine } from '@asyncio-ts/futures';

import { asOSError } from './as-os-error.js';
import type { BaseProtocol } from './base-protocol.js';
import type { BaseTransport } from './base-transport.js';
import { SENDFILE_FALLBACK_READBUFFER_SIZE } from './constants.js';
import { FlowControlTransport } from './flow-control.js';
import { nodeWait } from './node-wait.js';
import { ConnectionError } from './os-error.js';
import { Protocol } from './protocol.js';
import { SendfileNotAvailableError } from './sendfile-not-available-error.js';

/** How a file is sent. */
export interface SendfileOptions {
  /** Read and write the file here if the system cannot send it alone, which in Node is always. Default: true. */
  readonly fallback?: boolean;
}

/**
 * Sends a file over a connection, without more than a piece of it in memory. Meanwhile nothing is received, and the protocol
 * must not write.
 *
 * Mirrors Python's `loop.sendfile`. Node has no way to let the system send a file, so it is read and written here.
 *
 * @param transport - of a connection
 * @param file - opened for reading: a `FileHandle` of `node:fs/promises`, or the descriptor `fs.open` gave. Its position is
 * neither looked at nor changed.
 * @param offset - where to begin, in bytes. Default: 0.
 * @param count - how many bytes; null: up to the end. Default: null.
 * @returns how many bytes were sent
 * @throws SendfileNotAvailableError with `fallback: false`; RuntimeError when the transport is closing or no connection;
 * ConnectionError when the connection is lost meanwhile; OSError when the file cannot be read.
 *
 * @example
 * ```ts
 * import { open } from 'node:fs/promises';
 * import { type BaseEventLoop } from '@asyncio-ts/loop';
 * import { sendfile, type Transport } from '@asyncio-ts/transports';
 *
 * export async function sendManual(loop: BaseEventLoop, transport: Transport): Promise<number> {
 *   const file = await open('/usr/share/doc/manual.txt');
 *   try {
 *     return await sendfile(loop, transport, file);
 *   } finally {
 *     await file.close();
 *   }
 * }
 * ```
 */
export function sendfile(
  loop: BaseEventLoop,
  transport: BaseTransport,
  file: FileHandle | number,
  offset = 0,
  count: number | null = null,
  options: SendfileOptions = {},
): Coroutine<number> {
  return new GeneratorCoroutine(sending(loop, transport, file, offset, count, options), 'sendfile');
}

function* sending(
  loop: BaseEventLoop,
  transport: BaseTransport,
  file: FileHandle | number,
  offset: number,
  count: number | null,
  { fallback = true }: SendfileOptions,
): Generator<unknown, number, unknown> {
  if (transport.isClosing()) throw new RuntimeError('Transport is closing');
  if (!(transport instanceof FlowControlTransport)) {
    throw new RuntimeError(`sendfile is not supported for transport ${brief(transport)}`);
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw new ValueError(
      `Cannot send a file from offset ${brief(offset)}: it must be an integer >= 0`,
    );
  }
  if (count !== null && !(Number.isInteger(count) && count > 0)) {
    throw new ValueError(
      `Cannot send ${brief(count)} bytes: count must be a positive integer or null`,
    );
  }
  if (!fallback) {
    throw new SendfileNotAvailableError(
      `Cannot send a file over ${brief(transport)} without fallback: Node has no sendfile`,
    );
  }
  const fd = typeof file === 'number' ? file : file.fd;
  const stand = new StandIn(loop, transport);
  try {
    return yield* copy(loop, stand, fd, offset, count ?? Infinity);
  } finally {
    stand.leave();
  }
}

function* copy(
  loop: BaseEventLoop,
  stand: StandIn,
  fd: number,
  offset: number,
  count: number,
): Generator<unknown, number, unknown> {
  let sent = 0;
  while (sent < count) {
    const length = Math.min(count - sent, SENDFILE_FALLBACK_READBUFFER_SIZE);
    const piece = yield* readPiece(loop, fd, offset + sent, length);
    if (piece.length === 0) break;
    yield* stand.drain();
    stand.transport.write(piece);
    sent += piece.length;
  }
  return sent;
}

function readPiece(
  loop: BaseEventLoop,
  fd: number,
  position: number,
  length: number,
): Coroutine<Buffer> {
  return nodeWait<Buffer>(loop, (outcome) => {
    let wanted = true;
    // Each its own: what is on its way out must be left alone.
    const buffer = Buffer.allocUnsafe(length);
    read(fd, buffer, 0, length, position, (error, got) => {
      if (!wanted) return;
      if (error === null) outcome.done(buffer.subarray(0, got));
      else outcome.failed(asOSError(error));
    });
    return () => {
      wanted = false;
    };
  });
}

/** Stands in for the protocol while a file is sent: it knows when to hold back, and nothing is received. */
class StandIn extends Protocol {
  readonly transport: FlowControlTransport;
  private readonly _loop: BaseEventLoop;
  private readonly _protocol: BaseProtocol;
  private readonly _wasReading: boolean;
  /** The protocol was told to pause by the time it was stood in for. */
  private readonly _wasPaused: boolean;
  private _paused: boolean;
  /** Who waits for room. */
  private _ready: Future<void> | null = null;

  constructor(loop: BaseEventLoop, transport: FlowControlTransport) {
    super();
    this._loop = loop;
    this.transport = transport;
    this._protocol = transport.getProtocol() as BaseProtocol;
    this._wasReading = transport.isReading();
    this._wasPaused = this._paused = transport._protocolPaused;
    transport.pauseReading();
    transport.setProtocol(this);
  }

  *drain(): Generator<unknown, void, unknown> {
    if (this.transport.isClosing()) throw new ConnectionError('Connection closed by peer');
    if (!this._paused) return;
    this._ready = createFuture<void>(this._loop);
    try {
      yield* this._ready;
    } finally {
      this._ready = null;
    }
  }

  override pauseWriting(): void {
    this._paused = true;
  }

  override resumeWriting(): void {
    this._paused = false;
    if (this._ready?.done() === false) this._ready.setResult(undefined);
  }

  override dataReceived(): void {
    throw new RuntimeError('Invalid state: reading should be paused');
  }

  override eofReceived(): void {
    throw new RuntimeError('Invalid state: reading should be paused');
  }

  override connectionLost(error: Error | null): void {
    if (this._ready?.done() === false) {
      this._ready.setException(error ?? new ConnectionError('Connection is closed by peer'));
    }
    this._protocol.connectionLost(error);
  }

  /** The protocol is back. */
  leave(): void {
    const { transport, _protocol, _paused } = this;
    // Lost meanwhile: then the protocol was told, and stays with nobody.
    if (transport.getProtocol() !== this) return;
    transport.setProtocol(_protocol);
    if (this._wasReading) transport.resumeReading();
    if (_paused && !this._wasPaused) _protocol.pauseWriting();
    else if (!_paused && this._wasPaused) _protocol.resumeWriting();
  }
}

import { isUint8Array } from 'node:util/types';

import { type BaseEventLoop, brief, logger, RuntimeError, ValueError } from '@asyncio-ts/loop';

import type { BaseProtocol } from './base-protocol.js';
import { LOG_THRESHOLD_FOR_CONNLOST_WRITES } from './constants.js';
import { Transport } from './transport.js';
import type { WriteBufferLimits } from './write-transport.js';

/** What a transport may hold before its protocol is told to pause, in bytes. */
const HIGH_WATER = 64 * 1024;

/**
 * The water marks of a transport: `pauseWriting` once when it holds more than the high one, `resumeWriting` once when it
 * holds no more than the low one.
 *
 * Mirrors Python's `_FlowControlMixin`. A subclass has `getWriteBufferSize`, and calls `_maybePauseProtocol` whenever that
 * has grown and `_maybeResumeProtocol` whenever it has shrunk.
 *
 * @example
 * ```ts
 * import { Protocol } from '@asyncio-ts/transports';
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { FlowControlTransport } from '@asyncio-ts/transports';
 *
 * class Pipe extends FlowControlTransport {
 *   private _held = 0;
 *   override getWriteBufferSize(): number {
 *     return this._held;
 *   }
 *   override write(data: Uint8Array): void {
 *     this._held += data.length;
 *     this._maybePauseProtocol();
 *   }
 * }
 * const pipe = new Pipe(new BaseEventLoop());
 * pipe._protocol = new Protocol();
 * pipe.setWriteBufferLimits({ high: 4, low: 1 });
 * pipe.write(Buffer.from('hello')); // and the protocol is told to pause
 * console.log(pipe.getWriteBufferSize(), pipe.getWriteBufferLimits()); // 5 [ 1, 4 ]
 * ```
 */
export abstract class FlowControlTransport extends Transport {
  /** @internal */
  readonly _loop: BaseEventLoop;
  /** @internal */
  _protocol: BaseProtocol | null = null;
  /** @internal True between `pauseWriting` and `resumeWriting`. */
  _protocolPaused = false;
  /** @internal */
  _highWater = HIGH_WATER;
  /** @internal */
  _lowWater = HIGH_WATER / 4;
  /** @internal True once `writeEof` was called. */
  protected _eofWritten = false;
  private _drops = 0;

  constructor(loop: BaseEventLoop, extra?: Record<string, unknown>) {
    super(extra);
    this._loop = loop;
  }

  abstract override getWriteBufferSize(): number;

  override getWriteBufferLimits(): readonly [low: number, high: number] {
    return [this._lowWater, this._highWater];
  }

  override setWriteBufferLimits(limits: WriteBufferLimits = {}): void {
    const high = limits.high ?? (limits.low == null ? HIGH_WATER : 4 * limits.low);
    const low = limits.low ?? Math.floor(high / 4);
    if (!(high >= low && low >= 0)) {
      throw new ValueError(
        `Cannot set the write buffer limits: high (${high}) must be >= low (${low}) must be >= 0`,
      );
    }
    this._highWater = high;
    this._lowWater = low;
    this._maybePauseProtocol();
  }

  /** @internal */
  _maybePauseProtocol(): void {
    if (this._protocolPaused || this.getWriteBufferSize() <= this._highWater) return;
    this._protocolPaused = true;
    this._tell('pauseWriting');
  }

  /** @internal */
  _maybeResumeProtocol(): void {
    if (!this._protocolPaused || this.getWriteBufferSize() > this._lowWater) return;
    this._protocolPaused = false;
    this._tell('resumeWriting');
  }

  /** @internal What a write is refused for. @throws TypeError for anything but bytes; RuntimeError after `writeEof`. */
  protected _checkWrite(data: unknown): void {
    if (!isUint8Array(data)) throw notBytes(data);
    if (this._eofWritten) throw new RuntimeError('Cannot call write() after writeEof()');
  }

  /** @internal Something was written after the end. */
  protected _dropWrite(): void {
    if (this._drops++ < LOG_THRESHOLD_FOR_CONNLOST_WRITES) return;
    logger.warning('Cannot write: the connection is closed, the data is dropped');
  }

  private _tell(what: 'pauseWriting' | 'resumeWriting'): void {
    const protocol = this._protocol;
    try {
      protocol?.[what]();
    } catch (error) {
      if (this._loop.isBaseException(error)) throw error;
      this._loop.callExceptionHandler({
        message: `protocol.${what}() failed`,
        exception: error,
        transport: this,
        ...(protocol === null ? {} : { protocol }),
      });
    }
  }
}

function notBytes(data: unknown): TypeError {
  const hint = typeof data === 'string' ? "; encode the string: Buffer.from(text, 'utf8')" : '';
  return new TypeError(`Cannot write ${brief(data)}: a Uint8Array or Buffer was expected${hint}`);
}

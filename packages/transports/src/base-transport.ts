import { NotImplementedError } from '@asyncio-ts/loop';

import type { SocketAddress } from './socket-address.js';
import type { TransportSocket } from './transport-socket.js';

/**
 * What every transport has: who it is connected with, its protocol, and its end.
 *
 * Mirrors Python's `asyncio.BaseTransport`. The methods are abstract in Python's manner: they throw NotImplementedError.
 */
export class BaseTransport {
  /** @internal */
  protected readonly _extra: Record<string, unknown>;

  constructor(extra: Record<string, unknown> = {}) {
    this._extra = extra;
  }

  /**
   * Something only this kind of transport knows: `'peername'`, `'sockname'`, `'socket'`.
   *
   * @param name - what is asked for
   * @param fallback - what to give when the name is unknown; default: null
   */
  getExtraInfo(name: 'peername' | 'sockname'): SocketAddress | null;
  getExtraInfo(name: 'socket'): TransportSocket | null;
  getExtraInfo(name: string, fallback?: unknown): unknown;
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    return Object.hasOwn(this._extra, name) ? this._extra[name] : fallback;
  }

  /** Whether it is closed or closing. */
  isClosing(): boolean {
    throw missing('isClosing');
  }

  /**
   * Closes it: nothing is received any more, what was written is flushed, then `protocol.connectionLost(null)` is called.
   */
  close(): void {
    throw missing('close');
  }

  /** Changes who is told what arrives. */
  setProtocol(_protocol: object): void {
    throw missing('setProtocol');
  }

  /** Who is told what arrives. */
  getProtocol(): object | null {
    throw missing('getProtocol');
  }
}

/** @internal */
export function missing(method: string): NotImplementedError {
  return new NotImplementedError(`Cannot call ${method}() of an abstract transport: override it`);
}

/** One connection to a host that may have many addresses: one after another, or happy eyeballs. */
import type { Socket } from 'node:net';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { ExceptionGroup, staggeredRace, TimeoutError } from '@asyncio-ts/tasks';

import { checkedPort } from './checked-port.js';
import { connect } from './connect.js';
import type { AddressFamily, AddressFlag } from './getaddrinfo.js';
import { OSError } from './os-error.js';
import { type Address, resolve } from './resolve.js';

/** Which addresses of a host are tried, and how. */
export interface AddressOptions {
  /** IPv4 (4), IPv6 (6) or both (0). Default: 0. */
  readonly family?: AddressFamily;
  /** How names are looked up. Default: no flags. */
  readonly flags?: readonly AddressFlag[];
  /** The address of this side, a host's name or number and a port. Default: the system chooses. */
  readonly localAddr?: readonly [host: string, port: number] | null;
  /**
   * Happy eyeballs (RFC 8305): an address is given so many seconds before the next one is tried beside it; whoever answers
   * first wins. 0.25 is usual. Default: null, one after another.
   */
  readonly happyEyeballsDelay?: number | null;
  /**
   * Reorders the addresses by family: so many of the first family, then one of each in turns. 0: the order of the system.
   * Default: 1 with `happyEyeballsDelay`, else 0.
   */
  readonly interleave?: number | null;
  /** When no address takes the connection, fail with an ExceptionGroup of all errors. Default: false. */
  readonly allErrors?: boolean;
}

/** @internal @throws what the addresses failed with. */
export function* connectAny(
  loop: BaseEventLoop,
  host: string,
  port: number,
  options: AddressOptions,
): Generator<unknown, Socket, unknown> {
  const { family = 0, flags = [], localAddr = null, happyEyeballsDelay: delay = null } = options;
  const found = yield* resolve(loop, host, family, flags);
  const locals = localAddr === null ? null : yield* resolve(loop, localAddr[0], family, flags);
  const first = options.interleave ?? (delay === null ? 0 : 1);
  const addresses = first === 0 ? found : interleaved(found, first);
  const attempts = new Attempts(loop, port, locals, checkedPort(localAddr?.[1] ?? null));
  const socket =
    delay === null
      ? yield* attempts.oneAfterAnother(addresses)
      : yield* attempts.race(addresses, delay);
  if (socket !== null) return socket;
  throw merged(attempts.errors, options.allErrors ?? false);
}

/** So many of the first family, then one of each in turns; within a family the order stays. */
function interleaved(addresses: readonly Address[], firstCount: number): Address[] {
  const family = addresses[0]?.family;
  const same = addresses.filter((address) => address.family === family);
  const other = addresses.filter((address) => address.family !== family);
  const ordered = same.splice(0, firstCount - 1);
  while (same.length > 0 || other.length > 0)
    ordered.push(...same.splice(0, 1), ...other.splice(0, 1));
  return ordered;
}

class Attempts {
  /** What each address failed with, in the order they did. */
  readonly errors: Error[] = [];
  private readonly _loop: BaseEventLoop;
  private readonly _port: number;
  private readonly _locals: readonly Address[] | null;
  private readonly _localPort: number;

  constructor(
    loop: BaseEventLoop,
    port: number,
    locals: readonly Address[] | null,
    localPort: number,
  ) {
    this._loop = loop;
    this._port = port;
    this._locals = locals;
    this._localPort = localPort;
  }

  *oneAfterAnother(addresses: readonly Address[]): Generator<unknown, Socket | null, unknown> {
    for (const address of addresses) {
      try {
        return yield* this._connect(address);
      } catch (error) {
        if (!(error instanceof OSError)) throw error;
      }
    }
    return null;
  }

  *race(addresses: readonly Address[], delay: number): Generator<unknown, Socket | null, unknown> {
    const made: Socket[] = [];
    const attempts = addresses.map((address) => () => this._racer(address, made));
    let winner: Socket | null = null;
    try {
      const [socket] = yield* staggeredRace(attempts, delay);
      winner = socket ?? null;
    } finally {
      // Two may have answered in the same turn, or one just when the race was cancelled.
      for (const socket of made) if (socket !== winner) socket.destroy();
    }
    return winner;
  }

  private *_racer(address: Address, made: Socket[]): Generator<unknown, Socket, unknown> {
    const socket = yield* this._connect(address);
    made.push(socket);
    return socket;
  }

  private *_connect({ host, family }: Address): Generator<unknown, Socket, unknown> {
    try {
      const local = this._localFor(family);
      return yield* connect(this._loop, {
        host,
        port: this._port,
        family,
        noDelay: true,
        ...local,
      });
    } catch (error) {
      if (error instanceof OSError) this.errors.push(error);
      throw error;
    }
  }

  private _localFor(family: 4 | 6): { localAddress?: string; localPort?: number } {
    if (this._locals === null) return {};
    const local = this._locals.find((address) => address.family === family);
    if (local === undefined) {
      throw new OSError(`no matching local address with family ${family} found`);
    }
    return { localAddress: local.host, localPort: this._localPort };
  }
}

/** One error as it is; several that say the same as the first of them; else one that says them all. */
function merged(errors: readonly Error[], allErrors: boolean): Error {
  const [first] = errors;
  if (first === undefined) return new TimeoutError('create_connection failed');
  if (allErrors) return new ExceptionGroup('create_connection failed', errors);
  if (errors.every((error) => error.message === first.message)) return first;
  const texts = errors.map((error) => error.message).join(', ');
  return new OSError(`Multiple exceptions: ${texts}`);
}

import * as dns from 'node:dns';
import { isIP } from 'node:net';

import { type BaseEventLoop, brief } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';

import { asOSError } from './as-os-error.js';
import { checkedPort } from './checked-port.js';
import { nodeWait } from './node-wait.js';
import { OSError } from './os-error.js';
import type { SocketAddress } from './socket-address.js';

/** Which addresses are asked for: IPv4, IPv6, or 0 for both. */
export type AddressFamily = 0 | 4 | 6;

/** What an address is used for. */
export type SocketType = 'SOCK_STREAM' | 'SOCK_DGRAM';

/** How names are looked up, by the names of the system. */
export type AddressFlag =
  'AI_PASSIVE' | 'AI_NUMERICHOST' | 'AI_ADDRCONFIG' | 'AI_V4MAPPED' | 'AI_ALL';

/** What is asked for. */
export interface GetaddrinfoOptions {
  /** IPv4 (4), IPv6 (6) or both (0). Default: 0. */
  readonly family?: AddressFamily;
  /** One kind only. Default: both. */
  readonly type?: SocketType | null;
  /** The number of the protocol: 6 for TCP, 17 for UDP; 0: any. Default: 0. */
  readonly proto?: number;
  /** Default: none. */
  readonly flags?: readonly AddressFlag[];
}

/** One of the addresses: Python's tuple, with names for its numbers. */
export type AddressInfo = readonly [
  family: 4 | 6,
  type: SocketType,
  proto: number,
  canonname: string,
  sockaddr: SocketAddress,
];

const PROTOCOLS: Readonly<Record<SocketType, number>> = { SOCK_STREAM: 6, SOCK_DGRAM: 17 };

const HINTS: Partial<Record<AddressFlag, () => number>> = {
  AI_ADDRCONFIG: () => dns.ADDRCONFIG,
  AI_V4MAPPED: () => dns.V4MAPPED,
  AI_ALL: () => dns.ALL,
};

/**
 * Looks a host up, as the system does it.
 *
 * Mirrors Python's `loop.getaddrinfo`, over Node's `dns.lookup`. Cancelled, it lets go at once; what the system answers later is
 * dropped. A numeric host is not looked up.
 *
 * @param host - a name or a number; null or '': this machine, or with `'AI_PASSIVE'` all its addresses
 * @param port - a number, as a string too; null: 0. Names of services are unknown to Node.
 * @returns tuples `[family, type, proto, canonname, sockaddr]`, `canonname` being empty and `sockaddr` being `[host, port]`
 * @throws OSError when the host is unknown; its `code` is Node's, `'ENOTFOUND'`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { getaddrinfo } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * const found = await runUntilComplete(loop, getaddrinfo(loop, '127.0.0.1', 80, { type: 'SOCK_STREAM' }));
 * console.log(found); // [ [ 4, 'SOCK_STREAM', 6, '', [ '127.0.0.1', 80 ] ] ]
 * ```
 */
export function getaddrinfo(
  loop: BaseEventLoop,
  host: string | null,
  port: number | string | null,
  options: GetaddrinfoOptions = {},
): Coroutine<AddressInfo[]> {
  return new GeneratorCoroutine(looking(loop, host, port, options), 'getaddrinfo');
}

function* looking(
  loop: BaseEventLoop,
  host: string | null,
  port: number | string | null,
  options: GetaddrinfoOptions,
): Generator<unknown, AddressInfo[], unknown> {
  const { family = 0, flags = [] } = options;
  const number = portNumber(port);
  const found =
    host === null || host === ''
      ? ownAddresses(flags).filter((address) => family === 0 || address.family === family)
      : yield* addressesOf(loop, host, family, flags);
  const types = typesFor(options);
  return found.flatMap(({ address, family: version }) =>
    types.map((type): AddressInfo => [
      version as 4 | 6,
      type,
      PROTOCOLS[type],
      '',
      [address, number],
    ]),
  );
}

function portNumber(port: number | string | null): number {
  if (typeof port !== 'string') return checkedPort(port);
  if (/^\d+$/.test(port)) return checkedPort(Number(port));
  throw new OSError(`Cannot look up the service ${brief(port)}: give the number of its port`, {
    code: 'EAI_SERVICE',
    syscall: 'getaddrinfo',
  });
}

function typesFor({ type = null, proto = 0 }: GetaddrinfoOptions): SocketType[] {
  const types: SocketType[] = type === null ? ['SOCK_STREAM', 'SOCK_DGRAM'] : [type];
  return types.filter((each) => proto === 0 || PROTOCOLS[each] === proto);
}

function ownAddresses(flags: readonly AddressFlag[]): dns.LookupAddress[] {
  const passive = flags.includes('AI_PASSIVE');
  return [
    { address: passive ? '0.0.0.0' : '127.0.0.1', family: 4 },
    { address: passive ? '::' : '::1', family: 6 },
  ];
}

function* addressesOf(
  loop: BaseEventLoop,
  host: string,
  family: AddressFamily,
  flags: readonly AddressFlag[],
): Generator<unknown, dns.LookupAddress[], unknown> {
  const numeric = isIP(host);
  if (numeric !== 0) {
    if (family === 0 || family === numeric) return [{ address: host, family: numeric }];
    throw new OSError(`Cannot use ${host}: it is no IPv${family} address`, {
      code: 'EAI_ADDRFAMILY',
      syscall: 'getaddrinfo',
    });
  }
  if (flags.includes('AI_NUMERICHOST')) {
    throw new OSError(`Cannot use ${host}: it is no numeric address`, {
      code: 'EAI_NONAME',
      syscall: 'getaddrinfo',
    });
  }
  return yield* lookup(loop, host, family, flags);
}

function lookup(
  loop: BaseEventLoop,
  host: string,
  family: AddressFamily,
  flags: readonly AddressFlag[],
): Coroutine<dns.LookupAddress[]> {
  const hints = flags.reduce((all, flag) => all | (HINTS[flag]?.() ?? 0), 0);
  const options = { all: true, family, hints, order: 'verbatim' } as dns.LookupAllOptions;
  return nodeWait(loop, (outcome) => {
    let wanted = true;
    dns.lookup(host, options, (error, addresses) => {
      if (!wanted) return;
      if (error === null) outcome.done(addresses);
      else outcome.failed(asOSError(error));
    });
    return () => {
      wanted = false;
    };
  });
}

import { lookupService } from 'node:dns';
import { isIP } from 'node:net';

import { type BaseEventLoop, brief } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';

import { asOSError } from './as-os-error.js';
import { checkedPort } from './checked-port.js';
import { nodeWait } from './node-wait.js';
import { OSError } from './os-error.js';
import type { SocketAddress } from './socket-address.js';

/** What is not looked up but given as a number, by the names of the system. */
export type NameFlag = 'NI_NUMERICHOST' | 'NI_NUMERICSERV';

/**
 * Looks up the names of a host and a service by their numbers, as the system does it.
 *
 * Mirrors Python's `loop.getnameinfo`, over Node's `dns.lookupService`. Cancelled, it lets go at once; what the system answers
 * later is dropped.
 *
 * @param sockaddr - host and port, both numeric
 * @param flags - what stays a number. Default: nothing.
 * @returns the name of the host, or its number if it has none, and that of the service
 * @throws OSError for a host that is no number, and when the system fails.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { getnameinfo } from '@asyncio-ts/transports';
 *
 * const loop = new BaseEventLoop();
 * const flags = ['NI_NUMERICHOST', 'NI_NUMERICSERV'] as const;
 * console.log(await runUntilComplete(loop, getnameinfo(loop, ['127.0.0.1', 80], flags))); // [ '127.0.0.1', '80' ]
 * ```
 */
export function getnameinfo(
  loop: BaseEventLoop,
  sockaddr: SocketAddress,
  flags: readonly NameFlag[] = [],
): Coroutine<[host: string, service: string]> {
  return new GeneratorCoroutine(looking(loop, sockaddr, flags), 'getnameinfo');
}

function* looking(
  loop: BaseEventLoop,
  [host, port]: SocketAddress,
  flags: readonly NameFlag[],
): Generator<unknown, [string, string], unknown> {
  checkedPort(port);
  if (isIP(host) === 0) {
    throw new OSError(`Cannot look up ${brief(host)}: it is no numeric address`, {
      code: 'EAI_NONAME',
      syscall: 'getnameinfo',
    });
  }
  const numeric: [string, string] = [host, String(port)];
  const numericHost = flags.includes('NI_NUMERICHOST');
  const numericService = flags.includes('NI_NUMERICSERV');
  if (numericHost && numericService) return numeric;
  const [name, service] = yield* lookup(loop, host, port);
  return [numericHost ? host : name, numericService ? numeric[1] : service];
}

function lookup(loop: BaseEventLoop, host: string, port: number): Coroutine<[string, string]> {
  return nodeWait(loop, (outcome) => {
    let wanted = true;
    lookupService(host, port, (error, name, service) => {
      if (!wanted) return;
      if (error === null) outcome.done([name, service]);
      else outcome.failed(asOSError(error));
    });
    return () => {
      wanted = false;
    };
  });
}

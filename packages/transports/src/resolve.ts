import { lookup, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { coroutine } from '@asyncio-ts/futures';

import { nodeWait } from './node-wait.js';
import { asOSError, OSError } from './os-error.js';

/** @internal A host by its number. */
export interface Address {
  readonly host: string;
  readonly family: 4 | 6;
}

/** Which addresses are asked for: IPv4, IPv6, or 0 for both. */
export type AddressFamily = 0 | 4 | 6;

/**
 * @internal The addresses of a host, in the order the system gives them; a numeric one is not looked up.
 *
 * @throws OSError when there is none.
 */
export const resolve = coroutine(function* resolve(
  loop: BaseEventLoop,
  host: string,
  family: AddressFamily,
): Generator<unknown, Address[], unknown> {
  const numeric = isIP(host);
  if (numeric !== 0) {
    if (family === 0 || family === numeric) return [{ host, family: numeric as 4 | 6 }];
    throw new OSError(`Cannot use ${host}: it is no IPv${family} address`, {
      code: 'EAI_ADDRFAMILY',
      syscall: 'getaddrinfo',
    });
  }
  const found = yield* nodeWait<LookupAddress[]>(loop, (outcome) => {
    lookup(host, { all: true, family, order: 'verbatim' } as { all: true }, (error, addresses) => {
      if (error === null) outcome.done(addresses);
      else outcome.failed(asOSError(error));
    });
    return () => undefined;
  });
  if (found.length === 0) throw new OSError(`Cannot find ${host}: getaddrinfo() returned nothing`);
  return distinct(found);
});

function distinct(found: readonly LookupAddress[]): Address[] {
  const addresses = new Map<string, Address>();
  for (const { address, family } of found) {
    addresses.set(address, { host: address, family: family as 4 | 6 });
  }
  return [...addresses.values()];
}

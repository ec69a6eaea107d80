import { isIP } from 'node:net';

import type { BaseEventLoop } from '@asyncio-ts/loop';
import { coroutine } from '@asyncio-ts/futures';

import { type AddressFamily, type AddressFlag, getaddrinfo } from './getaddrinfo.js';
import { OSError } from './os-error.js';

/** @internal A host by its number. */
export interface Address {
  readonly host: string;
  readonly family: 4 | 6;
}

/** A loop may have a look-up of its own. */
interface Resolver {
  getaddrinfo?(
    ...args: Parameters<typeof getaddrinfo> extends [unknown, ...infer Rest] ? Rest : never
  ): ReturnType<typeof getaddrinfo>;
}

/**
 * @internal The addresses of a host, in the order the system gives them; a numeric one is not looked up.
 *
 * @throws OSError when there is none.
 */
export const resolve = /* @__PURE__ */ coroutine(function* resolve(
  loop: BaseEventLoop,
  host: string,
  family: AddressFamily,
  flags: readonly AddressFlag[] = [],
): Generator<unknown, Address[], unknown> {
  const options = { family, flags, type: 'SOCK_STREAM' } as const;
  const own = (loop as Resolver).getaddrinfo;
  const found =
    own === undefined || isIP(host) !== 0
      ? yield* getaddrinfo(loop, host, 0, options)
      : yield* own.call(loop, host, 0, options);
  const addresses = new Map<string, Address>();
  for (const [version, , , , [address]] of found) {
    addresses.set(address, { host: address, family: version });
  }
  if (addresses.size === 0) {
    throw new OSError(`Cannot find ${host}: getaddrinfo() returned nothing`);
  }
  return [...addresses.values()];
});

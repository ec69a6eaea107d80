import {
  createDefaultContext,
  type DefaultContextOptions,
  type SSLContext,
} from '@asyncio-ts/transports';

import { certificates, type Identity } from '../../../scripts/test/certificates.js';

/** A context that shows an identity, and asks the peer for nothing unless told. */
export function serverContext(identity: Identity, options: DefaultContextOptions = {}): SSLContext {
  const { cert, key } = identity;
  return createDefaultContext({ purpose: 'CLIENT_AUTH', cert, key, ...options });
}

/** A context that trusts the authority of the tests alone. */
export function clientContext(options: DefaultContextOptions = {}): SSLContext {
  return createDefaultContext({ cadata: certificates().ca, ...options });
}

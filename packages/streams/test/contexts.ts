import { createDefaultContext, type SSLContext } from '@asyncio-ts/transports';

import { certificates, type Identity } from '../../../scripts/test/certificates.js';

/** A context that shows an identity, and asks the peer for nothing. */
export function serverContext(identity: Identity = certificates().server): SSLContext {
  const { cert, key } = identity;
  return createDefaultContext({ purpose: 'CLIENT_AUTH', cert, key });
}

/** A context that trusts the authority of the tests alone. */
export function clientContext(): SSLContext {
  return createDefaultContext({ cadata: certificates().ca });
}

import type { SecureContextOptions } from 'node:tls';

import { SSLContext, type VerifyLocations } from './ssl-context.js';

/** What a context is for, and whom it trusts; and all options of Node's `tls.createSecureContext`. */
export interface DefaultContextOptions extends SecureContextOptions, VerifyLocations {
  /**
   * `'SERVER_AUTH'`: for clients, which verify servers. `'CLIENT_AUTH'`: for servers, which may verify clients. Default:
   * `'SERVER_AUTH'`.
   */
  readonly purpose?: 'SERVER_AUTH' | 'CLIENT_AUTH';
}

/**
 * A TLS context with good defaults. For clients: the server is verified, and its name; without `cafile`, `cadata` or `ca` the
 * authorities Node trusts are trusted. For servers: give `key` and `cert`, or call `loadCertChain`.
 *
 * Mirrors Python's `ssl.create_default_context`.
 *
 * @example
 * ```ts
 * import { createDefaultContext } from '@asyncio-ts/transports';
 *
 * const client = createDefaultContext();
 * console.log(client.verifyMode, client.checkHostname); // CERT_REQUIRED true
 * const server = createDefaultContext({ purpose: 'CLIENT_AUTH' });
 * console.log(server.verifyMode); // CERT_NONE
 * ```
 */
export function createDefaultContext(options: DefaultContextOptions = {}): SSLContext {
  const { purpose = 'SERVER_AUTH', cafile = null, cadata = null, ...secureOptions } = options;
  const client = purpose === 'SERVER_AUTH';
  const context = new SSLContext(
    client ? 'PROTOCOL_TLS_CLIENT' : 'PROTOCOL_TLS_SERVER',
    secureOptions,
  );
  if (cafile !== null || cadata !== null) context.loadVerifyLocations({ cafile, cadata });
  else if (client && secureOptions.ca === undefined) context.loadDefaultCerts();
  return context;
}

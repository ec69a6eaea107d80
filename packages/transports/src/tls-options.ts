/**
 * What is said about TLS where a connection or a server is made, with Python's rules on what belongs together.
 */
import { brief, ValueError } from '@asyncio-ts/loop';

import { SSL_HANDSHAKE_TIMEOUT, SSL_SHUTDOWN_TIMEOUT } from './constants.js';
import { createDefaultContext } from './create-default-context.js';
import { SSLContext } from './ssl-context.js';

/** How long TLS may take, in seconds. */
export interface TlsTimeouts {
  /** For the handshake; then the connection is aborted. Default: 60. */
  readonly sslHandshakeTimeout?: number | null;
  /** For the peer to answer the end of the connection; then it is aborted. Default: 30. */
  readonly sslShutdownTimeout?: number | null;
}

/** TLS at the side that connects. */
export interface TlsClientOptions extends TlsTimeouts {
  /** Speak TLS: true, with a default context, or as this context says. Default: null, no TLS. */
  readonly ssl?: SSLContext | boolean | null;
  /** The name the server's certificate is verified against, and asked for. Default: the host. */
  readonly serverHostname?: string | null;
}

/** TLS at the side that is connected to. */
export interface TlsServerOptions extends TlsTimeouts {
  /** Speak TLS as this context says. Default: null, no TLS. */
  readonly ssl?: SSLContext | null;
}

/** @internal One side of a TLS connection, with everything said. */
export interface TlsSide {
  readonly context: SSLContext;
  readonly serverSide: boolean;
  readonly serverHostname: string | null;
  readonly handshakeTimeout: number;
  readonly shutdownTimeout: number;
}

/** @internal What to verify the server against, if it is not said. */
export interface HostRules {
  readonly host: string | null;
  /** What is wrong when there is none. */
  readonly missing: string;
}

/** @internal The client's side; null: no TLS. @throws ValueError for what does not belong together. */
export function tlsClient(options: TlsClientOptions, { host, missing }: HostRules): TlsSide | null {
  const { ssl, serverHostname = null } = options;
  if (ssl === undefined || ssl === null || ssl === false) {
    if (serverHostname !== null) {
      throw new ValueError('serverHostname is only meaningful with ssl: set ssl as well');
    }
    return noTls(options);
  }
  const name = serverHostname ?? host;
  if (name === null || (serverHostname === null && name === '')) throw new ValueError(missing);
  const context = ssl === true ? defaultContext() : checkedContext(ssl, 'ssl');
  return tlsSide(context, false, name, options);
}

/** @internal The server's side; null: no TLS. */
export function tlsServer(options: TlsServerOptions): TlsSide | null {
  const { ssl } = options;
  if (ssl === undefined || ssl === null) return noTls(options);
  return tlsSide(checkedContext(ssl, 'ssl'), true, null, options);
}

/** @internal @throws TypeError unless it is one. */
export function checkedContext(context: unknown, name: string): SSLContext {
  if (context instanceof SSLContext) return context;
  throw new TypeError(`Cannot use ${brief(context)} as ${name}: an SSLContext was expected`);
}

/** @internal A side, with the defaults filled in. */
export function tlsSide(
  context: SSLContext,
  serverSide: boolean,
  serverHostname: string | null,
  { sslHandshakeTimeout, sslShutdownTimeout }: TlsTimeouts,
): TlsSide {
  if (!serverSide && context.checkHostname && !serverHostname) {
    throw new ValueError('Cannot connect: checkHostname requires serverHostname');
  }
  return {
    context,
    serverSide,
    serverHostname: serverHostname === '' ? null : serverHostname,
    handshakeTimeout: positive('sslHandshakeTimeout', sslHandshakeTimeout, SSL_HANDSHAKE_TIMEOUT),
    shutdownTimeout: positive('sslShutdownTimeout', sslShutdownTimeout, SSL_SHUTDOWN_TIMEOUT),
  };
}

function noTls({ sslHandshakeTimeout, sslShutdownTimeout }: TlsTimeouts): null {
  if (sslHandshakeTimeout != null) throw onlyWithTls('sslHandshakeTimeout');
  if (sslShutdownTimeout != null) throw onlyWithTls('sslShutdownTimeout');
  return null;
}

function onlyWithTls(name: string): ValueError {
  return new ValueError(`${name} is only meaningful with ssl: set ssl as well`);
}

function positive(name: string, value: number | null | undefined, fallback: number): number {
  if (value == null) return fallback;
  if (value > 0) return value;
  throw new ValueError(`${name} should be a positive number, got ${brief(value)}`);
}

let shared: SSLContext | null = null;

function defaultContext(): SSLContext {
  return (shared ??= createDefaultContext());
}

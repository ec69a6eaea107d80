/**
 * I carry bytes; you say what they mean.
 *
 * This floor knows transports, protocols and servers: how bytes come and go, and when to hold them back. It does not know
 * what they mean, nor how to wait for them as if they were a file: that is the next floor.
 *
 * @module @asyncio-ts/transports
 */
export { AbstractServer } from './abstract-server.js';
export { BaseProtocol } from './base-protocol.js';
export { BaseTransport } from './base-transport.js';
export { BufferedProtocol } from './buffered-protocol.js';
export type { CipherInfo } from './cipher-info.js';
export type { AddressOptions } from './connect-any.js';
export { connectAcceptedSocket, type NodeSocket } from './connect-accepted-socket.js';
export {
  LOG_THRESHOLD_FOR_CONNLOST_WRITES,
  SENDFILE_FALLBACK_READBUFFER_SIZE,
  SSL_HANDSHAKE_TIMEOUT,
  SSL_SHUTDOWN_TIMEOUT,
} from './constants.js';
export { createConnection, type CreateConnectionOptions } from './create-connection.js';
export { createDefaultContext, type DefaultContextOptions } from './create-default-context.js';
export { createServer, type CreateServerOptions } from './create-server.js';
export {
  createUnixConnection,
  type CreateUnixConnectionOptions,
  type UnixPath,
} from './create-unix-connection.js';
export { createUnixServer, type CreateUnixServerOptions } from './create-unix-server.js';
export { FlowControlTransport } from './flow-control.js';
export {
  type AddressFamily,
  type AddressFlag,
  type AddressInfo,
  getaddrinfo,
  type GetaddrinfoOptions,
  type SocketType,
} from './getaddrinfo.js';
export { getnameinfo, type NameFlag } from './getnameinfo.js';
export {
  BrokenPipeError,
  ConnectionAbortedError,
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  OSError,
  type OSErrorDetails,
} from './os-error.js';
export { Protocol } from './protocol.js';
export { ReadTransport } from './read-transport.js';
export { sendfile, type SendfileOptions } from './sendfile.js';
export { SendfileNotAvailableError } from './sendfile-not-available-error.js';
export { Server } from './server.js';
export type { AnySocketAddress, SocketAddress } from './socket-address.js';
export { SocketTransport } from './socket-transport.js';
export {
  type CertChainOptions,
  SSLContext,
  type SSLProtocol,
  type VerifyLocations,
  type VerifyMode,
} from './ssl-context.js';
export {
  SSLCertVerificationError,
  SSLError,
  type SSLErrorDetails,
  type VerificationDetails,
} from './ssl-error.js';
export { startTls, type StartTlsOptions } from './start-tls.js';
export type { TlsClientOptions, TlsServerOptions, TlsTimeouts } from './tls-options.js';
export { TlsTransport } from './tls-transport.js';
export { Transport } from './transport.js';
export { TransportSocket } from './transport-socket.js';
export { type WriteBufferLimits, WriteTransport } from './write-transport.js';

/**
 * I carry bytes; you say what they mean.
 *
 * This floor knows transports, protocols and servers: how bytes come and go, and when to hold them back. It does not know
 * what they mean, nor how to wait for them as if they were a file: that is the next floor.
 *
 * @packageDocumentation
 */
export { BaseProtocol } from './base-protocol.js';
export { BaseTransport } from './base-transport.js';
export { BufferedProtocol } from './buffered-protocol.js';
export { createConnection, type CreateConnectionOptions } from './create-connection.js';
export { createServer, type CreateServerOptions } from './create-server.js';
export { FlowControlTransport } from './flow-control.js';
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
export type { AddressFamily } from './resolve.js';
export { Server } from './server.js';
export type { SocketAddress } from './socket-address.js';
export { SocketTransport } from './socket-transport.js';
export { Transport } from './transport.js';
export { TransportSocket } from './transport-socket.js';
export { type WriteBufferLimits, WriteTransport } from './write-transport.js';

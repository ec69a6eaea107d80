/**
 * I read and write as if it were a file.
 *
 * This floor knows readers and writers over a transport: lines, counts, limits, and when to wait. It does not know how the
 * bytes travel: that is the floor below.
 *
 * @module @asyncio-ts/streams
 */
export type { ClientConnectedCallback } from './connected-callback.js';
export { fromDuplex, type FromDuplexOptions, toDuplex, type WebPair } from './duplex.js';
export { FlowControlMixin } from './flow-control-mixin.js';
export type { ToNodeStreamOptions, ToStreamOptions } from './node-streams.js';
export { openConnection, type OpenConnectionOptions } from './open-connection.js';
export { openUnixConnection, type OpenUnixConnectionOptions } from './open-unix-connection.js';
export { IncompleteReadError, LimitOverrunError } from './read-errors.js';
export { startServer, type StartServerOptions } from './start-server.js';
export { startUnixServer, type StartUnixServerOptions } from './start-unix-server.js';
export type { WebWritable } from './sink.js';
export type { WebReadable } from './source.js';
export {
  DEFAULT_LIMIT,
  StreamReader,
  type StreamReaderFromOptions,
  type StreamReaderOptions,
} from './stream-reader.js';
export {
  StreamReaderProtocol,
  type StreamReaderProtocolOptions,
} from './stream-reader-protocol.js';
export {
  StreamWriter,
  type StreamWriterFromOptions,
  type WriterStartTlsOptions,
} from './stream-writer.js';
export type { WriterProtocol } from './writer-protocol.js';

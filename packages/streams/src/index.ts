/**
 * I read and write as if it were a file.
 *
 * This floor knows readers and writers over a transport: lines, counts, limits, and when to wait. It does not know how the
 * bytes travel: that is the floor below.
 *
 * @packageDocumentation
 */
export type { ClientConnectedCallback } from './connected-callback.js';
export { FlowControlMixin } from './flow-control-mixin.js';
export { openConnection, type OpenConnectionOptions } from './open-connection.js';
export { IncompleteReadError, LimitOverrunError } from './read-errors.js';
export { startServer, type StartServerOptions } from './start-server.js';
export { StreamReader, type StreamReaderOptions } from './stream-reader.js';
export {
  StreamReaderProtocol,
  type StreamReaderProtocolOptions,
} from './stream-reader-protocol.js';
export { StreamWriter, type WriterProtocol } from './stream-writer.js';

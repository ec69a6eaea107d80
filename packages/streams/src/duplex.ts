import type { Duplex } from 'node:stream';

import type { BaseEventLoop } from '@asyncio-ts/loop';

import { StreamsDuplex, type ToNodeStreamOptions } from './node-streams.js';
import { runningLoop } from './running-loop.js';
import { SinkTransport } from './sink-transport.js';
import type { WebWritable } from './sink.js';
import type { WebReadable } from './source.js';
import { StreamReader } from './stream-reader.js';
import { StreamReaderProtocol } from './stream-reader-protocol.js';
import { StreamWriter } from './stream-writer.js';

/** The two streams of something that goes both ways: a `TransformStream`, a `CompressionStream`, a `WebSocketStream`. */
export interface WebPair {
  /** The side that is read from. */
  readonly readable: WebReadable;
  /** The side that is written to. */
  readonly writable: WebWritable;
}

/** How a stream that goes both ways is read and written. */
export interface FromDuplexOptions {
  /** How long a line may be, in bytes. Default: 65536. */
  readonly limit?: number;
  /** The loop whose coroutines read and write; default: the running one. */
  readonly loop?: BaseEventLoop;
}

/**
 * Reads and writes a stream that goes both ways as a connection: a `Duplex` of Node (a socket, a pair of pipes, a TLS
 * connection of another library), or a pair of web streams.
 *
 * `writer.close()` ends the stream, waits until everything is taken, and destroys it; what the stream fails with, its readers
 * and drains fail with. It belongs to the reader and the writer from now on.
 *
 * @param stream - nobody else reads from it or writes to it
 * @throws TypeError for what is no stream, or is locked.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { fromDuplex } from '@asyncio-ts/streams';
 *
 * const unpacked = await runUntilComplete(new BaseEventLoop(), async () => {
 *   const [reader, writer] = fromDuplex(new TransformStream<Uint8Array, Uint8Array>());
 *   writer.write(Buffer.from('there and back\n'));
 *   const line = await reader.readline();
 *   writer.close();
 *   return line.toString();
 * });
 * console.log(unpacked.trim()); // there and back
 * ```
 */
export function fromDuplex(
  stream: Duplex | WebPair,
  options: FromDuplexOptions = {},
): [reader: StreamReader, writer: StreamWriter] {
  const loop = options.loop ?? runningLoop('use a stream');
  const { limit } = options;
  const reader = new StreamReader(limit === undefined ? { loop } : { loop, limit });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  const [readable, writable] = halvesOf(stream);
  const transport = new SinkTransport(loop, writable, readable, protocol);
  return [reader, new StreamWriter(transport, protocol, reader, loop)];
}

function halvesOf(stream: Duplex | WebPair): [readable: unknown, writable: unknown] {
  // A stream of Node has these names as well, for whether it may be read and written.
  const { readable, writable } = (stream ?? {}) as Partial<WebPair>;
  return typeof readable === 'object' ? [readable, writable] : [stream, stream];
}

/**
 * A reader and a writer as one `Duplex` of Node, for whoever takes a socket: `pipeline`, a parser, another library.
 *
 * Ending it half-closes the connection (closes it, over TLS). Destroying it aborts the connection; when the connection fails
 * it is destroyed with the error, when it is closed it ends.
 *
 * @param reader - nobody else reads from it meanwhile
 * @param writer - nobody else writes to it meanwhile
 *
 * @example
 * ```ts
 * import { pipeline } from 'node:stream/promises';
 * import { startServer, toDuplex } from '@asyncio-ts/streams';
 *
 * // An echo server, for Node to pump.
 * export const echo = () =>
 *   startServer(
 *     async (reader, writer) => {
 *       const duplex = toDuplex(reader, writer);
 *       await pipeline(duplex, duplex);
 *     },
 *     '127.0.0.1',
 *     0,
 *   );
 * ```
 */
export function toDuplex(
  reader: StreamReader,
  writer: StreamWriter,
  options: ToNodeStreamOptions = {},
): Duplex {
  return new StreamsDuplex(reader, writer, options);
}

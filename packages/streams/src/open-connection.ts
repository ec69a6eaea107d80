import { BaseEventLoop, getRunningLoop, RuntimeError } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import { createConnection, type CreateConnectionOptions } from '@asyncio-ts/transports';

import { StreamReader } from './stream-reader.js';
import { StreamReaderProtocol } from './stream-reader-protocol.js';
import { StreamWriter } from './stream-writer.js';

/** How a connection is opened. */
export interface OpenConnectionOptions extends CreateConnectionOptions {
  /** How long a line may be, in bytes. Default: 65536. */
  readonly limit?: number;
}

/**
 * Connects to a TCP server, and gives the two ends to read from and write to.
 *
 * Mirrors Python's `asyncio.open_connection`.
 *
 * @param host - a name or a number
 * @param port - its port
 * @throws OSError (`ConnectionRefusedError`, ...) when nobody takes the connection.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { openConnection, startServer } from '@asyncio-ts/streams';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const server = yield* startServer((_reader, writer) => writer.close(), '127.0.0.1', 0);
 *   const [host, port] = server.sockets[0].getsockname();
 *   const [reader, writer] = yield* openConnection(host, port);
 *   console.log((yield* reader.read()).length); // 0
 *   writer.close();
 *   server.close();
 * });
 * ```
 */
export function openConnection(
  host: string | null = null,
  port: number | null = null,
  options: OpenConnectionOptions = {},
): Coroutine<[reader: StreamReader, writer: StreamWriter]> {
  return new GeneratorCoroutine(opening(host, port, options), 'openConnection');
}

function* opening(
  host: string | null,
  port: number | null,
  options: OpenConnectionOptions,
): Generator<unknown, [StreamReader, StreamWriter], unknown> {
  const { limit, ...connectionOptions } = options;
  const loop = runningLoop('open a connection');
  const reader = new StreamReader(limit === undefined ? { loop } : { loop, limit });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  const [transport] = yield* createConnection(loop, () => protocol, host, port, connectionOptions);
  return [reader, new StreamWriter(transport, protocol, reader, loop)];
}

/** @internal The running loop, which must be one that can have sockets. */
export function runningLoop(what: string): BaseEventLoop {
  const loop = getRunningLoop();
  if (loop instanceof BaseEventLoop) return loop;
  throw new RuntimeError(`Cannot ${what}: the running loop is not a BaseEventLoop`);
}

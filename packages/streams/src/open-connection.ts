import type { BaseEventLoop } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import {
  createConnection,
  type CreateConnectionOptions,
  type Transport,
} from '@asyncio-ts/transports';

import { runningLoop } from './running-loop.js';
import { StreamReader } from './stream-reader.js';
import { StreamReaderProtocol } from './stream-reader-protocol.js';
import { StreamWriter } from './stream-writer.js';

/** How a connection is opened. */
export interface OpenConnectionOptions extends CreateConnectionOptions {
  /** How long a line may be, in bytes. Default: 65536. */
  readonly limit?: number;
}

/**
 * Connects to a TCP server, and gives the two ends to read from and write to. With `ssl` they speak TLS.
 *
 * Mirrors Python's `asyncio.open_connection`.
 *
 * @param host - a name or a number; null with the option `sock`
 * @param port - its port; null with the option `sock`
 * @throws OSError (`ConnectionRefusedError`, ...) when nobody takes the connection; SSLCertVerificationError and SSLError when
 * TLS fails; ConnectionAbortedError when its handshake takes too long; ValueError when it is not said where to.
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
  { limit, ...options }: OpenConnectionOptions,
): Generator<unknown, [StreamReader, StreamWriter], unknown> {
  const loop = runningLoop('open a connection');
  return yield* opened(loop, limit, (factory) =>
    createConnection(loop, factory, host, port, options),
  );
}

type Factory = () => StreamReaderProtocol;

/** @internal Reader and writer of a connection that somebody makes. */
export function* opened(
  loop: BaseEventLoop,
  limit: number | undefined,
  connect: (factory: Factory) => Coroutine<[Transport, StreamReaderProtocol]>,
): Generator<unknown, [StreamReader, StreamWriter], unknown> {
  const reader = new StreamReader(limit === undefined ? { loop } : { loop, limit });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  const [transport] = yield* connect(() => protocol);
  return [reader, new StreamWriter(transport, protocol, reader, loop)];
}

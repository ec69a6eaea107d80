import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import {
  createUnixConnection,
  type CreateUnixConnectionOptions,
  type UnixPath,
} from '@asyncio-ts/transports';

import { opened } from './open-connection.js';
import { runningLoop } from './running-loop.js';
import type { StreamReader } from './stream-reader.js';
import type { StreamWriter } from './stream-writer.js';

/** How a connection to a Unix socket is opened. */
export interface OpenUnixConnectionOptions extends CreateUnixConnectionOptions {
  /** How long a line may be, in bytes. Default: 65536. */
  readonly limit?: number;
}

/**
 * Connects to a Unix socket, and gives the two ends to read from and write to.
 *
 * Mirrors Python's `asyncio.open_unix_connection`.
 *
 * @param path - where the server listens; null with the option `sock`
 * @throws OSError (`ConnectionRefusedError`, `code: 'ENOENT'`, ...) when nobody takes the connection; ValueError unless there
 * is either a path or a socket.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { openUnixConnection, startUnixServer } from '@asyncio-ts/streams';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const path = `/tmp/example-client-${process.pid}.sock`;
 *   const server = yield* startUnixServer((_reader, writer) => writer.close(), path);
 *   const [reader, writer] = yield* openUnixConnection(path);
 *   console.log((yield* reader.read()).length); // 0
 *   writer.close();
 *   server.close();
 * });
 * ```
 */
export function openUnixConnection(
  path: UnixPath | null = null,
  options: OpenUnixConnectionOptions = {},
): Coroutine<[reader: StreamReader, writer: StreamWriter]> {
  return new GeneratorCoroutine(opening(path, options), 'openUnixConnection');
}

function* opening(
  path: UnixPath | null,
  { limit, ...options }: OpenUnixConnectionOptions,
): Generator<unknown, [StreamReader, StreamWriter], unknown> {
  const loop = runningLoop('open a connection');
  return yield* opened(loop, limit, (factory) =>
    createUnixConnection(loop, factory, path, options),
  );
}

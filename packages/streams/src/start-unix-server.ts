import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import {
  createUnixServer,
  type CreateUnixServerOptions,
  type Server,
  type UnixPath,
} from '@asyncio-ts/transports';

import type { ClientConnectedCallback } from './connected-callback.js';
import { runningLoop } from './running-loop.js';
import { serving } from './start-server.js';

/** How a server on a Unix socket is started. */
export interface StartUnixServerOptions extends CreateUnixServerOptions {
  /** How long a line may be, in bytes. Default: 65536. */
  readonly limit?: number;
}

/**
 * Serves connections to a Unix socket: for each, `clientConnectedCallback(reader, writer)` runs in a task of its own, as with
 * `startServer`.
 *
 * Mirrors Python's `asyncio.start_unix_server`.
 *
 * @param clientConnectedCallback - an async function, a `function*`, a coroutine function, or a plain function
 * @param path - null with the option `sock`
 * @throws OSError when it cannot listen (`code: 'EADDRINUSE'`: there is a file); ValueError unless there is either a path or a
 * socket.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { startUnixServer } from '@asyncio-ts/streams';
 *
 * await runUntilComplete(new BaseEventLoop(), async () => {
 *   const path = `/tmp/example-streams-${process.pid}.sock`;
 *   const server = await startUnixServer(async (reader, writer) => {
 *     for await (const line of reader) writer.write(line);
 *     writer.close();
 *   }, path);
 *   console.log(server.isServing()); // true
 *   server.close();
 * });
 * ```
 */
export function startUnixServer(
  clientConnectedCallback: ClientConnectedCallback,
  path: UnixPath | null = null,
  options: StartUnixServerOptions = {},
): Coroutine<Server> {
  return new GeneratorCoroutine(
    starting(clientConnectedCallback, path, options),
    'startUnixServer',
  );
}

function* starting(
  callback: ClientConnectedCallback,
  path: UnixPath | null,
  { limit, ...options }: StartUnixServerOptions,
): Generator<unknown, Server, unknown> {
  const loop = runningLoop('start a server');
  return yield* createUnixServer(loop, serving(loop, callback, limit), path, options);
}

import { type BaseEventLoop, brief } from '@asyncio-ts/loop';
import { type Coroutine, GeneratorCoroutine } from '@asyncio-ts/futures';
import { createServer, type CreateServerOptions, type Server } from '@asyncio-ts/transports';

import type { ClientConnectedCallback } from './connected-callback.js';
import { runningLoop } from './running-loop.js';
import { StreamReader } from './stream-reader.js';
import { StreamReaderProtocol } from './stream-reader-protocol.js';

/** How a server is started. */
export interface StartServerOptions extends CreateServerOptions {
  /** How long a line may be, in bytes. Default: 65536. */
  readonly limit?: number;
}

/**
 * Serves TCP connections, with the option `ssl` over TLS: for each, `clientConnectedCallback(reader, writer)` runs in a task of its own.
 *
 * Mirrors Python's `asyncio.start_server`. When the callback fails, the error is reported through the loop's exception
 * handler and the connection is closed; when its task is cancelled, the connection is closed. When it ends well the
 * connection stays as it is: close the writer.
 *
 * @param clientConnectedCallback - an async function, a `function*`, a coroutine function, or a plain function
 * @param host - a name, a number, or several of them; null or '': all interfaces
 * @param port - 0: the system chooses one
 * @throws OSError when it cannot listen.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { startServer } from '@asyncio-ts/streams';
 *
 * await runUntilComplete(new BaseEventLoop(), function* () {
 *   const server = yield* startServer(
 *     function* (reader, writer) {
 *       for (;;) {
 *         const line = yield* reader.readline();
 *         if (line.length === 0) break;
 *         writer.write(line);
 *         yield* writer.drain();
 *       }
 *       writer.close();
 *     },
 *     '127.0.0.1',
 *     0,
 *   );
 *   console.log(server.isServing()); // true
 *   server.close();
 * });
 * ```
 */
export function startServer(
  clientConnectedCallback: ClientConnectedCallback,
  host: string | readonly string[] | null = null,
  port: number | null = null,
  options: StartServerOptions = {},
): Coroutine<Server> {
  return new GeneratorCoroutine(
    starting(clientConnectedCallback, host, port, options),
    'startServer',
  );
}

function* starting(
  callback: ClientConnectedCallback,
  host: string | readonly string[] | null,
  port: number | null,
  { limit, ...options }: StartServerOptions,
): Generator<unknown, Server, unknown> {
  const loop = runningLoop('start a server');
  return yield* createServer(loop, serving(loop, callback, limit), host, port, options);
}

/** @internal Makes the protocols of a server's connections. */
export function serving(
  loop: BaseEventLoop,
  callback: ClientConnectedCallback,
  limit: number | undefined,
): () => StreamReaderProtocol {
  if (typeof callback !== 'function') {
    throw new TypeError(
      `Cannot serve with ${brief(callback)}: a function of the reader and the writer was expected`,
    );
  }
  const options = limit === undefined ? { loop } : { loop, limit };
  return () => new StreamReaderProtocol(new StreamReader(options), callback, { loop });
}

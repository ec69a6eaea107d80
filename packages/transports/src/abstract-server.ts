import { type Loop, NotImplementedError } from '@asyncio-ts/loop';
import type { Coroutine } from '@asyncio-ts/futures';

/**
 * What every server promises. The methods are abstract in Python's manner: they throw NotImplementedError.
 *
 * Mirrors Python's `asyncio.AbstractServer`. The library's own are {@link Server}s.
 *
 * @example
 * ```ts
 * import { AbstractServer } from '@asyncio-ts/transports';
 *
 * class Deaf extends AbstractServer {
 *   override isServing(): boolean {
 *     return false;
 *   }
 * }
 * console.log(new Deaf().isServing()); // false
 * ```
 */
export class AbstractServer {
  /** Stops listening; the connections that stand are left alone. */
  close(): void {
    throw missing('close');
  }

  /** Closes the connections that stand: what was written to them is flushed. */
  closeClients(): void {
    throw missing('closeClients');
  }

  /** Closes the connections that stand at once: what was not sent yet is dropped. */
  abortClients(): void {
    throw missing('abortClients');
  }

  /** The loop it serves in. */
  getLoop(): Loop {
    throw missing('getLoop');
  }

  /** Whether it accepts connections. */
  isServing(): boolean {
    throw missing('isServing');
  }

  /** Begins to accept connections. */
  startServing(): Coroutine<void> {
    throw missing('startServing');
  }

  /**
   * Accepts connections until it is cancelled.
   *
   * @example
   * ```ts
   * import type { AbstractServer } from '@asyncio-ts/transports';
   *
   * export function* serve(server: AbstractServer, seconds: number) {
   *   yield* server.startServing();
   *   server.getLoop().callLater(seconds, () => {
   *     server.closeClients(); // or abortClients(), without flushing
   *     server.close();
   *   });
   *   yield* server.serveForever();
   * }
   * ```
   */
  serveForever(): Coroutine<void> {
    throw missing('serveForever');
  }

  /** Waits until the server is closed and all its connections are gone. */
  waitClosed(): Coroutine<void> {
    throw missing('waitClosed');
  }
}

function missing(method: string): NotImplementedError {
  return new NotImplementedError(`Cannot call ${method}() of an abstract server: override it`);
}

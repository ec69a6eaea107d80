import type { Future } from '@asyncio-ts/futures';
import { ConnectionResetError } from '@asyncio-ts/transports';

/** @internal What is waited for at a connection has come, or, with an error, will not come. */
export function settleAll(waiters: Iterable<Future<unknown>> | null, error: Error | null): void {
  for (const waiter of waiters ?? []) {
    if (waiter.done()) continue;
    if (error === null) waiter.setResult(undefined);
    else waiter.setException(error);
  }
}

/** @internal What waits and writes on a connection that is gone fail with. */
export function connectionLost(): ConnectionResetError {
  return new ConnectionResetError('Connection lost', { code: 'ECONNRESET' });
}

import { brief, ValueError } from '@asyncio-ts/loop';

/** @internal A port number; null: 0. @throws ValueError for what is none. */
export function checkedPort(port: number | null): number {
  if (port === null) return 0;
  if (typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65_535) {
    return port;
  }
  throw new ValueError(`Cannot use port ${brief(port)}: it must be an integer from 0 to 65535`);
}

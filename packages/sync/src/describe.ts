import type { Waiters } from './waiters.js';

/** As Python shows what one waits for: `<Lock [locked, waiters:2]>`. */
export function describe(noun: object, state: string, waiters: Waiters): string {
  const inLine = waiters.length === 0 ? '' : `, waiters:${waiters.length}`;
  return `<${noun.constructor.name} [${state}${inLine}]>`;
}

/** How a value is shown in a trace. `python/stage.py` says the same. */
import { BaseExceptionGroup, isCancelledError } from 'asyncio-ts';

/** The programs' own error; its text is shown, that of the library's errors is not. */
export class Boom extends Error {
  override readonly name = 'Boom';
}

/**
 * One value as Python's programs show it.
 *
 * @throws TypeError for what both languages would show differently.
 */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'None';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(Number(value.toFixed(6)));
  if (Buffer.isBuffer(value)) return `b${JSON.stringify(value.toString('latin1'))}`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value instanceof BaseExceptionGroup) {
    return `${value.name}[${value.exceptions.map(show).join(', ')}]`;
  }
  if (value instanceof Boom) return `Boom(${value.message})`;
  if (isCancelledError(value)) return 'CancelledError';
  if (value instanceof Error) return value.name;
  throw new TypeError(`Cannot show this ${typeof value} in a trace`);
}

import { CommandError } from './replies.js';

const NOT_AN_INTEGER = 'ERR value is not an integer or out of range';
const LARGEST = 2n ** 63n - 1n;
const SMALLEST = -(2n ** 63n);

/** An integer of 64 bits, as Redis writes it: no blanks, no `+`, no zeros in front. @throws CommandError */
export function bigIntegerOf(text: string, message = NOT_AN_INTEGER): bigint {
  if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) throw new CommandError(message);
  const value = BigInt(text);
  if (value < SMALLEST || value > LARGEST) throw new CommandError(message);
  return value;
}

/** The same as a number; beyond 2^53 the nearest one. @throws CommandError */
export function integerOf(text: string, message = NOT_AN_INTEGER): number {
  return Number(bigIntegerOf(text, message));
}

/** One more. @throws CommandError */
export function incremented(text: string): string {
  // Nearly all: no big numbers, and the same answer.
  if (/^[1-9]\d{0,14}$/.test(text)) return String(Number(text) + 1);
  const value = bigIntegerOf(text);
  if (value === LARGEST) throw new CommandError('ERR increment or decrement would overflow');
  return String(value + 1n);
}

/** How long a command may block, in seconds; null: for ever. @throws CommandError */
export function patienceOf(text: string): number | null {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (Number.isNaN(number) || number > Number.MAX_SAFE_INTEGER / 1000) {
    throw new CommandError('ERR timeout is not a float or out of range');
  }
  if (number < 0) throw new CommandError('ERR timeout is negative');
  return number === 0 ? null : number;
}

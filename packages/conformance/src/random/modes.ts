import { type Mode, MODES, type Program } from './program.js';

/**
 * The kinds of coroutines in which a program must give CPython's trace. An async function that is started eagerly comes
 * back to who started it at its first `await`, also where that waits for nothing; Python's runs on.
 */
export function modesOf(program: Program): readonly Mode[] {
  return startsEagerly(program) ? ['generator'] : MODES;
}

const WAITS: readonly unknown[] = ['sleep', 'later', 'at', 'timeout', 'reschedule'];
const LIMITED: readonly unknown[] = ['waitFor', 'wait', 'asCompleted'];

/** Whether no statement of it takes time, so that it can be played on any clock. */
export function isUntimed(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return true;
  const { do: name, is, b } = node as { do?: unknown; is?: unknown; b?: unknown };
  const takes = [...WAITS, ...LIMITED].some((one) => one === name || one === is);
  if (takes && typeof b === 'number' && b !== 0) return false;
  return Object.values(node).every(isUntimed);
}

function startsEagerly(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ((node as { readonly eager?: boolean }).eager === true) return true;
  return Object.values(node).some(startsEagerly);
}

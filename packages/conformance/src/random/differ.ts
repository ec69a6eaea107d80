import { type Trace } from './cpython.js';

/** Where two traces part, or null when they are equal. */
export function firstDifference(want: Trace, got: Trace): number | null {
  const length = Math.max(want.length, got.length);
  for (let i = 0; i < length; i++) if (want[i] !== got[i]) return i;
  return null;
}

/** Both traces, from a few lines before they part. */
export function describeDifference(want: Trace, got: Trace): string {
  const at = firstDifference(want, got) ?? 0;
  const lines: string[] = [];
  for (let i = Math.max(0, at - 6); i < at; i++) lines.push(`    ${want[i]}`);
  const rest = (trace: Trace): readonly (string | undefined)[] =>
    trace.length <= at ? ['(ends here)'] : trace.slice(at, at + 4);
  for (const line of rest(want)) lines.push(`  - ${line}`);
  for (const line of rest(got)) lines.push(`  + ${line}`);
  return `${lines.join('\n')}\n  (-: CPython, +: asyncio-ts)`;
}

import { brief } from '@asyncio-ts/loop';

/**
 * The order in which Python compares what a priority is made of: numbers (bigints and booleans with them), strings, dates,
 * and arrays of these, as Python's tuples: the first difference decides, else the shorter one comes first.
 *
 * @throws TypeError for what has no order: two objects, a number and a string.
 */
export function naturalOrder(a: unknown, b: unknown): number {
  if (Array.isArray(a) && Array.isArray(b)) return orderOfArrays(a, b);
  if (familyOf(a) !== familyOf(b) || familyOf(a) === null) {
    throw new TypeError(
      `Cannot order ${brief(a)} and ${brief(b)}: give the PriorityQueue a compare function`,
    );
  }
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}

function orderOfArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    // What is the same needs no order, as in Python.
    const order = Object.is(a[i], b[i]) ? 0 : naturalOrder(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** What can be compared with each other. */
function familyOf(value: unknown): 'number' | 'string' | 'date' | null {
  switch (typeof value) {
    case 'number':
    case 'bigint':
    case 'boolean':
      return 'number';
    case 'string':
      return 'string';
    default:
      return value instanceof Date ? 'date' : null;
  }
}

/** Few numbers, taken on a machine that does other things too: medians and quartiles, never means. */

/** The value below which the share `q` (0 to 1) of the values lies, interpolated. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('Cannot take a quantile of no values');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

/** The middle and how far the middle half lies around it. */
export interface Spread {
  readonly median: number;
  /** Half the distance between the quartiles, as a share of the median. */
  readonly spread: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const median = quantile(values, 0.5);
  return { median, spread: (quantile(values, 0.75) - quantile(values, 0.25)) / 2 / median };
}

/**
 * How many times `values` is what `others` is. Taken round by round, between neighbours in time: whatever else slows the
 * machine down slows both.
 */
export function pairedRatio(values: readonly number[], others: readonly number[]): Spread {
  const pairs = Math.min(values.length, others.length);
  const ratios = Array.from(
    { length: pairs },
    (_, round) => (values[round] as number) / (others[round] as number),
  );
  return spreadOf(ratios);
}

/**
 * Whether two series differ beyond chance: a sign test over the pairs (at most one run in a hundred would look like this by
 * luck), and by more than two in a hundred.
 */
export function clearlyDifferent(values: readonly number[], others: readonly number[]): boolean {
  const pairs = Math.min(values.length, others.length);
  const greater = values.slice(0, pairs).filter((value, at) => value > (others[at] as number));
  const fewer = Math.min(greater.length, pairs - greater.length);
  let ways = 0;
  for (let k = 0, choose = 1; k <= fewer; k++) {
    ways += choose;
    choose = (choose * (pairs - k)) / (k + 1);
  }
  const byLuck = (2 * ways) / 2 ** pairs;
  return byLuck < 0.01 && Math.abs(pairedRatio(values, others).median - 1) > 0.02;
}

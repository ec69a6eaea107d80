/** The rows of the benchmarks that say most about tasks, in small: ours beside native promises, in one run. */
import { bundleRows } from '../../../benchmarks/harness/bundle.js';
import { measure, type Result } from '../../../benchmarks/harness/measure.js';
import type { Scale } from '../../../benchmarks/harness/row.js';
import { legend, plainTable } from '../../../benchmarks/harness/table.js';
import { rows } from '../../../benchmarks/rows.js';

const SHOWN = ['switch', 'spawn', 'await-future'];

/**
 * Measures, and shows the table.
 *
 * @throws Error when a subject of a row gives a wrong answer. How fast it is, is no matter of right and wrong.
 */
export async function besidePromises(say: (line: string) => void, scale: Scale): Promise<void> {
  // Whichever packages the tour runs on are measured: the built ones, or, in a test, the sources.
  const packages = import.meta.resolve('asyncio-ts').includes('/src/') ? 'src' : 'dist';
  const bundle = await bundleRows(packages);
  const results: Result[] = [];
  try {
    for (const row of rows.filter(({ name }) => SHOWN.includes(name))) {
      const stage = { bundle, pythons: [], skipped: [] };
      const settings = { scale, rounds: 5, secondsPerRound: scale === 'quick' ? 0.05 : 0 };
      const subjects = ['generator', 'async', 'native'];
      results.push(await measure(row, stage, { ...settings, subjects }));
    }
  } finally {
    bundle.remove();
  }
  for (const line of plainTable(results).split('\n')) say(line);
  say(legend(results));
}

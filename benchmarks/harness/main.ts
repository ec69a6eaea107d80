/** `npm run bench`: measures, prints one table, keeps the figures. A missed limit is a verdict, not a failure. */
import { rows } from '../rows.js';
import { bundleRows, type Packages } from './bundle.js';
import { countOf, readOptions, rowsOf, runCommand } from './command.js';
import { describeMachine, thisMachine } from './machine.js';
import { measure, type Result, type Settings } from './measure.js';
import { findPythons } from './python.js';
import { RESULTS, save } from './results.js';
import type { Row, Scale } from './row.js';
import { legend, plainTable } from './table.js';

const USAGE = `usage: npm run bench -- [--only <group or row>]... [--quick] [--rounds <n>] [--subjects <a,b>] [--out <folder>]
  --only      a group (${[...new Set(rows.map(({ group }) => group))].join(', ')}) or a row (${rows.map(({ name }) => name).join(', ')})
  --quick     small sizes, only ours and what we are held against; nothing is kept
  --rounds    measured rounds of each subject (default 12; quick 5)
  --subjects  only these, and what they are held against; nothing is kept
  --out       the folder that gets the results (default benchmarks/results)`;

/** With less of a processor than this, the figures say more about the machine than about the subjects. */
const QUIET = 0.85;

function options() {
  const { values } = readOptions({
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    subjects: { type: 'string' },
    out: { type: 'string' },
    // For the tests: sizes that prove that it works, and packages that need no build.
    scale: { type: 'string' },
    packages: { type: 'string', default: 'dist' },
  });
  const { quick, subjects, out } = values;
  const scale = (values.scale ?? (quick ? 'quick' : 'full')) as Scale;
  return {
    rows: rowsOf(values.only),
    packages: values.packages as Packages,
    pythons: scale !== 'quick',
    // Figures of a part, or of a small run, never replace those of a whole one.
    folder: out ?? (scale === 'full' && subjects === undefined ? RESULTS : null),
    settings: {
      scale,
      rounds: countOf(values.rounds ?? (quick ? '5' : '12')),
      secondsPerRound: { full: 0.15, quick: 0.05, smallest: 0 }[scale],
      ...(subjects === undefined ? {} : { subjects: subjects.split(/,(?! )/) }),
    },
  };
}

/** Why a row is left out; null: it is not. */
function missingFrom(row: Row, { scale, subjects }: Settings): string | null {
  const chosen = (name: string): boolean => subjects?.includes(name) ?? true;
  if (!row.subjects.some(({ name }) => chosen(name))) return 'it has none of these subjects';
  if (scale === 'quick' && row.slow === true) return 'it takes too long for a quick run';
  return row.missing?.() ?? null;
}

async function main(): Promise<void> {
  const { rows, packages, folder, settings, pythons: withPython } = options();
  console.log(describeMachine(thisMachine()));
  const { found, skipped } = withPython ? findPythons() : { found: [], skipped: [] };
  for (const why of skipped) console.log(`skipped: ${why}`);
  const bundle = await bundleRows(packages);
  const results: Result[] = [];
  try {
    for (const row of rows) {
      console.log(`${row.group}-${row.name}: ${row.exactly}`);
      const missing = missingFrom(row, settings);
      if (missing !== null) {
        console.log(`  skipped: ${missing}`);
        continue;
      }
      const result = await measure(row, { bundle, pythons: found, skipped }, settings);
      results.push(result);
      if (row.clock !== 'cpu' && row.waits !== true && result.processorShare < QUIET) {
        const share = Math.round(result.processorShare * 100);
        console.log(
          `  the machine is busy: the subjects had ${share} % of a processor; take these again`,
        );
      }
      if (folder !== null) save(result, folder);
    }
  } finally {
    bundle.remove();
  }
  console.log(`\n${plainTable(results)}\n\n${legend(results)}`);
}

await runCommand(main, USAGE);

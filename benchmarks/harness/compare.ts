/**
 * `npm run bench:compare -- --base <revision>`: the packages of two revisions, run in turn by the rows as they are here. The
 * base is checked out and built in a folder of its own, the other side is this working tree.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Bundle, bundleRows, type Packages } from './bundle.js';
import { countOf, readOptions, rowsOf, runCommand, UsageError } from './command.js';
import { describeMachine, thisMachine } from './machine.js';
import { participant, type Settings } from './measure.js';
import type { Quantity, Row, Scale, Subject } from './row.js';
import { amounts, type Measured, runInTurn } from './run-in-turn.js';
import { clearlyDifferent, pairedRatio, spreadOf } from './statistics.js';
import { bytes, duration, plain } from './table.js';

const USAGE = `usage: npm run bench:compare -- --base <revision> [--only <group or row>]... [--rounds <n>] [--quick]`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const git = (...args: string[]): string =>
  execFileSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** A revision in a folder of its own: built, with our tools, and with its own packages under their names. */
class Checkout {
  readonly path = mkdtempSync(join(tmpdir(), 'asyncio-ts-base-'));

  /**
   * Checks a commit out, and builds it, unless its sources are what is run.
   *
   * @throws Error when it cannot be built.
   */
  static make(commit: string, packages: Packages): Checkout {
    const checkout = new Checkout();
    try {
      git('worktree', 'add', '--force', '--detach', checkout.path, commit);
      checkout.#lendModules('node_modules');
      if (packages === 'src') return checkout;
      execFileSync(process.execPath, [join(checkout.path, 'scripts', 'build.mjs'), '--quiet'], {
        stdio: ['ignore', 'inherit', 'pipe'],
      });
      return checkout;
    } catch (error) {
      checkout.remove();
      throw new Error(`Cannot build the packages of ${commit}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }

  /** Everything that is installed here, except the packages of the house: those are the revision's. */
  #lendModules(folder: string): void {
    mkdirSync(join(this.path, folder));
    for (const name of readdirSync(join(root, folder))) {
      const house = name === '@asyncio-ts' || name === 'asyncio-ts' || name.startsWith('.');
      if (!house) symlinkSync(join(root, folder, name), join(this.path, folder, name));
    }
    mkdirSync(join(this.path, folder, '@asyncio-ts'));
    for (const name of readdirSync(join(this.path, 'packages'))) {
      const link = name === 'asyncio' ? 'asyncio-ts' : `@asyncio-ts/${name}`;
      symlinkSync(join(this.path, 'packages', name), join(this.path, folder, link));
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
    git('worktree', 'prune');
  }
}

function commitOf(revision: string | undefined): string {
  if (revision === undefined) throw new UsageError('--base is missing');
  try {
    return git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`);
  } catch {
    throw new UsageError(`There is no revision ${revision}`);
  }
}

const BASE = 'base: ';

/** Subjects that say nothing of the packages are not worth the time. */
const isOurs = ({ name }: Subject): boolean =>
  /^(generator|async|callLater|asyncio-ts)\b/.test(name);

/** Both sides of a subject, in turn; null where the base cannot run it. */
async function bothOf(
  row: Row,
  subject: Subject,
  bundles: readonly [base: Bundle, here: Bundle],
  settings: Settings,
): Promise<readonly [base: Measured, here: Measured] | null> {
  const [base, here] = bundles.map((bundle) => participant(row, subject, bundle, settings));
  const names = [`${BASE}${subject.name}`, `here: ${subject.name}`];
  try {
    const both = [base, here].map((one, at) => ({ ...one, name: names[at] }) as Measured);
    return (await runInTurn(both, settings.rounds)) as [Measured, Measured];
  } catch (error) {
    // It may be older than what the row is about; that this tree cannot run it is an error.
    if (!(error as Error).message.startsWith(BASE)) throw error;
    console.log(`skipped: ${row.name}: ${(error as Error).message.split('\n')[0]}`);
    return null;
  }
}

/** What nobody would call a difference. */
const TRIFLE = 0.02;

/** One quantity of both sides, as a line. */
function lineOf(before: readonly number[], after: readonly number[], quantity: Quantity): string[] {
  const { median, spread } = pairedRatio(after, before);
  const written = (values: readonly number[]): string =>
    quantity === 'bytes' ? bytes(spreadOf(values).median) : duration(spreadOf(values).median * 1e9);
  // What is taken once is the same each time.
  const differs =
    before.length === 1 ? Math.abs(median - 1) > TRIFLE : clearlyDifferent(after, before);
  const better = quantity === 'bytes' ? 'smaller' : 'faster';
  const worse = quantity === 'bytes' ? 'larger' : 'slower';
  return [
    written(before),
    written(after),
    median.toFixed(2),
    `${(spread * 100).toFixed(0)} %`,
    differs ? (median < 1 ? better : worse) : 'no difference',
  ];
}

async function compareRow(
  row: Row,
  bundles: readonly [base: Bundle, here: Bundle],
  settings: Settings,
): Promise<string[][]> {
  const lines: string[][] = [];
  for (const subject of row.subjects.filter(isOurs)) {
    const both = await bothOf(row, subject, bundles, settings);
    if (both === null) continue;
    for (const quantity of row.quantities ?? (['time'] as const)) {
      const [before, after] = [amounts(both[0], quantity), amounts(both[1], quantity)];
      const name = lines.length === 0 ? row.name : '';
      lines.push([name, subject.name, ...lineOf(before, after, quantity)]);
    }
  }
  return lines;
}

function options() {
  const { values } = readOptions({
    base: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '16' },
    quick: { type: 'boolean', default: false },
    // For the tests: sizes that prove that it works, and packages that need no build.
    scale: { type: 'string' },
    packages: { type: 'string', default: 'dist' },
  });
  const scale = (values.scale ?? (values.quick ? 'quick' : 'full')) as Scale;
  return {
    commit: commitOf(values.base),
    chosen: rowsOf(values.only),
    packages: values.packages as Packages,
    settings: {
      scale,
      rounds: countOf(values.rounds),
      secondsPerRound: { full: 0.15, quick: 0.05, smallest: 0 }[scale],
    },
  };
}

async function compareAll(
  chosen: readonly Row[],
  bundles: readonly [base: Bundle, here: Bundle],
  settings: Settings,
): Promise<string[][]> {
  const lines: string[][] = [];
  for (const row of chosen) {
    const missing = row.missing?.() ?? null;
    if (missing === null) lines.push(...(await compareRow(row, bundles, settings)));
    else console.log(`skipped: ${row.name}: ${missing}`);
  }
  return lines;
}

async function main(): Promise<void> {
  const { commit, chosen, packages, settings } = options();
  console.log(describeMachine(thisMachine()));
  console.log(`base: ${git('log', '-1', '--format=%h %s', commit)}`);
  const checkout = Checkout.make(commit, packages);
  try {
    const base = await bundleRows(packages, checkout.path);
    const here = await bundleRows(packages);
    try {
      const lines = await compareAll(chosen, [base, here], settings);
      const headings = ['row', 'subject', 'base', 'here', 'x', '+-', ''];
      console.log(`\n${plain([headings, ...lines], new Set([2, 3, 4, 5]))}`);
    } finally {
      here.remove();
    }
  } finally {
    checkout.remove();
  }
}

await runCommand(main, USAGE);

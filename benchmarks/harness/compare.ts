/**
 * `npm run bench:compare -- --base <revision>`: the packages of two revisions, run in turn by the rows as they are here. The
 * base is checked out and built in a folder of its own, the other side is this working tree.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Bundle, bundleRows } from './bundle.js';
import { countOf, readOptions, rowsOf, runCommand, UsageError } from './command.js';
import { describeMachine, thisMachine } from './machine.js';
import { participant, type Settings } from './measure.js';
import type { Row, Subject } from './row.js';
import { perOperation, runInTurn } from './run-in-turn.js';
import { clearlyDifferent, pairedRatio, spreadOf } from './statistics.js';
import { duration, plain } from './table.js';

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
   * Checks a commit out, and builds it.
   *
   * @throws Error when it cannot be built.
   */
  static make(commit: string): Checkout {
    const checkout = new Checkout();
    try {
      git('worktree', 'add', '--force', '--detach', checkout.path, commit);
      checkout.#lendModules('node_modules');
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

/** Subjects that say nothing of the packages are not worth the time. */
const isOurs = ({ name }: Subject): boolean => /^(generator|async|callLater)\b/.test(name);

async function compareRow(
  row: Row,
  base: Bundle,
  here: Bundle,
  settings: Settings,
): Promise<string[][]> {
  const lines: string[][] = [];
  for (const subject of row.subjects.filter(isOurs)) {
    const both = [base, here].map((bundle) => participant(row, subject, bundle, settings));
    const [before, after] = (await runInTurn(both, settings.rounds)).map(perOperation);
    if (before === undefined || after === undefined) continue;
    const { median, spread } = pairedRatio(after, before);
    lines.push([
      lines.length === 0 ? row.name : '',
      subject.name,
      duration(spreadOf(before).median * 1e9),
      duration(spreadOf(after).median * 1e9),
      median.toFixed(2),
      `${(spread * 100).toFixed(0)} %`,
      clearlyDifferent(after, before) ? (median < 1 ? 'faster' : 'slower') : 'no difference',
    ]);
  }
  return lines;
}

async function main(): Promise<void> {
  const { values } = readOptions({
    base: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '16' },
    quick: { type: 'boolean', default: false },
  });
  const commit = commitOf(values.base);
  const chosen = rowsOf(values.only);
  const settings: Settings = {
    scale: values.quick ? 'quick' : 'full',
    rounds: countOf(values.rounds),
    secondsPerRound: values.quick ? 0.05 : 0.15,
  };
  console.log(describeMachine(thisMachine()));
  console.log(`base: ${git('log', '-1', '--format=%h %s', commit)}`);
  const checkout = Checkout.make(commit);
  try {
    const [base, here] = [await bundleRows('dist', checkout.path), await bundleRows('dist')];
    const lines = [['row', 'subject', 'base', 'here', 'x', '+-', '']];
    try {
      for (const row of chosen) {
        const missing = row.missing?.() ?? null;
        if (missing === null) lines.push(...(await compareRow(row, base, here, settings)));
        else console.log(`skipped: ${row.name}: ${missing}`);
      }
    } finally {
      here.remove();
    }
    console.log(`\n${plain(lines, new Set([2, 3, 4, 5]))}`);
  } finally {
    checkout.remove();
  }
}

await runCommand(main, USAGE);

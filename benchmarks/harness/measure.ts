/** Measures one row: who takes part, what came out, and what that is beside the limits. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import type { Bundle } from './bundle.js';
import { type Machine, nodeMajor, thisMachine } from './machine.js';
import type { Python } from './python.js';
import {
  appliesTo,
  type Limit,
  type PythonSubject,
  pythonSubjects,
  type Quantity,
  type Row,
  type Scale,
  type Subject,
} from './row.js';
import {
  amounts,
  type Measured,
  type Participant,
  perOperation,
  runInTurn,
} from './run-in-turn.js';
import { pairedRatio, quantile, spreadOf } from './statistics.js';

export interface Settings {
  readonly scale: Scale;
  /** Measured rounds of every subject. */
  readonly rounds: number;
  /** How long a round is meant to take at least; the programs are repeated until then. */
  readonly secondsPerRound: number;
  /** Only these subjects, and whoever they are held against; default: all. */
  readonly subjects?: readonly string[];
}

/** What a subject came to. */
export interface Figures {
  readonly subject: string;
  readonly version?: string;
  readonly operations: number;
  readonly repeats: number;
  /** Of one run, every round. */
  readonly seconds: readonly number[];
  readonly cpuSeconds: readonly number[];
  /** Median of one operation, in nanoseconds. */
  readonly nanoseconds: number;
  readonly spread: number;
  /** Who it is shown beside, if that is not the row's. */
  readonly against?: string;
  /** How many times it takes what that one takes, round by round; with its spread. */
  readonly ratio: number | null;
  readonly ratioSpread: number | null;
  /** The same of the time on the processor, helper threads included: what a busy machine disturbs less. */
  readonly cpuRatio: number | null;
  /** Where bytes are measured. */
  readonly memory?: Memory;
}

/** How many bytes a subject needs, or is. */
export interface Memory {
  /** Every round. */
  readonly rounds: readonly number[];
  /** Their median. */
  readonly bytes: number;
  readonly spread: number;
  readonly ratio: number | null;
  readonly ratioSpread: number | null;
}

export interface Verdict extends Limit {
  /** What it came to; for a limit that holds for the figure itself, the figure. */
  readonly ratio: number;
  readonly reached: boolean;
}

/** What a row came to: the content of a file in `results/`. */
export interface Result {
  readonly row: string;
  readonly group: string;
  readonly exactly: string;
  readonly operation: string;
  /** `cpu`: one operation is time on the processor; else it is time on the wall. */
  readonly clock?: 'cpu';
  /** What was measured; default: time only. */
  readonly quantities?: readonly Quantity[];
  readonly against: string;
  readonly scale: Scale;
  readonly rounds: number;
  readonly date: string;
  readonly machine: Machine;
  readonly subjects: readonly Figures[];
  readonly verdicts: readonly Verdict[];
  /** How much of a processor the subjects had while the clock ran; much less than 1: others were busy, too. */
  readonly processorShare: number;
  /** Who did not take part, and why. */
  readonly skipped: readonly string[];
}

/** Where everything is that takes part. */
export interface Stage {
  readonly bundle: Bundle;
  readonly pythons: readonly Python[];
  readonly skipped: readonly string[];
}

/**
 * Measures a row.
 *
 * @throws Error when a subject gives a wrong answer, dies or hangs.
 */
export async function measure(row: Row, stage: Stage, settings: Settings): Promise<Result> {
  const subjects = row.subjects
    .filter((subject) => takesPart(row, subject, settings))
    .map((subject) => participant(row, subject, stage.bundle, settings));
  const pythons = settings.subjects === undefined ? stage.pythons : [];
  const ways = pythons.flatMap((python) =>
    pythonSubjects(row)
      .filter(({ eager }) => eager !== true || python.eagerTasks)
      .map((way) => pythonParticipant(row, python, way, settings)),
  );
  return summary(row, stage, settings, await runInTurn([...subjects, ...ways], settings.rounds));
}

function takesPart(row: Row, { name, quick }: Subject, settings: Settings): boolean {
  if (settings.subjects === undefined) return settings.scale !== 'quick' || quick === true;
  return row.subjects.some(
    (chosen) =>
      settings.subjects?.includes(chosen.name) === true &&
      [chosen.name, chosen.against ?? row.against].includes(name),
  );
}

/** A subject of a row, as the bundle has it. */
export function participant(
  row: Row,
  subject: Subject,
  bundle: Bundle,
  { scale, secondsPerRound }: Settings,
): Participant {
  const version = subject.package === undefined ? undefined : versionOf(subject.package);
  return {
    name: subject.name,
    command: process.execPath,
    args: [bundle.child, `${row.group}-${row.name}`, subject.name, scale, String(secondsPerRound)],
    ...(version === undefined ? {} : { version }),
    ...inTheWayOf(row, subject),
  };
}

/** What the row and the subject say of how it is measured, and beside whom it is shown. */
function inTheWayOf({ clock, fresh }: Row, { against, rounds }: Subject | PythonSubject) {
  return {
    ...(clock === undefined ? {} : { clock }),
    ...(fresh === undefined ? {} : { fresh }),
    ...(against === undefined ? {} : { against }),
    ...(rounds === undefined ? {} : { atMostRounds: rounds }),
  };
}

function pythonParticipant(
  row: Row,
  python: Python,
  way: PythonSubject,
  settings: Settings,
): Participant {
  const size = way.resize(row.sizes[settings.scale]);
  const file = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
  return {
    name: way.name === '' ? python.subject : `${python.subject}, ${way.name}`,
    version: python.version,
    command: python.command,
    args: [
      file('harness/child.py'),
      file(`${row.group}-${row.name}.py`),
      python.loop,
      JSON.stringify(size),
      String(row.operations(size)),
      JSON.stringify(row.expected(size)),
      String(settings.secondsPerRound),
      JSON.stringify(row.fresh === true),
    ],
    ...inTheWayOf(row, way),
  };
}

function versionOf(name: string): string {
  const { resolve } = createRequire(import.meta.url);
  for (const folder of resolve.paths(name) ?? []) {
    try {
      const manifest = createRequire(import.meta.url)(`${folder}/${name}/package.json`) as unknown;
      return (manifest as { version: string }).version;
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return 'unknown';
}

function summary(
  row: Row,
  stage: Stage,
  settings: Settings,
  measured: readonly Measured[],
): Result {
  const against = ({ against = row.against }: Measured): Measured | undefined =>
    measured.find(({ name }) => name === against);
  return {
    row: row.name,
    group: row.group,
    exactly: row.exactly,
    operation: row.operation,
    ...(row.clock === undefined ? {} : { clock: row.clock }),
    ...(row.quantities === undefined ? {} : { quantities: row.quantities }),
    against: row.against,
    scale: settings.scale,
    rounds: settings.rounds,
    date: new Date().toISOString(),
    machine: thisMachine(),
    subjects: measured.map((one) => ({
      ...figures(one, against(one)),
      ...(row.quantities?.includes('bytes') === true ? { memory: memory(one, against(one)) } : {}),
    })),
    verdicts: row.limits
      .filter((limit) => appliesTo(limit, nodeMajor()))
      .flatMap((limit) => verdict(limit, measured)),
    processorShare: processorShare(measured),
    skipped: row.python === undefined ? [] : stage.skipped,
  };
}

function figures(one: Measured, against: Measured | undefined): Figures {
  const own = perOperation(one);
  const { median, spread } = spreadOf(own);
  const ratio = against === undefined ? null : pairedRatio(own, perOperation(against));
  return {
    subject: one.name,
    ...(one.version === undefined ? {} : { version: one.version }),
    operations: quantile(
      one.rounds.map(({ operations = one.operations }) => operations),
      0.5,
    ),
    repeats: one.repeats,
    seconds: one.rounds.map(({ seconds }) => seconds),
    cpuSeconds: one.rounds.map(({ cpuSeconds }) => cpuSeconds),
    nanoseconds: median * 1e9,
    spread,
    ...(one.against === undefined ? {} : { against: one.against }),
    ratio: ratio?.median ?? null,
    ratioSpread: ratio?.spread ?? null,
    cpuRatio: against === undefined ? null : cpuRatio(one, against),
  };
}

function memory(one: Measured, against: Measured | undefined): Memory {
  const own = amounts(one, 'bytes');
  const { median, spread } = spreadOf(own);
  const ratio = against === undefined ? null : pairedRatio(own, amounts(against, 'bytes'));
  return {
    rounds: own,
    bytes: median,
    spread,
    ratio: ratio?.median ?? null,
    ratioSpread: ratio?.spread ?? null,
  };
}

function processorShare(measured: readonly Measured[]): number {
  const rounds = measured.flatMap((one) => one.rounds);
  return quantile(
    rounds.map(({ seconds, cpuSeconds }) => cpuSeconds / seconds),
    0.5,
  );
}

function cpuRatio(one: Measured, against: Measured): number {
  const onProcessor = (measured: Measured): number[] => perOperation({ ...measured, clock: 'cpu' });
  return pairedRatio(onProcessor(one), onProcessor(against)).median;
}

function verdict(limit: Limit, measured: readonly Measured[]): Verdict[] {
  const { subject, of, atMost, what = 'time' } = limit;
  const own = measured.find(({ name }) => name === subject);
  if (own === undefined) return [];
  const values = amounts(own, what);
  const ratio =
    of === undefined ? spreadOf(values).median : ratioTo(values, [of].flat(), what, measured);
  return ratio === null ? [] : [{ ...limit, ratio, reached: ratio <= atMost }];
}

/** How many times what the others take, the one of them that takes least; null: none of them took part. */
function ratioTo(
  values: readonly number[],
  names: readonly string[],
  what: Quantity,
  measured: readonly Measured[],
): number | null {
  const others = measured.filter(({ name }) => names.some((other) => isNamed(name, other)));
  const ratios = others.map((other) => pairedRatio(values, amounts(other, what)).median);
  return ratios.length === 0 ? null : Math.max(...ratios);
}

/** A Python has its version in its name, and `uvloop` means it. */
const isNamed = (name: string, wanted: string): boolean =>
  name === wanted || (wanted === 'uvloop' && /^uvloop [\d.]+ \([^)]*\)$/.test(name));

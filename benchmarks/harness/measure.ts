/** Measures one row: who takes part, what came out, and what that is beside the limits. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import type { Bundle } from './bundle.js';
import { type Machine, nodeMajor, thisMachine } from './machine.js';
import type { Python } from './python.js';
import { appliesTo, type Limit, type Row, type Scale, type Size, type Subject } from './row.js';
import { type Measured, type Participant, perOperation, runInTurn } from './run-in-turn.js';
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
}

export interface Verdict extends Limit {
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
  const pythons = settings.subjects === undefined && row.python !== undefined ? stage.pythons : [];
  const all = [...subjects, ...pythons.map((python) => pythonParticipant(row, python, settings))];
  return summary(row, stage, settings, await runInTurn(all, settings.rounds));
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
    args: [bundle.child, row.name, subject.name, scale, String(secondsPerRound)],
    ...(version === undefined ? {} : { version }),
    ...(row.clock === undefined ? {} : { clock: row.clock }),
    ...(subject.against === undefined ? {} : { against: subject.against }),
  };
}

function pythonParticipant(row: Row, python: Python, settings: Settings): Participant {
  const size = (row.python as (size: Size) => Size)(row.sizes[settings.scale]);
  const file = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
  return {
    name: python.subject,
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
    ],
    ...(row.clock === undefined ? {} : { clock: row.clock }),
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
    against: row.against,
    scale: settings.scale,
    rounds: settings.rounds,
    date: new Date().toISOString(),
    machine: thisMachine(),
    subjects: measured.map((one) => figures(one, against(one))),
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
    operations: one.operations,
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

function processorShare(measured: readonly Measured[]): number {
  const rounds = measured.flatMap((one) => one.rounds);
  return quantile(
    rounds.map(({ seconds, cpuSeconds }) => cpuSeconds / seconds),
    0.5,
  );
}

function cpuRatio(one: Measured, against: Measured): number {
  const perOperation = ({ rounds, operations }: Measured): number[] =>
    rounds.map(({ cpuSeconds }) => cpuSeconds / operations);
  return pairedRatio(perOperation(one), perOperation(against)).median;
}

function verdict(limit: Limit, measured: readonly Measured[]): Verdict[] {
  const own = measured.find(({ name }) => name === limit.subject);
  const of = measured.find(({ name }) => name === limit.of);
  if (own === undefined || of === undefined) return [];
  const ratio = pairedRatio(perOperation(own), perOperation(of)).median;
  return [{ ...limit, ratio, reached: ratio <= limit.atMost }];
}

/** What a row is: one question, several subjects that answer it, and the limits we hold ourselves to. */
import type { Report } from './report.js';

/** How large a run is; each row has its own words for it. */
export type Size = Readonly<Record<string, number>>;

/**
 * One run of a subject. What it returns is held against the row's `expected` before any clock counts; what it has to say of
 * the run itself (only a part is timed, so much memory) goes to the report.
 */
export type Program<S extends Size = Size> = (size: S, report: Report) => unknown;

/** What is measured: how long an operation takes, or how many bytes something is. */
export type Quantity = 'time' | 'bytes';

/** Somebody who takes part. */
export interface Subject<S extends Size = Size> {
  readonly name: string;
  /** Made once per process, outside the clock: peers are imported here, so that nobody else carries them. */
  load(): Program<S> | Promise<Program<S>>;
  /** The npm package whose version is printed beside the name. */
  readonly package?: string;
  /** Runs the row at another size, where the full one would take minutes; all figures are per operation. */
  readonly resize?: (size: S) => S;
  /** Takes part in a quick run, too. */
  readonly quick?: boolean;
  /** The subject this one is shown beside, if that is not the row's. */
  readonly against?: string;
  /** So many rounds are enough, where a round takes long and no limit depends on it. */
  readonly rounds?: number;
}

/** Python's asyncio in one of several ways; the name stands behind Python's. */
export interface PythonSubject<S extends Size = Size> {
  readonly name: string;
  readonly resize: (size: S) => S;
  /** Tasks that start at once, which came with Python 3.12. */
  readonly eager?: boolean;
  readonly against?: string;
  readonly rounds?: number;
}

/** A ratio we want to reach: `subject` takes at most so many times what `of` takes. */
export interface Limit {
  readonly subject: string;
  /** One subject, or several: then the one that takes least. `uvloop` is Python with it. Missing: the figure itself. */
  readonly of?: string | readonly string[];
  readonly atMost: number;
  /** What of them; default: the time. */
  readonly what?: Quantity;
  /** The first and the last major version of Node it holds for; both may be left out. */
  readonly fromNode?: number;
  readonly beforeNode?: number;
}

/** Which size of a row is run: the one of the tables, one for the tour, and one that only proves that it works. */
export type Scale = 'full' | 'quick' | 'smallest';

export interface Row<S extends Size = Size> {
  /** The name in the tables; the file is `<group>-<name>.ts`. */
  readonly name: string;
  /** The package it is about. */
  readonly group: string;
  /** What is measured, exactly. */
  readonly exactly: string;
  readonly sizes: Readonly<Record<Scale, S>>;
  /** What one operation is, in the singular. */
  readonly operation: string;
  readonly operations: (size: S) => number;
  /** What every subject must return, or it did something else. */
  readonly expected: (size: S) => unknown;
  /** The subject all others are shown beside. */
  readonly against: string;
  readonly subjects: readonly Subject<S>[];
  readonly limits: readonly Limit[];
  /** What it measures; default: time only. Bytes nobody reports are the most memory the process has had. */
  readonly quantities?: readonly Quantity[];
  /**
   * `cpu`: what counts is the time on the processor of the subject's process, because it also waits: for its timers, or for
   * a client in a process of its own. Default: the clock on the wall.
   */
  readonly clock?: 'cpu';
  /** It waits by the clock on the wall: that it is not on the processor does not mean that others are. */
  readonly waits?: boolean;
  /** It takes minutes, and its names say how large it is: it is not part of a quick run. */
  readonly slow?: boolean;
  /** Each round is the first and only run of a process, because what is measured is the process. */
  readonly fresh?: boolean;
  /** A word on what the row needs and this machine does not have; null: nothing is missing. */
  readonly missing?: () => string | null;
  /** Python takes part, at the size this gives, or in these ways: `<group>-<name>.py` has a `main(size)` to be awaited. */
  readonly python?: ((size: S) => S) | readonly PythonSubject<S>[];
}

/** A row as the table of rows holds it. */
export function row<S extends Size>(definition: Row<S>): Row {
  return definition as unknown as Row;
}

/** The ways in which Python takes part. */
export function pythonSubjects({ python }: Row): readonly PythonSubject[] {
  if (python === undefined) return [];
  return typeof python === 'function' ? [{ name: '', resize: python }] : python;
}

/** Whether a limit is meant for a Node of this major version. */
export function appliesTo(limit: Limit, nodeMajor: number): boolean {
  return (
    (limit.fromNode === undefined || nodeMajor >= limit.fromNode) &&
    (limit.beforeNode === undefined || nodeMajor < limit.beforeNode)
  );
}

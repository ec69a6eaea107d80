/** What a row is: one question, several subjects that answer it, and the limits we hold ourselves to. */

/** How large a run is; each row has its own words for it. */
export type Size = Readonly<Record<string, number>>;

/** One run of a subject. What it returns is held against the row's `expected` before any clock counts. */
export type Program<S extends Size = Size> = (size: S) => unknown;

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
}

/** A ratio we want to reach: `subject` takes at most so many times what `of` takes. */
export interface Limit {
  readonly subject: string;
  readonly of: string;
  readonly atMost: number;
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
  /**
   * `cpu`: what counts is the time on the processor of the subject's process, because it also waits: for its timers, or for
   * a client in a process of its own. Default: the clock on the wall.
   */
  readonly clock?: 'cpu';
  /** A word on what the row needs and this machine does not have; null: nothing is missing. */
  readonly missing?: () => string | null;
  /** Python takes part, at the size this gives: `<group>-<name>.py` has a `main(size)` to be awaited. */
  readonly python?: (size: S) => S;
}

/** A row as the table of rows holds it. */
export function row<S extends Size>(definition: Row<S>): Row {
  return definition as unknown as Row;
}

/** Whether a limit is meant for a Node of this major version. */
export function appliesTo(limit: Limit, nodeMajor: number): boolean {
  return (
    (limit.fromNode === undefined || nodeMajor >= limit.fromNode) &&
    (limit.beforeNode === undefined || nodeMajor < limit.beforeNode)
  );
}

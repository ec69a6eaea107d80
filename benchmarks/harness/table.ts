/** Results as a table: for a terminal, and for a page. */
import type { Figures, Result, Verdict } from './measure.js';
import type { Quantity } from './row.js';

const HEADINGS = ['row', 'subject', 'figure', '+-', 'x', 'limit', 'verdict'];
/** Columns of figures are set to the right. */
const RIGHT = new Set([2, 3, 4, 5]);

/** Nanoseconds in a unit one can read. */
export function duration(nanoseconds: number): string {
  return inUnits(nanoseconds, 1000, ['ns', 'us', 'ms', 's']);
}

/** Bytes in a unit one can read. */
export function bytes(count: number): string {
  return inUnits(count, 1000, ['B', 'kB', 'MB', 'GB']);
}

function inUnits(amount: number, step: number, units: readonly string[]): string {
  let value = amount;
  let unit = 0;
  for (; value >= step && unit < units.length - 1; unit++) value /= step;
  // Three digits that count, however many stand before the point.
  const written = value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/e.*$/, '');
  return `${written} ${units[unit]}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const times = (ratio: number): string => `${ratio.toFixed(2)}`;

/** What was measured of a subject, in words. */
interface Shown {
  readonly figure: string;
  readonly spread: number;
  readonly ratio: number | null;
}

function shown({ nanoseconds, spread, ratio, memory }: Figures, quantity: Quantity): Shown {
  if (quantity === 'time') return { figure: duration(nanoseconds), spread, ratio };
  if (memory === undefined) return { figure: '', spread: 0, ratio: null };
  return { figure: bytes(memory.bytes), spread: memory.spread, ratio: memory.ratio };
}

/** A subject, with the version of its package behind the package's name. */
function named({ subject, version }: Figures): string {
  if (version === undefined || subject.includes(version)) return subject;
  return subject.replace(/^[\w-]+/, (name) => `${name} ${version}`);
}

/** A limit that is shown in the line of its subject: it holds for the figure or the ratio of that line. */
function isOfLine({ of }: Verdict, figures: Figures, result: Result): boolean {
  return of === undefined || of === (figures.against ?? result.against);
}

function linesOf(result: Result, figures: Figures, quantity: Quantity): string[][] {
  // A run that only proves that it works is no measurement.
  const judged = result.scale === 'smallest' ? [] : result.verdicts;
  const own = judged.filter(
    ({ subject, what = 'time' }) => subject === figures.subject && what === quantity,
  );
  const verdict = own.find((one) => isOfLine(one, figures, result));
  const { figure, spread, ratio } = shown(figures, quantity);
  const both = (result.quantities?.length ?? 1) > 1;
  const name = both && quantity === 'bytes' ? `${named(figures)}: memory` : named(figures);
  return [
    [
      name,
      figure,
      percent(spread),
      ratio === null ? '' : times(ratio),
      ...(verdict === undefined ? ['', ''] : verdictOf(verdict)),
    ],
    ...own.filter((one) => one !== verdict).map((one) => [...besides(one), ...verdictOf(one)]),
  ];
}

/** A line for a limit that holds against somebody else than the one the subject is shown beside. */
function besides({ of, ratio }: Verdict): string[] {
  const whom = typeof of === 'string' ? of : 'the least of its kind';
  return [`- against ${whom}`, '', '', times(ratio)];
}

function verdictOf({ of, what, atMost, reached }: Verdict): [string, string] {
  const figure = what === 'bytes' ? bytes(atMost) : duration(atMost * 1e9);
  return [`<= ${of === undefined ? figure : times(atMost)}`, reached ? 'reached' : 'not reached'];
}

function lines(results: readonly Result[]): string[][] {
  return results.flatMap((result) =>
    (result.quantities ?? ['time'])
      .flatMap((quantity) =>
        result.subjects.flatMap((figures) => linesOf(result, figures, quantity)),
      )
      .map((line, at) => [at === 0 ? result.row : '', ...line]),
  );
}

/** The table for a terminal. `x` is how many times the subject takes what the row's reference takes. */
export function plainTable(results: readonly Result[]): string {
  return plain([HEADINGS, ...lines(results)], RIGHT);
}

/** Lines of cells in columns, those in `right` set to the right. */
export function plain(lines: readonly (readonly string[])[], right: ReadonlySet<number>): string {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] as string).length)),
  );
  const set = (cell: string, column: number): string => {
    const width = widths[column] as number;
    return right.has(column) ? cell.padStart(width) : cell.padEnd(width);
  };
  return lines.map((line) => line.map(set).join('  ').trimEnd()).join('\n');
}

/** The table for a page. */
export function markdownTable(results: readonly Result[]): string {
  return markdown([HEADINGS, ...lines(results)], RIGHT);
}

/** Lines of cells, the first one the headings, those in `right` set to the right. */
export function markdown(
  [headings = [], ...lines]: readonly (readonly string[])[],
  right: ReadonlySet<number>,
): string {
  const rule = headings.map((_, column) => (right.has(column) ? '---:' : '---'));
  return [headings, rule, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Whom the subjects of a row are shown beside. */
function referencesOf({ row, against, subjects }: Result): string {
  return `${row}: ${[...new Set(subjects.map((one) => one.against ?? against))].join(', ')}`;
}

/** What the columns mean. */
export function legend(results: readonly Result[]): string {
  const references = results.map(referencesOf).join('; ');
  return [
    'figure: the time of one operation, or bytes; +-: half the distance between the quartiles',
    `x: how many times what the reference takes (${references})`,
  ].join('\n');
}

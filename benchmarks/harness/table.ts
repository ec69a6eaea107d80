/** Results as a table: for a terminal, and for a page. */
import type { Figures, Result, Verdict } from './measure.js';

const HEADINGS = ['row', 'subject', 'one operation', '+-', 'x', 'limit', 'verdict'];
/** Columns of figures are set to the right. */
const RIGHT = new Set([2, 3, 4, 5]);

/** Nanoseconds in a unit one can read. */
export function duration(nanoseconds: number): string {
  const units = ['ns', 'us', 'ms', 's'];
  let value = nanoseconds;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toPrecision(3).replace(/e.*$/, '')} ${units[unit]}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const times = (ratio: number): string => `${ratio.toFixed(2)}`;

function lineOf(result: Result, figures: Figures, first: boolean): string[] {
  const { subject, version, nanoseconds, spread, ratio } = figures;
  // A run that only proves that it works is no measurement.
  const judged = result.scale === 'smallest' ? [] : result.verdicts;
  const verdict = judged.find((one) => one.subject === subject);
  return [
    first ? result.row : '',
    version === undefined || subject.includes(version) ? subject : `${subject} ${version}`,
    duration(nanoseconds),
    percent(spread),
    ratio === null ? '' : times(ratio),
    verdict === undefined ? '' : `<= ${times(verdict.atMost)}`,
    verdict === undefined ? '' : verdictOf(verdict),
  ];
}

const verdictOf = ({ reached }: Verdict): string => (reached ? 'reached' : 'not reached');

function lines(results: readonly Result[]): string[][] {
  return results.flatMap((result) =>
    result.subjects.map((figures, at) => lineOf(result, figures, at === 0)),
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
  return `x: how many times what the reference takes (${references}); +-: half the distance between the quartiles`;
}

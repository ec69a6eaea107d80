/**
 * `npm run bench:pages`: writes the figures of `benchmarks/results` into the pages that show them, between two comments:
 * `<!-- figures: <name> -->` and `<!-- end of figures -->`, and draws the pictures that are among them. With `--check`, only says whether a page is out of date.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { format, resolveConfig } from 'prettier';

import { rows } from '../rows.js';
import { readOptions, runCommand } from './command.js';
import { describeMachine, nodeMajor } from './machine.js';
import type { Result } from './measure.js';
import { draw, isMeasured, PLOTS, type PlotName, titleOf } from './plots.js';
import { load } from './results.js';
import { markdown, markdownTable } from './table.js';

const root = new URL('../../', import.meta.url);

/** Every page with figures. */
const PAGES = ['README.md', 'docs/benchmarks.md', 'docs/guide/from-promises.md'];

const inOrder = rows.map(({ name }) => name);

/** Results of each Node, the oldest first, the rows in their order. */
function byNode(results: readonly Result[]): [major: number, results: Result[]][] {
  const majors = [...new Set(results.map(({ machine }) => nodeMajor(machine.node)))];
  return majors
    .sort((a, b) => a - b)
    .map((major) => [
      major,
      results
        .filter(({ machine }) => nodeMajor(machine.node) === major)
        .sort((a, b) => inOrder.indexOf(a.row) - inOrder.indexOf(b.row)),
    ]);
}

/** The rows of which there is no result, in words; none: nothing. */
function missing(ofNode: readonly Result[]): string[] {
  const names = inOrder.filter((name) => !ofNode.some(({ row }) => row === name));
  return names.length === 0 ? [] : [`Not measured yet: ${names.join(', ')}.`];
}

/** Everything: a section for each Node. */
function tables(results: readonly Result[]): string {
  return byNode(results)
    .map(([major, ofNode]) => {
      const machines = [...new Set(ofNode.map(({ machine }) => describeMachine(machine)))];
      const dates = [...new Set(ofNode.map(({ date }) => date.slice(0, 10)))].sort();
      const skipped = [...new Set(ofNode.flatMap((one) => one.skipped))];
      return [
        `### Node ${major}`,
        `${machines.join('; ')}; ${dates.join(', ')}; ${ofNode[0]?.rounds} rounds.`,
        markdownTable(ofNode),
        ...missing(ofNode),
        ...(skipped.length > 0 ? [`Did not take part: ${skipped.join('; ')}.`] : []),
      ].join('\n\n');
    })
    .join('\n\n');
}

/** How many times what native promises take: a line for each row, two columns for each Node. */
function ratios(results: readonly Result[]): string {
  const nodes = byNode(results);
  const native = rows.filter(
    ({ name, against }) => against === 'native' && results.some(({ row }) => row === name),
  );
  const lines = native.map(({ name, group }) => [
    `${name} (\`${group}\`)`,
    ...nodes.flatMap(([, ofNode]) => {
      const subjects = ofNode.find(({ row }) => row === name)?.subjects ?? [];
      return ['generator', 'async'].map((kind) => {
        const ratio = subjects.find(({ subject }) => subject === kind)?.ratio;
        return ratio == null ? '' : ratio.toFixed(2);
      });
    }),
  ]);
  const headings = nodes.flatMap(([major]) => [`generator, Node ${major}`, `async, Node ${major}`]);
  const machine = describeMachine((results[0] as Result).machine).replace(/^Node \S+, /, '');
  return `${markdown([['', ...headings], ...lines], new Set(headings.map((_, at) => at + 1)))}\n\nMeasured on ${machine}.`;
}

/** A picture, where it has been drawn; it lies in a folder beside the page. */
function picture(name: PlotName, results: readonly Result[]): string {
  if (!isMeasured(name, results)) return `${titleOf(name)}: not measured yet.`;
  return `![${titleOf(name)}](benchmarks/${name}.svg)`;
}

const figures: Readonly<Record<string, (results: readonly Result[]) => string>> = {
  tables,
  ratios,
  ...Object.fromEntries(
    PLOTS.map((name) => [`plot_${name}`, (results: readonly Result[]) => picture(name, results)]),
  ),
};

/** A page with the figures of the results in it. */
export async function filled(page: string, results: readonly Result[]): Promise<string> {
  const written = page.replace(
    /(<!-- figures: (\w+) -->\n)[^]*?(<!-- end of figures -->)/g,
    (_whole, begin: string, name: string, end: string) => {
      const make = figures[name];
      if (make === undefined) throw new Error(`There are no figures ${name}`);
      return `${begin}\n${make(results)}\n\n${end}`;
    },
  );
  const style = await resolveConfig(fileURLToPath(new URL('README.md', root)));
  return await format(written, { ...style, parser: 'markdown' });
}

/** Puts a file there, or takes it away (null), unless it is so already; with `check`, says so by an error. */
function put(name: string, content: string | null, check: boolean): void {
  const file = fileURLToPath(new URL(name, root));
  const there = existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (there === content) return;
  if (check) {
    throw new Error(`${name} does not show the figures of benchmarks/results: npm run bench:pages`);
  }
  if (content === null) {
    rmSync(file);
  } else {
    mkdirSync(new URL('.', new URL(name, root)), { recursive: true });
    writeFileSync(file, content);
  }
  console.log(`${name}: ${content === null ? 'removed' : 'written'}`);
}

async function main(): Promise<void> {
  const { check } = readOptions({ check: { type: 'boolean', default: false } }).values;
  const results = byNode(load()).flatMap(([, ofNode]) => ofNode);
  for (const name of PLOTS) {
    put(`docs/benchmarks/${name}.svg`, await draw(name, results), check);
  }
  for (const name of PAGES) {
    const page = readFileSync(new URL(name, root), 'utf8');
    put(name, await filled(page, results), check);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runCommand(main, 'usage: npm run bench:pages [-- --check]');
}

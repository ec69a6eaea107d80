/** The tests of the house as a reader of their sources sees them: title, text and file of each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { packages, root } from '../house.mjs';

const folders = [
  ...packages.map(({ path }) => join(path, 'test')),
  join(root, 'packages/testing/src/behaviours'),
  join(root, 'docs/test'),
  join(root, 'scripts/test'),
];

/**
 * `test('title', () => ...)`, `scene(...)`, `test.each(...)('title', ...)`, `program('[S1]', 'title', ...)`, and
 * `name: 'title'` of a behaviour.
 */
const beginning =
  /^[ \t]*(?:(?<maker>[\w.]+)\(|.*\)\(|(?<behaviour>name: ))\s*(?<quote>['"`])(?<title>(?:\\.|(?!\k<quote>)[^\\])+)\k<quote>,(?:\s*'(?<rest>[^'\n]+)',)?/gm;

/** Every test, in the order of files and lines. */
export function allTests() {
  return folders.flatMap((folder) => sourcesIn(folder)).flatMap(testsIn);
}

function sourcesIn(folder) {
  let entries;
  try {
    entries = readdirSync(folder, { recursive: true });
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(folder, name));
}

function testsIn(path) {
  const source = readFileSync(path, 'utf8');
  const file = relative(root, path);
  const makers = new Set(['test', 'test.each', 'test.concurrent']);
  for (const [, name] of source.matchAll(/\b(?:const|let) (\w+) = scenes\b/g)) makers.add(name);
  const isBehaviours = file.startsWith('packages/testing/src/behaviours/');
  const begun = [...source.matchAll(beginning)].filter(
    ({ groups: { maker, behaviour, title } }) => {
      if (behaviour !== undefined) return isBehaviours;
      return (
        maker === undefined || makers.has(maker) || /[sS]cene$/.test(maker) || /\[S\d/.test(title)
      );
    },
  );
  return begun.map(({ index, groups }, at) => ({
    file,
    source,
    title: titleOf(groups),
    text: source.slice(index, begun[at + 1]?.index),
  }));
}

function titleOf({ title, rest }) {
  const whole = /^(\[S\d+\]\s*)+$/.test(title) ? `${title} ${rest}` : title;
  return whole.replace(/\\(.)/g, '$1');
}

/** The items of docs/reference/semantics.md a title says it pins: `[S60]`, `[S60] [S61]`. */
export function itemsOf(title) {
  return [...title.matchAll(/\[S(\d+)\]/g)].map(([, item]) => Number(item));
}

/** A test as a link of a page in docs/reference. */
export function linkTo({ file, title }) {
  const text = title.replace(/\s*\[S\d+\]\s*/g, ' ').trim();
  return `[${escape(text)}](../../${file})`;
}

/** Text as Markdown shows it in a table. */
export function escape(text) {
  return text.replace(/[\\`*_{}[\]<>|~]/g, '\\$&');
}

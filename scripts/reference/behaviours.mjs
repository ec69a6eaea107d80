/** docs/reference/behaviours.md: each item of docs/reference/semantics.md, and the tests that say `[S<item>]` in their title. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readJson, root } from '../house.mjs';
import { escape, itemsOf, linkTo } from './tests.mjs';

const semantics = readFileSync(join(root, 'docs/reference/semantics.md'), 'utf8');
const differences = readFileSync(join(root, 'docs/design/differences.md'), 'utf8');

/** Items without a test, and why; kept by hand. */
const known = readJson(join(root, 'docs/reference/behaviours-by-hand.json'));

/** Title and items of each section, by its letter. */
const sections = semantics
  .split(/^## /m)
  .slice(1)
  .map((part) => ({
    letter: part[0],
    title: part.split('\n', 1)[0],
    items: [...part.matchAll(/^(\d+)\. (.*)$/gm)].map(([, item, line]) => ({
      item: Number(item),
      // What stands behind the dash are CPython's own tests of it.
      text: line.replace(/\s+—\s+(?:source )?(?:(?:`[^`]*`|\([^)]*\)|source|,)\s*)*$/, ''),
    })),
  }));

/** A row for each item. `status` is 'tested', 'cannot' (hold on Node), 'later' or 'missing'. */
export function behaviourRows(tests) {
  const byItem = new Map();
  for (const test of tests) {
    for (const item of itemsOf(test.title)) byItem.set(item, [...(byItem.get(item) ?? []), test]);
  }
  return sections.flatMap(({ letter, items }) =>
    items.map(({ item, text }) => {
      const found = (byItem.get(item) ?? []).map(({ file, title }) => ({ file, title }));
      return { item, section: letter, text, tests: found, ...statusOf(item, letter, found) };
    }),
  );
}

function statusOf(item, letter, found) {
  const listed = known.items[item];
  if (found.length > 0) {
    // Of some items a part is true now, and the rest comes later.
    const agrees = listed === undefined || listed.rest !== undefined;
    const problems = agrees ? [] : ['said to have no test, and has one'];
    return { status: 'tested', rest: listed?.rest, problems };
  }
  const reason = listed ?? known.sections[letter];
  if (reason?.later !== undefined) return { status: 'later', reason: reason.later, problems: [] };
  if (reason?.cannot === undefined) {
    return { status: 'missing', problems: ['neither tested nor said why not'] };
  }
  const said = typeof reason.difference === 'string' && reason.difference.length > 15;
  const problems =
    said && flat(differences).includes(flat(reason.difference))
      ? []
      : ['docs/design/differences.md does not say what is quoted as `difference`'];
  return { status: 'cannot', reason: reason.cannot, problems };
}

const flat = (text) => text.replace(/\s+/g, ' ');

/** The page, from the rows. */
export function behavioursPage(rows) {
  const count = (status) => rows.filter((row) => row.status === status).length;
  return [
    '# What asyncio promises, and who holds us to it',
    '',
    'Made by `npm run reference`: the items of [semantics.md](semantics.md) and the tests that have their number in the title.',
    `Of ${rows.length} items ${count('tested')} are tested, ${count('later')} come later, ${count('cannot')} cannot hold on Node, as [differences.md](../design/differences.md) says.`,
    '',
    ...sections.flatMap(({ letter, title }) => [
      `## ${title}`,
      '',
      '| item | behaviour | tested by |',
      '| ---: | --- | --- |',
      ...rows.filter(({ section }) => section === letter).map(line),
      '',
    ]),
  ].join('\n');
}

function line({ item, text, status, reason, rest, tests }) {
  const later = rest === undefined ? '' : `<br>the rest comes later: ${rest}`;
  const cell = status === 'tested' ? `${links(tests)}${later}` : excuse(status, reason);
  return `| ${item} | ${escape(text)} | ${cell} |`;
}

const excuse = (status, reason) =>
  status === 'cannot' ? `cannot hold on Node: ${reason}` : `${status}: ${reason}`;

/** The first tests; that there are more is said without a number, which would change with each of them. */
function links(tests) {
  const shown = tests.slice(0, 2).map(linkTo).join('<br>');
  return tests.length > 2 ? `${shown}<br>and others` : shown;
}

/** What must not be, as lines. */
export function behaviourProblems(rows) {
  const items = new Set(rows.map(({ item }) => item));
  const unknown = Object.keys(known.items).filter((item) => !items.has(Number(item)));
  const gaps = rows.filter(({ item }, at) => item !== at + 1).map(({ item }) => item);
  const beyond = rows.flatMap(({ item, problems }) =>
    problems.map((problem) => `S${item}: ${problem}`),
  );
  return [
    ...beyond,
    ...unknown.map((item) => `S${item}: behaviours-by-hand.json has it, semantics.md has not`),
    ...gaps
      .slice(0, 1)
      .map((item) => `S${item}: the items of semantics.md are not counted through`),
  ];
}

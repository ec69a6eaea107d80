/**
 * docs/reference/python-names.md: Python's name, ours, and where it is tested. Looks at the living modules, so this runs with
 * the hook that loads TypeScript (`npm run reference`).
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as asyncio from 'asyncio-ts';
import * as python from 'asyncio-ts/py';

import { packages, readJson, root } from '../house.mjs';
import { linkTo } from './tests.mjs';

const folder = join(root, 'docs/reference');
const page = join(folder, 'python-names.md');

/** Python's names, one a line. */
export const pythonNames = readFileSync(join(folder, 'asyncio-names.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** What the rules below cannot know, kept by hand. */
const known = readJson(join(folder, 'names-by-hand.json'));

/** The topics in which every name must be there or left out with a reason, and tested. */
export const wholeTopics = new Set(known.whole);

const floors = new Map();
for (const { folder: name } of packages) {
  if (['testing', 'asyncio', 'conformance'].includes(name)) continue;
  floors.set(`@asyncio-ts/${name}`, await import(`@asyncio-ts/${name}`));
}

/** What is on instances only: no prototype knows it. */
const instances = {
  BaseEventLoop: () => new asyncio.EventLoop(),
  FrameCallGraphEntry: ({ FrameCallGraphEntry }) => new FrameCallGraphEntry('frame'),
  FutureCallGraph: ({ FutureCallGraph }) => new FutureCallGraph(null, [], []),
  IncompleteReadError: ({ IncompleteReadError }) => new IncompleteReadError(Buffer.alloc(0), 1),
  LimitOverrunError: ({ LimitOverrunError }) => new LimitOverrunError('', 1),
};

/** How tests call an instance of a class, besides by the name of the class. */
const shortNames = {
  AbstractServer: 'server',
  FrameCallGraphEntry: 'callStack|entry',
  EventLoop: 'loop|base|mine|few|running',
  BaseEventLoop: 'loop|base',
  Barrier: 'barrier',
  Condition: 'cond\\w*|news',
  Event: 'event|ev|gate|go|started',
  Future:
    'f|fut\\w*|outer|inner|first|second|third|child\\w*|done|gate|other|waiter|plain|source|a|b',
  Handle: 'handle|timer|h',
  PriorityQueue: 'queue|q',
  Queue: 'queue|q|lifo',
  Runner: 'runner',
  Semaphore: 'sem\\w*|bounded',
  StreamReader: 'reader|r',
  StreamWriter: 'writer|w',
  Task: 't|task|parent|child|sleeper|sleeping|worker|main|waiting|inner|outer',
  TaskGroup: 'group|tg|outer|inner',
  Timeout: 'limit|scope|timeout|outer|inner|t|cm',
  TimerHandle: 'timer|handle',
};

/** `call_soon` as `callSoon`. */
export const camelCase = (name) =>
  name.replace(/(?<=[^_])_([a-z])/g, (_, letter) => letter.toUpperCase());

/**
 * A row for each of Python's names. `status` is 'there', 'later' or 'left out'; `problems` says what must not be.
 */
export function nameRows(tests) {
  return pythonNames.map((entry) => {
    const row = { ...entry, problems: [], tests: [], ...lookUp(entry) };
    if (row.status === 'there') {
      row.tests = bestTests(row, tests);
      if (row.tests.length === 0 && wholeTopics.has(row.topic)) {
        row.problems.push('no test uses it');
      }
    }
    return row;
  });
}

function lookUp(entry) {
  const byHand = known.names[entry.name];
  const living = findLiving(entry.name, byHand);
  const problems = living === undefined ? [] : problemsOf(entry, living);
  if (byHand?.said !== undefined) return { status: 'there', said: byHand.said };
  const excuse = byHand?.leftOut !== undefined || byHand?.later !== undefined ? byHand : undefined;
  if (living !== undefined) {
    if (excuse !== undefined) problems.push('said not to be there, and it is');
    return { status: 'there', problems, ...living };
  }
  const reason = excuse ?? known.topics[entry.topic];
  if (reason?.leftOut !== undefined) return { status: 'left out', reason: reason.leftOut };
  if (reason?.later !== undefined) return { status: 'later', reason: reason.later };
  return { status: 'missing', problems: ['neither there nor said to be left out'] };
}

/** Where the name is in the living modules, under both spellings; undefined when it is nowhere. */
function findLiving(name, byHand) {
  const written =
    byHand?.ours ?? /^asyncio\.(?:staggered\.|trsock\.)?(\w+(?:\.\w+)?)$/.exec(name)?.[1];
  // What every loop promises is looked for, and tested, on the loop that keeps the promise.
  const promise = written?.startsWith('AbstractEventLoop.') === true;
  if (promise && !(camelCase(written.slice(18)) in asyncio.AbstractEventLoop.prototype))
    return undefined;
  if (written === undefined) return undefined;
  const [pythonTop, pythonMember] = written.replace('AbstractEventLoop.', 'EventLoop.').split('.');
  const top = camelCase(pythonTop);
  const member = pythonMember === undefined ? undefined : camelCase(pythonMember);
  const holder = asyncio[top];
  if (holder === undefined || (member !== undefined && !has(asyncio, top, member)))
    return undefined;
  const ours = member === undefined ? top : `${top}.${member}`;
  return { ours, top, member, pythonTop, pythonMember, from: packageOf(top, holder) };
}

function has(module, top, member) {
  const holder = module[top];
  if (holder === undefined || typeof holder !== 'function') return member in Object(holder);
  if (member in holder.prototype) return true;
  const make = instances[top];
  if (make === undefined) return false;
  const instance = make(module);
  const found = member in instance;
  instance.close?.();
  return found;
}

function packageOf(name, value) {
  for (const [floor, names] of floors) if (names[name] === value) return floor;
  return 'asyncio-ts';
}

function problemsOf(entry, { top, member, pythonTop, pythonMember }) {
  const problems = [];
  if (entry.value !== undefined && entry.kind === 'constant') {
    const value = member === undefined ? asyncio[top] : asyncio[top][member];
    const literal = /^'(.*)'$/.exec(entry.value)?.[1] ?? Number(entry.value);
    if (!Number.isNaN(literal) && value !== literal) {
      problems.push(`its value is ${value}, Python's ${entry.value}`);
    }
  }
  if (python[pythonTop] === undefined) problems.push(`asyncio-ts/py has no ${pythonTop}`);
  else if (pythonMember !== undefined && !has(python, pythonTop, pythonMember)) {
    problems.push(`asyncio-ts/py has no ${pythonTop}.${pythonMember}`);
  }
  return problems;
}

// --- where it is tested

/**
 * What the page shows already. It stays while the test is there and uses the name, so that a new test does not make the
 * page stale; without the page, the best ones are chosen anew.
 */
const linksBefore = new Map(
  existsSync(page)
    ? [...readFileSync(page, 'utf8').matchAll(/^\| `([^`]+)`.* \| (\[.*\)) \|$/gm)].map(
        ([, name, link]) => [name, link],
      )
    : [],
);

function bestTests(row, tests) {
  const needed = known.names[row.name]?.test;
  if (needed !== undefined) return tests.filter(({ title }) => title.includes(needed)).slice(0, 1);
  const uses = usesOf(row);
  const kept = tests.find((test) => linkTo(test) === linksBefore.get(row.name));
  if (kept !== undefined && scoreOf(kept, uses) >= 0) return [kept];
  let best = -1;
  let found = [];
  for (const test of tests) {
    const score = scoreOf(test, uses);
    if (score > best) [best, found] = [score, [test]];
  }
  return found;
}

/** What a test must have in its text to use the name, and what makes it the better one. */
function usesOf({ top, member, from }) {
  const word = (name) => new RegExp(`(?<![\\w.])${name}(?!\\w)`);
  const isLoop = top === 'EventLoop' && member !== undefined;
  const home = `packages/${isLoop ? 'loop' : from.replace(/^@?asyncio-ts\/?/, '') || 'asyncio'}/`;
  const kebab = isLoop ? '/' : top.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
  const common = { home, kebab };
  if (member === undefined || top === 'constants') {
    const name = member ?? top;
    const call = new RegExp(`(?<![\\w.])${name}[(<]|new ${name}\\b`);
    return { ...common, used: word(name), well: call, title: word(name), noun: null };
  }
  // Of `StreamReader`: any name that ends in `streamreader`, and `reader`.
  const lastWord = /[A-Z][a-z]*$/.exec(top)?.[0] ?? top;
  const callers = `\\w*${top.replace(/^(Base|Abstract)/, '')}(?:\\(\\))?|${shortNames[top] ?? lastWord}`;
  const well = new RegExp(`\\b(?:${callers})(?:\\(\\)|\\[\\w+\\])?[!?]?\\.${member}\\b`, 'i');
  const used = new RegExp(`[\\w)\\]!?]\\.${member}\\b|override ${member}\\b`);
  return { ...common, used, well, title: word(member), noun: word(top) };
}

/** A test that says the name in its title is better than one that only uses it, its own file better than another. */
function scoreOf({ title, text, source, file }, { used, well, title: said, noun, home, kebab }) {
  if (!used.test(text)) return -1;
  const certain = well.test(text);
  if (noun !== null && !certain && !noun.test(text)) return -1;
  let score = certain ? 16 : 8;
  // Of a title that is put together, the source shows too little.
  if (title.includes('${')) score -= 6;
  if (said.test(title)) score += 8;
  if (noun?.test(title)) score += 2;
  if (noun?.test(text)) score += 4;
  if (noun?.test(source)) score += 2;
  if (file.startsWith(home) || (file.startsWith('packages/testing/') && /@asyncio-ts/.test(source)))
    score += 1;
  return score + (file.slice(file.lastIndexOf('/') + 1).includes(kebab) ? 3 : 0);
}

// --- the page

/** The page, from the rows. */
export function namesPage(rows) {
  const topics = new Set([...known.whole, ...rows.map(({ topic }) => topic)]);
  const count = (status) => rows.filter((row) => row.status === status).length;
  return [
    '# Python’s names and ours',
    '',
    'Made by `npm run reference`. A name of Python stands in `asyncio-ts/py` as it is; in `asyncio-ts` it has JavaScript’s case.',
    `Of ${rows.length} names ${count('there')} are there, ${count('later')} come later, ${count('left out')} are left out with the reason.`,
    '',
    ...[...topics].flatMap((topic) =>
      section(
        topic,
        rows.filter((row) => row.topic === topic),
      ),
    ),
  ].join('\n');
}

function section(topic, rows) {
  const lines = rows.map((row) => `| ${pythonCell(row)} | ${oursCell(row)} | ${testCell(row)} |`);
  return [`## ${topic}`, '', '| Python | ours | tested by |', '| --- | --- | --- |', ...lines, ''];
}

function pythonCell({ name, since, removed }) {
  const ages = [];
  if (!since.startsWith('≤')) ages.push(since);
  if (removed !== undefined) ages.push(`until ${removed}`);
  return `\`${name}\`${ages.length > 0 ? ` (${ages.join(', ')})` : ''}`;
}

function oursCell({ status, ours, from, said, reason }) {
  if (said !== undefined) return said;
  if (status === 'there') return `\`${ours}\` (${from})`;
  return status === 'missing' ? '**missing**' : `${status}: ${reason}`;
}

const testCell = ({ tests }) => (tests.length === 0 ? '' : tests.map(linkTo).join('<br>'));

/** What must not be, as lines. */
export function nameProblems(rows) {
  const unknown = Object.keys(known.names).filter(
    (name) => !pythonNames.some((entry) => entry.name === name),
  );
  return [
    ...rows.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
    ...unknown.map((name) => `${name}: names-by-hand.json has it, Python has not`),
  ];
}

/**
 * `npm run reference`: writes the tables of docs/reference that are made from the sources and the tests.
 *
 * `--check` writes nothing; it says what is missing or stale and exits with 1. `--json` prints the same for a test.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './house.mjs';
import { behaviourProblems, behaviourRows, behavioursPage } from './reference/behaviours.mjs';
import { nameProblems, nameRows, namesPage, wholeTopics } from './reference/names.mjs';
import { allTests } from './reference/tests.mjs';

const tests = allTests();
const names = nameRows(tests);
const behaviours = behaviourRows(tests);

const pages = {
  'docs/reference/python-names.md': namesPage(names),
  'docs/reference/behaviours.md': behavioursPage(behaviours),
};

const problems = [...nameProblems(names), ...behaviourProblems(behaviours)];
const stale = [];
for (const [file, page] of Object.entries(pages)) {
  const path = join(root, file);
  if (page === read(path)) continue;
  if (process.argv.includes('--check') || process.argv.includes('--json')) stale.push(file);
  else writeFileSync(path, page);
}

if (process.argv.includes('--json')) {
  const lean = names.map(({ name, topic, status, problems: wrong }) => ({
    name,
    topic,
    status,
    whole: wholeTopics.has(topic),
    problems: wrong,
  }));
  console.log(JSON.stringify({ names: lean, behaviours, problems, stale }));
} else {
  for (const problem of problems) console.error(problem);
  for (const file of stale) console.error(`${file} is stale: npm run reference`);
  if (problems.length > 0 || stale.length > 0) process.exitCode = 1;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

// No topic of the corner programs is left without a file that tries it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

import { topicNames } from './cpython/player.js';

test('each topic of the programs of CPython is tried in a file', () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('');
  expect(topicNames.length).toBeGreaterThan(0);
  expect(topicNames.filter((topic) => !sources.includes(`allTried('${topic}')`))).toEqual([]);
});

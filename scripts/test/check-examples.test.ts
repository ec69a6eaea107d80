import { expect, test } from '@jest/globals';

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Answer {
  readonly names: number;
  readonly missing: readonly { kind: string; name: string; at: string }[];
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

function ask(...entries: string[]): [answer: Answer, status: number | null] {
  const args = [path('../check-examples.mjs'), '--json', ...entries];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return [JSON.parse(stdout) as Answer, status];
}

test('a name without an example is found, also a member, a type in no signature, and what has no comment', () => {
  const [{ names, missing }, status] = ask(path('fixtures/examples/src/index.ts'));
  expect(names).toBe(8);
  expect(missing.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'export bare',
    'export Base',
    'member Base.forgotten',
    'comment Port.shut',
    'comment Shown.shut',
    'type Orphan',
  ]);
  expect(status).toBe(1);
});

test('every public name of the packages has an example and a comment', () => {
  const [{ names, missing }] = ask();
  expect(missing).toEqual([]);
  expect(names).toBeGreaterThan(300);
});

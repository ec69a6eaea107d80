import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const check = (...args: string[]) =>
  spawnSync(process.execPath, [here('../check-floors.mjs'), ...args], { encoding: 'utf8' });

describe('the floors check', () => {
  const broken = check(here('fixtures/house'));

  test.each([
    [
      'a type imported from the floor above',
      'cellar-looks-down: packages/cellar/src/index.ts -> packages/left/src/index.ts',
    ],
    [
      'an import of a neighbour on the same floor',
      'right-looks-down: packages/right/src/index.ts -> packages/left/src/index.ts',
    ],
    [
      'a cycle of types inside a package',
      'no-cycle: packages/left/src/door.ts -> packages/left/src/index.ts -> packages/left/src/door.ts',
    ],
    [
      'an import past the front door of another package',
      'through-the-front-door: packages/left/src/door.ts -> packages/cellar/src/cellar.ts',
    ],
    [
      'an import of a file that is not there',
      'import-is-there: packages/right/src/index.ts -> ./nobody.js',
    ],
    [
      'an import that package.json does not name',
      'not-in-package-json: packages/right/src/index.ts -> @house/cellar',
    ],
    [
      'a devDependency on the floor above',
      'manifest-looks-down: cellar (floor 0) has left (floor 1) in devDependencies',
    ],
    [
      'project references that differ from the dependencies',
      'references-are-dependencies: left/tsconfig.json has [], package.json [cellar]',
    ],
  ])('reports %s', (_what, line) => {
    expect(broken.stderr.split('\n')).toContain(line);
  });

  test('exits 1 when something is wrong', () => {
    expect(broken.status).toBe(1);
  });

  test('passes this house', () => {
    expect(check()).toMatchObject({ status: 0, stderr: '' });
  });
});

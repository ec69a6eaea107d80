import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What git holds, and what it would hold if everything were added. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));

/** Lines of text files that match, as `file:line: text`. */
function linesWith(pattern: RegExp): string[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    if (text.includes('\0')) return [];
    return text
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 200)}`] : [],
      );
  });
}

describe('the files of this repository', () => {
  test('are found', () => {
    expect(files).toContain('package-lock.json');
  });

  test('name no package registry', () => {
    expect(linesWith(/\bregistry\.[\w-]+\.[\w-]+|"resolved": "https?:/)).toEqual([]);
  });

  test('name no folder of the machine they were written on', () => {
    expect(linesWith(/(?<![\w.~$}/-])\/(home|Users|root|work|mnt|srv)\/[\w.-]/)).toEqual([]);
  });

  test('lock the optional packages of every platform, not of the one they were written on', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const locked = new Set(
      Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')),
    );
    const wanted = Object.values(packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    );
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });
});

/** The referee is a CPython that is new enough. A candidate counts when it answers, never by its name. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const ASK = `
import sys
if sys.implementation.name == 'cpython' and sys.version_info >= (3, 13): print(sys.executable)
`;

/** What the traces were recorded with, and what they are asked of again. */
export const NO_REFEREE = 'no CPython 3.13 or newer found; name one in PYTHON_REFEREE';

function answer(command: string): string | null {
  try {
    const said = execFileSync(command, ['-c', ASK], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    }).trim();
    return said === '' ? null : said;
  } catch {
    return null;
  }
}

function installed(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((version) => join(folder, version, 'bin', 'python3'));
}

/** Where a Python may be, the likeliest first. They need not be there, nor be what they are called. */
export function interpreters(): string[] {
  const pyenv = process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv');
  return [
    ...['python3.13', 'python3.14', 'python3.15', 'python3'],
    ...['/usr/bin/python3', '/usr/local/bin/python3'],
    ...installed(join(pyenv, 'versions')),
    ...installed(join(homedir(), '.local/share/uv/python')),
  ];
}

let found: string | null | undefined;

/**
 * The path of an interpreter of CPython 3.13 or newer, or null: the one that `PYTHON_REFEREE` names, else the first one on
 * this machine that answers. A `PYTHON_REFEREE` that does not answer is no referee, and no other is taken in its place.
 */
export function findReferee(): string | null {
  if (found !== undefined) return found;
  const named = process.env['PYTHON_REFEREE'] ?? '';
  found = null;
  for (const candidate of named === '' ? interpreters() : [named]) {
    found = answer(candidate);
    if (found !== null) break;
  }
  return found;
}

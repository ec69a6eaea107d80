/** Python's asyncio takes part when it is found. A candidate counts when it answers, never by its name. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Python {
  /** As it stands in the tables. */
  readonly subject: string;
  readonly command: string;
  readonly version: string;
  /** Which loop `child.py` makes. */
  readonly loop: 'asyncio' | 'uvloop';
}

const ASK = `
import sys
print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3], sys.version_info >= (3, 13))
try:
    import uvloop
    print(uvloop.__version__)
except ImportError:
    print('-')
`;

function answer(command: string): { version: string; new: boolean; uvloop: string } | null {
  try {
    const said = execFileSync(command, ['-c', ASK], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
    const [python = '', uvloop = '-'] = said.trim().split('\n');
    const [name, version = '', isNew] = python.split(' ');
    return name === 'cpython' ? { version, new: isNew === 'True', uvloop } : null;
  } catch {
    return null;
  }
}

function candidates(): string[] {
  const pyenv = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(pyenv)
    ? readdirSync(pyenv)
        .filter((version) => /^3\.(1[3-9]|[2-9]\d)/.test(version))
        .map((version) => join(pyenv, version, 'bin', 'python3'))
    : [];
  const named = [process.env['PYTHON_REFEREE'], process.env['PYTHON_DEBIAN']];
  return [
    ...named.filter((name) => name !== undefined && name !== ''),
    'python3.13',
    'python3.14',
    'python3',
    '/usr/bin/python3',
    ...installed,
  ] as string[];
}

/** The Pythons of this machine, and a word on each that is missing. */
export function findPythons(): { found: Python[]; skipped: string[] } {
  const found: Python[] = [];
  for (const command of new Set(candidates())) {
    const missing = (loop: Python['loop']): boolean => !found.some((one) => one.loop === loop);
    if (!missing('asyncio') && !missing('uvloop')) break;
    const said = answer(command);
    if (said === null) continue;
    const { version, uvloop } = said;
    if (said.new && missing('asyncio')) {
      found.push({ subject: `asyncio (CPython ${version})`, command, version, loop: 'asyncio' });
    }
    if (uvloop !== '-' && missing('uvloop')) {
      const subject = `uvloop ${uvloop} (CPython ${version})`;
      found.push({ subject, command, version: uvloop, loop: 'uvloop' });
    }
  }
  const skipped: string[] = [];
  if (!found.some(({ loop }) => loop === 'asyncio')) {
    skipped.push('asyncio: no CPython 3.13 or newer found; name one in PYTHON_REFEREE');
  }
  if (!found.some(({ loop }) => loop === 'uvloop')) {
    skipped.push('uvloop: no Python found that has it (Debian: apt install python3-uvloop)');
  }
  return { found, skipped };
}

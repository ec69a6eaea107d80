/** Python's asyncio takes part when it is found. A candidate counts when it answers, never by its name. */
import { execFileSync } from 'node:child_process';

import { interpreters } from '../../packages/conformance/src/referee.js';

export interface Python {
  /** As it stands in the tables. */
  readonly subject: string;
  readonly command: string;
  readonly version: string;
  /** It can start tasks at once, as Python does since 3.12. */
  readonly eagerTasks: boolean;
  /** Which loop `child.py` makes. */
  readonly loop: 'asyncio' | 'uvloop';
}

const ASK = `
import asyncio, sys
print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3], sys.version_info >= (3, 13), hasattr(asyncio, 'eager_task_factory'))
try:
    import uvloop
    print(uvloop.__version__)
except ImportError:
    print('-')
`;

interface Answer {
  readonly version: string;
  readonly new: boolean;
  readonly eagerTasks: boolean;
  readonly uvloop: string;
}

function answer(command: string): Answer | null {
  try {
    const said = execFileSync(command, ['-c', ASK], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
    const [python = '', uvloop = '-'] = said.trim().split('\n');
    const [name, version = '', isNew, eager] = python.split(' ');
    if (name !== 'cpython') return null;
    return { version, new: isNew === 'True', eagerTasks: eager === 'True', uvloop };
  } catch {
    return null;
  }
}

function candidates(): string[] {
  const named = [process.env['PYTHON_REFEREE'], process.env['PYTHON_DEBIAN']];
  return [
    ...named.filter((name) => name !== undefined && name !== ''),
    ...interpreters(),
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
    const { version, eagerTasks, uvloop } = said;
    if (said.new && missing('asyncio')) {
      const subject = `asyncio (CPython ${version})`;
      found.push({ subject, command, version, eagerTasks, loop: 'asyncio' });
    }
    if (uvloop !== '-' && missing('uvloop')) {
      const subject = `uvloop ${uvloop} (CPython ${version})`;
      found.push({ subject, command, version: uvloop, eagerTasks, loop: 'uvloop' });
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

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { camelCase, pythonFile } from './topics.js';
import type { Traces } from './traces.js';

const runner = fileURLToPath(new URL('../python/programs.py', import.meta.url));

/** What CPython said. */
export interface Answer {
  readonly version: string;
  /** By topic. */
  readonly traces: ReadonlyMap<string, Traces>;
}

/**
 * Runs the programs of those topics under CPython, in one process.
 *
 * @param referee - the interpreter
 * @throws Error when the process fails.
 */
export function askCPython(referee: string, topics: readonly string[]): Answer {
  const said = execFileSync(referee, ['-B', runner, ...topics.map(pythonFile)], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: 120_000,
    env: { ...process.env, PYTHONASYNCIODEBUG: '', PYTHONHASHSEED: '0' },
  });
  const { version, traces } = JSON.parse(said) as {
    version: string;
    traces: Record<string, Record<string, string[]>>;
  };
  return {
    version,
    traces: new Map(
      Object.entries(traces).map(([topic, programs]) => [
        topic,
        new Map(Object.entries(programs).map(([name, lines]) => [camelCase(name), lines])),
      ]),
    ),
  };
}

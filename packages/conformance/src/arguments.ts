/** What `npm run conformance` can be asked. */
import { parseArgs } from 'node:util';

export const USAGE = `usage: npm run conformance -- [options]

  (nothing)            the programs written twice, against their recorded traces
  --program <name>     only this topic, program, or topic.program
  --record             ask CPython again first, and write down what it says
  --seeds <n>          so many random programs, against CPython itself ...
  --from <n>           ... from this seed on (default: 0)
  --help               this text

CPython is the one that PYTHON_REFEREE names, else any of 3.13 or newer that is found.`;

const OPTIONS = {
  program: { type: 'string' },
  record: { type: 'boolean', default: false },
  seeds: { type: 'string' },
  from: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** What was asked. */
export interface Arguments {
  readonly program: string | null;
  readonly record: boolean;
  readonly seeds: number | null;
  readonly from: number;
  readonly help: boolean;
}

/** @throws TypeError that says what is wrong with the arguments. */
export function parseArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
  const seeds = count('seeds', values.seeds);
  const from = count('from', values.from);
  if (seeds === null && from !== null) throw new TypeError('--from needs --seeds');
  if (seeds !== null && (values.record || values.program !== undefined)) {
    throw new TypeError('--seeds goes with --from alone');
  }
  const { record, help, program = null } = values;
  return { program, record, seeds, from: from ?? 0, help };
}

function count(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError(`--${name} takes a whole number, not '${text}'`);
  }
  return value;
}

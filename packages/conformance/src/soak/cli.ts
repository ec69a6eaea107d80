/**
 * `npm run soak`: does again and again what a program may do for ever, and looks whether anything stays behind.
 *
 * The exit code is 0 only when memory and counts stay flat in all scenarios; the last line is a count.
 */
import { parseArgs } from 'node:util';

import { soakAll } from './soak-all.js';
import { topics } from './scenarios/index.js';

const USAGE = `usage: npm run soak -- [options]

  --count <n>          so many iterations altogether (default: 10000000)
  --each <n>           so many of each scenario instead, dear ones less often
  --only <text>        only scenarios whose topic or name contains this text
  --list               the scenarios
  --help               this text`;

const OPTIONS = {
  count: { type: 'string', default: '10000000' },
  each: { type: 'string' },
  only: { type: 'string', default: '' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** The arguments make no sense. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (values.list) {
    for (const [topic, scenarios] of Object.entries(topics)) {
      for (const { name } of scenarios) print(`${topic}: ${name}`);
    }
    return 0;
  }
  const count = number('count', values.count);
  const each = values.each === undefined ? null : number('each', values.each);
  return (await soakAll({ count, each, only: values.only, print })) ? 0 : 1;
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`--${name} takes a whole number of at least 1, not '${text}'`);
}

/** parseArgs throws TypeErrors with codes of their own. */
function isUsage(error: unknown): error is Error {
  const { code = '' } = error as { code?: string };
  return error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS');
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!isUsage(error)) throw error;
  process.stderr.write(`${error.message}\n${USAGE}\n`);
  process.exitCode = 2;
}

/** What the commands of the benchmarks have in common: words in, exit code out. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

import { rows } from '../rows.js';
import type { Row } from './row.js';

/** The words of the command line make no sense. */
export class UsageError extends Error {}

/**
 * Reads the options of the command line.
 *
 * @throws UsageError for one that is not known.
 */
export function readOptions<T extends NonNullable<ParseArgsConfig['options']>>(options: T) {
  try {
    return parseArgs({ options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The rows that are meant by names of groups and rows; none: all of them. */
export function rowsOf(words: readonly string[]): readonly Row[] {
  for (const word of words) {
    if (!rows.some(({ group, name }) => word === group || word === name)) {
      throw new UsageError(`There is no group or row ${word}`);
    }
  }
  if (words.length === 0) return rows;
  return rows.filter(({ group, name }) => words.includes(group) || words.includes(name));
}

/** A number of rounds. */
export function countOf(word: string): number {
  const count = Number(word);
  if (!Number.isInteger(count) || count < 1) {
    throw new UsageError(`--rounds takes a whole number from 1, not ${word}`);
  }
  return count;
}

/** Runs a command; what it throws is one line, with the usage where that helps. */
export async function runCommand(main: () => Promise<void>, usage: string): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error((error as Error).message);
    if (error instanceof UsageError) console.error(usage);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

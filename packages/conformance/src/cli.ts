/**
 * `npm run conformance`: holds the library against CPython.
 *
 * Without arguments the programs written twice are run and compared with the committed traces; `--seeds` runs random ones.
 * The exit code is 0 only when everything was equal, 2 when it could not be asked.
 */
import { type Arguments, parseArguments, USAGE } from './arguments.js';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

async function main({ help, seeds, from, program, record }: Arguments): Promise<number> {
  if (help) {
    print(USAGE);
    return 0;
  }
  if (seeds !== null) {
    const { runSeeds } = await import('./random/main.js');
    return runSeeds({ seeds, from });
  }
  if (record && program === null) {
    const { recordSeeds } = await import('./random/record.js');
    await recordSeeds(print);
  }
  const { runPrograms } = await import('./run-programs.js');
  return runPrograms({ program, record, print });
}

let asked: Arguments | null = null;
try {
  asked = parseArguments(process.argv.slice(2));
} catch (error) {
  print(`${(error as Error).message}\n\n${USAGE}`);
}
process.exitCode = asked === null ? 2 : await main(asked);

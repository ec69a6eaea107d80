/** Writes down what CPython says of the recorded seeds. */
import { findReferee, NO_REFEREE } from '../referee.js';
import { CPython } from './cpython.js';
import { digestOf, RECORDED, writeDigests } from './digests.js';
import { generate } from './generate.js';

/** @returns the exit code: 0, or 2 when CPython could not be asked. */
export async function recordSeeds(print: (line: string) => void): Promise<number> {
  const referee = findReferee();
  if (referee === null) {
    print(NO_REFEREE);
    return 2;
  }
  const cpython = new CPython(referee);
  const traces = Array.from({ length: RECORDED }, (_, seed) => cpython.trace(generate(seed)));
  try {
    writeDigests((await Promise.all(traces)).map(digestOf));
  } finally {
    await cpython.close();
  }
  print(`${RECORDED} random programs recorded`);
  return 0;
}

/**
 * The process of one subject: `node child.js <file of the row> <subject> <scale> <seconds>`. It says `ready` when it is warm,
 * then answers each line it reads with one measured round, as a line of JSON.
 *
 * The garbage of a round is part of its price, and no collection is forced in between: a full one throws away optimised
 * code whose objects are all gone (the loop of the last run), and the round would measure the compiler.
 */
import { isDeepStrictEqual } from 'node:util';

import { clocks, peakMemory, Report } from './report.js';
import type { Program, Row, Scale, Size } from './row.js';

/** So many runs at least before the first one counts. */
const LEAST_WARM_UPS = 3;

const [file, subjectName, scale, enough] = process.argv.slice(2) as [string, string, Scale, string];
/** A round goes on for about so long, a warm-up for twice as long: a clock that is read too often measures itself. */
const seconds = Number(enough);

// Only its own row: nobody carries what another one imports, or fails for it.
const { default: row } = (await import(new URL(`../${file}.js`, import.meta.url).href)) as {
  default: Row;
};
const subject = row.subjects.find(({ name }) => name === subjectName);
if (subject === undefined) throw new Error(`There is no subject ${subjectName} of ${row.name}`);
const size: Size = subject.resize?.(row.sizes[scale]) ?? row.sizes[scale];
const expected = row.expected(size);

const say = (what: unknown): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

function check(got: unknown): void {
  if (isDeepStrictEqual(got, expected)) return;
  const [was, right] = [got, expected].map((value) => JSON.stringify(value) ?? String(value));
  throw new Error(`${subjectName} gave ${was} where ${right} is right`);
}

async function warmUp(program: Program): Promise<number> {
  const start = clocks().wall;
  let last = start;
  let fastest = Infinity;
  for (let runs = 0; runs < LEAST_WARM_UPS || last - start < 2 * seconds; runs++) {
    check(await program(size, new Report()));
    const end = clocks().wall;
    fastest = Math.min(fastest, end - last);
    last = end;
  }
  return Math.max(1, Math.round(seconds / fastest));
}

async function round(program: Program, repeats: number): Promise<void> {
  const report = new Report();
  let got: unknown;
  const start = clocks();
  for (let run = 0; run < repeats; run++) got = await program(size, report);
  const end = clocks();
  check(got);
  say({
    seconds: (end.wall - start.wall) / repeats,
    cpuSeconds: (end.cpu - start.cpu) / repeats,
    ...(row.quantities?.includes('bytes') === true ? { bytes: peakMemory() } : {}),
    ...report.of(repeats),
  });
}

try {
  const program = await subject.load();
  const repeats = row.fresh === true ? 1 : await warmUp(program);
  say({ ready: true, repeats, operations: row.operations(size) });
  for await (const _ of process.stdin) await round(program, repeats);
} catch (error) {
  say({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
}

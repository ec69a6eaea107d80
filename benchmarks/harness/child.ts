/**
 * The process of one subject: `node child.js <row> <subject> <scale> <seconds>`. It says `ready` when it is warm, then
 * answers each line it reads with one measured round, as a line of JSON.
 *
 * The garbage of a round is part of its price, and no collection is forced in between: a full one throws away optimised
 * code whose objects are all gone (the loop of the last run), and the round would measure the compiler.
 */
import { isDeepStrictEqual } from 'node:util';

import { rows } from '../rows.js';
import type { Program, Scale, Size } from './row.js';

/** So many runs at least before the first one counts. */
const LEAST_WARM_UPS = 3;

const [rowName, subjectName, scale, enough] = process.argv.slice(2) as [
  string,
  string,
  Scale,
  string,
];
/** A round goes on for about so long, a warm-up for twice as long: a clock that is read too often measures itself. */
const seconds = Number(enough);

const row = rows.find(({ name }) => name === rowName);
const subject = row?.subjects.find(({ name }) => name === subjectName);
if (row === undefined || subject === undefined) {
  throw new Error(`There is no subject ${subjectName} of a row ${rowName}`);
}
const size: Size = subject.resize?.(row.sizes[scale]) ?? row.sizes[scale];
const expected = row.expected(size);

const now = (): number => Number(process.hrtime.bigint()) / 1e9;
const say = (what: unknown): void => void process.stdout.write(`${JSON.stringify(what)}\n`);

async function run(program: Program): Promise<void> {
  const got = await program(size);
  if (!isDeepStrictEqual(got, expected)) {
    throw new Error(`${subjectName} gave ${String(got)} where ${String(expected)} is right`);
  }
}

async function warmUp(program: Program): Promise<number> {
  const start = now();
  let last = start;
  let fastest = Infinity;
  for (let runs = 0; runs < LEAST_WARM_UPS || last - start < 2 * seconds; runs++) {
    await run(program);
    const end = now();
    fastest = Math.min(fastest, end - last);
    last = end;
  }
  return Math.max(1, Math.round(seconds / fastest));
}

async function round(program: Program, repeats: number): Promise<void> {
  const cpu = process.cpuUsage();
  const start = now();
  for (let run = 0; run < repeats; run++) await runUnchecked(program);
  const end = now();
  const { user, system } = process.cpuUsage(cpu);
  if (!isDeepStrictEqual(last, expected)) {
    throw new Error(`${subjectName} gave ${String(last)} where ${String(expected)} is right`);
  }
  say({ seconds: (end - start) / repeats, cpuSeconds: (user + system) / 1e6 / repeats });
}

let last: unknown;

async function runUnchecked(program: Program): Promise<void> {
  last = await program(size);
}

try {
  const program = await subject.load();
  const repeats = await warmUp(program);
  say({ ready: true, repeats, operations: row.operations(size) });
  for await (const _ of process.stdin) await round(program, repeats);
} catch (error) {
  say({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exitCode = 1;
}

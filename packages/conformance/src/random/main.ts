/** Random programs against CPython: for each seed the trace of CPython, and ours in each kind of coroutines. */
import { logger } from '@asyncio-ts/loop';

import { findReferee, NO_REFEREE } from '../referee.js';
import { CPython, type Trace } from './cpython.js';
import { describeDifference, firstDifference } from './differ.js';
import { generate } from './generate.js';
import { modesOf } from './modes.js';
import { play } from './play.js';
import type { Mode, Program } from './program.js';
import { pythonScript, typeScriptScript } from './script.js';
import { shrink } from './shrink.js';
import { Vocabulary } from './vocabulary.js';

/** Which programs are run, and how it is told. */
export interface SeedOptions {
  readonly seeds: number;
  readonly from: number;
  /** Where lines go; default: the standard output. */
  readonly print?: (line: string) => void;
  /** How many differing programs are cut down and shown; the others are counted. Default: 3. */
  readonly show?: number;
}

/** How many programs CPython is ahead, or behind. */
const WINDOW = 200;
const PROGRESS = 1000;

/** @returns the exit code: 0 when all traces were equal, 1 when not, 2 when CPython could not be asked. */
export async function runSeeds(options: SeedOptions): Promise<number> {
  const print = options.print ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const referee = findReferee();
  if (referee === null) {
    print(NO_REFEREE);
    return 2;
  }
  silenceLogger();
  const run = new SeedRun(new CPython(referee), options, print);
  try {
    return await run.all();
  } finally {
    await run.close();
  }
}

interface Played {
  readonly program: Program;
  readonly want: Promise<Trace>;
  readonly got: readonly (readonly [Mode, Trace])[];
}

class SeedRun {
  private readonly _cpython: CPython;
  private readonly _options: SeedOptions;
  private readonly _print: (line: string) => void;
  private readonly _vocabulary = new Vocabulary();
  private readonly _differing: { readonly program: Program; readonly mode: Mode }[] = [];
  private _equal = 0;

  constructor(cpython: CPython, options: SeedOptions, print: (line: string) => void) {
    this._cpython = cpython;
    this._options = options;
    this._print = print;
  }

  close(): Promise<void> {
    return this._cpython.close();
  }

  async all(): Promise<number> {
    const { seeds, from } = this._options;
    const ahead: Played[] = [];
    for (let seed = from; seed < from + seeds; seed++) {
      ahead.push(await this._play(seed));
      if (ahead.length >= WINDOW) await this._compare(ahead.shift() as Played);
      const done = seed - from + 1;
      if (done % PROGRESS === 0)
        this._print(`${done} of ${seeds} played, ${this._differing.length} differ`);
    }
    for (const played of ahead) await this._compare(played);
    for (const { program, mode } of this._differing.slice(0, this._options.show ?? 3)) {
      await this._show(program, mode);
    }
    for (const line of this._vocabulary.lines()) this._print(line);
    const differ = this._differing.length;
    this._print(`${seeds} programs, ${this._equal} equal, ${differ} differ`);
    return differ === 0 ? 0 : 1;
  }

  private async _play(seed: number): Promise<Played> {
    const program = generate(seed);
    const want = this._cpython.trace(program);
    // Looked at when its turn comes.
    want.catch(() => {});
    this._vocabulary.add(program);
    const got: (readonly [Mode, Trace])[] = [];
    for (const mode of modesOf(program)) got.push([mode, await play(program, mode)]);
    return { program, want, got };
  }

  private async _compare({ program, want, got }: Played): Promise<void> {
    const expected = await want;
    const bad = got.find(([, trace]) => firstDifference(expected, trace) !== null);
    if (bad === undefined) {
      this._equal++;
      return;
    }
    this._differing.push({ program, mode: bad[0] });
    this._print(`seed ${program.seed} differs (${bad[0]})`);
  }

  private async _show(program: Program, mode: Mode): Promise<void> {
    const differs = async (smaller: Program): Promise<boolean> => {
      if (mode !== 'generator' && !modesOf(smaller).includes(mode)) return false;
      const want = await this._cpython.trace(smaller);
      // A program cut into nonsense.
      if (want[0]?.startsWith('runner ') === true) return false;
      return firstDifference(want, await play(smaller, mode)) !== null;
    };
    const small = await shrink(program, differs);
    const want = await this._cpython.trace(small);
    const got = await play(small, mode);
    this._print(`\nseed ${program.seed}, cut down (${mode}):\n${describeDifference(want, got)}`);
    this._print(`\n${pythonScript(small)}\n${typeScriptScript(small, mode)}`);
  }
}

/** Programs leave coroutines unawaited, and errors unseen, on purpose; some are found only when the process ends. */
function silenceLogger(): void {
  logger.warning = logger.error = () => {};
}

import { allTasks, coroutine, ensureFuture, runUntilComplete } from '@asyncio-ts/futures';
import { type Kind, wait } from '@asyncio-ts/testing';

import { bytesInUse, processCounts } from './memory.js';
import type { Iterations, Scenario } from './scenario.js';
import { Soak } from './soak.js';

/** A program gets warm for a while; one that stays flat for so many plateaus in a row is flat. */
const FLAT = 2;
/** One that never does within so many plateaus is leaking. */
const PLATEAUS = 12;
/** Into so many plateaus the count is divided. */
const SHARES = 3;
/** The least that is worth a look, whatever the weight. */
const FEWEST = 12;
/**
 * In bytes per iteration. The smallest thing that can be left behind, a number in a list, takes 8; an object takes 24 and
 * more. What the engine itself learns on the way comes to less than this when it is spread over a plateau.
 */
const MOST = 8;
/** In bytes per plateau: compiled code and the like, which few iterations do not outweigh. */
const NOISE = 40_000;
/** How many cancelled timers the heap may hold before it is rebuilt. */
const TIMERS = 256;

/** What came of one scenario. */
export interface Soaked {
  readonly name: string;
  readonly kind: Kind;
  readonly iterations: number;
  /** In bytes, in the end. */
  readonly growthPerIteration: number;
  /** What is wrong; empty: nothing. */
  readonly problems: readonly string[];
}

/** What there is at the end of a plateau. */
export interface Level {
  readonly bytes: number;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Does a scenario again and again, in one long-lived task, and looks at what there is after each of some equal stretches.
 *
 * @param count - how many iterations, for a scenario of weight one
 */
export async function measure(scenario: Scenario, kind: Kind, count: number): Promise<Soaked> {
  const soak = new Soak(kind, scenario.selector);
  const plateau = Math.max(FEWEST, Math.ceil(count / (scenario.weight ?? 1) / SHARES));
  const levels: Level[] = [];
  const main = soak.coroutine(function* longLived() {
    const iterations = scenario.begin(soak);
    while (levels.length < PLATEAUS && !isFlat(levels, plateau)) {
      const done = levels.length * plateau;
      for (let n = 0; n < plateau; n++) yield* iterations.once(done + n);
      yield* soak.turns(4);
      // A promise of Node: the loop goes on running meanwhile, and hears of what was collected.
      levels.push(yield* wait(ensureFuture(levelOf(soak, iterations))));
    }
    yield* iterations.end?.() ?? nothing();
  });
  await runUntilComplete(soak.loop, main());
  soak.loop.close();
  return judge(scenario.name, kind, plateau, levels);
}

const nothing = coroutine(function* nothing(): Generator<unknown, void, unknown> {});

async function levelOf(soak: Soak, iterations: Iterations): Promise<Level> {
  const bytes = await bytesInUse();
  const { loop } = soak;
  const timers = loop._scheduled.length;
  return {
    bytes,
    counts: {
      'tasks of the loop': allTasks(loop).size,
      'handles that are ready': loop._ready.length,
      'timers that lie in the heap': timers <= TIMERS ? 0 : timers,
      'waits for the world outside': loop._outside,
      ...processCounts(),
      ...iterations.counts?.(),
    },
  };
}

/** How much more is in use after each plateau than after the one before. */
function growths(levels: readonly Level[]): number[] {
  return levels.slice(1).map((level, i) => level.bytes - (levels[i] as Level).bytes);
}

/** A quarter of them is below. */
const lowerQuartile = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 4)] as number;

/**
 * The count is used up, and memory did not grow any more in the end, or did not on a quarter of the plateaus.
 *
 * What a busy machine puts off, such as compiling, comes and goes; what leaks does so on each plateau. That it fell on one says
 * nothing: what is old may have been thrown away just then.
 */
export function isFlat(levels: readonly Level[], plateau: number): boolean {
  if (levels.length < SHARES) return false;
  const most = Math.max(MOST * plateau, NOISE);
  const grown = growths(levels);
  if (grown.slice(-FLAT).every((growth) => growth <= most)) return true;
  return grown.length > 2 * FLAT && lowerQuartile(grown) <= most;
}

function judge(name: string, kind: Kind, plateau: number, levels: readonly Level[]): Soaked {
  const problems: string[] = [];
  const last = growths(levels).slice(-FLAT);
  if (!isFlat(levels, plateau)) {
    const steps = growths(levels).map((growth) => `${Math.round(growth / 1000)} kB`);
    problems.push(`memory grows by ${steps.join(', ')} in ${plateau} iterations each`);
  }
  for (const what of Object.keys((levels[0] as Level).counts)) {
    const numbers = levels.map((level) => level.counts[what] ?? 0);
    if (numbers.every((number) => number <= (numbers[0] as number))) continue;
    problems.push(`${what}: ${numbers.join(', ')} after each ${plateau} iterations`);
  }
  return {
    name,
    kind,
    iterations: plateau * levels.length,
    growthPerIteration: last.reduce((sum, growth) => sum + growth, 0) / FLAT / plateau,
    problems,
  };
}

import type { Kind } from '@asyncio-ts/testing';

import { measure } from './measure.js';
import type { Scenario } from './scenario.js';
import { topics } from './scenarios/index.js';

/** What is soaked. */
export interface SoakOptions {
  /** How many iterations altogether: all runs get the same share, in which dear iterations weigh more. */
  readonly count: number;
  /** Instead of a share: so many for each run, divided by the weight of its scenario. */
  readonly each?: number | null;
  /** Only scenarios whose topic or name contains this text. */
  readonly only?: string;
  readonly print: (line: string) => void;
}

/** One scenario as one kind of coroutine. */
interface Run {
  readonly title: string;
  readonly scenario: Scenario;
  readonly kind: Kind;
}

const BOTH: readonly Kind[] = ['generator', 'async'];

/** Soaks one scenario after the other. @returns whether nothing stayed behind. */
export async function soakAll(options: SoakOptions): Promise<boolean> {
  const { count, each = null, only = '', print } = options;
  const runs = allRuns().filter(({ title }) => title.includes(only));
  const dearness = runs.reduce((sum, { scenario }) => sum + 1 / (scenario.weight ?? 1), 0);
  const share = each ?? count / dearness;
  let total = 0;
  let leaking = 0;
  for (const { title, scenario, kind } of runs) {
    const { iterations, growthPerIteration, problems } = await measure(scenario, kind, share);
    const growth = `${growthPerIteration.toFixed(2).padStart(8)} B`;
    const verdict = problems.length === 0 ? 'flat' : `LEAK: ${problems.join('; ')}`;
    print(`${String(iterations).padStart(9)} times, ${growth} each, ${title}: ${verdict}`);
    total += iterations;
    if (problems.length > 0) leaking++;
  }
  print(`${total} iterations: ${runs.length - leaking} flat, ${leaking} leaking`);
  return leaking === 0 && runs.length > 0;
}

function allRuns(): Run[] {
  return Object.entries(topics).flatMap(([topic, scenarios]) =>
    scenarios.flatMap((scenario) =>
      (scenario.kinds ?? BOTH).map((kind) => ({
        title: `${topic}: ${scenario.name} [${kind}]`,
        scenario,
        kind,
      })),
    ),
  );
}

import { firstDifference, type Kind, type SelectorName } from '@asyncio-ts/testing';

import { ByHand, type Ground, type Program, traceOf } from './program.js';
import type { Topic } from './topics.js';

/** One way to run a program, and whether its times are looked at. */
export interface Trial extends Ground {
  /** For the title of a test. */
  readonly name: string;
  readonly timed: boolean;
}

/**
 * The ways in which a program is run: both kinds on virtual time, and where the program says what is a function of its kind,
 * the kinds turn about; and where its trace shows that no time passes, both kinds on Node's own loop, async functions in
 * exact order.
 */
export function trialsOf(program: Program, topic: Topic, expected: readonly string[]): Trial[] {
  const { timed } = topic;
  const trials = [trial('generator', 'virtual', timed), trial('async', 'virtual', timed)];
  if (!(program instanceof ByHand)) {
    trials.push(trial('generator', 'virtual', timed, true), trial('async', 'virtual', timed, true));
  }
  // On Node's own loop a run is stuck only when nothing of the whole process can wake it.
  const timeless = expected.every((line) => line.startsWith('0 ') && line !== '0 stuck');
  if (!timed || timeless) {
    trials.push(trial('generator', 'node', false), trial('async', 'node-exact', false));
  }
  return trials;
}

function trial(kind: Kind, selector: SelectorName, timed: boolean, mixed = false): Trial {
  const name = `${kind}${mixed ? ' and the other kind' : ''}, ${selector}`;
  return { name, kind, selector, timed, mixed };
}

/** A trace without its times. */
export function withoutTimes(lines: readonly string[]): string[] {
  return lines.map((line) => line.slice(line.indexOf(' ') + 1));
}

/** What a trial must give, and what it gave. */
export async function played(
  program: Program,
  trial: Trial,
  expected: readonly string[],
  topic: Topic,
): Promise<{ readonly expected: readonly string[]; readonly given: readonly string[] }> {
  const given = await traceOf(program, trial, { timed: trial.timed });
  const wanted = topic.timed && !trial.timed ? withoutTimes(expected) : expected;
  return { expected: wanted, given };
}

/** How a program differs from its trace in one of its trials, as a sentence; null: in none. */
export async function differenceOf(
  name: string,
  topic: Topic,
  expected: readonly string[] | undefined,
): Promise<string | null> {
  const program = topic.programs.get(name);
  if (program === undefined) return 'it is not there in TypeScript';
  if (!topic.twins.includes(name)) return 'it is not there in Python';
  if (expected === undefined) return 'its trace was not recorded';
  for (const trial of trialsOf(program, topic, expected)) {
    const seen = await played(program, trial, expected, topic);
    const difference = firstDifference(seen.given, seen.expected);
    if (difference === null) continue;
    return [
      `${trial.name}: ${difference.replace('one run', 'ours').replace('the other', 'CPython')}`,
      ...seen.given.map((line) => `  ours     ${line}`),
      ...seen.expected.map((line) => `  CPython  ${line}`),
    ].join('\n');
  }
  return null;
}

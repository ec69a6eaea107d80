import { askCPython } from './cpython.js';
import { differenceOf } from './compare.js';
import { findReferee, NO_REFEREE } from './referee.js';
import { loadTopic, type Topic, topicNames } from './topics.js';
import { readTraces, writeTraces } from './traces.js';

/** Which programs, and whether CPython is asked anew. */
export interface ProgramsOptions {
  /** A topic, a program, or `topic.program`; null: all. */
  readonly program: string | null;
  readonly record: boolean;
  readonly print: (line: string) => void;
}

/** Compares the programs written twice with their traces. @returns the exit code. */
export async function runPrograms(options: ProgramsOptions): Promise<number> {
  const topics = await chosenTopics(options.program);
  if (topics.size === 0) {
    options.print(`No topic and no program is called ${options.program ?? ''}`);
    return 2;
  }
  if (options.record && !record([...topics.keys()], options.print)) return 2;
  let equal = 0;
  let different = 0;
  for (const [topic, names] of topics) {
    const traces = readTraces(topic.name);
    for (const name of names) {
      const difference = await differenceOf(name, topic, traces.get(name));
      if (difference === null) equal++;
      else options.print(`${topic.name}.${name}: ${difference}`);
      if (difference !== null) different++;
    }
  }
  options.print(`programs: ${equal} equal, ${different} different`);
  return different === 0 ? 0 : 1;
}

async function chosenTopics(chosen: string | null): Promise<Map<Topic, readonly string[]>> {
  const topics = new Map<Topic, readonly string[]>();
  for (const name of topicNames()) {
    const topic = await loadTopic(name);
    const names = [...new Set([...topic.twins, ...topic.programs.keys()])].filter((program) =>
      [null, name, program, `${name}.${program}`].includes(chosen),
    );
    if (names.length > 0) topics.set(topic, names);
  }
  return topics;
}

function record(topics: readonly Topic[], print: (line: string) => void): boolean {
  const referee = findReferee();
  if (referee === null) {
    print(`Cannot record: ${NO_REFEREE}`);
    return false;
  }
  const { version, traces } = askCPython(
    referee,
    topics.map(({ name }) => name),
  );
  let programs = 0;
  for (const [topic, recorded] of traces) {
    writeTraces(topic, recorded);
    programs += recorded.size;
  }
  print(`Recorded ${programs} programs from CPython ${version}`);
  return true;
}

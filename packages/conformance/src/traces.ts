/**
 * The traces CPython gave, one file a topic:
 *
 * ```text
 * == nameOfTheProgram
 * 0 the first line of its trace
 * ```
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export type Traces = ReadonlyMap<string, readonly string[]>;

function fileOf(topic: string): URL {
  return new URL(`../traces/${topic}.txt`, import.meta.url);
}

/** The recorded traces of a topic, by program. */
export function readTraces(topic: string): Traces {
  const file = fileOf(topic);
  const traces = new Map<string, string[]>();
  if (!existsSync(file)) return traces;
  let lines: string[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('== ')) traces.set(line.slice(3), (lines = []));
    else if (line !== '') lines.push(line);
  }
  return traces;
}

/** Records the traces of a topic. */
export function writeTraces(topic: string, traces: Traces): void {
  const text = [...traces].map(([name, lines]) => [`== ${name}`, ...lines, ''].join('\n'));
  writeFileSync(fileOf(topic), text.join('\n'));
}

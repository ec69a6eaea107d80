import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { ByHand, Outside, type Program } from './program.js';

const folder = new URL('../programs/', import.meta.url);

/** The programs of one topic, as they stand in `programs/<topic>.ts` and `programs/<topic>.py`. */
export interface Topic {
  readonly name: string;
  /** Whether the lines of the traces begin with the time. */
  readonly timed: boolean;
  /** In TypeScript, by their names there. */
  readonly programs: ReadonlyMap<string, Program>;
  /** The names in the Python file, in its order, spelt as TypeScript's. */
  readonly twins: readonly string[];
}

/** `snake_case` as `snakeCase`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_whole, letter: string) => letter.toUpperCase());
}

/** The names of all topics. */
export function topicNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .sort();
}

/** Where the Python file of a topic is. */
export function pythonFile(topic: string): string {
  return fileURLToPath(new URL(`${topic}.py`, folder));
}

/** Loads a topic. */
export async function loadTopic(name: string): Promise<Topic> {
  const source = readFileSync(pythonFile(name), 'utf8');
  const exported = (await import(new URL(`${name}.ts`, folder).href)) as Record<string, unknown>;
  const programs = new Map<string, Program>();
  for (const [key, value] of Object.entries(exported)) {
    if (isProgram(value)) programs.set(key, value);
  }
  const defined = source.matchAll(/^(?:async )?def ([a-z]\w*)\(log/gm);
  return {
    name,
    timed: exported['timed'] !== false,
    programs,
    twins: [...defined].map(([, twin = '']) => camelCase(twin)),
  };
}

function isProgram(value: unknown): value is Program {
  return typeof value === 'function' || value instanceof ByHand || value instanceof Outside;
}

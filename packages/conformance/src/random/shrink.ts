/** Makes a program smaller for as long as something stays true of it. */
import type { Program } from './program.js';

type Json = Record<string, unknown>;
type Path = readonly (string | number)[];

/** How many smaller programs are tried at most. */
const PATIENCE = 6000;

/**
 * @param holds - what must stay true: that the traces differ
 * @returns the smallest program that was found
 */
export async function shrink(
  program: Program,
  holds: (smaller: Program) => Promise<boolean>,
): Promise<Program> {
  let best = program;
  let tries = 0;
  for (let found = true; found;) {
    found = false;
    for (const smaller of edits(best)) {
      if (++tries > PATIENCE) return best;
      if (!(await holds(smaller))) continue;
      best = smaller;
      found = true;
      break;
    }
  }
  return best;
}

/** Everything that could be left out, or be simpler: the boldest first. */
function* edits(program: Program): Generator<Program> {
  const paths = [...nodes(program, [])];
  const lists = paths.filter((path) => Array.isArray(at(program, path)) && path[0] === 'tasks');
  for (const path of lists) yield* withoutSome(program, path);
  for (const path of lists) yield* unwrapped(program, path);
  for (const path of paths) yield* simpler(program, path);
}

function* nodes(node: unknown, path: Path): Generator<Path> {
  if (typeof node !== 'object' || node === null) return;
  yield path;
  for (const [key, value] of Object.entries(node)) {
    yield* nodes(value, [...path, Array.isArray(node) ? Number(key) : key]);
  }
}

function at(node: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Json)[key], node);
}

/** A copy of the program in which the node at `path` was changed. */
function changed<T>(program: Program, path: Path, change: (node: T) => void): Program {
  const copy = structuredClone(program);
  change(at(copy, path) as T);
  return copy;
}

function* withoutSome(program: Program, path: Path): Generator<Program> {
  const { length } = at(program, path) as unknown[];
  // `gather` and its like want at least one.
  const least = path.length === 1 || path.at(-1) === 'items' ? 1 : 0;
  for (let size = length; size >= 1; size = Math.floor(size / 2)) {
    if (length - size < least) continue;
    for (let from = 0; from + size <= length; from += size) {
      yield changed<unknown[]>(program, path, (list) => void list.splice(from, size));
    }
  }
}

/** A block gives way to what is in it. */
function* unwrapped(program: Program, path: Path): Generator<Program> {
  const list = at(program, path) as readonly Json[];
  for (const [i, node] of list.entries()) {
    const inner = [node['body'], (node['fn'] as Json | undefined)?.['body'], node['last']];
    for (const body of inner) {
      if (!Array.isArray(body) || path.at(-1) === 'handlers' || path.length === 1) continue;
      if (path.at(-1) === 'items') continue;
      const kept = structuredClone(body as Json[]).filter((one) => one['do'] !== 'return');
      yield changed<unknown[]>(program, path, (target) => void target.splice(i, 1, ...kept));
    }
    const items = node['items'];
    if (path.at(-1) === 'items' && Array.isArray(items)) {
      const kept = structuredClone(items as Json[]);
      yield changed<unknown[]>(program, path, (target) => void target.splice(i, 1, ...kept));
    }
  }
}

const SIMPLEST: Readonly<Record<string, readonly unknown[]>> = {
  eager: [false],
  shared: [undefined],
  raw: [undefined],
  again: [false],
  last: [undefined],
  returnExceptions: [undefined],
  b: [0, 1, 8],
  a: [0],
};

function* simpler(program: Program, path: Path): Generator<Program> {
  const node = at(program, path) as Json;
  if (Array.isArray(node)) return;
  for (const [key, values] of Object.entries(SIMPLEST)) {
    const now = node[key];
    if (!(key in node) || now === undefined) continue;
    const known = values.indexOf(now);
    for (const value of known < 0 ? values : values.slice(0, known)) {
      if (typeof now === 'number' && now > 0 && (value as number) > now) continue;
      yield changed<Json>(program, path, (target) => {
        if (value === undefined) delete target[key];
        else target[key] = value;
      });
    }
  }
  if (node['fn'] !== undefined && 'is' in node) {
    yield changed<Json>(program, path, (target) => {
      delete target['fn'];
      Object.assign(target, { is: 'future', a: 0 });
    });
  }
}

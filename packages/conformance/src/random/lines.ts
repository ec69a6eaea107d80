import { CALLS } from './calls.js';
import type { Fn, Item, Statement } from './program.js';

/** Lines of source, indented. */
export class Lines {
  private readonly _lines: string[] = [];
  private readonly _step: string;
  private _indent = '';

  constructor(step: string) {
    this._step = step;
  }

  add(line: string): void {
    this._lines.push(this._indent + line);
  }

  /** What is added by `body` stands one step further in. */
  inside(body: () => void): void {
    const before = this._indent;
    this._indent += this._step;
    body();
    this._indent = before;
  }

  toString(): string {
    return this._lines.join('\n') + '\n';
  }
}

/** The blocks around a statement that it may name: time limits, and groups. */
export class Around {
  readonly limits: readonly string[];
  readonly groups: readonly string[];

  constructor(limits: readonly string[] = [], groups: readonly string[] = []) {
    this.limits = limits;
    this.groups = groups;
  }

  withLimit(name: string): Around {
    return new Around([...this.limits, name], this.groups);
  }

  withGroup(name: string): Around {
    return new Around(this.limits, [...this.groups, name]);
  }

  limit(a: number): string | undefined {
    return this.limits[a % Math.max(1, this.limits.length)];
  }

  group(a: number): string | undefined {
    return this.groups[a % Math.max(1, this.groups.length)];
  }
}

/** The functions that a statement names: they are written before it. */
export function functionsOf(statement: Statement): Fn[] {
  const found: Fn[] = statement.fn === undefined ? [] : [statement.fn];
  const visit = (item: Item): void => {
    if (item.fn !== undefined) found.push(item.fn);
    item.items?.forEach(visit);
  };
  if (statement.item !== undefined) visit(statement.item);
  statement.items?.forEach(visit);
  return found;
}

/** A call as it is written, in one language. */
export function callText(
  statement: { readonly do: string; readonly a?: number; readonly b?: number | null },
  language: 'python' | 'typescript',
): string {
  const call = CALLS[statement.do];
  if (call === undefined) throw new Error(`unknown statement ${statement.do}`);
  const text = language === 'python' ? call.python : (call.typescript ?? call.python);
  const value = statement.b ?? 0;
  return text
    .replaceAll('$a', String(statement.a ?? 0))
    .replaceAll('$b', String(value))
    .replaceAll('$t', String(value / 8));
}

/** What the trace calls a statement. */
export const labelOf = ({ do: name, a }: Statement): string =>
  a === undefined ? name : `${name} ${a}`;

/** A time in seconds, or nothing. */
export const seconds = (eighths: number | null | undefined, nothing: string): string =>
  eighths == null ? nothing : String(eighths / 8);

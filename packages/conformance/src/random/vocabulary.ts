import type { Program } from './program.js';

/** How often each statement was there. */
export class Vocabulary {
  private readonly _counts = new Map<string, number>();

  add(program: Program): void {
    this._visit(program.tasks);
    if (program.eager) this._count('eager task factory');
    if (!program.rescue) this._count('may deadlock');
  }

  private _visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return;
    const { do: name, is, eager } = node as { do?: string; is?: string; eager?: boolean };
    if (name !== undefined) this._count(name);
    if (is !== undefined) this._count(`(${is})`);
    if (eager === true) this._count('eager');
    Object.values(node).forEach((inner) => this._visit(inner));
  }

  private _count(word: string): void {
    this._counts.set(word, (this._counts.get(word) ?? 0) + 1);
  }

  /** A few lines; an operand of `gather` and its like stands in parentheses. */
  lines(): string[] {
    const words = [...this._counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const lines: string[] = ['vocabulary:'];
    for (let i = 0; i < words.length; i += 6) {
      lines.push(
        `  ${words
          .slice(i, i + 6)
          .map(([word, n]) => `${word} ${n}`)
          .join(', ')}`,
      );
    }
    return lines;
  }
}

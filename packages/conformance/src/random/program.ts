/** What a random program is made of: plain JSON, so that it can be stored, cut down and printed. */

/** A coroutine function without parameters; its number is its name, and what it returns. */
export interface Fn {
  readonly id: number;
  readonly body: readonly Statement[];
}

/** Something that can be waited for. */
export interface Item {
  readonly is: string;
  /** Which task or future. */
  readonly a?: number;
  /** A value, or eighths of a second. */
  readonly b?: number | null;
  readonly fn?: Fn;
  readonly items?: readonly Item[];
  readonly returnExceptions?: boolean;
}

/** What a `try` does with errors of one sort. */
export interface Handler {
  readonly match: 'cancelled' | 'error' | 'timeout' | 'value' | 'any';
  readonly body: readonly Statement[];
  readonly again: boolean;
}

/** One statement. Which fields it has depends on `do`; times are in eighths of a second, so that sums are exact. */
export interface Statement {
  readonly do: string;
  /** Blocks that are a function of their own in TypeScript: decides of which kind it is. */
  readonly id?: number;
  /** Which lock, task, future ... */
  readonly a?: number;
  /** A value, a count, or a time. */
  readonly b?: number | null;
  /** Let errors out, where the statement would log them otherwise. */
  readonly raw?: boolean;
  readonly eager?: boolean;
  /** The task runs in the context of who starts it, not in a copy. */
  readonly shared?: boolean;
  readonly fn?: Fn;
  readonly body?: readonly Statement[];
  readonly handlers?: readonly Handler[];
  readonly last?: readonly Statement[];
  readonly item?: Item;
  readonly items?: readonly Item[];
  readonly returnExceptions?: boolean;
  readonly returnWhen?: string;
  readonly kind?: string;
}

/** What all tasks of a program share. */
export interface Table {
  readonly futures: number;
  readonly locks: number;
  readonly events: number;
  /** For each condition the lock it shares, or -1: one of its own. */
  readonly conditions: readonly number[];
  /** For each semaphore its value; negative: bounded, by the absolute value. */
  readonly semaphores: readonly number[];
  readonly barriers: readonly number[];
  readonly queues: readonly { readonly kind: string; readonly maxsize: number }[];
}

export interface Program {
  readonly seed: number;
  readonly table: Table;
  /** Tasks are started eagerly, by a task factory. */
  readonly eager: boolean;
  /** After a long time the main task cancels whoever is left; else a program may deadlock. */
  readonly rescue: boolean;
  readonly tasks: readonly Fn[];
}

/** The kinds of coroutines a program is played in. */
export type Mode = 'generator' | 'async' | 'mixed';

export const MODES: readonly Mode[] = ['generator', 'async', 'mixed'];

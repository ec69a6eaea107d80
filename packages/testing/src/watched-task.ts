import { inspect } from 'node:util';

import { Task } from '@asyncio-ts/futures';

/** Where a task stands: one wait of it. */
export interface Suspension {
  /** Counted from 1, in the order in which they came. */
  readonly point: number;
  /** What is waited for; null: nothing, it only gave up its turn. */
  readonly waited: object | null;
  /** Calls `fn` when the wait is over and the task is about to go on: between its wake-up and its step. */
  beforeStep(fn: () => void): void;
}

/** A wait among the leaves of a task; the loop calls `_run` when it is over. */
type LeafOfTask = Parameters<ReturnType<Task<unknown>['_leavesFor']>['add']>[0] & {
  _run(): void;
};

/**
 * A task that tells of each place where it suspends: its generator at a `yield*`, its async functions at each `await` that
 * joins the task.
 */
export class WatchedTask<T> extends Task<T> {
  /** How many suspensions there were. */
  points = 0;
  /** Called in the step that suspends, as its last act. */
  whenSuspended: ((at: Suspension) => void) | null = null;
  private _before: (() => void) | null = null;
  private _watchesLeaves = false;

  override _run(): void {
    const before = this._before;
    this._before = null;
    before?.();
    super._run();
  }

  override _leafJoined(): void {
    super._leafJoined();
    this._tell(this._waitsFor, (fn) => {
      this._before = fn;
    });
  }

  override _leavesFor(): ReturnType<Task<T>['_leavesFor']> {
    const leaves = super._leavesFor();
    if (this._watchesLeaves) return leaves;
    this._watchesLeaves = true;
    const add = leaves.add.bind(leaves);
    leaves.add = (leaf) => {
      add(leaf);
      this._tell(leaf._leafOf(), (fn) => runBefore(leaf as LeafOfTask, fn));
    };
    return leaves;
  }

  private _tell(waited: object | null, beforeStep: (fn: () => void) => void): void {
    const point = ++this.points;
    this.whenSuspended?.({ point, waited, beforeStep });
  }
}

/** One leaf is joined again and again: its own `_run` stands in front of that of its class for one time. */
function runBefore(leaf: LeafOfTask, fn: () => void): void {
  leaf._run = () => {
    Reflect.deleteProperty(leaf, '_run');
    fn();
    leaf._run();
  };
}

/** What a suspension waits for, in words. */
export function describeWait({ waited }: Suspension): string {
  return waited === null ? 'its next turn' : inspect(waited, { depth: 0, breakLength: Infinity });
}

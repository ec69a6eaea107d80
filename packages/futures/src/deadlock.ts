import { inspect } from 'node:util';

import { RuntimeError } from '@asyncio-ts/loop';

import type { Loop } from '@asyncio-ts/loop';
import { directAwaitersOf } from './awaited-by.js';
import { fill, slotsOf } from './coroutine-frames.js';
import { coroutineName } from './coroutine-name.js';
import { isfuture, Kind, kindOf } from './protocol.js';
import type { StackFrame } from './stack-frame.js';
import { tasksOf } from './current-task.js';
import { Task } from './task.js';

/**
 * A run can never finish: nothing is ready, no timer is armed, and nothing outside can wake the loop.
 *
 * The message is the tree of waiting tasks: who stands where, and waits for what.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { DeadlockError, Future, runUntilComplete } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const nobodySetsIt = new Future<void>({ loop });
 * try {
 *   await runUntilComplete(loop, nobodySetsIt);
 * } catch (error) {
 *   console.log(error instanceof DeadlockError); // true
 * }
 * ```
 */
export class DeadlockError extends RuntimeError {
  static {
    this.prototype.name = 'DeadlockError';
  }
}

/** @internal The report of a run that waits for `main`. */
export function deadlock(loop: Loop, main: object): DeadlockError {
  const tasks = tasksOf(loop);
  const report = new Report(tasks);
  report.describe(main, '');
  for (const task of tasks) if (!report.seen.has(task)) report.describe(task, '');
  return new DeadlockError(
    `The run can never finish: nothing is ready and nothing can wake it. What waits for what:\n${report.lines.join('\n')}`,
  );
}

class Report {
  readonly lines: string[] = [];
  readonly seen = new Set<object>();
  private readonly _stacks = new Map<object, readonly StackFrame[]>();
  /** Many may wait for one future, and all of them are in its description. */
  private readonly _titles = new Map<object, string>();
  /** The tasks that would make a future done: of the future of `gather` the children. */
  private readonly _sources = new Map<object, Task<unknown>[]>();

  constructor(tasks: ReadonlySet<Task<unknown>>) {
    const list = [...tasks];
    fill(list.map((task) => slotsOf(task))).forEach((frames, i) =>
      this._stacks.set(list[i] as object, frames),
    );
    for (const task of list) {
      for (const awaiter of directAwaitersOf(task)) {
        const sources = this._sources.get(awaiter);
        if (sources === undefined) this._sources.set(awaiter, [task]);
        else sources.push(task);
      }
    }
  }

  describe(waiting: object, indent: string): void {
    const again = this.seen.has(waiting);
    this.seen.add(waiting);
    const title = this._title(waiting);
    this.lines.push(`${indent}${again ? `${title} (see above)` : title}`);
    if (again || (isfuture(waiting) && waiting.done())) return;
    const inner = `${indent}  `;
    const waits = waiting instanceof Task ? waiting._allWaits() : this._sources.get(waiting);
    for (const waited of waits ?? []) {
      this.lines.push(`${inner}waits for`);
      this.describe(waited, `${inner}  `);
    }
    if (waits?.length === 0) this.lines.push(`${inner}waits for a promise outside the loop`);
  }

  private _title(waiting: object): string {
    if (!(waiting instanceof Task)) return this._futureTitle(waiting);
    const created = waiting._sourceTraceback;
    const origin = created === undefined ? '' : `\n    created${created}`;
    return `- ${waiting.getName()} (${kindOfFunction(waiting)}), in ${this._place(waiting)}${origin}`;
  }

  private _futureTitle(future: object): string {
    const known = this._titles.get(future);
    if (known !== undefined) return known;
    const title = `- ${inspect(future, { depth: 0 })}`;
    this._titles.set(future, title);
    return title;
  }

  /** Its coroutines, outermost first, and where the innermost one stands, or the nearest to it that is known. */
  private _place(task: Task<unknown>): string {
    const frames = this._stacks.get(task) ?? [];
    if (frames.length === 0) return coroutineNames(task).join(' > ');
    const names = frames.map((frame) => frame.functionName).reverse();
    const at = frames.find((frame) => frame.location !== null)?.location;
    const place = at == null ? '' : ` at ${at.fileName}:${at.lineNumber}:${at.columnNumber}`;
    return `${names.join(' > ')}${place}`;
  }
}

function kindOfFunction(task: Task<unknown>): string {
  return kindOf(task.getCoro()) === Kind.Call ? 'async function' : 'generator';
}

/** Outermost first. */
function coroutineNames(task: Task<unknown>): string[] {
  const names = [coroutineName(task.getCoro())];
  const stack = task._stack ?? [];
  for (let i = 1; i < stack.length; i += 2) names.push(coroutineName(stack[i]));
  return names;
}

import { inspect } from 'node:util';

import { RuntimeError } from '@asyncio-ts/loop';

import type { Loop } from '@asyncio-ts/loop';
import { Task, tasksOf } from './task.js';

/**
 * A run can never finish: nothing is ready, no timer is armed, and nothing outside can wake the loop.
 *
 * The message is the tree of waiting tasks: who waits for what.
 */
export class DeadlockError extends RuntimeError {
  static {
    this.prototype.name = 'DeadlockError';
  }
}

/** @internal The report of a run that waits for `main`. */
export function deadlock(loop: Loop, main: object): DeadlockError {
  const seen = new Set<object>();
  const lines: string[] = [];
  describe(main, '', seen, lines);
  for (const task of tasksOf(loop)) if (!seen.has(task)) describe(task, '', seen, lines);
  return new DeadlockError(
    `The run can never finish: nothing is ready and nothing can wake it. What waits for what:\n${lines.join('\n')}`,
  );
}

function describe(waiting: object, indent: string, seen: Set<object>, lines: string[]): void {
  const again = seen.has(waiting);
  seen.add(waiting);
  lines.push(`${indent}${again ? `${title(waiting)} (see above)` : title(waiting)}`);
  if (again || !(waiting instanceof Task) || waiting.done()) return;
  const inner = `${indent}  `;
  const waits = waiting._allWaits();
  for (const waited of waits) {
    lines.push(`${inner}waits for`);
    describe(waited, `${inner}  `, seen, lines);
  }
  if (waits.length === 0) lines.push(`${inner}waits for a promise outside the loop`);
}

function title(waiting: object): string {
  if (!(waiting instanceof Task)) return `- ${inspect(waiting, { depth: 0 })}`;
  const at = waiting._stackNames().join(' > ');
  const created = waiting._sourceTraceback;
  return `- ${waiting.getName()} (${waiting._kind()}), in ${at}${created === undefined ? '' : `\n    created${created}`}`;
}

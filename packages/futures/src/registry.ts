import { type Loop, LoopLocal } from '@asyncio-ts/loop';

import { atClose } from './any-loop.js';
import { reportUnretrieved } from './unretrieved.js';

/** @internal A task in the list of its loop. */
export interface Registered {
  readonly _loop: Loop;
  _previousTask: Registered | null;
  _nextTask: Registered | null;
  _reportPending(): void;
}

/** The tasks of one loop that are not done: a doubly linked list through the tasks, in order of creation. */
export class Registry {
  first: Registered | null = null;
  last: Registered | null = null;

  constructor(loop: Loop) {
    atClose(loop, () => this._reportAll(loop));
  }

  add(task: Registered): void {
    task._previousTask = this.last;
    if (this.last === null) this.first = task;
    else this.last._nextTask = task;
    this.last = task;
  }

  remove(task: Registered): void {
    const { _previousTask: previous, _nextTask: next } = task;
    if (previous === null && this.first !== task) return;
    if (previous === null) this.first = next;
    else previous._nextTask = next;
    if (next === null) this.last = previous;
    else next._previousTask = previous;
    task._previousTask = task._nextTask = null;
  }

  private _reportAll(loop: Loop): void {
    // What failed comes first: as it would if the garbage collector had found it before the end.
    reportUnretrieved(loop);
    for (let task = this.first; task !== null; task = task._nextTask) task._reportPending();
    if (lastRegistry === this) lastLoop = lastRegistry = null;
  }
}

const registries = /* @__PURE__ */ new LoopLocal((loop) => new Registry(loop));

/** The registry asked for last: nearly always the next one, too. */
let lastLoop: Loop | null = null;
let lastRegistry: Registry | null = null;

/** @internal */
export function registryOf(loop: Loop): Registry {
  if (lastRegistry !== null && lastLoop === loop) return lastRegistry;
  lastLoop = loop;
  return (lastRegistry = registries.get(loop));
}

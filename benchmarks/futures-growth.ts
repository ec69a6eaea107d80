import { coroutine, createTask, runUntilComplete, type Task } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { gather } from '@asyncio-ts/tasks';

import type { Report } from './harness/report.js';
import { type Limit, type Program, row, type Subject } from './harness/row.js';

interface Tasks extends Record<string, number> {
  readonly tasks: number;
  /** How often each gives up its turn while the clock runs; 0: it is the making of the tasks that is timed. */
  readonly yields: number;
}

const COUNTS = [1_000, 10_000, 100_000, 1_000_000];
const YIELDS = 10;

const written = (tasks: number): string => tasks.toLocaleString('en');
const sum = (values: readonly number[]): number => values.reduce((total, n) => total + n, 0);

/**
 * The clock of the switches: it runs from when all tasks have begun to when the first one is through, as they take turns.
 * The tasks are made before, and end after.
 */
class Lap {
  readonly #report: Report;
  #missing: number;
  #running = false;

  constructor(report: Report, tasks: number) {
    this.#report = report;
    this.#missing = tasks;
  }

  begun(): void {
    if (--this.#missing > 0) return;
    this.#running = true;
    this.#report.start();
  }

  through(): void {
    if (this.#running) this.#report.stop();
    this.#running = false;
  }
}

const worker = coroutine(function* (n: number) {
  yield;
  return n;
});

const switcher = coroutine(function* (n: number, yields: number, lap: Lap) {
  lap.begun();
  for (let done = 0; done <= yields; done++) yield;
  lap.through();
  return n;
});

const asyncWorker = coroutine(async (n: number) => {
  await null;
  return n;
});

function ours(
  spawn: (loop: BaseEventLoop, n: number, yields: number, lap: Lap) => Task<number>,
): Program<Tasks> {
  return async ({ tasks, yields }, report) => {
    const loop = new BaseEventLoop();
    const lap = new Lap(report, tasks);
    const total = await runUntilComplete(loop, function* () {
      const all = Array.from({ length: tasks }, (_, n) => spawn(loop, n, yields, lap));
      return sum(yield* gather(all));
    });
    loop.close();
    return total;
  };
}

async function nativeWorker(n: number): Promise<number> {
  await null;
  return n;
}

async function nativeSwitcher(n: number, yields: number, lap: Lap): Promise<number> {
  lap.begun();
  for (let done = 0; done <= yields; done++) await null;
  lap.through();
  return n;
}

function native(spawn: (n: number, yields: number, lap: Lap) => Promise<number>): Program<Tasks> {
  return async ({ tasks, yields }, report) => {
    const lap = new Lap(report, tasks);
    return sum(await Promise.all(Array.from({ length: tasks }, (_, n) => spawn(n, yields, lap))));
  };
}

const programs: Readonly<Record<string, () => Program<Tasks>>> = {
  'generator, spawn': () => ours((loop, n) => createTask(loop, worker(n))),
  'generator, switch': () =>
    ours((loop, n, yields, lap) => createTask(loop, switcher(n, yields, lap))),
  'async, spawn': () => ours((loop, n) => createTask(loop, asyncWorker(n))),
  'native, spawn': () => native(nativeWorker),
  'native, switch': () => native(nativeSwitcher),
};

const isSwitch = (name: string): boolean => name.endsWith('switch');

const subjects = Object.entries(programs).flatMap(([name, load]) =>
  COUNTS.map((count): Subject<Tasks> => ({
    name: `${name}, ${written(count)}`,
    against: `native, ${isSwitch(name) ? 'switch' : 'spawn'}, ${written(count)}`,
    load,
    resize: ({ tasks }) => ({
      tasks: Math.min(tasks, count),
      yields: isSwitch(name) ? YIELDS : 0,
    }),
  })),
);

/** However many there are: the dearest may cost twice what the cheapest does. */
const limits = ['generator, spawn', 'generator, switch', 'async, spawn'].flatMap((name) => {
  const all = COUNTS.map((count) => `${name}, ${written(count)}`);
  return all.map((subject): Limit => ({ subject, of: all, atMost: 2 }));
});

/** Whether a task costs the same among a thousand and among a million. */
export default row<Tasks>({
  name: 'growth',
  group: 'futures',
  exactly: 'making a task, and a switch, with 1,000, 10,000, 100,000 and 1,000,000 tasks',
  sizes: {
    full: { tasks: 1_000_000, yields: 0 },
    quick: { tasks: 10_000, yields: 0 },
    smallest: { tasks: 20, yields: 0 },
  },
  operation: 'task or switch',
  operations: ({ tasks, yields }) => tasks * Math.max(1, yields),
  expected: ({ tasks }) => (tasks * (tasks - 1)) / 2,
  slow: true,
  against: 'native, spawn, 1,000',
  limits,
  subjects,
});

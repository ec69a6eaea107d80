/** Options of more than one word: `asyncio-ts/py` reads each of them in Python's spelling. */
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import asyncio from 'asyncio-ts/py';

interface Name {
  readonly name: string;
  readonly topic: string;
  readonly parameters?: readonly string[];
}

const read = (file: string): string =>
  readFileSync(new URL(`../reference/${file}`, import.meta.url), 'utf8');
const { whole } = JSON.parse(read('names-by-hand.json')) as { whole: readonly string[] };
const names = read('asyncio-names.jsonl')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Name)
  .filter(({ topic }) => whole.includes(topic));

/** They are given by their place here, and have no name. */
const POSITIONAL = [
  'asyncio.create_eager_task_factory: custom_task_constructor',
  'asyncio.ensure_future: coro_or_future',
  'asyncio.FutureCallGraph: awaited_by',
  'asyncio.FutureCallGraph: call_stack',
];

const error = new Error('broken');
async function broken(): Promise<never> {
  throw error;
}

/** What shows that an option was read. */
const shows: Record<string, () => unknown> = {
  async 'asyncio.run: loop_factory'() {
    const loop = asyncio.new_event_loop();
    const inside = await asyncio.run(async () => asyncio.get_running_loop(), {
      loop_factory: () => loop,
    });
    expect(inside).toBe(loop);
  },
  async 'asyncio.Runner: loop_factory'() {
    const loop = asyncio.new_event_loop();
    const runner = new asyncio.Runner({ loop_factory: () => loop });
    expect(runner.get_loop()).toBe(loop);
    await runner.close();
  },
  async 'asyncio.gather: return_exceptions'() {
    const results = await asyncio.run(async () =>
      asyncio.gather(broken, { return_exceptions: true }),
    );
    expect(results).toEqual([error]);
    const listed = await asyncio.run(async () =>
      asyncio.gather([broken], { return_exceptions: true }),
    );
    expect(listed).toEqual([error]);
  },
  async 'asyncio.wait: return_when'() {
    const left = await asyncio.run(async () => {
      const tasks = [0.001, 3600].map((delay) => asyncio.create_task(asyncio.sleep(delay)));
      const [, pending] = await asyncio.wait(tasks, { return_when: asyncio.FIRST_COMPLETED });
      return pending.size;
    });
    expect(left).toBe(1);
  },
  async 'asyncio.Task: eager_start'() {
    const seen = await asyncio.run(async () => {
      const body = asyncio.coroutine(async () => 'eager');
      const task = new asyncio.Task(body(), { eager_start: true });
      const lazy = new asyncio.Task(body(), { eager_start: false });
      return [task instanceof asyncio.Task, lazy.get_coro() !== null, await task, await lazy];
    });
    expect(seen).toEqual([true, true, 'eager', 'eager']);
    expect(await eager((coro) => new asyncio.Task(coro, { eager_start: true }))).toBe(true);
    expect(await eager((coro) => new asyncio.Task(coro, { eager_start: false }))).toBe(false);
  },
  async 'asyncio.eager_task_factory: eager_start'() {
    const make = asyncio.eager_task_factory;
    const loop = asyncio.get_running_loop;
    expect(await eager((coro) => make(loop(), coro))).toBe(true);
    expect(await eager((coro) => make(loop(), coro, { eager_start: false }))).toBe(false);
  },
  async 'asyncio.create_task: eager_start'() {
    expect(await eager((coro) => asyncio.create_task(coro, { eager_start: true }))).toBe(true);
    expect(await eager((coro) => asyncio.create_task(coro, { eager_start: false }))).toBe(false);
  },
};

/** Whether a task has run when its maker returns. */
function eager(make: (coro: ReturnType<typeof asyncio.sleep>) => unknown): Promise<boolean> {
  return asyncio.run(async () => {
    let ran = false;
    const body = asyncio.coroutine(function* () {
      ran = true;
    });
    const task = make(body());
    const atOnce = ran;
    await task;
    return atOnce;
  });
}

describe('options in Python’s spelling', () => {
  test('are all tried', () => {
    const all = names.flatMap(({ name, parameters = [] }) =>
      parameters.map((parameter) => `${name}: ${parameter}`),
    );
    // Python passes the keywords of create_task on, so they are not among its parameters.
    const tried = [...POSITIONAL, ...Object.keys(shows)];
    expect(tried.sort()).toEqual([...all, 'asyncio.create_task: eager_start'].sort());
  });

  test.each(Object.entries(shows))('%s', async (_, show) => {
    await show();
  });
});

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError, VirtualSelector } from '@asyncio-ts/loop';
import {
  captureCallGraph,
  coroutine,
  createTask as createTaskOn,
  currentTask,
  formatCallGraph,
  FrameCallGraphEntry,
  Future,
  futureAddToAwaitedBy,
  FutureCallGraph,
  futureDiscardFromAwaitedBy,
  type FutureLike,
  printCallGraph,
  runUntilComplete,
  StackFrame,
  Task,
} from '@asyncio-ts/futures';
import {
  asCompleted,
  gather,
  shield,
  sleep,
  staggeredRace,
  TaskGroup,
  timeout,
  wait as waitForSome,
  waitFor,
} from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

// Lines are looked at in a process of its own: here the tests are compiled first.
import { runChild } from '../../../scripts/test/child.js';

const scene = scenes(test);

type Edges = [name: string, ...awaitedBy: Edges[]];

/** The names of those who await, by the tree; the task of the scene is `main`. */
function edgesOf(graph: FutureCallGraph | null): Edges {
  if (graph === null) return ['none'];
  const { future, awaitedBy, isCycle } = graph;
  const name = future instanceof Task ? nameOf(future) : future.constructor.name;
  const above = awaitedBy.map(edgesOf).sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return [isCycle ? `${name} again` : name, ...above];
}

function nameOf(task: Task<unknown>): string {
  return task.getName().startsWith('Task-') ? 'main' : task.getName();
}

/** The edges from inside a task: what they are while it runs. */
function* seen(t: Scene, into: Edges[]): Generator<unknown, string, unknown> {
  yield* wait(t.turns(4));
  into.push(edgesOf(captureCallGraph()));
  return 'seen';
}

describe('who awaits whom', () => {
  scene('[S369] a task that awaits a task', function* (t) {
    const into: Edges[] = [];
    const child = t.task(() => seen(t, into), { name: 'child' });
    const parent = t.task(
      function* () {
        return yield* wait(child);
      },
      { name: 'parent' },
    );
    expect(yield* wait(parent)).toBe('seen');
    expect(into).toEqual([['child', ['parent', ['main']]]]);
  });

  scene('[S370] several waiters of one future, and their waiters', function* (t) {
    const future = t.future<void>();
    const waiting = t.coroutine(function* () {
      yield* wait(future);
    });
    const outer = t.coroutine(function* () {
      yield* wait(waiting());
    });
    const group = new TaskGroup();
    yield* wait(
      group.use(
        t.coroutine(function* () {
          group.createTask(outer(), { name: 'A' });
          group.createTask(waiting(), { name: 'B' });
          yield* wait(t.turns(5));
          expect(edgesOf(captureCallGraph(future))).toEqual([
            'Future',
            ['A', ['main']],
            ['B', ['main']],
          ]);
          expect(captureCallGraph(future)?.callStack).toEqual([]);
          future.setResult();
        }),
      ),
    );
  });

  scene('[S369] gather and shield are passed through', function* (t) {
    const into: Edges[] = [];
    const child = t.coroutine(() => seen(t, into));
    const inner = t.task(() => seen(t, into), { name: 'shielded' });
    yield* wait(
      gather(
        createTaskOn(t.loop, child(), { name: 'one' }),
        gather(createTaskOn(t.loop, child(), { name: 'two' })),
        shield(inner),
      ),
    );
    expect(into.sort()).toEqual([
      ['one', ['main']],
      ['shielded', ['main']],
      ['two', ['main']],
    ]);
  });

  scene('[S369] wait, in its turn also for several', function* (t) {
    const into: Edges[] = [];
    const tasks = ['one', 'two'].map((name) => t.task(() => seen(t, into), { name }));
    yield* wait(waitForSome(tasks));
    expect(into).toEqual([
      ['one', ['main']],
      ['two', ['main']],
    ]);
  });

  scene('[S369] asCompleted: whoever waits for the next one', function* (t) {
    const into: Edges[] = [];
    const tasks = ['one', 'two'].map((name) => t.task(() => seen(t, into), { name }));
    for (const next of asCompleted(tasks)) yield* wait(next);
    expect(into).toEqual([
      ['one', ['main']],
      ['two', ['main']],
    ]);
  });

  scene('[S369] waitFor and timeout run in the task: nothing is between', function* (t) {
    const into: Edges[] = [];
    const child = t.task(() => seen(t, into), { name: 'child' });
    yield* wait(
      timeout(10).use(
        t.coroutine(function* () {
          yield* wait(waitFor(child, 5));
        }),
      ),
    );
    yield* wait(waitFor(t.coroutine(() => seen(t, into))(), 5));
    expect(into).toEqual([['child', ['main']], ['main']]);
  });

  scene('[S369] a task group: also while its body runs', function* (t) {
    const into: Edges[] = [];
    const group = new TaskGroup();
    yield* wait(
      group.use(
        t.coroutine(function* () {
          const child = group.createTask(t.coroutine(() => seen(t, into))(), { name: 'child' });
          const waiting = t.coroutine(function* () {
            yield* wait(child);
          });
          group.createTask(waiting(), { name: 'sibling' });
          expect(edgesOf(captureCallGraph(child))).toEqual(['child', ['main']]);
          yield;
        }),
      ),
    );
    expect(into).toEqual([['child', ['main'], ['sibling', ['main']]]]);
  });

  scene('[S369] staggeredRace', function* (t) {
    const into: Edges[] = [];
    yield* wait(
      staggeredRace(
        [
          t.coroutine(function* () {
            (currentTask() as Task<unknown>).setName('runner');
            return yield* seen(t, into);
          }),
        ],
        null,
      ),
    );
    expect(into).toEqual([['runner', ['main']]]);
  });

  scene('the branches of Promise.all, and promises made of a task', function* (t) {
    const into: Edges[] = [];
    const tasks = ['one', 'two'].map((name) => t.task(() => seen(t, into), { name }));
    const body = async (): Promise<void> => {
      const helper = async (): Promise<void> => {
        await tasks[0];
      };
      await Promise.all([helper(), tasks[1]?.then((value) => value)]);
    };
    yield* wait(createTaskOn(t.loop, body, { name: 'branches' }));
    expect(into).toEqual([
      ['one', ['branches', ['main']]],
      ['two', ['branches', ['main']]],
    ]);
  });

  scene('nobody, and a gather nobody awaits', function* (t) {
    const future = t.future<void>();
    expect(edgesOf(captureCallGraph(future))).toEqual(['Future']);
    const all = gather(future);
    expect(edgesOf(captureCallGraph(future))).toEqual(['Future', ['GatheringFuture']]);
    future.setResult();
    yield* wait(all);
  });

  scene('a future that is done is awaited until its waiter has gone on', function* (t) {
    const future = t.future<void>();
    const task = t.task(
      function* () {
        yield* wait(future);
      },
      { name: 'waiter' },
    );
    yield* wait(t.turns(2));
    future.setResult();
    if (t.implementation.kind === 'generator') {
      expect(edgesOf(captureCallGraph(future))).toEqual(['Future', ['waiter']]);
    }
    yield* wait(task);
    expect(edgesOf(captureCallGraph(future))).toEqual(['Future']);
  });

  scene('[S371] a cycle ends where it began, and is listed', function* (t) {
    const tasks: Task<unknown>[] = [];
    for (const i of [0, 1]) {
      tasks.push(
        t.task(
          function* () {
            yield;
            yield* wait(tasks[1 - i] as Task<unknown>);
          },
          { name: `task ${i}` },
        ),
      );
    }
    yield* wait(t.turns(3));
    const [first] = tasks as [Task<unknown>];
    expect(edgesOf(captureCallGraph(first))).toEqual(['task 0', ['task 1', ['task 0 again']]]);
    expect(formatCallGraph(first)).toMatch(
      /Task\(name='task 0', id=0x\w+\) \(cycle: task 0 <- task 1 <- task 0\)$/,
    );
    // They never end, and a cancel would go round: what is left is told of.
    t.expectReportsAtClose((reports) => expect(reports.length).toBe(2));
  });

  scene('futureAddToAwaitedBy says what nobody can see', function* (t) {
    const inner = t.future<void>();
    const outer = t.future<void>();
    const unused = t.future<void>();
    inner.addDoneCallback(() => outer.setResult());
    expect(edgesOf(captureCallGraph(inner))).toEqual(['Future']);
    const task = t.task(
      function* () {
        yield* wait(outer);
      },
      { name: 'waiter' },
    );
    yield* wait(t.turns(2));
    futureAddToAwaitedBy(inner, outer);
    futureAddToAwaitedBy(inner, outer);
    futureAddToAwaitedBy(inner, unused);
    futureDiscardFromAwaitedBy(inner, unused);
    expect(edgesOf(captureCallGraph(inner))).toEqual(['Future', ['Future', ['waiter']]]);
    futureDiscardFromAwaitedBy(inner, outer);
    futureDiscardFromAwaitedBy(inner, outer);
    expect(edgesOf(captureCallGraph(inner))).toEqual(['Future']);
    for (const [future, waiter] of [
      [1, outer],
      [inner, null],
      [Promise.resolve(), inner],
    ]) {
      futureAddToAwaitedBy(future, waiter);
      futureDiscardFromAwaitedBy(future, waiter);
    }
    expect(edgesOf(captureCallGraph(inner))).toEqual(['Future']);
    inner.setResult();
    yield* wait(task);
  });
});

describe('captureCallGraph', () => {
  test('without a future it needs a loop that runs, and gives null without a task', async () => {
    expect(() => captureCallGraph()).toThrow(RuntimeError);
    expect(() => formatCallGraph()).toThrow(
      'Cannot capture the call graph: no loop runs; give the future or task to look at',
    );
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const got: unknown[] = [];
    const future = new Future<void>({ loop });
    const file = { write: (text: string) => got.push(text) };
    loop.callSoon(() => {
      got.push(captureCallGraph(), formatCallGraph());
      printCallGraph(null, { file });
      future.setResult();
    });
    await runUntilComplete(loop, future);
    expect(got).toEqual([null, '']);
    expect(() => captureCallGraph({} as FutureLike<unknown>)).toThrow(TypeError);
    loop.close();
  });

  test('its records are plain, and introduce themselves', async () => {
    const { inspect } = await import('node:util');
    const future = new Future<void>({ loop: new BaseEventLoop() });
    const frame = new StackFrame('work', 'generator', {
      fileName: '/a.ts',
      lineNumber: 3,
      columnNumber: 7,
    });
    const entry = new FrameCallGraphEntry(frame);
    const graph = new FutureCallGraph(future, [entry], []);
    expect(graph.future === future && graph.callStack[0] === entry).toBe(true);
    expect([graph.awaitedBy, graph.isCycle]).toEqual([[], false]);
    expect(inspect(entry)).toBe('<FrameCallGraphEntry work (/a.ts:3:7)>');
    expect(inspect(frame)).toBe('<StackFrame work (/a.ts:3:7)>');
    expect([frame.fileName, frame.lineNumber]).toEqual(['/a.ts', 3]);
    expect(inspect(graph)).toMatch(/^<FutureCallGraph .*Future.* frames=1 awaitedBy=0>$/);
    expect(inspect(new StackFrame('', 'async', null))).toBe('<StackFrame <anonymous>>');
  });

  const stacksOf = (graph: FutureCallGraph | null): string[] =>
    (graph?.callStack ?? []).map(({ frame }) => frame.functionName);

  test.each([false, true])(
    '[S370] the task that runs: its own stack, from the caller on [debug: %s]',
    async (debug) => {
      const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug });
      const got: (string[] | undefined)[] = [];
      const look = (): void => {
        got.push(
          stacksOf(captureCallGraph()),
          stacksOf(captureCallGraph(null, { depth: 2 })),
          stacksOf(captureCallGraph(null, { limit: 2 })),
          stacksOf(captureCallGraph(null, { limit: -1 })),
          stacksOf(captureCallGraph(null, { limit: 0 })),
          stacksOf(captureCallGraph(currentTask(), { depth: 2 })),
        );
      };
      const c4 = coroutine(function* c4() {
        yield* sleep(0);
        look();
      });
      const c3 = coroutine(function* c3() {
        yield* c4();
      });
      const c2 = coroutine(function* c2() {
        yield* c3();
      });
      await runUntilComplete(loop, c2());
      const generators = got.splice(0);
      expect(generators).toEqual([
        ['look', 'c4', 'c3', 'c2'],
        ['c4', 'c3', 'c2'],
        ['c3', 'c2'],
        ['look'],
        [],
        ['c4', 'c3', 'c2'],
      ]);
      const a4 = coroutine(async function a4() {
        await sleep(0);
        look();
      });
      async function a3(): Promise<void> {
        await a4();
      }
      const a2 = coroutine(async function a2() {
        await a3();
      });
      await runUntilComplete(loop, a2());
      // Out of debug mode nobody knows what lies between the function that runs and the task's own.
      const chain = debug ? ['a4', 'a3', 'a2'] : ['a4', 'a2'];
      expect(got.splice(0)).toEqual([
        ['look', ...chain],
        chain,
        ['look', ...chain].slice(-2),
        ['look'],
        [],
        chain,
      ]);
      loop.close();
    },
  );

  test.each([false, true])(
    '[S370] a suspended task: the chain of its coroutines [debug: %s]',
    async (debug) => {
      const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug });
      const future = new Future<void>({ loop });
      const inner = coroutine(function* inner() {
        yield* future;
      });
      const mixed = coroutine(async function mixed() {
        await inner();
      });
      const outer = coroutine(function* outer() {
        yield* mixed();
      });
      const task = createTaskOn(loop, outer());
      await runUntilComplete(loop, sleep(1));
      expect(stacksOf(captureCallGraph(task))).toEqual(
        debug ? ['inner', 'mixed', 'outer'] : ['inner', 'outer'],
      );
      expect(captureCallGraph(future)?.awaitedBy[0]?.callStack[0]?.frame.functionName).toBe(
        'inner',
      );
      future.setResult();
      await runUntilComplete(loop, task);
      const { callStack, awaitedBy } = captureCallGraph(task) as FutureCallGraph;
      expect([callStack, awaitedBy]).toEqual([[], []]);
      loop.close();
    },
  );
});

describe('printCallGraph', () => {
  const program = (fn: string, wait: string, debug: boolean): string => `
import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
import { coroutine, printCallGraph, runUntilComplete, Task } from '@asyncio-ts/futures';
import { TaskGroup, sleep } from '@asyncio-ts/tasks';
const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug: ${debug} });
const test = coroutine(${fn} test() {
  ${wait} sleep(1);
  printCallGraph();
});
const main = coroutine(${fn} main() {
  const group = new TaskGroup();
  await_it: {
    ${wait} group.aenter();
    group.createTask(test(), { name: 'child' });
    ${wait} group.aexit(null);
  }
});
await runUntilComplete(loop, new Task(main(), { loop, name: 'main' }));
loop.close();
`;

  test.each([
    ['generator', 'function*', 'yield*', false],
    ['async', 'async function', 'await', true],
  ])('[S370] prints what Python prints [%s]', async (kind, fn, wait, debug) => {
    const { stdout, stderr } = await runChild(program(fn, wait, debug));
    expect(stderr).toBe('');
    const file = "File '[^']*eval1";
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toEqual([
      "* Task(name='child', id=0x1)",
      '  + Call stack:',
      expect.stringMatching(new RegExp(`^ {2}\\| {3}${file}]?', line 8, in ${kind} test\\(\\)$`)),
      '  + Awaited by:',
      "    * Task(name='main', id=0x2)",
      '      + Call stack:',
      expect.stringMatching(/^ {6}\| {3}File '.*task-group.ts', line \d+, in generator aexit\(\)$/),
      expect.stringMatching(new RegExp(`^ {6}\\| {3}${file}]?', line 15, in ${kind} main\\(\\)$`)),
    ]);
  });
});

import type * as Inspector from 'node:inspector';

import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
import {
  captureCallGraph,
  coroutine,
  createTask,
  currentTask,
  Future,
  getCoroutineLocation,
  getGeneratorLocals,
  getGeneratorState,
  runUntilComplete,
  type Task,
} from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';

// Lines are looked at in a process of its own: here the tests are compiled first.
import { runChild } from '../../../scripts/test/child.js';
import { rejects } from './rejects.js';

const scene = scenes(test);
const newLoop = (debug = false): BaseEventLoop =>
  new BaseEventLoop({ selector: new VirtualSelector(), debug });
const namesOf = (task: Task<unknown>, limit?: number): string[] =>
  task.getStack({ limit }).map((frame) => frame.functionName);

const printed = (task: Task<unknown>, limit?: number): string[] => {
  const lines: string[] = [];
  task.printStack({ limit, file: { write: (text: string) => lines.push(text) } });
  return lines.join('').trimEnd().split('\n');
};

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the stack of a task', () => {
  /** A stack of three, which stands at a future. */
  function suspended(loop: BaseEventLoop): { task: Task<unknown>; future: Future<void> } {
    const future = new Future<void>({ loop });
    const inner = coroutine(function* inner() {
      yield* future;
    });
    const middle = coroutine(function* middle() {
      yield* inner();
    });
    const outer = coroutine(function* outer() {
      yield* middle();
    });
    return { task: createTask(loop, outer(), { name: 'stacked' }), future };
  }

  test('[S50] has all coroutines, the oldest first; a limit keeps the newest', async () => {
    const loop = newLoop();
    const { task, future } = suspended(loop);
    expect(namesOf(task)).toEqual(['outer']);
    loop.callLater(1, () => {
      expect(namesOf(task)).toEqual(['outer', 'middle', 'inner']);
      expect(namesOf(task, 2)).toEqual(['middle', 'inner']);
      expect(namesOf(task, 0)).toEqual([]);
      expect(namesOf(task, -1)).toEqual([]);
      for (const frame of task.getStack()) {
        expect(frame.kind).toBe('generator');
        expect(frame.fileName).toMatch(/futures-stack\.test\.ts$/);
        expect(frame.lineNumber).toBeGreaterThan(1);
      }
      future.setResult();
    });
    await runUntilComplete(loop, task);
    expect(task.getStack()).toEqual([]);
    expect(printed(task)).toEqual([
      `No stack for <Task finished name='stacked' coro=<outer> result=undefined>`,
    ]);
    loop.close();
  });

  scene('[S50] of a failed task is the traceback; a limit keeps the oldest', function* (t) {
    const raise = (): never => {
      throw new TypeError('no good');
    };
    const task = t.task(function* failing() {
      yield;
      raise();
    });
    yield* rejects(task, /no good/);
    const names = namesOf(task);
    expect(names.at(-1)).toBe('raise');
    expect(names.at(-2)).toBe('failing');
    expect(namesOf(task, 1)).toEqual([names[0]]);
    expect(namesOf(task, 0)).toEqual([]);
    const lines = printed(task);
    expect(lines[0]).toMatch(/^Traceback for <Task finished .*> \(most recent call last\):$/);
    expect(lines.at(-3)).toMatch(/^ {2}File ".*futures-stack\.test\.ts", line \d+, in raise$/);
    expect(lines.at(-1)).toBe('TypeError: no good');
  });

  scene('what was thrown need not be an error', function* (t) {
    const task = t.task(function* () {
      yield;
      throw 'a string';
    });
    yield* wait(t.turns(4));
    expect(task.exception()).toBe('a string');
    expect(task.getStack()).toEqual([]);
    expect(printed(task).at(-1)).toBe(`'a string'`);
  });

  scene('[S50] of a cancelled task is empty', function* (t) {
    const task = t.task(function* () {
      yield* wait(t.sleep(1));
    });
    yield* wait(t.turns(2));
    task.cancel();
    yield* wait(t.turns(4));
    expect(task.cancelled()).toBe(true);
    expect(task.getStack()).toEqual([]);
  });

  test('of the task that runs begins with the caller', async () => {
    const loop = newLoop();
    const stacks: string[][] = [];
    const look = (): void => {
      stacks.push(namesOf(currentTask() as Task<unknown>));
    };
    const inner = coroutine(function* inner() {
      look();
      yield;
      look();
    });
    const outer = coroutine(function* outer() {
      yield* inner();
    });
    await runUntilComplete(loop, outer());
    expect(stacks.map((names) => names.filter((name) => name !== 'namesOf'))).toEqual([
      ['outer', 'inner', 'look'],
      ['outer', 'inner', 'look'],
    ]);
    loop.close();
  });

  test('a generator without a name has that of its function', async () => {
    const loop = newLoop();
    const task = createTask(
      loop,
      (function* bare() {
        yield;
      })(),
    );
    expect(namesOf(task)).toEqual(['bare']);
    await runUntilComplete(loop, task);
    loop.close();
  });

  test('of an async function: its name, and in debug mode where it awaits', async () => {
    for (const debug of [false, true]) {
      const loop = newLoop(debug);
      const future = new Future<void>({ loop });
      const helper = async (): Promise<void> => {
        await future;
      };
      const task = createTask(loop, async function main() {
        await Promise.all([helper()]);
      });
      expect(namesOf(task)).toEqual(['main']);
      const later = createTask(loop, async function later() {
        await Promise.resolve();
        await task;
      });
      loop.callLater(1, () => {
        expect(namesOf(task)).toEqual(debug ? ['main', 'helper'] : ['main']);
        const [frame] = later.getStack();
        expect(frame?.kind).toBe('async');
        expect(frame?.fileName ?? 'unknown').toMatch(debug ? /futures-stack\.test/ : /^unknown$/);
        if (!debug) expect(printed(later).slice(1)).toEqual(['  File "<unknown>", in later']);
        future.setResult();
      });
      await runUntilComplete(loop, later);
      loop.close();
    }
  });

  test('debug mode follows an await through coroutine objects, also after the first', async () => {
    const loop = newLoop(true);
    const future = new Future<void>({ loop });
    const c = coroutine(async function c() {
      await Promise.resolve();
      await future;
    });
    const b = coroutine(async function b() {
      await Promise.resolve();
      await c();
    });
    const task = createTask(loop, async function a() {
      await b();
    });
    loop.callLater(1, () => {
      expect(namesOf(task)).toEqual(['a', 'b', 'c']);
      future.setResult();
    });
    await runUntilComplete(loop, task);
    // Whoever listens with functions of their own is served as ever.
    expect(await future.then(() => 'then')).toBe('then');
    expect(await Promise.all([future, future])).toEqual([undefined, undefined]);
    loop.close();
  });
});

describe('printStack', () => {
  const program = (fn: string, wait: string, debug: boolean): string => `
import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
import { coroutine, createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug: ${debug} });
const future = new Future({ loop });
const inner = coroutine(${fn} inner() {
  ${wait} future;
});
const outer = coroutine(${fn} outer() {
  ${wait} inner();
});
const task = createTask(loop, outer(), { name: 'o' });
loop.callLater(1, () => {
  task.printStack();
  future.setResult();
});
await runUntilComplete(loop, task);
loop.close();
`;

  test.each([
    ['generator', 'function*', 'yield*', false],
    ['async', 'async function', 'await', true],
  ])('[S50] prints what Python prints, with the lines [%s]', async (_kind, fn, wait, debug) => {
    const { stdout, stderr } = await runChild(program(fn, wait, debug));
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^Stack for <Task pending name='o' .*> \(most recent call last\):$/),
      expect.stringMatching(/^ {2}File ".*eval1\]?", line 10, in outer$/),
      expect.stringMatching(/^ {2}File ".*eval1\]?", line 7, in inner$/),
    ]);
  });

  test('shows the source, through source maps where Node has them on', async () => {
    const script = `
import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
import { createFuture, createTask, runUntilComplete } from '@asyncio-ts/futures';
import { wait } from '@asyncio-ts/tasks';
const loop = new BaseEventLoop({ selector: new VirtualSelector() });
const task = createTask(loop, wait([createFuture(loop)], { timeout: 1 }));
loop.callLater(0.5, () => task.printStack());
await runUntilComplete(loop, task);
loop.close();
`;
    const { stdout } = await runChild(script, { flags: ['--enable-source-maps'] });
    const [, place, source] = stdout.split('\n');
    expect(place).toMatch(/^ {2}File ".*packages\/tasks\/src\/wait\.ts", line \d+, in wait$/);
    expect(source).toMatch(/^ {4}(?:return )?yield\* /);
  });
});

describe('the inspector', () => {
  test('is opened when asked for, and closed again, the debugger off', () => {
    const { Session } = process.getBuiltinModule('node:inspector') as typeof Inspector;
    const post = jest.spyOn(Session.prototype, 'post');
    const disconnect = jest.spyOn(Session.prototype, 'disconnect');
    const loop = newLoop();
    const coro = coroutine(function* () {
      yield;
    })();
    const task = createTask(loop, coro);
    expect(post).not.toHaveBeenCalled();
    expect(task.getStack()[0]?.lineNumber).not.toBe(null);
    const asked = post.mock.calls.map(([method]) => method as string);
    expect(asked[0]).toBe('Debugger.enable');
    expect(asked.at(-1)).toBe('Debugger.disable');
    expect(disconnect).toHaveBeenCalledTimes(1);
    task._logDestroyPending = false;
    loop.close();
  });

  test('is asked once for a whole graph', async () => {
    const { Session } = process.getBuiltinModule('node:inspector') as typeof Inspector;
    const loop = newLoop();
    const future = new Future<void>({ loop });
    const waiting = coroutine(function* waiting() {
      yield* future;
    });
    const tasks = [1, 2, 3].map(() => createTask(loop, waiting()));
    const connect = jest.spyOn(Session.prototype, 'connect');
    loop.callLater(1, () => {
      expect(captureCallGraph(future)?.awaitedBy.length).toBe(3);
      expect(connect).toHaveBeenCalledTimes(1);
      future.setResult();
    });
    for (const task of tasks) await runUntilComplete(loop, task);
    loop.close();
  });

  test('where there is none, names are what is left', async () => {
    const generator = (function* counting() {
      yield 1;
    })();
    const loop = newLoop();
    const look = (): string[] => namesOf(currentTask() as Task<unknown>);
    const work = coroutine(function* work() {
      yield;
      return look();
    });
    const task = createTask(loop, work());
    jest.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined);
    expect(printed(task).slice(1)).toEqual(['  File "<unknown>", in work']);
    expect(getCoroutineLocation(generator)?.location).toBe(null);
    expect(() => getGeneratorState(generator)).toThrow(
      'Cannot look into a generator: the inspector of this Node is missing or forbidden',
    );
    expect(() => getGeneratorLocals(generator)).toThrow(/the inspector of this Node is missing/);
    expect((await runUntilComplete(loop, task)).slice(0, 2)).toEqual(['work', 'look']);
    loop.close();
  });
});

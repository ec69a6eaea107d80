import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  BaseException,
  Context,
  ContextVar,
  copyContext,
  type ExceptionContext,
  getRunningLoop,
  type Handle,
  KeyboardInterrupt,
  RuntimeError,
  SystemExit,
  ValueError,
  VirtualSelector,
} from '@asyncio-ts/loop';
import {
  _enterTask,
  _leaveTask,
  _registerTask,
  _swapCurrentTask,
  _unregisterTask,
  allTasks,
  CancelledError,
  coroutine,
  createTask,
  currentTask,
  ensureFuture,
  Future,
  getTaskFactory,
  isfuture,
  runUntilComplete,
  setTaskFactory,
  Task,
  withoutTask,
} from '@asyncio-ts/futures';
import { forEachImplementation, scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test);
const ordered = scenes(test, { selectors: ['virtual', 'node-exact'] });

const newLoop = (options: { debug?: boolean } = {}): BaseEventLoop =>
  new BaseEventLoop({ selector: new VirtualSelector(), ...options });

describe('stepping', () => {
  scene('[S31] a new task does not run inline', function* (t) {
    t.loop.callSoon(() => t.log('queued before'));
    const task = t.task(function* () {
      t.log('task');
      yield;
      return 'result';
    });
    t.loop.callSoon(() => t.log('queued after'));
    t.log('creator');
    expect(task.done()).toBe(false);
    expect(yield* wait(task)).toBe('result');
    expect(t.events).toEqual(['creator', 'queued before', 'task', 'queued after']);
    expect(task.done()).toBe(true);
    expect(task.result()).toBe('result');
    expect(task.cancel()).toBe(false);
  });

  test('[S32] what is no coroutine is refused', () => {
    const loop = newLoop();
    for (const wrong of [1, 'x', null, undefined, {}, []] as never[]) {
      expect(() => createTask(loop, wrong)).toThrow(/a coroutine was expected/);
      expect(() => createTask(loop, wrong)).toThrow(TypeError);
    }
    expect(() => createTask(loop, Promise.resolve() as never)).toThrow(
      /createTask\(\(\) => f\(x\)\)/,
    );
    expect(() => createTask(loop, new Future({ loop }) as never)).toThrow(/use ensureFuture/);
    loop.close();
  });

  test('[S32] a function that returns no coroutine fails its task', async () => {
    const loop = newLoop();
    const task = createTask(loop, (() => 42) as never);
    await expect(runUntilComplete(loop, task)).rejects.toThrow(
      /a coroutine was expected, but .*returned 42/,
    );
    loop.close();
  });

  scene('a task is made of a coroutine object, a function or a generator', function* (t) {
    const { plain } = t.implementation;
    const body = function* (): Generator<unknown, number, unknown> {
      yield;
      return 1;
    };
    const made = [
      createTask(t.loop, t.coroutine(body)()),
      createTask(t.loop, t.coroutine(body)),
      createTask<number>(t.loop, plain.call(t.implementation, body) as () => Promise<number>),
      createTask(t.loop, body()),
      createTask(t.loop, () => Promise.resolve(1)),
    ];
    for (const task of made) expect(yield* wait(task)).toBe(1);
  });

  ordered('[S33] awaiting a coroutine runs it in the same task without a turn', function* (t) {
    const inner = t.coroutine(function* inner() {
      t.log('inner', currentTask() === task);
      return 'value';
    });
    const middle = t.coroutine(function* middle() {
      return yield* wait(inner());
    });
    const task = t.task(function* () {
      t.loop.callSoon(() => t.log('next turn'));
      t.log(yield* wait(middle()));
    });
    yield* wait(task);
    expect(t.events.slice(0, 2)).toEqual(['inner true', 'value']);
  });

  scene('[S34] a future that is returned is not flattened', function* (t) {
    const future = t.future<number>();
    const task = t.task(function* () {
      yield;
      // An async function flattens what is thenable (see the design): there it travels in a tuple.
      return [future];
    });
    const [returned] = yield* wait(task);
    expect(returned).toBe(future);
    const generator = createTask(t.loop, function* () {
      return future;
    });
    yield* wait(t.turns(2));
    expect(generator.result()).toBe(future);
  });

  scene('[S35] a future of another loop is a RuntimeError inside the coroutine', function* () {
    const other = newLoop();
    const future = new Future({ loop: other });
    let error: unknown;
    try {
      yield* wait(future);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toMatch(/attached to a different loop; await it in a task/);
    other.close();
  });

  scene('[S36] a task that awaits itself gets a RuntimeError', function* (t) {
    let error: unknown;
    const task: Task<void> = t.task(function* () {
      try {
        yield* wait(task);
      } catch (caught) {
        error = caught;
      }
    });
    yield* wait(task);
    expect(error).toBeInstanceOf(RuntimeError);
    expect((error as Error).message).toMatch(/Task cannot await on itself: <Task/);
  });

  scene('[S37] setResult and setException are refused', function* (t) {
    const task = t.task(function* () {
      yield;
    });
    expect(() => task.setResult()).toThrow(RuntimeError);
    expect(() => task.setException(new Error('x'))).toThrow(/does not support the setException/);
    yield* wait(task);
  });

  scene(
    '[S38] a task finished behind its back reports its next step',
    function* (t) {
      const task = t.task(function* () {
        yield;
      });
      Future.prototype.setResult.call(task, undefined);
      yield* wait(t.turns(2));
      const [report] = t.takeReports();
      expect(report?.message).toMatch(/Task\._step/);
      expect(String(report?.exception)).toMatch(/InvalidStateError: _step\(\): already done/);
    },
    { kinds: ['generator'] },
  );

  scene('[S366] a bare yield is one turn', function* (t) {
    t.loop.callSoon(() => {
      t.log('first turn');
      t.loop.callSoon(() => t.log('second turn'));
    });
    yield;
    t.log('after one yield');
    yield;
    t.log('after two');
    expect(t.events).toEqual(['first turn', 'after one yield', 'second turn', 'after two']);
  });

  test('[S366] yielding anything else throws a RuntimeError into the generator', async () => {
    const loop = newLoop();
    const plain = function* (): Generator {
      yield;
    };
    const messages: string[] = [];
    await runUntilComplete(loop, function* () {
      for (const wrong of [42, 'x', null, {}, plain(), () => {}]) {
        try {
          yield wrong;
        } catch (error) {
          expect(error).toBeInstanceOf(RuntimeError);
          messages.push((error as Error).message.replace(/<Task.*>/, '<Task>'));
        }
      }
    });
    expect(messages).toHaveLength(6);
    expect(messages[0]).toMatch(/^Task got bad yield: 42 in/);
    expect(messages[4]).toMatch(/^yield was used instead of yield\* in task/);
    loop.close();
  });

  test('a raw yield of a future, a coroutine object or a promise waits as well', async () => {
    const loop = newLoop();
    const double = coroutine(function* (x: number) {
      yield;
      return 2 * x;
    });
    const result = await runUntilComplete(loop, function* (): Generator<unknown, unknown, unknown> {
      const future = new Future<number>({ loop });
      loop.callSoon(() => future.setResult(1));
      return [yield future, yield double(2), yield Promise.resolve(3)];
    });
    expect(result).toEqual([1, 4, 3]);
    loop.close();
  });

  ordered('tasks take turns, in the order of their creation', function* (t) {
    const tasks = ['a', 'b', 'c'].map((name) =>
      t.task(function* () {
        for (let i = 0; i < 3; i++) {
          t.log(`${name}${i}`);
          yield;
        }
      }),
    );
    for (const task of tasks) yield* wait(task);
    expect(t.events.join(' ')).toBe('a0 b0 c0 a1 b1 c1 a2 b2 c2');
  });

  scene('a coroutine may be thousands of calls deep', function* (t) {
    const dive: (n: number) => ReturnType<ReturnType<typeof coroutine>> = t.coroutine(function* (
      n: number,
    ) {
      if (n === 0) {
        yield;
        return 0;
      }
      return ((yield* wait(dive(n - 1))) as number) + 1;
    }) as never;
    expect(yield* wait(dive(1000))).toBe(1000);
  });
});

describe('errors', () => {
  scene('an error keeps its identity through tasks and coroutines of both kinds', function* (t) {
    for (const thrown of [new Error('mine'), 'text', undefined, null, { any: 1 }]) {
      const deep = coroutine(async () => {
        await null;
        throw thrown;
      });
      const middle = coroutine(function* () {
        yield* deep();
      });
      const task = t.task(function* () {
        yield* wait(middle());
      });
      let caught: unknown = 'nothing';
      try {
        yield* wait(task);
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
      expect(task.exception()).toBe(thrown);
      expect(task.cancelled()).toBe(false);
    }
  });

  forEachImplementation((implementation) => {
    test(`[S41] KeyboardInterrupt and SystemExit are stored and leave the loop [${implementation.name}]`, async () => {
      for (const error of [new KeyboardInterrupt(), new SystemExit(2)]) {
        const loop = implementation.newLoop();
        const task = createTask(
          loop,
          implementation.coroutine(function* () {
            yield;
            throw error;
          })(),
        );
        const other = createTask(
          loop,
          implementation.coroutine(function* () {
            yield;
            yield;
            yield;
            return 'went on';
          })(),
        );
        await expect(runUntilComplete(loop, other)).rejects.toBe(error);
        expect(task.done()).toBe(true);
        expect(task._exception).toBe(error);
        expect(await runUntilComplete(loop, other)).toBe('went on');
        loop.close();
      }
    });

    test(`[S41] thrown by the main task it leaves the run [${implementation.name}]`, async () => {
      const error = new KeyboardInterrupt();
      const reports: ExceptionContext[] = [];
      const loop = implementation.newLoop();
      loop.setExceptionHandler((_loop, context) => reports.push(context));
      const main = implementation.coroutine(function* () {
        yield;
        throw error;
      });
      await expect(runUntilComplete(loop, main())).rejects.toBe(error);
      expect(loop.isRunning()).toBe(false);
      loop.close();
      expect(reports).toEqual([]);
    });
  });

  scene('[S42] any other BaseException is only stored', function* (t) {
    class Special extends BaseException {}
    const error = new Special('x');
    const task = t.task(function* () {
      yield;
      throw error;
    });
    yield* wait(t.turns(4));
    expect(task.exception()).toBe(error);
  });

  scene('[S248] an unawaited failing task is not reported when it fails', function* (t) {
    const task = t.task(function* () {
      throw new Error('forgotten');
    });
    yield* wait(t.turns(3));
    expect(task.done()).toBe(true);
    expect(t.reported).toEqual([]);
    t.expectReportsAtClose((reports) => {
      expect(reports.map((report) => report.message)).toEqual([
        'Task exception was never retrieved',
      ]);
    });
  });

  scene('[S247] its report runs in the context of the task', function* (t) {
    const variable = new ContextVar<string>('variable', { default: 'none' });
    const seen: string[] = [];
    t.loop.setExceptionHandler(() => seen.push(variable.get()));
    const task = t.task(function* () {
      variable.set('inside');
      yield;
      t.loop.callExceptionHandler({ message: 'x', task: currentTask() as object });
    });
    yield* wait(task);
    t.loop.callExceptionHandler({ message: 'y', task });
    t.loop.callExceptionHandler({ message: 'z' });
    expect(seen).toEqual(['inside', 'inside', 'none']);
  });
});

describe('names and descriptions', () => {
  scene('[S39] names count up, are converted, and can be changed', function* (t) {
    const body = function* (): Generator<unknown, void, unknown> {
      yield;
    };
    const tasks = [t.task(body), t.task(body), t.task(body, { name: 'mine' })];
    const [one, two] = tasks.map((task) => /^Task-(\d+)$/.exec(task.getName())?.[1]);
    expect(Number(two)).toBe(Number(one) + 1);
    expect(tasks[2]?.getName()).toBe('mine');
    expect(t.task(body, { name: 7 }).getName()).toBe('7');
    expect(t.task(body, { name: { a: 1 } }).getName()).toBe('[object Object]');
    tasks[2]?.setName(8);
    expect(tasks[2]?.getName()).toBe('8');
    yield* wait(t.turns(3));
  });

  scene('[S40] inspect tells state, name, coroutine and what it waits for', function* (t) {
    const future = t.future();
    const task = t.task(
      function* work() {
        yield* wait(future);
      },
      { name: 'worker' },
    );
    expect(inspect(task)).toBe("<Task pending name='worker' coro=<work>>");
    yield* wait(t.turns(2));
    expect(inspect(task)).toBe(
      "<Task pending name='worker' coro=<work> wait_for=<Future pending>>",
    );
    task.cancel();
    expect(inspect(task)).toMatch(/^<Task cancelling name='worker'/);
    yield* wait(t.turns(3));
    expect(inspect(task)).toBe("<Task cancelled name='worker' coro=<work>>");
    const done = t.task(
      function* work() {
        return 5;
      },
      { name: 'quick' },
    );
    yield* wait(done);
    expect(inspect(done)).toBe("<Task finished name='quick' coro=<work> result=5>");
  });

  scene('[S49] getCoro gives the coroutine, getContext the context', function* (t) {
    const variable = new ContextVar<string>('variable');
    const coro = t.coroutine(function* () {
      variable.set('in the task');
      yield;
    })();
    const task = createTask(t.loop, coro);
    expect(task.getCoro()).toBe(coro);
    yield* wait(task);
    expect(task.getContext().get(variable)).toBe('in the task');
  });

  test('[S253] in debug mode a task tells where it was made', async () => {
    const loop = newLoop({ debug: true });
    const task = createTask(loop, function* () {
      yield;
    });
    expect(inspect(task)).toMatch(/ created at /);
    expect(task._sourceTraceback).toMatch(/futures-task\.test\.ts/);
    expect(task._sourceTraceback).not.toMatch(/new Task/);
    await runUntilComplete(loop, task);
    loop.close();
  });
});

describe('the current task', () => {
  scene('[S43] it is the one that is stepped, and none in plain callbacks', function* (t) {
    const seen: unknown[] = [];
    const task: Task<void> = t.task(function* () {
      seen.push(currentTask() === task);
      t.loop.callSoon(() => seen.push(currentTask()));
      t.loop.callLater(0, () => seen.push(currentTask()));
      yield;
      seen.push(currentTask() === task, currentTask(t.loop) === task);
      const nested = t.coroutine(function* () {
        yield;
        return currentTask() === task;
      });
      seen.push(yield* wait(nested()));
    });
    yield* wait(task);
    expect(seen.filter((task) => task === null)).toHaveLength(2);
    expect(seen.filter((task) => task === true)).toHaveLength(4);
    expect(currentTask()).not.toBe(task);
  });

  scene('[S43] it follows interleaving', function* (t) {
    const tasks: Task<void>[] = [];
    for (let i = 0; i < 3; i++) {
      tasks.push(
        t.task(function* () {
          for (let round = 0; round < 5; round++) {
            expect(currentTask()).toBe(tasks[i]);
            if (round % 2 === i % 2) yield;
            else yield* wait(Promise.resolve());
          }
        }),
      );
    }
    for (const task of tasks) yield* wait(task);
  });

  scene('[S43] done callbacks of a future see no task', function* (t) {
    const future = t.future();
    const seen: unknown[] = [];
    future.addDoneCallback(() => seen.push(currentTask()));
    future.setResult(1);
    yield;
    yield;
    expect(seen).toEqual([null]);
  });

  test('[S44] without a running loop it is a RuntimeError, unless a loop is given', () => {
    const loop = newLoop();
    expect(() => currentTask()).toThrow(RuntimeError);
    expect(() => allTasks()).toThrow(RuntimeError);
    expect(currentTask(loop)).toBeNull();
    expect(allTasks(loop).size).toBe(0);
    loop.close();
  });

  test('[S45] tasks of another make are entered and left one at a time', () => {
    const loop = newLoop();
    const [one, two] = [{ name: 'one' }, { name: 'two' }];
    _enterTask(loop, one);
    expect(currentTask(loop)).toBe(one);
    expect(() => _enterTask(loop, two)).toThrow(/while another task is being executed/);
    expect(() => _leaveTask(loop, two)).toThrow(RuntimeError);
    _leaveTask(loop, one);
    expect(() => _leaveTask(loop, one)).toThrow(/not the current task/);
    expect(currentTask(loop)).toBeNull();
    expect(_swapCurrentTask(loop, one)).toBeNull();
    expect(_swapCurrentTask(loop, two)).toBe(one);
    expect(_swapCurrentTask(loop, null)).toBe(two);
    expect(currentTask(loop)).toBeNull();
    loop.close();
  });

  scene('[S46] allTasks lists the unfinished ones of the loop', function* (t) {
    const main = currentTask();
    const task = t.task(function* () {
      yield;
    });
    expect(allTasks()).toEqual(new Set([main, task]));
    expect(allTasks(t.loop)).toEqual(new Set([main, task]));
    const other = newLoop();
    expect(allTasks(other).size).toBe(0);
    other.close();
    yield* wait(task);
    expect(allTasks()).toEqual(new Set([main]));
  });

  test('[S46] tasks of another make can register themselves', () => {
    const loop = newLoop();
    let isDone = false;
    const foreign = { getLoop: () => loop, done: () => isDone };
    _registerTask(foreign);
    expect(allTasks(loop)).toEqual(new Set([foreign]));
    isDone = true;
    expect(allTasks(loop).size).toBe(0);
    isDone = false;
    _unregisterTask(foreign);
    expect(allTasks(loop).size).toBe(0);
    loop.close();
  });

  test('[S47] a task still pending when its loop is closed is reported, unless it asked not to be', () => {
    const loop = newLoop();
    const reports: ExceptionContext[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    const task = createTask(loop, function* () {
      yield;
    });
    const quiet = createTask(loop, function* () {
      yield;
    });
    quiet._logDestroyPending = false;
    loop.close();
    expect(reports.map(({ message }) => message)).toEqual([
      'Task was destroyed but it is pending!',
    ]);
    expect(reports[0]?.task === task).toBe(true);
  });
});

describe('ensureFuture', () => {
  scene('[S51] futures and tasks come back as they are, coroutines become tasks', function* (t) {
    const future = t.future<number>();
    expect(ensureFuture(future)).toBe(future);
    const task = ensureFuture(
      t.coroutine(function* () {
        yield;
        return 3;
      })(),
    );
    expect(task).toBeInstanceOf(Task);
    expect(ensureFuture(task)).toBe(task);
    expect(yield* wait(task)).toBe(3);
    expect(yield* wait(ensureFuture(Promise.resolve('promise')))).toBe('promise');
    const thenable = { then: (resolve: (value: string) => void) => resolve('thenable') };
    expect(yield* wait(ensureFuture(thenable as PromiseLike<string>))).toBe('thenable');
    for (const wrong of [1, null, {}, 'x'] as never[]) {
      expect(() => ensureFuture(wrong)).toThrow(TypeError);
    }
  });

  scene('[S52] another loop than the future’s own is a ValueError', function* (t) {
    const other = newLoop();
    const future = t.future();
    expect(() => ensureFuture(future, { loop: other })).toThrow(ValueError);
    expect(ensureFuture(future, { loop: t.loop })).toBe(future);
    other.close();
    yield;
  });

  scene('from plain Node code it finds the one loop of this thread', function* (t) {
    const body = t.coroutine(function* () {
      expect(getRunningLoop()).toBe(t.loop);
      yield;
      return 'made outside';
    });
    const made = new Promise<string>((resolve, reject) => {
      const outside = (): void => {
        try {
          expect(() => getRunningLoop()).toThrow(RuntimeError);
          ensureFuture(body()).then(resolve, reject);
        } catch (error) {
          reject(error as Error);
        }
      };
      withoutTask(() => setImmediate(outside));
    });
    expect(yield* wait(made)).toBe('made outside');
  });
});

describe('making tasks', () => {
  test('[S53] when it cannot be made the coroutine is closed', () => {
    const loop = newLoop();
    const refuse = new Error('refused');
    setTaskFactory(loop, () => {
      throw refuse;
    });
    const coro = coroutine(function* () {
      yield;
    })();
    expect(() => createTask(loop, coro)).toThrow(refuse);
    expect(inspect(coro)).toMatch(/closed/);
    loop.close();
    const closed = coroutine(function* () {
      yield;
    })();
    setTaskFactory(loop, null);
    expect(() => createTask(loop, closed)).toThrow(/Event loop is closed/);
    expect(inspect(closed)).toMatch(/closed/);
  });

  test('[S54] an error of callSoon surfaces to the caller', () => {
    class Broken extends BaseEventLoop {
      override callSoon = (): Handle => {
        throw new ValueError('callSoon broke');
      };
    }
    const loop = new Broken({ selector: new VirtualSelector() });
    expect(() => new Task((function* () {})(), { loop })).toThrow('callSoon broke');
    expect(allTasks(loop).size).toBe(0);
    loop.close();
  });

  scene('[S258] the task factory is asked, and can be taken back', function* (t) {
    class MyTask<T> extends Task<T> {}
    const names: unknown[] = [];
    expect(getTaskFactory(t.loop)).toBeNull();
    setTaskFactory(t.loop, (loop, coro, options) => {
      names.push(options.name);
      return new MyTask(coro, { ...options, loop });
    });
    const body = function* (): Generator<unknown, number, unknown> {
      yield;
      return 1;
    };
    const mine = t.task(body, { name: 'named' });
    expect(mine).toBeInstanceOf(MyTask);
    expect(mine.getName()).toBe('named');
    expect(yield* wait(mine)).toBe(1);
    setTaskFactory(t.loop, null);
    const plain = t.task(body);
    expect(plain).not.toBeInstanceOf(MyTask);
    yield* wait(plain);
    expect(names).toEqual(['named']);
    expect(() => setTaskFactory(t.loop, 1 as never)).toThrow(TypeError);
  });

  scene('a loop’s own createTask is asked', function* (t) {
    let asked = 0;
    const own = Object.assign(t.loop, {
      createTask: (coro: never, options: object) => {
        asked++;
        return new Task(coro, { ...options, loop: t.loop });
      },
    });
    const task = t.task(function* () {
      yield;
      return 1;
    });
    expect(yield* wait(task)).toBe(1);
    expect(asked).toBe(1);
    delete (own as Partial<typeof own>).createTask;
  });
});

describe('context', () => {
  const variable = new ContextVar<string>('variable', { default: 'default' });

  scene('[S358] a task copies the context it was made in', function* (t) {
    variable.set('at creation');
    const seen: string[] = [];
    const task = t.task(function* () {
      seen.push(variable.get());
      variable.set('task');
      yield;
      seen.push(variable.get());
      yield* wait(Promise.resolve());
      seen.push(variable.get());
    });
    variable.set('changed by the creator');
    yield* wait(task);
    expect(seen).toEqual(['at creation', 'task', 'task']);
    expect(variable.get()).toBe('changed by the creator');
  });

  scene('[S359] concurrent tasks never see each other’s changes', function* (t) {
    const count = new ContextVar<number>('count', { default: 0 });
    const tasks = Array.from({ length: 5 }, (_, i) =>
      t.task(function* () {
        for (let round = 0; round < 4; round++) {
          expect(count.get()).toBe(round * (i + 1));
          count.set(count.get() + i + 1);
          yield;
        }
      }),
    );
    for (const task of tasks) yield* wait(task);
    expect(count.get()).toBe(0);
  });

  scene('[S360] given a context, tasks run in that context itself', function* (t) {
    const count = new ContextVar<number>('count', { default: 0 });
    const context = copyContext();
    const body = function* (): Generator<unknown, void, unknown> {
      count.set(count.get() + 1);
      yield;
      count.set(count.get() + 1);
    };
    const tasks = [t.task(body, { context }), t.task(body, { context })];
    expect(tasks[0]?.getContext()).toBe(context);
    for (const task of tasks) yield* wait(task);
    expect(context.get(count)).toBe(4);
    expect(count.get()).toBe(0);
  });

  scene('a callback scheduled by a task runs in a copy of the task’s context', function* (t) {
    const task = t.task(function* () {
      variable.set('task');
      t.loop.callSoon(() => {
        t.log(variable.get());
        variable.set('callback');
      });
      yield;
      yield;
      t.log(variable.get());
    });
    yield* wait(task);
    expect(t.events).toEqual(['task', 'task']);
  });

  scene('steps run through anything with run(fn)', function* (t) {
    let runs = 0;
    const runsIn = {
      run<R>(fn: () => R): R {
        runs++;
        return fn();
      },
    };
    const task = t.task(
      function* () {
        yield;
        return 1;
      },
      { context: runsIn },
    );
    expect(yield* wait(task)).toBe(1);
    expect(runs).toBeGreaterThan(0);
    expect(new Context().size).toBe(0);
  });
});

describe('eager start', () => {
  scene('[S260] [S267] the first step runs inside createTask', function* (t) {
    const task = t.task(
      function* () {
        t.log('eager');
        yield;
        t.log('later');
        return 1;
      },
      { eagerStart: true },
    );
    t.log('creator');
    expect(task.done()).toBe(false);
    expect(yield* wait(task)).toBe(1);
    expect(t.events).toEqual(['eager', 'creator', 'later']);
  });

  scene(
    '[S260] [S266] one that never suspends is done on return, and has no coroutine',
    function* (t) {
      const task = t.task(
        function* () {
          return 7;
        },
        { eagerStart: true },
      );
      expect(task.done()).toBe(true);
      expect(task.result()).toBe(7);
      expect(task.getCoro()).toBeNull();
      expect(allTasks().has(task)).toBe(false);
      const failed = t.task(
        function* () {
          throw new Error('eager');
        },
        { eagerStart: true },
      );
      expect(failed.done()).toBe(true);
      expect(String(failed.exception())).toBe('Error: eager');
      yield;
    },
    // A promise is never done on return: an async function is done a microtask later.
    { kinds: ['generator'] },
  );

  test('[S261] without a running loop it is scheduled normally', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const task = createTask(
      loop,
      function* () {
        log.push('step');
        return 1;
      },
      { eagerStart: true },
    );
    expect(log).toEqual([]);
    expect(await runUntilComplete(loop, task)).toBe(1);
    loop.close();
  });

  scene('[S262] currentTask and allTasks show it, and the outer one is restored', function* (t) {
    const outer = currentTask();
    const seen: unknown[] = [];
    const task: Task<void> = t.task(
      function* () {
        seen.push(currentTask(), allTasks().has(currentTask() as Task<unknown>));
        yield;
        seen.push(currentTask());
      },
      { eagerStart: true },
    );
    expect(currentTask()).toBe(outer);
    expect(allTasks().has(task)).toBe(true);
    yield* wait(task);
    expect(seen).toEqual([task, true, task]);
  });

  scene('[S263] it runs in a copy of the context', function* (t) {
    const variable = new ContextVar<string>('variable', { default: 'default' });
    variable.set('creator');
    const task = t.task(
      function* () {
        expect(variable.get()).toBe('creator');
        variable.set('task');
        yield;
        expect(variable.get()).toBe('task');
      },
      { eagerStart: true },
    );
    expect(variable.get()).toBe('creator');
    yield* wait(task);
  });

  scene('[S264] one that blocked is cancelled with its message', function* (t) {
    const future = t.future();
    const task = t.task(
      function* () {
        yield* wait(future);
      },
      { eagerStart: true },
    );
    expect(task.cancel('enough')).toBe(true);
    let caught: unknown;
    try {
      yield* wait(task);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(CancelledError);
    expect((caught as CancelledError).args).toEqual(['enough']);
    expect(future.cancelled()).toBe(true);
  });

  scene('an eager task inside an eager task', function* (t) {
    const inner = function* (): Generator<unknown, string, unknown> {
      t.log('inner');
      yield;
      return 'inner';
    };
    const outer = t.task(
      function* () {
        t.log('outer');
        const task = t.task(inner, { eagerStart: true });
        t.log('outer again');
        expect(currentTask()).toBe(outer);
        return yield* wait(task);
      },
      { eagerStart: false },
    );
    expect(yield* wait(outer)).toBe('inner');
    expect(t.events).toEqual(['outer', 'inner', 'outer again']);
  });

  test('[S261] [S267] a task factory may start eagerly, and eagerStart: false opts out', async () => {
    const loop = newLoop();
    const log: string[] = [];
    setTaskFactory(loop, (of, coro, options) => {
      return new Task(coro, { eagerStart: true, ...options, loop: of });
    });
    await runUntilComplete(loop, function* () {
      const body = (name: string) =>
        function* (): Generator<unknown, void, unknown> {
          log.push(name);
        };
      createTask(loop, body('eager'));
      log.push('between');
      const lazy = createTask(loop, body('lazy'), { eagerStart: false });
      log.push('after');
      yield* lazy;
    });
    expect(log).toEqual(['eager', 'between', 'after', 'lazy']);
    loop.close();
  });
});

test('a task is a future', () => {
  const loop = newLoop();
  const task = createTask(loop, function* () {});
  expect(isfuture(task)).toBe(true);
  expect(task).toBeInstanceOf(Future);
  task._logDestroyPending = false;
  loop.close();
});

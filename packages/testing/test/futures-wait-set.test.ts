import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BaseEventLoop, logger, VirtualSelector } from '@asyncio-ts/loop';
import {
  CancelledError,
  type CancelScope,
  coroutine,
  createTask,
  currentTask,
  Future,
  handler,
  invoke,
  openScope,
  runUntilComplete,
  type Task,
  withoutTask,
} from '@asyncio-ts/futures';
import { timeout } from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test);
const asyncScene = scenes(test, { kinds: ['async'] });

function* ended(awaitable: Parameters<typeof wait>[0]): Generator<unknown, unknown, unknown> {
  try {
    return [yield* wait(awaitable)];
  } catch (error) {
    return error;
  }
}

describe('wait or subscription', () => {
  asyncScene('an await is a wait: cancel() reaches the future', function* (t) {
    const future = t.future();
    const task = createTask(t.loop, async () => {
      await future;
    });
    yield* wait(t.turns(2));
    expect(task._futWaiter === future).toBe(true);
    task.cancel();
    expect(future.cancelled()).toBe(true);
    yield* ended(task);
    expect(task._futWaiter).toBeNull();
  });

  asyncScene('Promise.all, race and resolve are waits as well', function* (t) {
    for (const wrap of [
      (futures: Future<unknown>[]) => Promise.all(futures),
      (futures: Future<unknown>[]) => Promise.race(futures),
      (futures: Future<unknown>[]) => Promise.any(futures),
      (futures: Future<unknown>[]) => Promise.allSettled(futures),
    ]) {
      const futures = [t.future(), t.future()];
      const task = createTask(t.loop, async () => wrap(futures));
      yield* wait(t.turns(2));
      task.cancel();
      expect(futures.map((future) => future.cancelled())).toEqual([true, true]);
      yield* ended(task);
    }
  });

  asyncScene('helpers started and not awaited are reached', function* (t) {
    const [one, two] = [t.future(), t.future()];
    const log: string[] = [];
    const helper = async (future: Future<unknown>, name: string): Promise<void> => {
      try {
        await future;
      } catch (error) {
        log.push(`${name} ${(error as Error).name}`);
      }
    };
    const task = createTask(t.loop, async () => {
      void helper(two, 'helper');
      await helper(one, 'main');
    });
    yield* wait(t.turns(2));
    task.cancel();
    yield* ended(task);
    expect(log.sort()).toEqual(['helper CancelledError', 'main CancelledError']);
  });

  asyncScene('a task of its own escapes', function* (t) {
    const future = t.future<string>();
    let child: Task<string> | undefined;
    const task = createTask(t.loop, async () => {
      child = createTask(t.loop, async () => await future);
      await t.future();
    });
    yield* wait(t.turns(3));
    task.cancel();
    yield* ended(task);
    expect(future.done()).toBe(false);
    future.setResult('alive');
    expect(yield* wait(child as Task<string>)).toBe('alive');
  });

  asyncScene('then with functions of one’s own, and addDoneCallback, only listen', function* (t) {
    const future = t.future<string>();
    const seen: string[] = [];
    const task = createTask(t.loop, async () => {
      future.then(
        (value) => seen.push(`then ${value}`),
        () => seen.push('rejected'),
      );
      future.addDoneCallback((done) => seen.push(`callback ${done.result()}`));
      await t.future();
    });
    yield* wait(t.turns(2));
    task.cancel();
    yield* ended(task);
    expect(task.cancelled()).toBe(true);
    expect(future.done()).toBe(false);
    future.setResult('here');
    yield* wait(t.turns(2));
    expect(seen.sort()).toEqual(['callback here', 'then here']);
  });

  asyncScene('a done task’s left-over code listens only', function* (t) {
    const future = t.future<string>();
    const log: string[] = [];
    const task = createTask(t.loop, async () => {
      void (async () => {
        await null;
        await null;
        await null;
        await Promise.resolve();
        log.push(`late ${await future}`);
      })();
    });
    yield* wait(task);
    yield* wait(t.turns(2));
    expect(currentTask()).not.toBe(task);
    future.setResult('value');
    yield* wait(t.turns(3));
    expect(log).toEqual(['late value']);
  });

  asyncScene('joining while a cancel is due cancels the future at once', function* (t) {
    const future = t.future();
    const task = createTask(t.loop, async () => {
      (currentTask() as Task<unknown>).cancel('due');
      const waiting = future.then.bind(future);
      void waiting;
      await future;
    });
    const error = (yield* ended(task)) as CancelledError;
    expect(error.args).toEqual(['due']);
    expect(future.cancelled()).toBe(true);
  });

  asyncScene('several branches wait at once: cancel reaches all leaves', function* (t) {
    const futures = [t.future(), t.future(), t.future()];
    const generator = coroutine(function* (future: Future<unknown>) {
      yield* future;
    });
    const task = createTask(t.loop, async () => {
      await Promise.all([
        futures[0],
        generator(futures[1] as Future<unknown>),
        (async () => await futures[2])(),
      ]);
    });
    yield* wait(t.turns(2));
    task.cancel();
    expect(futures.map((future) => future.cancelled())).toEqual([true, true, true]);
    yield* ended(task);
    expect(task.cancelled()).toBe(true);
  });

  asyncScene('inner nodes are no leaves: inner finally blocks run first', function* (t) {
    const future = t.future();
    const inner = coroutine(async () => {
      try {
        await future;
      } finally {
        t.log('inner');
        await t.turns(3);
        t.log('inner cleaned');
      }
    });
    const middle = coroutine(function* () {
      try {
        yield* inner();
      } finally {
        t.log('middle');
      }
    });
    const task = createTask(t.loop, async () => {
      try {
        await middle();
      } finally {
        t.log('outer');
      }
    });
    yield* wait(t.turns(3));
    task.cancel();
    yield* ended(task);
    expect(t.events).toEqual(['inner', 'inner cleaned', 'middle', 'outer']);
  });
});

describe('scopes', () => {
  /** What `timeout` does, with a hand on the trigger. */
  const scoped = coroutine(function* (
    body: () => Generator<unknown, unknown, unknown> | Promise<unknown>,
    opened: (scope: CancelScope) => void,
  ): Generator<unknown, unknown, unknown> {
    const scope = openScope('the scope');
    opened(scope);
    const task = currentTask() as Task<unknown>;
    const before = task.cancelling();
    try {
      return yield* invoke(body as () => Promise<unknown>);
    } catch (error) {
      if (!(error instanceof CancelledError) || task.uncancel() > before) throw error;
      return 'expired';
    } finally {
      scope.close();
    }
  });

  scene(
    'Promise.all([a(), b()]): the scope of a leaves b alone, a cancel of the task reaches both',
    function* (t) {
      for (const cancelTask of [false, true]) {
        const [one, two] = [t.future(), t.future<string>()];
        let scope: CancelScope | undefined;
        const log: string[] = [];
        const a = coroutine(async () => {
          const result = await scoped(
            t.implementation.plain(function* () {
              try {
                return yield* wait(one);
              } finally {
                log.push('a left');
              }
            }) as () => Promise<unknown>,
            (opened) => (scope = opened),
          );
          log.push(`a ${String(result)}`);
          return result;
        });
        const b = coroutine(async () => {
          try {
            return await two;
          } finally {
            log.push('b left');
          }
        });
        const task = createTask(t.loop, async () => await Promise.all([a(), b()]));
        yield* wait(t.turns(3));
        if (cancelTask) {
          task.cancel();
          expect(yield* ended(task)).toBeInstanceOf(CancelledError);
          yield* wait(t.turns(3));
          expect([one.cancelled(), two.cancelled()]).toEqual([true, true]);
          expect(log).toContain('b left');
        } else {
          scope?.cancel('time is up');
          yield* wait(t.turns(4));
          expect(one.cancelled()).toBe(true);
          expect(two.done()).toBe(false);
          expect(log).toEqual(['a left', 'a expired']);
          expect(task.cancelling()).toBe(0);
          two.setResult('b is fine');
          expect(yield* ended(task)).toEqual([['expired', 'b is fine']]);
        }
      }
    },
  );

  scene(
    'Promise.all([a(), b()]): a timeout in a leaves b alone',
    function* (t) {
      const b = t.future<string>();
      const task = createTask(t.loop, async () => {
        const a = async (): Promise<string> => {
          try {
            await timeout(1).use(async () => await t.sleep(100));
            return 'never';
          } catch (error) {
            return (error as Error).name;
          }
        };
        return await Promise.all([a(), (async () => await b)()]);
      });
      yield* wait(t.sleep(2));
      expect(task.done()).toBe(false);
      expect(task.cancelling()).toBe(0);
      b.setResult('b');
      expect(yield* wait(task)).toEqual(['TimeoutError', 'b']);
    },
    { selectors: ['virtual'] },
  );

  scene('for a task with one branch, cancelling the scope is cancelling the task', function* (t) {
    let scope: CancelScope | undefined;
    const task = t.task(function* () {
      return yield* wait(
        scoped(
          t.implementation.plain(function* () {
            yield* wait(t.sleep(100));
          }) as () => Promise<unknown>,
          (opened) => (scope = opened),
        ),
      );
    });
    yield* wait(t.turns(3));
    expect(scope?.cancel('mine')).toBe(true);
    expect(task.cancelling()).toBe(1);
    expect(yield* ended(task)).toEqual(['expired']);
    expect(task.cancelling()).toBe(0);
    expect(scope?.isOpen).toBe(false);
    expect(scope?.cancel()).toBe(false);
  });

  scene(
    'a scope has a signal of its own, aborted by its own cancel and by those around it',
    function* (t) {
      const signals: AbortSignal[] = [];
      const scopes: CancelScope[] = [];
      const opened = (scope: CancelScope): void => {
        scopes.push(scope);
        signals.push(scope.signal);
      };
      const task = t.task(function* () {
        signals.push((currentTask() as Task<unknown>).signal);
        const inner = t.implementation.plain(function* () {
          yield* wait(t.sleep(100));
        }) as () => Promise<unknown>;
        yield* wait(
          scoped(
            t.implementation.plain(function* () {
              yield* wait(scoped(inner, opened));
              yield* wait(t.sleep(100));
            }) as () => Promise<unknown>,
            opened,
          ),
        );
        yield* wait(t.sleep(100));
      });
      yield* wait(t.turns(4));
      expect(signals).toHaveLength(3);
      scopes[1]?.cancel();
      expect(signals.map((signal) => signal.aborted)).toEqual([false, false, true]);
      yield* wait(t.turns(4));
      scopes[0]?.cancel();
      expect(signals.map((signal) => signal.aborted)).toEqual([false, true, true]);
      yield* wait(t.turns(4));
      task.cancel();
      expect(signals.map((signal) => signal.aborted)).toEqual([true, true, true]);
      yield* ended(task);
    },
  );

  test('a scope needs a task', () => {
    expect(() => openScope('the timeout')).toThrow(
      /Cannot enter the timeout: it should be used inside a task/,
    );
  });
});

describe('frames do not leak', () => {
  scene('callbacks scheduled by a task, and what they wake, see no task', function* (t) {
    const seen: unknown[] = [];
    const note = (): void => void seen.push(currentTask());
    const task = t.task(function* () {
      t.loop.callSoon(note);
      t.loop.callLater(0, note);
      const future = t.future();
      future.addDoneCallback(note);
      future.setResult(1);
      yield;
      yield;
    });
    yield* wait(task);
    expect(seen).toEqual([null, null, null]);
  });

  scene('withoutTask: an emitter made in it does not carry the task', function* (t) {
    const frames: unknown[] = [];
    const fire = (): Promise<unknown> =>
      new Promise((resolve) => {
        setImmediate(() => {
          frames.push(currentTask(t.loop));
          resolve(null);
        });
      });
    const task = t.task(function* () {
      const fired = withoutTask(fire);
      yield* wait(fired);
      expect(currentTask() === task).toBe(true);
    });
    yield* wait(task);
    expect(frames).toEqual([null]);
  });

  scene('handler: each call is a task of its own', function* (t) {
    const emitter = new EventEmitter();
    const tasks: unknown[] = [];
    const main = currentTask();
    const on = handler(
      t.implementation.plain(function* (n: number) {
        tasks.push(currentTask());
        yield;
        return n * 2;
      }) as (n: number) => Promise<number>,
      { name: 'handler' },
    );
    emitter.on('event', on);
    emitter.emit('event', 1);
    expect(yield* wait(on(21))).toBe(42);
    expect(tasks).toHaveLength(2);
    expect(new Set(tasks).size).toBe(2);
    expect(tasks.includes(main)).toBe(false);
  });

  scene('an error in a handler is reported', function* (t) {
    const error = new Error('in the handler');
    const on = handler(
      t.implementation.plain(function* () {
        yield;
        throw error;
      }) as () => Promise<never>,
      { name: 'mine' },
    );
    on();
    yield* wait(t.turns(5));
    const reports = t.takeReports();
    expect(reports.map((report) => [report.message, report.exception])).toEqual([
      ['Exception in handler task mine', error],
    ]);
  });

  scene('so is one in the default of a parameter', function* (t) {
    const error = new Error('in the default');
    const fail = (): number => {
      throw error;
    };
    const generator = coroutine(function* (n: number = fail()) {
      yield n;
    });
    const asynchronous = coroutine(async (n: number = fail()) => n);
    handler(generator, { name: 'generator' })();
    handler(asynchronous, { name: 'async' })();
    yield* wait(t.turns(5));
    const reports = t.takeReports();
    expect(reports.map((report) => [report.message, report.exception])).toEqual([
      ['Exception in handler task generator', error],
      ['Exception in handler task async', error],
    ]);
  });

  scene(
    'an http server made inside a task: a timeout in one handler leaves the others and the main task alone',
    function* (t) {
      const futures = new Map<string, Future<string>>();
      const tasks = new Map<string, Task<unknown>>();
      const server = http.createServer(
        handler(async (request: http.IncomingMessage, response: http.ServerResponse) => {
          const url = request.url as string;
          tasks.set(url, currentTask() as Task<unknown>);
          const future = t.future<string>();
          futures.set(url, future);
          try {
            if (url === '/b') await timeout(0.01).use(async () => await future);
            response.end(await future);
          } catch (error) {
            response.end((error as Error).name);
          }
        }),
      );
      server.listen(0, '127.0.0.1');
      yield* wait(once(server, 'listening'));
      const { port } = server.address() as AddressInfo;
      const get = async (path: string): Promise<string> => {
        const request = http.get({ port, host: '127.0.0.1', path, agent: false });
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        let text = '';
        for await (const chunk of response) text += String(chunk);
        return text;
      };
      const answers = withoutTask(() => ['/a', '/b', '/c'].map(get));
      const allThere = (): Promise<void> =>
        new Promise((resolve) => {
          const look = (): void => {
            if (futures.size === 3) resolve();
            else setImmediate(look);
          };
          look();
        });
      yield* wait(withoutTask(allThere));
      const main = currentTask() as Task<unknown>;
      expect(new Set([main, ...tasks.values()]).size).toBe(4);
      expect(yield* wait(answers[1] as Promise<string>)).toBe('TimeoutError');
      expect(futures.get('/b')?.cancelled()).toBe(true);
      expect(futures.get('/a')?.done()).toBe(false);
      expect(futures.get('/c')?.done()).toBe(false);
      expect(main.cancelling()).toBe(0);
      futures.get('/a')?.setResult('a');
      futures.get('/c')?.setResult('c');
      expect(yield* wait(Promise.all(answers))).toEqual(['a', 'TimeoutError', 'c']);
      server.close();
      yield* wait(once(server, 'close'));
    },
    // The clock must go on while sockets are waited for.
    { selectors: ['node', 'node-exact'] },
  );
});

describe('a wait that joins a parked task from outside its step', () => {
  const warnings: string[] = [];
  const { warning } = logger;
  beforeEach(() => {
    warnings.length = 0;
    logger.warning = (message) => warnings.push(message);
  });
  afterEach(() => {
    logger.warning = warning;
  });

  /** A timer of Node that is made inside a task carries the task into its callback. */
  async function strayWait(debug: boolean, outside: <R>(fn: () => R) => R): Promise<void> {
    const loop = new BaseEventLoop({ debug });
    const [main, stray] = [new Future<void>({ loop }), new Future<void>({ loop })];
    const parked = async (): Promise<void> => {
      outside(() =>
        setTimeout(async () => {
          setImmediate(() => {
            stray.setResult();
            main.setResult();
          });
          await stray;
        }, 1),
      );
      await main;
    };
    await runUntilComplete(loop, parked);
    loop.close();
  }

  test('is told in debug mode', async () => {
    await strayWait(true, (fn) => fn());
    expect(warnings).toEqual([expect.stringContaining('wrap that in handler(fn)')]);
  });

  test('is not made where the timer is made with withoutTask', async () => {
    await strayWait(true, withoutTask);
    expect(warnings).toEqual([]);
  });

  test('costs no word outside of debug mode', async () => {
    await strayWait(false, (fn) => fn());
    expect(warnings).toEqual([]);
  });
});

describe('foreign AsyncLocalStorage stores', () => {
  const storage = new AsyncLocalStorage<string>();

  asyncScene('an async task sees the store of where it was made, all along', function* (t) {
    const seen: unknown[] = [];
    const body = async (): Promise<void> => {
      seen.push(storage.getStore());
      await t.turn();
      seen.push(storage.getStore());
      await t.sleep(0.001);
      seen.push(storage.getStore());
    };
    const tasks = ['one', 'two'].map((name) => storage.run(name, () => createTask(t.loop, body)));
    for (const task of tasks) yield* wait(task);
    expect(seen.filter((store) => store === 'one')).toHaveLength(3);
    expect(seen.filter((store) => store === 'two')).toHaveLength(3);
  });

  test('a generator task sees it when the loop was made with asyncContext', async () => {
    for (const asyncContext of [true, false]) {
      const loop = new BaseEventLoop({ selector: new VirtualSelector(), asyncContext });
      const seen: unknown[] = [];
      const future = storage.run('request', () =>
        createTask(loop, function* () {
          seen.push(storage.getStore());
          yield;
          seen.push(storage.getStore());
          loop.stop();
        }),
      );
      await storage.run('runner', () => loop.runForever());
      expect(future.done()).toBe(true);
      const store = asyncContext ? 'request' : undefined;
      expect(seen).toEqual([store, store]);
      loop.close();
    }
  });

  scene('what a task that starts at once enters is not seen by whoever made it', function* (t) {
    const seen: unknown[] = [];
    const body = async (): Promise<void> => {
      seen.push(storage.getStore());
      storage.enterWith('inside');
      await t.turn();
      seen.push(storage.getStore());
    };
    const task = storage.run('outside', () => {
      const made = createTask(t.loop, body, { eagerStart: true });
      seen.push(storage.getStore());
      return made;
    });
    yield* wait(task);
    expect(seen).toEqual(['outside', 'outside', 'inside']);
  });

  scene('what an async task enters is not seen by others', function* (t) {
    const seen: unknown[] = [];
    const task = createTask(t.loop, async () => {
      await storage.run('inside', async () => {
        await t.turn();
        seen.push(storage.getStore());
      });
      seen.push(storage.getStore());
    });
    yield* wait(task);
    seen.push(storage.getStore());
    expect(seen).toEqual(['inside', undefined, undefined]);
  });
});

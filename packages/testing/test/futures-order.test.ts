// The expected traces are those of CPython 3.13, printed by the same programs.
import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, NodeSelector } from '@asyncio-ts/loop';
import {
  coroutine,
  createTask,
  type Future,
  isCancelledError,
  runUntilComplete,
  type Task,
} from '@asyncio-ts/futures';
import { assertDeterministic, play, type Scene, scenes, wait } from '@asyncio-ts/testing';

const ordered = scenes(test, { selectors: ['virtual', 'node-exact'] });
const timed = scenes(test, { selectors: ['virtual'] });

describe('as in CPython', () => {
  ordered('three tasks woken by one future, one of them three calls deep', function* (t) {
    const future = t.future<number>();
    const deep2 = t.coroutine(function* deep2() {
      const value = yield* wait(future);
      t.log('a2');
      t.loop.callSoon(() => t.log('from a2'));
      return value;
    });
    const deep1 = t.coroutine(function* deep1() {
      const value = yield* wait(deep2());
      t.log('a1');
      return value;
    });
    const a = function* (): Generator<unknown, void, unknown> {
      yield* wait(deep1());
      t.log('a0');
      yield;
      t.log('a after');
    };
    const b = function* (): Generator<unknown, void, unknown> {
      yield* wait(future);
      t.log('b');
      t.loop.callSoon(() => t.log('from b'));
      yield;
      t.log('b after');
    };
    const c = function* (): Generator<unknown, void, unknown> {
      yield* wait(future);
      t.log('c');
      yield;
      t.log('c after');
    };
    const tasks = [a, b, c].map((body) => t.task(body));
    yield;
    yield;
    future.addDoneCallback(() => t.log('callback'));
    future.setResult(1);
    t.loop.callSoon(() => t.log('soon'));
    for (const task of tasks) yield* wait(task);
    expect(t.events.join(' | ')).toBe(
      'a2 | a1 | a0 | b | c | callback | soon | from a2 | a after | from b | b after | c after',
    );
  });

  test.each([true, false])(
    'an async task with two nested calls, a generator and an async task share one future (virtual: %s)',
    async (virtual) => {
      const program = function* (t: Scene): Generator<unknown, void, unknown> {
        const future = t.future<number>();
        const deep2 = coroutine(async () => {
          await future;
          t.log('a2');
        });
        const deep1 = coroutine(async () => {
          await deep2();
          t.log('a1');
        });
        const tasks: Task<void>[] = [
          createTask(t.loop, async () => {
            await deep1();
            t.log('a0');
            await t.turn();
            t.log('a after');
          }),
          createTask(t.loop, function* () {
            yield* future;
            t.log('b');
            yield;
            t.log('b after');
          }),
          createTask(t.loop, async () => {
            await future;
            t.log('c');
            await t.turn();
            t.log('c after');
          }),
        ];
        yield;
        yield;
        future.setResult(1);
        t.loop.callSoon(() => t.log('soon'));
        for (const task of tasks) yield* wait(task);
        expect(t.events.join(' | ')).toBe(
          'a2 | a1 | a0 | b | c | soon | a after | b after | c after',
        );
      };
      if (virtual) {
        await play(program, 'generator');
        await play(program, 'async');
      } else {
        const { implementations } = await import('@asyncio-ts/testing');
        for (const implementation of implementations({ selectors: ['node-exact'] })) {
          await implementation.run(program);
        }
      }
    },
  );

  timed('a chain of workers, two of them cancelled', function* (t) {
    const futures = Array.from({ length: 4 }, () => t.future<number>());
    const worker = t.coroutine(function* worker(i: number) {
      t.log(`w${i} start`);
      yield;
      t.log(`w${i} turn`);
      if (i > 0) {
        const value = yield* wait(futures[i - 1] as Future<number>);
        t.log(`w${i} got ${value}`);
      }
      futures[i]?.setResult(i);
      t.log(`w${i} set`);
      try {
        yield* wait(t.sleep(1 + (i % 2)));
        t.log(`w${i} slept`);
      } catch (error) {
        if (isCancelledError(error)) t.log(`w${i} cancelled`);
        throw error;
      }
      return i;
    });
    const tasks = futures.map((_, i) => createTask(t.loop, worker(i)));
    const killer = t.task(function* () {
      yield* wait(tasks[0] as Task<number>);
      t.log('killer');
      tasks[1]?.cancel();
      tasks[3]?.cancel();
      yield;
      t.log('killed');
    });
    for (const [i, task] of tasks.entries()) {
      try {
        t.log(`r ${yield* wait(task)}`);
      } catch {
        t.log(`r${i} cancelled`);
      }
    }
    yield* wait(killer);
    expect(t.events.join(' | ')).toBe(
      'w0 start | w1 start | w2 start | w3 start | w0 turn | w0 set | w1 turn | w1 got 0 | w1 set | ' +
        'w2 turn | w2 got 1 | w2 set | w3 turn | w3 got 2 | w3 set | w0 slept | w2 slept | r 0 | killer | ' +
        'w1 cancelled | w3 cancelled | killed | r1 cancelled | r 2 | r3 cancelled',
    );
  });

  timed('a parent that is cancelled cancels its second child', function* (t) {
    const child = t.coroutine(function* child(n: number) {
      try {
        yield* wait(t.sleep(5));
      } finally {
        t.log(`c${n} finally`);
        yield;
        t.log(`c${n} cleaned`);
      }
    });
    const parent = t.task(function* () {
      const one = createTask(t.loop, child(1));
      const two = createTask(t.loop, child(2));
      one.addDoneCallback(() => t.log('cb1'));
      try {
        yield* wait(one);
      } catch (error) {
        t.log('parent caught');
        two.cancel();
        try {
          yield* wait(two);
        } catch {
          t.log('parent c2');
        }
        throw error;
      }
    });
    yield* wait(t.sleep(1));
    parent.cancel();
    t.log('asked');
    const spin = t.task(function* () {
      for (let i = 0; i < 6; i++) {
        t.log(`s${i}`);
        yield;
      }
    });
    try {
      yield* wait(parent);
    } catch {
      t.log('main caught');
    }
    yield* wait(spin);
    // CPython's trace: asked | c1 finally | s0 | c1 cleaned | s1 | cb1 | parent caught | s2 | c2 finally | s3 | ...
    expect(t.events.join(' | ')).toBe(
      'asked | c1 finally | s0 | c1 cleaned | s1 | cb1 | parent caught | s2 | c2 finally | s3 | ' +
        'c2 cleaned | s4 | parent c2 | s5 | main caught',
    );
  });
});

describe('deterministic', () => {
  test('a busy program gives the same trace each time, and the same as either kind', async () => {
    const program = function* (t: Scene): Generator<unknown, void, unknown> {
      const worker = t.coroutine(function* (
        id: number,
        depth: number,
      ): Generator<unknown, number, unknown> {
        t.log(`${id} in`);
        for (let i = 0; i < 3; i++) {
          if ((id + i) % 3 === 0) yield;
          else if ((id + i) % 3 === 1) yield* wait(t.sleep(((id * 7 + i) % 5) / 10));
          else if (depth > 0) yield* wait(worker(id * 3 + i, depth - 1) as Task<number>);
          t.log(`${id} ${i}`);
        }
        return id;
      }) as unknown as (id: number, depth: number) => Task<number>;
      const tasks = [1, 2, 3, 4].map((id) => createTask(t.loop, worker(id, 2) as never));
      t.loop.callLater(0.25, () => tasks[2]?.cancel());
      for (const task of tasks) {
        try {
          t.log(`result ${String(yield* wait(task))}`);
        } catch (error) {
          t.log((error as Error).name);
        }
      }
    };
    const lines = await assertDeterministic(program);
    expect(lines.length).toBeGreaterThan(40);
    expect((await play(program, 'async')).lines).toEqual(lines);
  });
});

describe('without exactOrder', () => {
  test('async steps never straddle turns', async () => {
    const loop = new BaseEventLoop({ selector: new NodeSelector() });
    const log: string[] = [];
    const future = new Promise<void>((resolve) => setImmediate(resolve));
    await runUntilComplete(loop, async () => {
      const deep = coroutine(async (name: string, n: number): Promise<void> => {
        if (n > 0) await (deep as (name: string, n: number) => PromiseLike<void>)(name, n - 1);
        else await nap();
        log.push(`${name}${n}`);
      });
      const nap = coroutine(function* () {
        yield;
      });
      const tasks = ['a', 'b'].map((name) => createTask(loop, deep(name, 2)));
      loop.callSoon(() => loop.callSoon(() => loop.callSoon(() => log.push('third turn'))));
      for (const task of tasks) await task;
      await future;
    });
    // Each task took its three levels within the turn that resumed it, before the next turn began.
    expect(log.indexOf('third turn')).toBe(6);
    loop.close();
  });

  test.each(['generator', 'async'] as const)(
    'busy %s tasks do not starve Node, with or without exactOrder',
    async (kind) => {
      const { Implementation } = await import('@asyncio-ts/testing');
      for (const selector of ['node', 'node-exact'] as const) {
        const implementation = new Implementation({ kind, selector });
        const counts = await implementation.run(function* (t) {
          const counts = { timers: 0, immediates: 0 };
          let on = true;
          const timer = (): void => {
            counts.timers++;
            if (on) setTimeout(timer, 1);
          };
          const immediate = (): void => {
            counts.immediates++;
            if (on) setImmediate(immediate);
          };
          setTimeout(timer, 1);
          setImmediate(immediate);
          const enough = (): boolean => counts.timers > 2 && counts.immediates > 5;
          const tasks = Array.from({ length: 100 }, () =>
            t.task(function* () {
              // As long as it takes, and no longer than it could on a machine that is slow and busy.
              for (let i = 0; i < 20_000 && !enough(); i++) yield;
            }),
          );
          for (const task of tasks) yield* wait(task);
          on = false;
          return counts;
        });
        expect(counts.timers).toBeGreaterThan(2);
        expect(counts.immediates).toBeGreaterThan(5);
      }
    },
  );
});

// Every error has one owner: whoever awaits it, or the loop's exception handler, once. A scene fails when something was
// reported that it did not take.
import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, type ExceptionContext, VirtualSelector } from '@asyncio-ts/loop';
import {
  CancelledError,
  coroutine,
  createTask,
  Future,
  handler,
  runUntilComplete,
  type Task,
} from '@asyncio-ts/futures';
import {
  asCompleted,
  ExceptionGroup,
  gather,
  shield,
  sleep,
  TaskGroup,
  wait as waitAll,
  waitFor,
} from '@asyncio-ts/tasks';
import { Implementation, type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test);
const debugged = scenes(test, {
  newLoop: (selector) => new BaseEventLoop({ selector, debug: true }),
});

const HERE = 'futures-errors-owner.test.ts';

/** A task that fails in its second turn. */
function failing(t: Scene, message: string): Task<never> {
  return t.task(
    function* fails() {
      yield* wait(t.turn());
      throw new RangeError(message);
    },
    { name: `task of ${message}` },
  );
}

/** Fails when its wait is cancelled. */
function failingInCleanup(t: Scene): Task<void> {
  return t.task(function* () {
    try {
      yield* wait(t.future());
    } catch {
      throw new RangeError('in the cleanup');
    }
  });
}

const messageOf = ({ exception }: ExceptionContext): string => (exception as Error).message;

describe('an error that somebody takes is not reported', () => {
  scene('looked at later, in the turn in which the task failed', function* (t) {
    const task = failing(t, 'mine');
    let seen: unknown;
    task.addDoneCallback(() => t.loop.callSoon(() => (seen = task.exception())));
    yield* wait(t.turns(5));
    expect((seen as Error).message).toBe('mine');
  });

  scene('awaited many turns later', function* (t) {
    const task = failing(t, 'mine');
    yield* wait(t.turns(10));
    yield* rejects(task, RangeError);
  });

  scene(
    '[S82] several children of gather: the first one is told, the others are silent',
    function* (t) {
      const children = ['first', 'second', 'third'].map((name) => failing(t, name));
      yield* rejects(gather(children), /first/);
    },
  );

  scene('the children of a group: the group has all of them', function* (t) {
    let thrown: unknown;
    try {
      yield* wait(
        new TaskGroup().use(
          t.coroutine(function* (group: TaskGroup) {
            for (const name of ['one', 'two']) {
              group.createTask(
                t.coroutine(function* () {
                  yield* wait(t.turn());
                  throw new RangeError(name);
                })(),
              );
            }
            yield* wait(t.future());
          }),
        ),
      );
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ExceptionGroup);
    expect((thrown as ExceptionGroup).exceptions.map((one) => (one as Error).message)).toEqual([
      'one',
      'two',
    ]);
  });

  scene('what waitFor cancels, and fails in its cleanup', function* (t) {
    yield* rejects(waitFor(failingInCleanup(t), 0.001), /in the cleanup/);
    const running = failingInCleanup(t);
    yield* wait(t.turn());
    yield* rejects(waitFor(running, 0), /in the cleanup/);
  });

  scene('of a task whose waiter is cancelled as it fails', function* (t) {
    const future = t.future();
    const waiter = t.task(function* () {
      yield* wait(future);
    });
    yield* wait(t.turns(2));
    future.setException(new RangeError('too late'));
    waiter.cancel();
    yield* rejects(waiter, CancelledError);
  });
});

test('[S48] an error awaited while another one is handled is carried as it is: no cause is invented', async () => {
  for (const kind of ['generator', 'async'] as const) {
    await new Implementation({ kind, selector: 'virtual' }).run(function* (t) {
      const first = new RangeError('first');
      const second = new RangeError('second', { cause: first });
      const task = t.task(function* () {
        yield* wait(t.turn());
        throw second;
      });
      for (let i = 0; i < 2; i++) {
        try {
          throw first;
        } catch {
          yield* rejects(task, second);
        }
      }
      expect(second.cause).toBe(first);
      expect(first.cause).toBeUndefined();
    });
  }
});

scene(
  '[S48] causes that go round in a circle are reported, and pass through a time limit',
  function* (t) {
    const first = new RangeError('first');
    const second = new RangeError('second', { cause: first });
    first.cause = second;
    const inCleanup = t.coroutine(function* () {
      try {
        yield* wait(t.future());
      } catch {
        throw second;
      }
    });
    yield* rejects(waitFor(inCleanup(), 0.001), second);
    t.future().setException(first);
    t.expectReportsAtClose((reports) => {
      expect(reports.map(({ exception }) => exception)).toEqual([first]);
    });
  },
);

describe('an error that nobody takes is reported once', () => {
  scene('of a gather that was dropped; its children are its own', function* (t) {
    gather(failing(t, 'first'), failing(t, 'second'));
    yield* wait(t.turns(5));
    t.expectReportsAtClose((reports) => {
      expect(reports.map(messageOf)).toEqual(['first']);
      expect(reports[0]?.message).toBe('GatheringFuture exception was never retrieved');
    });
  });

  scene('[S93] wait() leaves errors to whoever looks at the members', function* (t) {
    const members = ['looked at', 'left'].map((name) => failing(t, name));
    yield* wait(waitAll(members));
    members[0]?.exception();
    t.expectReportsAtClose((reports) => {
      expect(reports.map(messageOf)).toEqual(['left']);
      expect(reports[0]?.description).toContain("name='task of left'");
    });
  });

  scene('asCompleted that was left half-way: the rest', function* (t) {
    const children = ['one', 'two', 'three'].map((name) => failing(t, name));
    for (const next of asCompleted(children)) {
      yield* rejects(next, /one/);
      break;
    }
    yield* wait(t.turns(2));
    t.expectReportsAtClose((reports) => {
      expect(reports.map(messageOf).sort()).toEqual(['three', 'two']);
    });
  });

  scene('[S124] of a task whose shield was cancelled', function* (t) {
    const inner = failing(t, 'behind the shield');
    const outer = shield(inner);
    outer.cancel();
    yield* rejects(outer, CancelledError);
    yield* wait(t.turns(4));
    const [report, ...others] = t.takeReports();
    expect(others).toEqual([]);
    expect(report?.message).toBe('RangeError exception in shielded future');
    expect(report?.future).toBe(inner);
  });

  scene('of a call of a handler, with the name of its task', function* (t) {
    const on = handler(
      t.coroutine(function* (): Generator<unknown, void> {
        yield* wait(t.turn());
        throw new RangeError('in a handler');
      }),
      { name: 'request' },
    );
    const task = on();
    yield* wait(t.turns(4));
    const [report, ...others] = t.takeReports();
    expect(others).toEqual([]);
    expect(report?.message).toBe('Exception in handler task request');
    expect(report?.task).toBe(task);
  });

  scene('of callbacks: soon, later, and when a future is done', function* (t) {
    const fail = (name: string) => (): never => {
      throw new RangeError(name);
    };
    t.loop.callSoon(fail('soon'));
    t.loop.callLater(0.001, fail('later'));
    const future = t.future();
    future.addDoneCallback(fail('done'));
    future.addDoneCallback(() => t.log('the others are called'));
    future.setResult(1);
    yield* wait(t.sleep(0.01));
    expect(t.takeReports().map(messageOf)).toEqual(['soon', 'done', 'later']);
    expect(t.events).toEqual(['the others are called']);
  });

  test.each(['generator', 'async'] as const)(
    'when the loop is closed before the waiter had its turn [%s]',
    async (kind) => {
      const implementation = new Implementation({ kind, selector: 'virtual' });
      const co: Scene['coroutine'] = (body) => implementation.coroutine(body);
      const waiters: Record<string, (future: Future<void>, loop: BaseEventLoop) => void> = {
        task: (future, loop) =>
          createTask(
            loop,
            co(function* () {
              yield* wait(future);
            }),
          ),
        nested: (future, loop) =>
          createTask(loop, async () => {
            await coroutine(function* () {
              yield* future;
            })();
          }),
        gather: (future) => gather(future),
        shield: (future) => shield(future),
        several: (future, loop) => {
          shield(future);
          createTask(
            loop,
            co(function* () {
              yield* wait(future);
            }),
          );
        },
      };
      for (const [name, makeWaiter] of Object.entries(waiters)) {
        const loop = new BaseEventLoop({ selector: new VirtualSelector() });
        const reports: ExceptionContext[] = [];
        loop.setExceptionHandler((_loop, context) => reports.push(context));
        const main = function* (): Generator<unknown, void> {
          const future = new Future<void>({ loop });
          makeWaiter(future, loop);
          yield* sleep(0.001);
          future.setException(new RangeError(name));
        };
        await runUntilComplete(loop, function* () {
          createTask(loop, function* () {
            yield* main();
            loop.stop();
          });
          yield* sleep(0);
        });
        await runUntilComplete(loop, sleep(1)).catch(() => {});
        loop.close();
        const errors = reports.filter(({ exception }) => exception !== undefined);
        expect(errors.map(messageOf)).toEqual([name]);
      }
    },
  );
});

describe('in debug mode the report tells where the thing was made, in the code of the user', () => {
  const firstLine = (text: unknown): string => String(text).split('\n')[0] ?? '';

  debugged('a task that failed, also one the library made', function* (t) {
    createTask(t.loop, fails);
    gather(fails()).cancel();
    gather(fails());
    yield* wait(t.turns(4));
    t.expectReportsAtClose((reports) => {
      expect(reports).toHaveLength(3);
      for (const { sourceTraceback } of reports) expect(firstLine(sourceTraceback)).toContain(HERE);
    });
  });

  debugged('[S47] a task that is pending when the loop is closed', function* (t) {
    t.task(
      function* () {
        yield* wait(t.future());
      },
      { name: 'left behind' },
    );
    yield* wait(t.turn());
    t.expectReportsAtClose(([report, ...others]) => {
      expect(others).toEqual([]);
      expect((report?.task as Task<unknown>).getName()).toBe('left behind');
      expect(report?.sourceTraceback).toContain(HERE);
    });
  });

  debugged('a callback that failed', function* (t) {
    t.loop.callSoon(() => {
      throw new RangeError('soon');
    });
    t.loop.callLater(0, () => {
      throw new RangeError('later');
    });
    yield* wait(t.sleep(0.001));
    const reports = t.takeReports();
    expect(reports.map(messageOf)).toEqual(['soon', 'later']);
    for (const { handleTraceback } of reports) expect(firstLine(handleTraceback)).toContain(HERE);
  });
});

const fails = coroutine(function* fails(): Generator<unknown, void> {
  yield;
  throw new RangeError('boom');
});

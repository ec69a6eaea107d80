import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { CancelledError, currentTask, type Task } from '@asyncio-ts/futures';
import { gather, shield, sleep, TaskGroup, timeout, waitFor } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const scene = scenes(test, { newLoop: (selector) => new BaseEventLoop({ selector, debug: true }) });
const plain = scenes(test);

/** A task that swallows its cancel, and goes on for two more turns. */
function swallower(t: Scene, name: string): Task<string> {
  return t.task(
    function* () {
      try {
        yield* wait(sleep(3600));
      } catch {
        yield* wait(t.turns(2));
      }
      return 'went on';
    },
    { name },
  );
}

function takeMessages(t: Scene): string[] {
  return t.takeReports().map(({ message }) => message.replace(/<Task .*>/, '<Task>'));
}

const MESSAGE =
  'Cancellation was swallowed: <Task> was cancelled and returned a result; let the CancelledError go on, or say uncancel()';

describe('a cancellation that was swallowed, in debug mode', () => {
  scene('[S66] is reported once, with the name of the task and where it was made', function* (t) {
    const task = swallower(t, 'stubborn');
    yield* wait(t.turn());
    task.cancel();
    expect(yield* wait(task)).toBe('went on');
    yield* wait(t.turns(2));
    const [report, ...others] = t.takeReports();
    expect(others).toEqual([]);
    expect(report?.task).toBe(task);
    expect(report?.message).toContain("name='stubborn'");
    expect(report?.message).toContain('futures-swallowed-cancel.test.ts');
    expect(report?.sourceTraceback?.split('\n')[0]).toContain('futures-swallowed-cancel.test.ts');
  });

  scene('is not reported when the task took the request back', function* (t) {
    const task = t.task(function* () {
      try {
        yield* wait(sleep(3600));
      } catch {
        currentTask()?.uncancel();
      }
    });
    yield* wait(t.turn());
    task.cancel();
    yield* wait(task);
    expect(t.takeReports()).toEqual([]);
  });

  scene('is not reported when the task fails, or is cancelled after a cleanup', function* (t) {
    const fails = t.task(function* () {
      try {
        yield* wait(sleep(3600));
      } catch {
        throw new RangeError('instead');
      }
    });
    const cleansUp = t.task(function* () {
      try {
        yield* wait(sleep(3600));
      } finally {
        yield* wait(t.turns(2));
      }
    });
    yield* wait(t.turn());
    fails.cancel();
    cleansUp.cancel();
    yield* rejects(fails, RangeError);
    yield* rejects(cleansUp, CancelledError);
    expect(t.takeReports()).toEqual([]);
  });

  scene('is reported of the one that swallowed it, not of whoever waits for that', function* (t) {
    const inner = swallower(t, 'inner');
    const outer = t.task(function* () {
      return yield* wait(inner);
    });
    yield* wait(t.turns(2));
    outer.cancel();
    expect(yield* wait(outer)).toBe('went on');
    const reports = t.takeReports();
    expect(reports.map(({ task }) => task)).toEqual([inner]);
  });

  scene('is reported of children of gather; the waiter sees the cancel', function* (t) {
    const inner = swallower(t, 'inner');
    const outer = t.task(function* () {
      yield* wait(gather(inner));
    });
    yield* wait(t.turns(2));
    outer.cancel();
    yield* rejects(outer, CancelledError);
    expect(takeMessages(t)).toEqual([MESSAGE]);
  });

  scene('a waiter that swallows the cancel of gather is reported itself', function* (t) {
    const future = t.future();
    const waits = t.task(function* () {
      try {
        yield* wait(gather(future));
      } catch {
        // Swallowed.
      }
    });
    yield* wait(t.turns(2));
    waits.cancel();
    yield* wait(waits);
    expect(t.takeReports().map(({ task }) => task)).toEqual([waits]);
  });

  scene('one that cancels itself and swallows that is reported', function* (t) {
    const task = t.task(function* () {
      currentTask()?.cancel();
      try {
        yield* wait(t.turn());
      } catch {
        // Swallowed.
      }
    });
    yield* wait(task);
    expect(takeMessages(t)).toEqual([MESSAGE]);
  });

  scene('time limits, groups and shields swallow nothing', function* (t) {
    const inside = t.task(function* () {
      yield* rejects(waitFor(sleep(3600), 0.001), Error);
      yield* rejects(timeout(0.001).use(t.coroutine(() => wait(sleep(3600)))), Error);
      const group = new TaskGroup();
      yield* rejects(
        group.use(
          t.coroutine(function* () {
            group.createTask(
              t.coroutine(function* () {
                yield* wait(t.turn());
                throw new Error('of a child');
              })(),
            );
            yield* wait(sleep(3600));
          }),
        ),
        Error,
      );
      const shielded = shield(t.future());
      shielded.cancel();
      yield* rejects(shielded, CancelledError);
      return 'done';
    });
    expect(yield* wait(inside)).toBe('done');
    expect(t.takeReports()).toEqual([]);
  });
});

plain('without debug mode nobody is told', function* (t) {
  const task = swallower(t, 'stubborn');
  yield* wait(t.turn());
  task.cancel();
  yield* wait(task);
  expect(t.takeReports()).toEqual([]);
});

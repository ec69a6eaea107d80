// What the random programs of the conformance package found: each was different from CPython once.
import { describe, expect, test } from '@jest/globals';
import {
  createFuture,
  createTask,
  currentTask,
  type Future,
  InvalidStateError,
} from '@asyncio-ts/futures';
import { ValueError } from '@asyncio-ts/loop';
import { gather, shield, sleep, waitFor } from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test);

/** The message of the error that a wait ends with. */
function* messageOf(awaitable: Parameters<typeof wait>[0]): Generator<unknown, string, unknown> {
  try {
    yield* wait(awaitable);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}

describe('the message of a cancelled task', () => {
  for (const started of [false, true]) {
    const when = started ? 'while it waits' : 'before its first step';
    scene(`is for the first who waits, when it was cancelled ${when}`, function* (t) {
      const task = t.task(function* () {
        yield* wait(t.sleep(10));
      });
      if (started) yield* wait(t.turns(2));
      task.cancel('why');
      expect(yield* messageOf(task)).toBe('why');
      expect(yield* messageOf(task)).toBe('');
      expect(task._cancelMessage).toBeUndefined();
    });
  }

  scene('is for everybody, when it cancelled itself and returned', function* (t) {
    const task = t.task(function* () {
      currentTask()?.cancel('why');
    });
    expect(yield* messageOf(task)).toBe('why');
    expect(yield* messageOf(task)).toBe('why');
    expect(task.cancelled()).toBe(true);
  });
});

scene('a cancelled gather has the error of its last child, whichever ended last', function* (t) {
  const first = t.future();
  const gathering = gather([first, sleep(0)], { returnExceptions: true });
  yield* wait(t.turns(3));
  gathering.cancel('why');
  expect(yield* messageOf(gathering)).toBe('');

  const last = t.future();
  const another = gather([sleep(0), last], { returnExceptions: true });
  yield* wait(t.turns(3));
  another.cancel('why');
  expect(yield* messageOf(another)).toBe('why');
});

describe('an error that nobody retrieved', () => {
  scene('is seen on a shield that nobody waits for', function* (t) {
    const shielded = shield(
      t.task(function* () {
        yield;
        throw new ValueError('lost');
      }),
    );
    yield* wait(t.turns(4));
    expect(shielded.done()).toBe(true);
    expect(shielded._logTraceback).toBe(true);
    shielded.exception();
    expect(shielded._logTraceback).toBe(false);
  });

  scene('is seen on a task that waitFor had no time for, when it was cancelled', function* (t) {
    const inner = t.task(function* () {
      try {
        yield* wait(t.sleep(10));
      } finally {
        yield* wait(t.turns(4));
        // eslint-disable-next-line no-unsafe-finally -- the error in the place of the cancel is what is tried
        throw new ValueError('lost');
      }
    });
    yield* wait(t.turns(2));
    const outer = t.task(function* () {
      yield* wait(waitFor(inner, 0));
    });
    yield* wait(t.turns(2));
    // In one turn: the end of the inner task, and the cancel of whoever waits for it.
    while (!inner.done()) yield* wait(t.turn());
    outer.cancel();
    expect(inner._logTraceback).toBe(true);
    yield* messageOf(outer);
    inner.exception();
    expect(t.takeReports()).toEqual([]);
  });
});

scene('[S2] a shield that somebody gave a result keeps it, and the loop is told', function* (t) {
  const inner = t.future<string>();
  const shielded = shield(inner);
  shielded.setResult('first');
  inner.setResult('second');
  yield* wait(t.turns(2));
  expect(yield* wait(shielded)).toBe('first');
  const reports = t.takeReports();
  expect(reports.map(({ exception }) => exception)).toEqual([expect.any(InvalidStateError)]);

  const failing = t.future<string>();
  const another = shield(failing);
  another.setResult('first');
  failing.setException(new ValueError('second'));
  yield* wait(t.turns(2));
  expect(yield* wait(another)).toBe('first');
  expect(t.takeReports()).toHaveLength(1);
});

scene('an error that gather waits for with returnExceptions is not reported', function* (t) {
  const never: Future<unknown> = createFuture(t.loop);
  const failing = createTask(
    t.loop,
    t.coroutine(function* () {
      yield;
      throw new ValueError('a result');
    })(),
  );
  const gathering = gather([failing, never], { returnExceptions: true });
  yield* wait(t.turns(4));
  expect(failing._logTraceback).toBe(false);
  never.setResult(1);
  expect(yield* wait(gathering)).toEqual([new ValueError('a result'), 1]);
});

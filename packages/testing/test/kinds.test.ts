import assert from 'node:assert/strict';

import { expect, test } from '@jest/globals';
import { currentTask } from '@asyncio-ts/futures';
import {
  assertDeterministic,
  forEachImplementation,
  play,
  scenes,
  turn,
  wait,
} from '@asyncio-ts/testing';

const scene = scenes(test);

scene('a scene waits for tasks, futures, coroutine objects and promises', function* (t) {
  const future = t.future<number>();
  const double = t.coroutine(function* double(x: number) {
    yield* wait(t.turn());
    return 2 * x;
  });
  const task = t.task(function* () {
    yield* wait(t.sleep(0.001));
    future.setResult(1);
    return 'task';
  });
  expect(yield* wait(future)).toBe(1);
  expect(yield* wait(task)).toBe('task');
  expect(yield* wait(double(4))).toBe(8);
  expect(yield* wait(Promise.resolve(5))).toBe(5);
  yield;
});

scene('a bare yield is one turn', function* (t) {
  const log: string[] = [];
  t.loop.callSoon(() => {
    log.push('one');
    t.loop.callSoon(() => log.push('two'));
  });
  yield;
  expect(log).toEqual(['one']);
  yield;
  expect(log).toEqual(['one', 'two']);
});

scene('errors come out of waits as they went in', function* (t) {
  const error = new Error('mine');
  const failing = t.coroutine(function* () {
    yield* wait(t.turn());
    throw error;
  });
  let caught: unknown;
  try {
    yield* wait(failing());
  } catch (e) {
    caught = e;
  }
  expect(caught).toBe(error);
  try {
    yield* wait(Promise.reject(error));
  } catch (e) {
    caught = [e];
  }
  expect(caught).toEqual([error]);
});

scene('a body may delegate with yield* as well', function* (t) {
  const future = t.future<number>();
  t.loop.callSoon(() => future.setResult(3));
  expect(yield* future).toBe(3);
});

scene('the body runs in the task that is tried', function* (t) {
  expect(currentTask()).not.toBeNull();
  const task = t.task(function* named() {
    yield;
    return [currentTask()];
  });
  expect((yield* wait(task))[0]).toBe(task);
});

forEachImplementation((implementation) => {
  test(`what is reported and not taken fails the scene [${implementation.name}]`, async () => {
    const failing = implementation.run(function* (t) {
      t.loop.callExceptionHandler({ message: 'noticed' });
      yield;
    });
    await expect(failing).rejects.toThrow(/not taken(.|\n)*noticed/);
    await implementation.run(function* (t) {
      t.loop.callExceptionHandler({ message: 'noticed' });
      yield;
      expect(t.takeReports().map((report) => report.message)).toEqual(['noticed']);
    });
  });

  test(`a pending task at the close of the loop is reported [${implementation.name}]`, async () => {
    await implementation.run(function* (t) {
      t.task(function* () {
        yield* wait(t.future());
      });
      yield;
      t.expectReportsAtClose((reports) => {
        expect(reports.map((report) => report.message)).toEqual([
          'Task was destroyed but it is pending!',
        ]);
      });
    });
  });
});

test('play gives the trace with its times', async () => {
  for (const kind of ['generator', 'async'] as const) {
    const { result, lines } = await play(function* (t) {
      t.log('start');
      yield* wait(t.sleep(1.5));
      t.log('slept', { for: 1.5 });
      return 7;
    }, kind);
    expect(result).toBe(7);
    expect(lines).toEqual(['0 start', '1.5 slept { for: 1.5 }']);
  }
});

test('assertDeterministic passes a program that is, and names the line of one that is not', async () => {
  const lines = await assertDeterministic(function* (t) {
    t.log('a');
    yield* wait(turn());
    t.log('b');
  });
  expect(lines).toEqual(['0 a', '0 b']);
  let run = 0;
  await assert.rejects(
    assertDeterministic(function* (t) {
      t.log('a');
      t.log(String(run++));
      yield;
    }),
    /not deterministic: line 2 is '0 0' in one run and '0 1' in the other/,
  );
});

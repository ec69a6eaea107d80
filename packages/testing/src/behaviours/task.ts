import assert from 'node:assert/strict';

import { CancelledError, currentTask, type Task } from '@asyncio-ts/futures';

import type { Behaviour } from '../behaviour.js';
import { wait } from '../wait.js';

/**
 * What every task promises: it runs by itself, can be cancelled where it waits, and may clean up or refuse.
 *
 * @example
 * ```ts
 * import test from 'node:test';
 * import { defineBehaviours, taskBehaviours } from '@asyncio-ts/testing';
 *
 * defineBehaviours(test, taskBehaviours);
 * ```
 */
export const taskBehaviours: readonly Behaviour[] = [
  {
    name: 'a task does not run at once, and gives what its coroutine returns',
    *body(t) {
      const task = t.task(function* () {
        t.log('task');
        yield;
        return 42;
      });
      t.log('creator');
      assert.equal(yield* wait(task), 42);
      assert.deepEqual(t.events, ['creator', 'task']);
    },
  },
  {
    name: 'awaiting a coroutine costs no turn',
    *body(t) {
      const inner = t.coroutine(function* () {
        return 'inner';
      });
      t.loop.callSoon(() => t.log('next turn'));
      assert.equal(yield* wait(inner()), 'inner');
      assert.deepEqual(t.events, []);
    },
    selectors: ['virtual', 'node-exact'],
  },
  {
    name: 'the current task is the one that runs',
    *body(t) {
      const task: Task<boolean> = t.task(function* (): Generator<unknown, boolean, unknown> {
        yield;
        return currentTask() === task;
      });
      assert.equal(yield* wait(task), true);
    },
  },
  {
    name: 'cancel throws a CancelledError where the task waits; it may clean up',
    *body(t) {
      const task = t.task(function* () {
        try {
          yield* wait(t.sleep(60));
        } finally {
          t.log('cleanup');
          yield;
          t.log('cleaned');
        }
      });
      yield* wait(t.turns(2));
      assert.equal(task.cancel('stop'), true);
      assert.equal(task.cancelled(), false);
      try {
        yield* wait(task);
        assert.fail('it did not throw');
      } catch (error) {
        assert.ok(error instanceof CancelledError);
        assert.deepEqual(error.args, ['stop']);
      }
      assert.equal(task.cancelled(), true);
      assert.deepEqual(t.events, ['cleanup', 'cleaned']);
    },
  },
  {
    name: 'a task that was cancelled before its first step never runs',
    *body(t) {
      const task = t.task(function* () {
        t.log('never');
      });
      task.cancel();
      yield* wait(t.turns(2));
      assert.equal(task.cancelled(), true);
      assert.deepEqual(t.events, []);
    },
  },
  {
    name: 'a task may refuse a cancel',
    *body(t) {
      const task = t.task(function* () {
        try {
          yield* wait(t.sleep(60));
        } catch {
          currentTask()?.uncancel();
        }
        yield;
        return 'refused';
      });
      yield* wait(t.turns(2));
      task.cancel();
      assert.equal(yield* wait(task), 'refused');
      assert.equal(task.cancelling(), 0);
    },
  },
  {
    name: 'an error nobody retrieved is reported when the loop is closed',
    *body(t) {
      const error = new Error('forgotten');
      t.task(function* () {
        throw error;
      });
      yield* wait(t.turns(3));
      assert.deepEqual(t.reported, []);
      t.expectReportsAtClose((reports) => {
        assert.deepEqual(
          reports.map((report) => report.exception),
          [error],
        );
      });
    },
  },
];

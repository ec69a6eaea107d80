import assert from 'node:assert/strict';

import { CancelledError, InvalidStateError } from '@asyncio-ts/futures';

import type { Behaviour } from '../behaviour.js';
import { wait } from '../wait.js';

/**
 * What every future promises: it is done once, its callbacks come in a turn of their own, cancel reaches who waits.
 *
 * @example
 * ```ts
 * import test from 'node:test';
 * import { defineBehaviours, futureBehaviours } from '@asyncio-ts/testing';
 *
 * defineBehaviours(test, futureBehaviours);
 * ```
 */
export const futureBehaviours: readonly Behaviour[] = [
  {
    name: 'a future gives its result to who waits',
    *body(t) {
      const future = t.future<number>();
      t.loop.callSoon(() => future.setResult(42));
      assert.equal(yield* wait(future), 42);
    },
  },
  {
    name: 'a future that failed throws its error as it is',
    *body(t) {
      const future = t.future();
      const error = new Error('mine');
      t.loop.callSoon(() => future.setException(error));
      try {
        yield* wait(future);
        assert.fail('it did not throw');
      } catch (caught) {
        assert.equal(caught, error);
      }
    },
  },
  {
    name: 'a future is done once',
    *body(t) {
      const future = t.future<number>();
      assert.throws(() => future.result(), InvalidStateError);
      future.setResult(1);
      assert.throws(() => future.setResult(2), InvalidStateError);
      assert.equal(future.cancel(), false);
      assert.equal(future.result(), 1);
      yield;
    },
  },
  {
    name: 'callbacks are called in order, never at once',
    *body(t) {
      const future = t.future<number>();
      for (const name of ['a', 'b']) future.addDoneCallback(() => t.log(name));
      future.setResult(1);
      assert.deepEqual(t.events, []);
      yield* wait(t.turns(2));
      assert.deepEqual(t.events, ['a', 'b']);
    },
  },
  {
    name: 'awaiting a future that is done does not suspend',
    *body(t) {
      const future = t.future<number>();
      future.setResult(1);
      t.loop.callSoon(() => t.log('next turn'));
      yield* wait(future);
      assert.deepEqual(t.events, []);
    },
  },
  {
    name: 'cancel gives a CancelledError with its message to who waits',
    *body(t) {
      const future = t.future();
      t.loop.callSoon(() => future.cancel('enough'));
      try {
        yield* wait(future);
        assert.fail('it did not throw');
      } catch (error) {
        assert.ok(error instanceof CancelledError);
        assert.deepEqual(error.args, ['enough']);
      }
    },
  },
];

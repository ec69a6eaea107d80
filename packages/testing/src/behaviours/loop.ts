import assert from 'node:assert/strict';

import { getRunningLoop } from '@asyncio-ts/loop';

import type { Behaviour } from '../behaviour.js';
import { wait } from '../wait.js';

/**
 * What every loop promises: first in, first out, what is born in a turn waits for the next, timers at their time.
 *
 * @example
 * ```ts
 * import test from 'node:test';
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { defineBehaviours, loopBehaviours } from '@asyncio-ts/testing';
 *
 * class MyLoop extends BaseEventLoop {}
 * defineBehaviours(test, loopBehaviours, { newLoop: (selector) => new MyLoop({ selector }) });
 * ```
 */
export const loopBehaviours: readonly Behaviour[] = [
  {
    name: 'callSoon is first in, first out',
    *body(t) {
      for (const name of ['a', 'b', 'c']) t.loop.callSoon(() => t.log(name));
      yield* wait(t.turns(2));
      assert.deepEqual(t.events, ['a', 'b', 'c']);
    },
  },
  {
    name: 'what is born in a turn waits for the next',
    *body(t) {
      t.loop.callSoon(() => {
        t.log('first');
        t.loop.callSoon(() => t.log('born'));
      });
      t.loop.callSoon(() => t.log('second'));
      yield* wait(t.turns(3));
      assert.deepEqual(t.events, ['first', 'second', 'born']);
    },
  },
  {
    name: 'callSoon goes before a timer that is due',
    *body(t) {
      t.loop.callLater(0, () => t.log('timer'));
      t.loop.callSoon(() => t.log('soon'));
      yield* wait(t.turns(3));
      assert.deepEqual(t.events, ['soon', 'timer']);
    },
  },
  {
    name: 'timers run by deadline, equal ones in the order of their creation',
    *body(t) {
      const now = t.loop.time();
      for (const [name, delay] of [
        ['c', 0.02],
        ['a', 0.01],
        ['b', 0.01],
      ] as const) {
        t.loop.callAt(now + delay, () => t.log(name));
      }
      yield* wait(t.sleep(0.03));
      assert.deepEqual(t.events, ['a', 'b', 'c']);
    },
  },
  {
    name: 'a cancelled handle is not called',
    *body(t) {
      const handles = [
        t.loop.callSoon(() => t.log('soon')),
        t.loop.callLater(0.001, () => t.log('later')),
      ];
      for (const handle of handles) handle.cancel();
      yield* wait(t.sleep(0.003));
      assert.deepEqual(t.events, []);
      assert.ok(handles.every((handle) => handle.cancelled()));
    },
  },
  {
    name: 'an error in a callback is reported, and the loop goes on',
    *body(t) {
      const error = new Error('in a callback');
      t.loop.callSoon(() => {
        throw error;
      });
      t.loop.callSoon(() => t.log('after'));
      yield* wait(t.turns(2));
      assert.deepEqual(t.events, ['after']);
      assert.deepEqual(
        t.takeReports().map((report) => report.exception),
        [error],
      );
    },
  },
  {
    name: 'the running loop is the one whose callback runs',
    *body(t) {
      assert.equal(getRunningLoop(), t.loop);
      t.loop.callSoon(() => t.log(String(getRunningLoop() === t.loop)));
      yield* wait(t.turns(2));
      assert.deepEqual(t.events, ['true']);
    },
  },
];

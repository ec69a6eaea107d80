import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import { CancelledError } from '@asyncio-ts/futures';
import { Event } from '@asyncio-ts/sync';
import { gather, waitFor } from '@asyncio-ts/tasks';
import { scenes, wait } from '@asyncio-ts/testing';

import { failure, waitingFor } from './waiting.js';

const scene = scenes(test, { selectors: ['virtual'] });

scene('[S175] set wakes all who wait, in order, and each gets true', function* (t) {
  const event = new Event();
  for (const n of [1, 2, 3]) {
    t.task(function* () {
      t.log(n, yield* wait(event.wait()));
    });
  }
  yield* wait(t.turn());
  expect(t.events).toEqual([]);
  expect(inspect(event)).toBe('<Event [unset, waiters:3]>');
  event.set();
  expect(event.isSet()).toBe(true);
  event.set();
  yield* wait(t.turns(2));
  expect(t.events).toEqual(['1 true', '2 true', '3 true']);
  expect(inspect(event)).toBe('<Event [set]>');
});

scene('[S175] wait on an event that is set returns true in the same turn', function* (t) {
  const event = new Event();
  event.set();
  t.loop.callSoon(() => t.log('turn'));
  t.log(yield* wait(event.wait()));
  yield* wait(t.turn());
  expect(t.events).toEqual(['true', 'turn']);
});

scene('[S176] set followed by clear wakes everybody all the same', function* (t) {
  const event = new Event();
  const waiting = gather(event.wait(), event.wait());
  yield* wait(t.turn());
  event.set();
  event.clear();
  expect(event.isSet()).toBe(false);
  const late = t.task(() => waitingFor(event.wait()));
  expect(yield* wait(waiting)).toEqual([true, true]);
  expect(event.isSet()).toBe(false);
  expect(late.done()).toBe(false);
  event.set();
  expect(yield* wait(late)).toBe(true);
});

scene('[S177] a waiter that is cancelled leaves the line', function* (t) {
  const event = new Event();
  const task = t.task(() => waitingFor(event.wait()));
  yield* wait(t.turn());
  task.cancel();
  expect(yield* failure(task)).toBeInstanceOf(CancelledError);
  expect(event._waiters).toHaveLength(0);
  yield* failure(waitFor(event.wait(), 1));
  expect([...event._waiters]).toEqual([]);
  event.set();
});

import { describe, expect, test } from '@jest/globals';
import { CancelledError } from '@asyncio-ts/futures';
import { createTask, sleep, staggeredRace } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

import { rejects } from './rejects.js';

const exact = scenes(test, { selectors: ['virtual'] });

/** Takes its time, then gives its name or fails with it. */
const runner = (t: Scene, name: string, seconds: number, fails = false) =>
  t.coroutine(function* () {
    t.log(name);
    try {
      yield* wait(sleep(seconds));
    } catch (error) {
      t.log(name, 'cancelled');
      throw error;
    }
    if (fails) throw new Error(name);
    return name;
  });

describe('staggeredRace', () => {
  exact('[S331] the next one starts when the one before has had its time', function* (t) {
    const race = staggeredRace([runner(t, 'slow', 10), runner(t, 'fast', 1)], 0.25);
    expect(yield* wait(race)).toEqual(['fast', 1, [expect.any(CancelledError), null]]);
    expect(t.trace.lines()).toEqual(['0 slow', '0.25 fast', '1.25 slow cancelled']);
  });

  exact('[S331] or at once when it has failed', function* (t) {
    const race = staggeredRace([runner(t, 'bad', 1, true), runner(t, 'good', 1)], 60);
    const [result, winner, exceptions] = yield* wait(race);
    expect([result, winner]).toEqual(['good', 1]);
    expect(exceptions.map(String)).toEqual(['Error: bad', 'null']);
    expect(t.trace.lines()).toEqual(['0 bad', '1 good']);
  });

  exact('[S331] when all fail there is no winner, and each has its error', function* (t) {
    const race = staggeredRace([runner(t, 'a', 1, true), runner(t, 'b', 2, true)], null);
    const [result, winner, exceptions] = yield* wait(race);
    expect([result, winner]).toEqual([undefined, null]);
    expect(exceptions.map(String)).toEqual(['Error: a', 'Error: b']);
    expect(t.trace.lines()).toEqual(['0 a', '1 b']);
  });

  exact('[S332] of nothing it gives nothing', function* () {
    for (const delay of [null, 1]) {
      expect(yield* wait(staggeredRace([], delay))).toEqual([undefined, null, []]);
    }
  });

  exact('[S332] one that wins in its time leaves the later ones unstarted', function* (t) {
    const race = staggeredRace([runner(t, 'first', 0.1), runner(t, 'second', 0.1)], 0.2);
    expect(yield* wait(race)).toEqual(['first', 0, [null]]);
    expect(t.trace.lines()).toEqual(['0 first']);
  });

  exact('[S333] of several winners in one turn the first counts', function* (t) {
    const gate = t.future<void>();
    const waiting = (name: string) =>
      t.coroutine(function* () {
        yield* wait(gate);
        return name;
      });
    t.loop.callLater(5, () => gate.setResult(undefined));
    const [result, winner] = yield* wait(staggeredRace([waiting('a'), waiting('b')], 1));
    expect([result, winner]).toEqual(['a', 0]);
  });

  exact('[S333] a cancel reaches all who run, then goes on', function* (t) {
    const race = createTask(
      staggeredRace([runner(t, 'a', 10), runner(t, 'b', 10), runner(t, 'c', 10)], 1),
    );
    yield* wait(sleep(1.5));
    race.cancel();
    yield* rejects(race, CancelledError);
    expect(t.trace.lines()).toEqual(['0 a', '1 b', '1.5 a cancelled', '1.5 b cancelled']);
  });
});

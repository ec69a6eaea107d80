import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop } from '@asyncio-ts/loop';
import {
  type Behaviour,
  defineBehaviours,
  futureBehaviours,
  loopBehaviours,
  taskBehaviours,
} from '@asyncio-ts/testing';

const all = { selectors: ['virtual', 'node', 'node-exact'] } as const;

describe('loop', () => defineBehaviours(test, loopBehaviours, all));
describe('future', () => defineBehaviours(test, futureBehaviours, all));
describe('task', () => defineBehaviours(test, taskBehaviours, all));

class CountingLoop extends BaseEventLoop {
  soon = 0;
  override callSoon: BaseEventLoop['callSoon'] = (...args) => {
    this.soon++;
    return super.callSoon(...args);
  };
}

describe('on a loop of one’s own', () => {
  const suite = [...loopBehaviours, ...futureBehaviours, ...taskBehaviours];
  const loops: CountingLoop[] = [];
  defineBehaviours(test, suite, {
    newLoop: (selector) => {
      const loop = new CountingLoop({ selector });
      loops.push(loop);
      return loop;
    },
  });
  test('its callSoon was asked', () => {
    expect(loops.length).toBeGreaterThan(0);
    expect(loops.every((loop) => loop.soon > 0)).toBe(true);
  });
});

test('a behaviour says where it is promised', () => {
  const names: string[] = [];
  const behaviour: Behaviour = {
    name: 'b',
    *body() {
      yield;
    },
    selectors: ['virtual'],
    kinds: ['async'],
  };
  defineBehaviours((name) => names.push(name), [behaviour]);
  expect(names).toEqual(['b [async, virtual]']);
});

test('a behaviour that does not hold fails', async () => {
  class Backwards extends BaseEventLoop {
    override callSoon: BaseEventLoop['callSoon'] = (callback, ...args) =>
      super.callLater(0, callback, ...args);
  }
  const failures: string[] = [];
  const runs: Promise<void>[] = [];
  defineBehaviours(
    (name, fn) => {
      runs.push(fn().catch(() => void failures.push(name)));
    },
    loopBehaviours.filter(({ name }) => name.startsWith('callSoon goes before')),
    { newLoop: (selector) => new Backwards({ selector }), selectors: ['virtual'] },
  );
  await Promise.all(runs);
  expect(failures).toHaveLength(2);
});

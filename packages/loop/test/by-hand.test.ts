import { expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  _getRunningLoop,
  getRunningLoop,
  KeyboardInterrupt,
  LoopLocal,
  NodeSelector,
  type Runnable,
  schedule,
  VirtualSelector,
} from '@asyncio-ts/loop';

test('_runOnce runs what is ready, and no more', () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const log: string[] = [];
  loop.callSoon(() => {
    log.push('one');
    expect(getRunningLoop()).toBe(loop);
    loop.callSoon(() => log.push('two'));
  });
  expect(loop._runOnce()).toBe('done');
  expect(log).toEqual(['one']);
  expect(_getRunningLoop()).toBeNull();
  expect(loop._runOnce()).toBe('done');
  expect(log).toEqual(['one', 'two']);
  loop.close();
});

test('on a virtual clock _runOnce jumps to the next timer', () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const log: number[] = [];
  loop.callLater(10, () => log.push(loop.time()));
  loop.callLater(20, () => log.push(loop.time()));
  loop._runOnce();
  expect(log).toEqual([10]);
  loop._runOnce();
  expect(log).toEqual([10, 20]);
  loop.close();
});

test('on Node’s clock _runOnce does not block: it runs what is due', () => {
  const loop = new BaseEventLoop({ selector: new NodeSelector() });
  const log: string[] = [];
  loop.callLater(3600, () => log.push('in an hour'));
  loop.callLater(-1, () => log.push('due'));
  expect(loop._runOnce()).toBe('done');
  expect(log).toEqual(['due']);
  expect(loop._runOnce()).toBe('done');
  expect(log).toEqual(['due']);
  loop.close();
});

test('a turn with an open async step is paused until microtasks have drained', async () => {
  const loop = new BaseEventLoop({ selector: new NodeSelector() });
  const log: string[] = [];
  loop.callSoon(() => {
    loop._openStep();
    void Promise.resolve()
      .then(() => {})
      .then(() => log.push('microtask'));
    loop.callSoon(() => log.push('next turn'));
  });
  loop.callSoon(() => log.push('same turn'));
  expect(loop._runOnce()).toBe('paused');
  expect(loop._runOnce()).toBe('paused');
  expect(log).toEqual(['same turn']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(loop._runOnce()).toBe('done');
  expect(log).toEqual(['same turn', 'microtask', 'next turn']);
  loop.close();
});

test('with exactOrder the pause comes after the handle, and the same turn goes on', async () => {
  const loop = new BaseEventLoop({ selector: new NodeSelector({ exactOrder: true }) });
  const log: string[] = [];
  loop.callSoon(() => {
    loop._openStep();
    void Promise.resolve().then(() => log.push('microtask'));
    loop.callSoon(() => log.push('next turn'));
  });
  loop.callSoon(() => log.push('same turn'));
  expect(loop._runOnce()).toBe('paused');
  expect(log).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(loop._runOnce()).toBe('done');
  expect(log).toEqual(['microtask', 'same turn']);
  loop._runOnce();
  expect(log).toEqual(['microtask', 'same turn', 'next turn']);
  loop.close();
});

test.each([true, false])(
  '[S227] a stop in a turn that paused leaves with that turn (exactOrder %s)',
  async (exactOrder) => {
    const loop = new BaseEventLoop({ selector: new NodeSelector({ exactOrder }) });
    const log: string[] = [];
    loop.callSoon(() => {
      loop._openStep();
      loop.callSoon(() => log.push('next run'));
      loop.stop();
    });
    loop.callSoon(() => log.push('same turn'));
    await loop.runForever();
    expect(log).toEqual(['same turn']);
    loop.stop();
    await loop.runForever();
    expect(log).toEqual(['same turn', 'next run']);
    loop.close();
  },
);

test('[S226] an interrupt that leaves a turn with an open step leaves a loop that can be run again', async () => {
  const loop = new BaseEventLoop({ selector: new NodeSelector() });
  const interrupt = new KeyboardInterrupt();
  loop.callSoon(() => loop._openStep());
  loop.callSoon(() => {
    throw interrupt;
  });
  await expect(loop.runForever()).rejects.toBe(interrupt);
  loop.callSoon(() => loop.stop());
  await loop.runForever();
  loop.close();
});

test('driven by hand from inside another loop’s handle, the running loop is the inner one meanwhile', async () => {
  const outer = new BaseEventLoop({ selector: new VirtualSelector() });
  const inner = new BaseEventLoop({ selector: new VirtualSelector() });
  const log: boolean[] = [];
  outer.callSoon(() => {
    inner.callSoon(() => log.push(getRunningLoop() === inner));
    inner._runOnce();
    log.push(getRunningLoop() === outer);
    outer.stop();
  });
  await outer.runForever();
  expect(log).toEqual([true, true]);
  outer.close();
  inner.close();
});

test('schedule() puts a runnable into the queue, or obeys a callSoon that was overridden', () => {
  const log: string[] = [];
  const runnable = (name: string): Runnable => ({ _run: () => void log.push(name) });
  const plain = new BaseEventLoop({ selector: new VirtualSelector() });
  schedule(plain, runnable('plain'));
  plain._runOnce();
  class Counting extends BaseEventLoop {
    count = 0;
    override callSoon: BaseEventLoop['callSoon'] = (...args) => {
      this.count++;
      return super.callSoon(...args);
    };
  }
  const counting = new Counting({ selector: new VirtualSelector() });
  schedule(counting, runnable('counted'));
  counting._runOnce();
  expect(counting.count).toBe(1);
  expect(log).toEqual(['plain', 'counted']);
  plain.close();
  counting.close();
});

test('LoopLocal keeps one value per loop', () => {
  const one = new BaseEventLoop({ selector: new VirtualSelector() });
  const two = new BaseEventLoop({ selector: new VirtualSelector() });
  let made = 0;
  const local = new LoopLocal((loop) => ({ loop, n: made++ }));
  expect(local.get(one)).toBe(local.get(one));
  expect(local.get(one).loop).toBe(one);
  expect(local.get(two).n).toBe(1);
  const other = { loop: one, n: 7 };
  local.set(one, other);
  expect(local.get(one)).toBe(other);
  one.close();
  two.close();
});

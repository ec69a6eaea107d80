import { PassThrough } from 'node:stream';

import { expect, test } from '@jest/globals';
import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';

test('the clock jumps over every wait, also beyond what Node’s timers can hold', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const year = 365 * 86_400;
  const log: [string, number][] = [];
  loop.callLater(100 * year, () => {
    log.push(['century', loop.time()]);
    loop.stop();
  });
  loop.callLater(year, () => log.push(['year', loop.time()]));
  loop.callLater(1.5, () => log.push(['soon', loop.time()]));
  await loop.runForever();
  expect(log).toEqual([
    ['soon', 1.5],
    ['year', year],
    ['century', 100 * year],
  ]);
  loop.close();
});

test('the clock begins where it is told and can be set forward', () => {
  const selector = new VirtualSelector({ start: 50 });
  expect(selector.time()).toBe(50);
  selector.advance(2.5);
  selector.advance(-1);
  expect(selector.time()).toBe(52.5);
  expect(selector.recentTime()).toBe(52.5);
  selector.close();
});

test('the clock stands still while something outside is waited for', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const log: string[] = [];
  loop.callSoon(() => {
    loop._outside++;
    setTimeout(() => {
      loop._outside--;
      loop.callSoon(() => log.push(`outside is done at ${loop.time()}`));
    }, 3);
    loop.callLater(5, () => {
      log.push(`timer at ${loop.time()}`);
      loop.stop();
    });
  });
  await loop.runForever();
  expect(log).toEqual(['outside is done at 0', 'timer at 5']);
  loop.close();
});

test('microtasks drain before the clock jumps', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const log: string[] = [];
  loop.callLater(1, () => {
    log.push('timer');
    loop.stop();
  });
  loop.callSoon(() => {
    void (async () => {
      for (let i = 0; i < 50; i++) await null;
      loop.callSoon(() => log.push(`from a microtask at ${loop.time()}`));
    })();
  });
  await loop.runForever();
  expect(log).toEqual(['from a microtask at 0', 'timer']);
  loop.close();
});

test('a program gives the same trace each time', async () => {
  const trace = async (): Promise<string[]> => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const log: string[] = [];
    let left = 200;
    const spawn = (name: string, n: number): void => {
      log.push(`${loop.time()} ${name}`);
      if (left-- <= 0) loop.stop();
      else {
        loop.callLater((n * 7919) % 13, spawn, `${name}.${n}`.slice(-6), n + 1);
        if (n % 3 === 0) loop.callSoon(spawn, 'soon', n + 2);
      }
    };
    for (let i = 0; i < 5; i++) loop.callLater(i % 2, spawn, `r${i}`, i);
    await loop.runForever();
    loop.close();
    return log;
  };
  const first = await trace();
  expect(first.length).toBeGreaterThan(200);
  expect(await trace()).toEqual(first);
});

test('who watches is told when nothing can ever happen again, and only then', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const log: string[] = [];
  loop.callLater(10, () => log.push('timer'));
  const undo = loop._onExhausted(() => {
    log.push(`exhausted at ${loop.time()}`);
    loop.stop();
  });
  await loop.runForever();
  expect(log).toEqual(['timer', 'exhausted at 10']);
  undo();
  undo();
  loop.close();
});

test('the clock does not jump for a registered object that is touched and not ready', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
  const stream = new PassThrough();
  const log: unknown[] = [];
  loop.callLater(3600, () => log.push('an hour'));
  loop.callSoon(() => {
    loop.addReader(stream, () => {
      log.push(String(stream.read()), loop.time());
      loop.removeReader(stream);
      loop.stop();
    });
  });
  setTimeout(() => stream.emit('drain'), 5);
  setTimeout(() => stream.write('here'), 15);
  await loop.runForever();
  expect(log).toEqual(['here', 0]);
  loop.close();
});

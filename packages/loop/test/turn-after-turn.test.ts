// Turns that follow one another at once have no code between them: nobody may see a difference.
import { PassThrough } from 'node:stream';

import { describe, expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  type Handle,
  KeyboardInterrupt,
  NodeSelector,
  type Ready,
  VirtualSelector,
} from '@asyncio-ts/loop';

const selectors = {
  virtual: () => new VirtualSelector(),
  node: () => new NodeSelector(),
  'node, exact order': () => new NodeSelector({ exactOrder: true }),
};

/** Numbers below `below`, the same ones for the same seed. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
}

/** Handles and timers that make more of them and cancel each other; what ran, and when. */
function busyProgram(loop: BaseEventLoop, seed: number): string[] {
  const next = numbers(seed);
  const log: string[] = [];
  const handles: Handle[] = [];
  let left = 400;
  const make = (): void => {
    const name = handles.length;
    const run = (): void => {
      log.push(`${name} at ${loop.time().toFixed(3)}`);
      for (let births = next(3); births > 0 && left > 0; births--, left--) make();
      if (next(4) === 0) handles[next(handles.length)]?.cancel();
    };
    const delay = [null, null, null, 0, 0.001, 0.25][next(6)] as number | null;
    handles.push(delay === null ? loop.callSoon(run) : loop.callLater(delay, run));
  };
  for (let i = 0; i < 12; i++) make();
  return log;
}

test('a run gives the same trace as its turns, driven one by one', async () => {
  let longest = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const running = new BaseEventLoop({ selector: new VirtualSelector() });
    const whole = busyProgram(running, seed);
    running.callLater(1000, () => running.stop());
    await running.runForever();

    const driven = new BaseEventLoop({ selector: new VirtualSelector() });
    const single = busyProgram(driven, seed);
    driven.callLater(1000, () => {});
    while (driven._ready.length > 0 || driven._scheduled.next() !== null) driven._runOnce();

    expect(whole).toEqual(single);
    longest = Math.max(longest, whole.length);
  }
  expect(longest).toBeGreaterThan(100);
});

/** Something that is ready again and again: each of its calls has a turn of its own. */
function spin(loop: BaseEventLoop, turns: number, step: (turn: number) => void): void {
  let turn = 0;
  const again = (): void => {
    step(++turn);
    if (turn < turns) loop.callSoon(again);
  };
  loop.callSoon(again);
}

describe.each(Object.entries(selectors))('on the selector %s', (_name, newSelector) => {
  const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: newSelector() });

  test('[S227] stop() in a later turn lets that one finish, and no more', async () => {
    const loop = newLoop();
    const log: string[] = [];
    spin(loop, 10, (turn) => {
      log.push(`turn ${turn}`);
      if (turn !== 4) return;
      loop.callSoon(() => log.push('beside 5'));
      loop.callSoon(() => loop.callSoon(() => log.push('beside 6')));
    });
    spin(loop, 10, (turn) => {
      if (turn === 4) loop.stop();
    });
    await loop.runForever();
    expect(log).toEqual(['turn 1', 'turn 2', 'turn 3', 'turn 4']);
    loop.stop();
    await loop.runForever();
    expect(log.slice(4)).toEqual(['beside 5', 'turn 5']);
    loop.close();
  });

  test('[S218] a timer that is due comes behind what was ready before its turn', async () => {
    const loop = newLoop();
    const log: string[] = [];
    spin(loop, 6, (turn) => {
      log.push(`turn ${turn}`);
      if (turn === 2) {
        loop.callLater(0, () => log.push('timer'));
        loop.callSoon(() => loop.callSoon(() => log.push('born')));
      }
      if (turn === 6) loop.stop();
    });
    await loop.runForever();
    expect(log).toEqual([
      ...['turn 1', 'turn 2', 'turn 3', 'timer'],
      ...['born', 'turn 4', 'turn 5', 'turn 6'],
    ]);
    loop.close();
  });

  test('[S226] an interrupt in a later turn drops nothing but that turn', async () => {
    const loop = newLoop();
    const log: number[] = [];
    const interrupt = new KeyboardInterrupt();
    spin(loop, 6, (turn) => {
      log.push(turn);
      if (turn === 6) loop.stop();
      if (turn !== 3) return;
      loop.callSoon(() => {
        throw interrupt;
      });
    });
    await expect(loop.runForever()).rejects.toBe(interrupt);
    expect(log).toEqual([1, 2, 3]);
    await loop.runForever();
    expect(log).toEqual([1, 2, 3, 4, 5, 6]);
    loop.close();
  });

  test('a turn driven by hand from inside a later one', async () => {
    const loop = newLoop();
    const log: string[] = [];
    spin(loop, 6, (turn) => {
      log.push(`turn ${turn}`);
      if (turn !== 3) return;
      loop.callSoon(() => log.push('inner'));
      loop._runOnce();
      log.push('inner turn over');
      loop.callSoon(() => loop.callLater(0, () => loop.stop()));
    });
    await loop.runForever();
    expect(log.slice(0, 6)).toEqual([
      ...['turn 1', 'turn 2', 'turn 3'],
      ...['inner', 'inner turn over', 'turn 4'],
    ]);
    loop.close();
  });
});

test('the selector is asked before each turn', async () => {
  const stream = new PassThrough();
  const log: string[] = [];
  class Announcing extends NodeSelector {
    override select(timeout: number | null): readonly Ready[] {
      log.push('select');
      return super.select(timeout);
    }
  }
  const loop = new BaseEventLoop({ selector: new Announcing() });
  loop.addReader(stream, () => {
    log.push(`read ${String(stream.read())}`);
    loop.removeReader(stream);
  });
  spin(loop, 6, (turn) => {
    log.push(`turn ${turn}`);
    if (turn === 2) {
      stream.write('x');
      stream.emit('readable');
    }
    if (turn === 6) loop.stop();
  });
  await loop.runForever();
  expect(log).toEqual(
    [1, 2, 3, 4, 5, 6].flatMap((turn) => [
      'select',
      `turn ${turn}`,
      ...(turn === 3 ? ['read x'] : []),
    ]),
  );
  loop.close();
});

test('a timer on the real clock comes between turns that follow one another without end', async () => {
  const loop = new BaseEventLoop();
  const start = loop.time();
  spin(loop, Infinity, () => {});
  loop.callLater(0.005, () => loop.stop());
  await loop.runForever();
  expect(loop.time() - start).toBeGreaterThanOrEqual(0.005);
  loop.close();
});

/** Signals are the process's, so each scene has a process of its own; what it waits for is real. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { type EventLoop, newEventLoop, Runner, RuntimeError, ValueError } from 'asyncio-ts';

import { playSignals } from './play-signals.js';

/** How a scene of `programs/signals.ts` ended. */
async function play(
  scene: string,
  kind: string,
  ...signals: NodeJS.Signals[]
): Promise<{ readonly code: number | null; readonly lines: string[] }> {
  const { code, lines } = await playSignals('signals', scene, kind, ...signals);
  return { code, lines };
}

describe.each(['generator', 'async'])('SIGINT during run [%s]', (kind) => {
  test('[S276] cancels main: its finally blocks run, and the program ends with 130', async () => {
    expect(await play('uncaught', kind, 'SIGINT')).toEqual({
      code: 130,
      lines: ['finally, cancelling 1'],
    });
  });

  test('the second one leaves the loop at once', async () => {
    expect(await play('stubborn', kind, 'SIGINT', 'SIGINT')).toEqual({
      code: 130,
      lines: ['refused', 'finally'],
    });
  });

  test('[S276] reaches a main task that never sleeps', async () => {
    expect(await play('busy', kind, 'SIGINT')).toEqual({ code: 130, lines: ['finally'] });
  });
});

describe('SIGINT during run', () => {
  const kind = 'async';

  test('[S276] is a KeyboardInterrupt that a program can catch; the listener is gone by then', async () => {
    expect(await play('caught', kind, 'SIGINT')).toEqual({
      code: 0,
      lines: ['caught KeyboardInterrupt', 'listeners 0'],
    });
  });

  test('[S277] is a CancelledError when somebody else had cancelled main as well', async () => {
    expect(await play('cancelledToo', kind, 'SIGINT')).toEqual({
      code: 0,
      lines: ['CancelledError'],
    });
  });

  test('[S278] is left to the program that listens itself', async () => {
    expect(await play('ownListener', kind, 'SIGINT')).toEqual({
      code: 0,
      lines: ['my own listener'],
    });
  });

  test('goes to the handler of the loop while there is one', async () => {
    expect(await play('ownHandler', kind, 'SIGINT')).toEqual({
      code: 0,
      lines: ['handler, task null', 'removed true false'],
    });
  });
});

describe('addSignalHandler, in a process', () => {
  const kind = 'generator';

  test('[S242] a program may wait for nothing but a signal; a second handler replaces the first', async () => {
    expect(await play('terminated', kind, 'SIGTERM')).toEqual({
      code: 0,
      lines: ['stopped by SIGTERM', 'listeners 0'],
    });
  });

  test('a handler that was forgotten does not hold the process after the run', async () => {
    expect(await play('forgotten', kind)).toEqual({ code: 0, lines: ['over'] });
  });

  test('an error of a handler is reported', async () => {
    expect(await play('failing', kind, 'SIGTERM')).toEqual({
      code: 0,
      lines: ['reported: in the handler'],
    });
  });
});

test('a run that nothing can wake is reported, and its main task is cleaned up', async () => {
  expect(await play('deadlock', 'async')).toEqual({ code: 0, lines: ['finally', 'DeadlockError'] });
});

describe('the exit code', () => {
  test('of a SystemExit that leaves run() is the one asked for', async () => {
    expect(await play('exits', 'async')).toEqual({ code: 7, lines: [] });
  });

  test('of a KeyboardInterrupt of the program itself is 130', async () => {
    expect(await play('interruptsItself', 'async')).toEqual({ code: 130, lines: [] });
  });
});

describe('addSignalHandler', () => {
  const loops: EventLoop[] = [];
  const made = (): EventLoop => {
    const loop = newEventLoop();
    loops.push(loop);
    return loop;
  };
  afterEach(() => {
    for (const loop of loops.splice(0)) loop.close();
  });

  test('[S242] refuses coroutine functions, by TypeError', () => {
    const loop = made();
    expect(() => loop.addSignalHandler('SIGUSR2', async () => undefined)).toThrow(/coroutine/);
    expect(() => loop.addSignalHandler('SIGUSR2', function* () {} as never)).toThrow(TypeError);
    expect(() => loop.addSignalHandler('SIGUSR2', 7 as never)).toThrow(TypeError);
  });

  test('refuses what is no signal, and what cannot be caught', () => {
    const loop = made();
    const nothing = (): void => undefined;
    expect(() => loop.addSignalHandler('SIGNOPE' as never, nothing)).toThrow(ValueError);
    expect(() => loop.addSignalHandler(1234, nothing)).toThrow(ValueError);
    expect(() => loop.addSignalHandler(null as never, nothing)).toThrow(TypeError);
    expect(() => loop.addSignalHandler('SIGKILL', nothing)).toThrow(/SIGKILL.*cannot be caught/);
    expect(() => loop.addSignalHandler(19, nothing)).toThrow(RuntimeError);
    loop.close();
    expect(() => loop.addSignalHandler('SIGUSR2', nothing)).toThrow('Event loop is closed');
  });

  test('[S243] takes a number for a name; removing says whether there was one', () => {
    const loop = made();
    loop.addSignalHandler(15, () => undefined);
    expect(loop.removeSignalHandler('SIGTERM')).toBe(true);
    expect(loop.removeSignalHandler(15)).toBe(false);
  });

  test('leaves no listener behind when its loop is closed', () => {
    const before = process.listenerCount('SIGUSR2');
    const loop = made();
    loop.addSignalHandler('SIGUSR2', () => undefined);
    loop.addSignalHandler('SIGUSR2', () => undefined);
    expect(process.listenerCount('SIGUSR2')).toBe(before + 1);
    loop.close();
    expect(process.listenerCount('SIGUSR2')).toBe(before);
  });
});

test('[S278] a run goes on where SIGINT cannot be taken over', async () => {
  const on = process.on;
  process.on = function (this: NodeJS.Process, event: string, ...rest: unknown[]) {
    if (event === 'SIGINT') throw new Error('no signals here');
    return Reflect.apply(on, this, [event, ...rest]) as NodeJS.Process;
  };
  try {
    const runner = new Runner();
    expect(await runner.run(async () => 42)).toBe(42);
    await runner.close();
  } finally {
    process.on = on;
  }
});

test('[S280] a run never asks for a description of its result', async () => {
  const result = Object.defineProperty({}, Symbol.for('nodejs.util.inspect.custom'), {
    value: () => {
      throw new Error('asked');
    },
  });
  const runner = new Runner();
  expect((await runner.run(async () => [result]))[0]).toBe(result);
  await runner.close();
});

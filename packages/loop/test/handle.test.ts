import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  ContextVar,
  DEBUG_STACK_DEPTH,
  type ExceptionContext,
  Handle,
  TimerHandle,
  VirtualSelector,
} from '@asyncio-ts/loop';

const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: new VirtualSelector() });

async function runTurns(loop: BaseEventLoop, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) {
    loop.stop();
    await loop.runForever();
  }
}

test('[S222] cancel drops callback and arguments, and the handle is skipped', async () => {
  const loop = newLoop();
  const log: string[] = [];
  const handle = loop.callSoon((text: string) => log.push(text), 'never');
  loop.callSoon(() => log.push('after'));
  expect(handle.cancelled()).toBe(false);
  handle.cancel();
  handle.cancel();
  expect(handle.cancelled()).toBe(true);
  expect(handle._callback).toBeNull();
  expect(handle._args).toEqual([]);
  await runTurns(loop);
  expect(log).toEqual(['after']);
  loop.close();
});

test('[S222] a handle cancelled by an earlier one of the same batch is skipped', async () => {
  const loop = newLoop();
  const log: string[] = [];
  loop.callSoon(() => second.cancel());
  const second = loop.callSoon(() => log.push('second'));
  await runTurns(loop, 2);
  expect(log).toEqual([]);
  loop.close();
});

test('cancelling a handle after it ran is harmless', async () => {
  const loop = newLoop();
  const handle = loop.callSoon(() => {});
  await runTurns(loop);
  handle.cancel();
  expect(handle.cancelled()).toBe(true);
  loop.close();
});

test('callbacks get their arguments, however many', async () => {
  const loop = newLoop();
  const seen: unknown[][] = [];
  const note = (...args: unknown[]): void => void seen.push(args);
  loop.callSoon(note);
  loop.callSoon(note, 1);
  loop.callSoon(note, 1, 2);
  loop.callSoon(note, 1, 2, 3, 4);
  loop.callLater(0, note, 'timer', undefined);
  await runTurns(loop);
  expect(seen).toEqual([[], [1], [1, 2], [1, 2, 3, 4], ['timer', undefined]]);
  loop.close();
});

test('[S225] an error in a callback is reported with message, exception and handle, and the loop goes on', async () => {
  const loop = newLoop();
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_loop, context) => reports.push(context));
  const error = new Error('broken');
  const log: string[] = [];
  function breaks(_with: number): void {
    throw error;
  }
  const handle = loop.callSoon(breaks, 3);
  loop.callSoon(() => log.push('after'));
  await runTurns(loop);
  expect(log).toEqual(['after']);
  expect(reports).toHaveLength(1);
  expect(reports[0]?.message).toBe('Exception in callback breaks(3)');
  expect(reports[0]?.exception).toBe(error);
  expect(reports[0]?.handle).toBe(handle);
  loop.close();
});

test('[S225] an error of a timer callback is reported as well, of any type', async () => {
  const loop = newLoop();
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_loop, context) => reports.push(context));
  loop.callLater(1, () => {
    throw 'a string';
  });
  loop.callLater(2, () => loop.stop());
  await loop.runForever();
  expect(reports.map((report) => report.exception)).toEqual(['a string']);
  loop.close();
});

test('[S224] a timer knows its deadline', () => {
  const loop = newLoop();
  const timer = loop.callLater(2.5, () => {});
  expect(timer).toBeInstanceOf(TimerHandle);
  expect(timer).toBeInstanceOf(Handle);
  expect(timer.when()).toBe(loop.time() + 2.5);
  expect(loop.callAt(7, () => {}).when()).toBe(7);
  loop.close();
});

test('a handle introduces itself', () => {
  const loop = newLoop();
  function tick(_count: number): void {}
  const handle = loop.callSoon(tick, 1);
  expect(inspect(handle)).toBe('<Handle tick(1)>');
  handle.cancel();
  expect(inspect(handle)).toBe('<Handle cancelled>');
  const timer = loop.callAt(3, tick, 2);
  expect(inspect(timer)).toBe('<TimerHandle when=3 tick(2)>');
  timer.cancel();
  expect(inspect(timer)).toBe('<TimerHandle cancelled when=3>');
  loop.close();
});

test('[S253] in debug mode a handle tells where it was created', () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug: true });
  const handle = loop.callSoon(() => {});
  expect(inspect(handle)).toMatch(/created at .*handle\.test\.ts/);
  expect(loop.callLater(1, () => {})._sourceTraceback).toMatch(/^ +at .*handle\.test\.ts/);
  expect(loop.callAt(1, () => {})._sourceTraceback).toMatch(/^ +at .*handle\.test\.ts/);
  loop.close();
});

test('what is kept of the place of creation is DEBUG_STACK_DEPTH frames deep, or as deep as Node’s own stacks', () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug: true });
  const depth = (frames: number): number =>
    frames > 0
      ? depth(frames - 1)
      : (loop.callSoon(() => {})._sourceTraceback ?? '').split('\n').length;
  const before = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
    expect(depth(30)).toBe(DEBUG_STACK_DEPTH);
    expect(Error.stackTraceLimit).toBe(0);
    Error.stackTraceLimit = 20;
    expect(depth(30)).toBe(20);
  } finally {
    Error.stackTraceLimit = before;
  }
  loop.close();
});

test('a handle gives the context its callback runs in', async () => {
  const loop = newLoop();
  const variable = new ContextVar<string>('variable');
  const token = variable.set('at creation');
  const handle = loop.callSoon(() => {});
  variable.reset(token);
  expect(handle.getContext().get(variable)).toBe('at creation');
  loop.close();
});

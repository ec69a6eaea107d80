import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BaseEventLoop, logger, NodeSelector, VirtualSelector } from '@asyncio-ts/loop';

const { warning: logWarning } = logger;
const environment = process.env['ASYNCIO_DEBUG'];
let warnings: string[] = [];

beforeEach(() => {
  warnings = [];
  logger.warning = (message) => warnings.push(message);
});

afterEach(() => {
  logger.warning = logWarning;
  if (environment === undefined) delete process.env['ASYNCIO_DEBUG'];
  else process.env['ASYNCIO_DEBUG'] = environment;
});

test('[S249] the default comes from ASYNCIO_DEBUG, not empty', () => {
  const debugOf = (value: string | undefined): boolean => {
    if (value === undefined) delete process.env['ASYNCIO_DEBUG'];
    else process.env['ASYNCIO_DEBUG'] = value;
    const loop = new BaseEventLoop();
    loop.close();
    return loop.getDebug();
  };
  expect(debugOf(undefined)).toBe(false);
  expect(debugOf('')).toBe(false);
  expect(debugOf('1')).toBe(true);
  const off = new BaseEventLoop({ debug: false });
  expect(off.getDebug()).toBe(false);
  off.setDebug(true);
  expect(off.getDebug()).toBe(true);
  off.close();
});

test('[S250] a callback that takes slowCallbackDuration or longer is logged', async () => {
  const selector = new VirtualSelector();
  const loop = new BaseEventLoop({ selector, debug: true });
  expect(loop.slowCallbackDuration).toBe(0.1);
  function slow(seconds: number): void {
    selector.advance(seconds);
  }
  loop.callSoon(slow, 0.099);
  loop.callSoon(slow, 0.25);
  loop.stop();
  await loop.runForever();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^Executing <Handle slow\(0\.25\).*> took 0\.250 seconds$/);
  loop.slowCallbackDuration = 0.05;
  loop.callSoon(slow, 0.06);
  loop.stop();
  await loop.runForever();
  expect(warnings[1]).toMatch(/took 0\.060 seconds/);
  loop.setDebug(false);
  loop.callSoon(slow, 10);
  loop.stop();
  await loop.runForever();
  expect(warnings).toHaveLength(2);
  loop.close();
});

test('[S252] in debug mode coroutine functions are refused as callbacks', () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug: true });
  const wrong = [
    async () => {},
    function* () {},
    async function* () {},
  ] as unknown as (() => void)[];
  for (const fn of wrong) {
    expect(() => loop.callSoon(fn)).toThrow(/is a coroutine function; make a task of it/);
    expect(() => loop.callLater(1, fn)).toThrow(TypeError);
    expect(() => loop.callAt(1, fn)).toThrow(TypeError);
  }
  loop.close();
});

test('[S253] the report of a failing callback says where it was scheduled', async () => {
  const loop = new BaseEventLoop({ selector: new VirtualSelector(), debug: true });
  const tracebacks: unknown[] = [];
  loop.setExceptionHandler((_loop, context) => tracebacks.push(context.handleTraceback));
  loop.callSoon(() => {
    throw new Error('x');
  });
  loop.stop();
  await loop.runForever();
  expect(tracebacks).toEqual([expect.stringMatching(/debug\.test\.ts/)]);
  loop.close();
});

test('in debug mode, too, busy callbacks do not starve Node', async () => {
  const loop = new BaseEventLoop({ selector: new NodeSelector(), debug: true });
  let left = 3000;
  let foreign = 0;
  const spin = (): void => {
    if (--left === 0) loop.stop();
    else loop.callSoon(spin);
  };
  loop.callSoon(spin);
  const interval = setInterval(() => foreign++, 1);
  await loop.runForever();
  clearInterval(interval);
  expect(foreign).toBeGreaterThan(0);
  loop.close();
});

import { describe, expect, test } from '@jest/globals';
import {
  AbstractEventLoop,
  BaseEventLoop,
  EventLoop,
  newEventLoop,
  NotImplementedError,
  SelectorEventLoop,
  VirtualSelector,
} from 'asyncio-ts';

class Empty extends AbstractEventLoop {}

const methods = Object.getOwnPropertyNames(AbstractEventLoop.prototype).filter(
  (name) => name !== 'constructor',
);

describe('AbstractEventLoop', () => {
  test.each(methods)('%s does nothing by itself, and says what to do', (name) => {
    const call = (new Empty() as unknown as Record<string, () => unknown>)[name];
    const loop = new Empty();
    expect(() => call?.call(loop)).toThrow(NotImplementedError);
    expect(() => call?.call(loop)).toThrow(
      `Cannot call ${name}() of Empty: an abstract event loop does nothing by itself; override ${name}() in Empty, or extend EventLoop`,
    );
  });

  test('has each public method of EventLoop that Python’s has, and none that EventLoop has not', () => {
    expect(methods.filter((name) => !(name in EventLoop.prototype))).toEqual([]);
    const own = Object.getOwnPropertyNames(EventLoop.prototype).filter(
      (name) => !['constructor', 'runUntilCompleteSync'].includes(name) && !name.startsWith('_'),
    );
    expect(own.filter((name) => !methods.includes(name))).toEqual([]);
  });

  test('is what our loops are instances of, and nothing else is', () => {
    const loop = newEventLoop();
    const base = new BaseEventLoop({ selector: new VirtualSelector() });
    expect(loop).toBeInstanceOf(AbstractEventLoop);
    expect(base).toBeInstanceOf(AbstractEventLoop);
    expect(new Empty()).toBeInstanceOf(AbstractEventLoop);
    expect(loop).not.toBeInstanceOf(Empty);
    expect({ callSoon() {} }).not.toBeInstanceOf(AbstractEventLoop);
    loop.close();
    base.close();
  });
});

test('SelectorEventLoop is EventLoop, with the selector it is given', () => {
  expect(SelectorEventLoop).toBe(EventLoop);
  const loop = new SelectorEventLoop({ selector: new VirtualSelector() });
  loop.callLater(3600, () => loop.stop());
  expect(loop.time()).toBe(0);
  loop.close();
});

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  ContextVar,
  type ExceptionContext,
  KeyboardInterrupt,
  logger,
  VirtualSelector,
} from '@asyncio-ts/loop';

const { error: logError, warning: logWarning } = logger;
let errors: string[] = [];

beforeEach(() => {
  errors = [];
  logger.error = (message) => errors.push(message);
});

afterEach(() => {
  logger.error = logError;
  logger.warning = logWarning;
});

const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: new VirtualSelector() });

async function oneTurn(loop: BaseEventLoop): Promise<void> {
  loop.stop();
  await loop.runForever();
}

test('[S244] setExceptionHandler takes a function or null', () => {
  const loop = newLoop();
  expect(loop.getExceptionHandler()).toBeNull();
  const handler = (): void => {};
  loop.setExceptionHandler(handler);
  expect(loop.getExceptionHandler()).toBe(handler);
  loop.setExceptionHandler(null);
  expect(loop.getExceptionHandler()).toBeNull();
  for (const wrong of [undefined, 'spam', {}] as never[]) {
    expect(() => loop.setExceptionHandler(wrong)).toThrow(TypeError);
    expect(() => loop.setExceptionHandler(wrong)).toThrow(/a function or null was expected/);
  }
  loop.close();
});

test('[S244] the handler gets the loop and the context', () => {
  const loop = newLoop();
  const seen: unknown[][] = [];
  loop.setExceptionHandler((...args) => void seen.push(args));
  const context: ExceptionContext = { message: 'spam', exception: new Error('x') };
  loop.callExceptionHandler(context);
  expect(seen).toEqual([[loop, context]]);
  expect(seen[0]?.[1]).toBe(context);
  expect(errors).toEqual([]);
  loop.close();
});

test('the default handler logs the message, every key and the error with its stack', () => {
  const loop = newLoop();
  loop.callExceptionHandler({
    message: 'it broke',
    exception: new Error('cause of it'),
    future: { name: 'f' },
    custom: 7,
    sourceTraceback: '    at here\n',
  });
  expect(errors).toHaveLength(1);
  const lines = errors[0]?.split('\n') ?? [];
  expect(lines.slice(0, 5)).toEqual([
    'it broke',
    'custom: 7',
    "future: { name: 'f' }",
    'Object created at (most recent call first):',
    '    at here',
  ]);
  expect(lines[5]).toBe('Error: cause of it');
  expect(lines[6]).toMatch(/^ +at /);
  loop.callExceptionHandler({ message: '' });
  expect(errors[1]).toBe('Unhandled exception in event loop');
  loop.close();
});

test('[S245] when the handler raises, the default one reports that with the context inside', async () => {
  const loop = newLoop();
  const broken = new Error('handler broke');
  loop.setExceptionHandler(() => {
    throw broken;
  });
  loop.callSoon(() => {
    throw new Error('original');
  });
  await oneTurn(loop);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^Unhandled error in exception handler\ncontext: /);
  expect(errors[0]).toMatch(/handler broke/);
  loop.close();
});

test('defaultExceptionHandler reports by itself, whatever handler is set', () => {
  const loop = newLoop();
  loop.setExceptionHandler(() => {
    throw new Error('not asked');
  });
  loop.defaultExceptionHandler({ message: 'by hand', exception: new Error('the error') });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^by hand\n.*the error/s);
  loop.close();
});

test('[S246] when the default handler raises, that is logged and never propagates', async () => {
  class Loop extends BaseEventLoop {
    override defaultExceptionHandler(): void {
      throw new Error('default broke');
    }
  }
  const loop = new Loop({ selector: new VirtualSelector() });
  loop.callSoon(() => {
    throw new Error('original');
  });
  await oneTurn(loop);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^Exception in default exception handler\nError: default broke/);
  loop.setExceptionHandler(() => {
    throw new Error('custom broke');
  });
  loop.callExceptionHandler({ message: 'again' });
  expect(errors).toHaveLength(2);
  loop.close();
});

test('a KeyboardInterrupt raised by a handler is let through', () => {
  const loop = newLoop();
  const interrupt = new KeyboardInterrupt();
  loop.setExceptionHandler(() => {
    throw interrupt;
  });
  expect(() => loop.callExceptionHandler({ message: 'x' })).toThrow(interrupt);
  loop.close();
});

test('[S247] the handler runs in the context of the handle that failed', async () => {
  const loop = newLoop();
  const variable = new ContextVar<string>('variable', { default: 'none' });
  const seen: string[] = [];
  loop.setExceptionHandler(() => seen.push(variable.get()));
  loop.callSoon(() => {
    variable.set('inside');
    throw new Error('broken');
  });
  await oneTurn(loop);
  expect(seen).toEqual(['inside']);
  expect(variable.get()).toBe('none');
  loop.close();
});

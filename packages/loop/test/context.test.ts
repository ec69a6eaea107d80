import { AsyncLocalStorage } from 'node:async_hooks';
import { inspect } from 'node:util';

import { expect, test } from '@jest/globals';
import {
  BaseEventLoop,
  Context,
  ContextVar,
  copyContext,
  RuntimeError,
  Token,
  ValueError,
  VirtualSelector,
} from '@asyncio-ts/loop';

const newLoop = (asyncContext = false): BaseEventLoop =>
  new BaseEventLoop({ selector: new VirtualSelector(), asyncContext });

async function runTurns(loop: BaseEventLoop, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) {
    loop.stop();
    await loop.runForever();
  }
}

test('[S359] callbacks and timers run in the context of where they were scheduled', async () => {
  const loop = newLoop();
  const variable = new ContextVar<string>('variable', { default: 'default' });
  const seen: string[] = [];
  const note = (): void => void seen.push(variable.get());
  const context = copyContext();
  context.run(() => {
    variable.set('in context');
    loop.callSoon(note);
    loop.callLater(1, note);
    loop.callAt(2, note);
    variable.set('changed afterwards');
  });
  loop.callSoon(note);
  loop.callLater(3, () => loop.stop());
  await loop.runForever();
  expect(seen).toEqual(['in context', 'default', 'in context', 'in context']);
  loop.close();
});

test('[S359] what a callback sets is seen by its own children only', async () => {
  const loop = newLoop();
  const variable = new ContextVar<string>('variable', { default: 'default' });
  const seen: string[] = [];
  const note = (): void => void seen.push(variable.get());
  loop.callSoon(() => {
    variable.set('mine');
    loop.callSoon(note);
  });
  loop.callSoon(note);
  await runTurns(loop, 2);
  expect(seen).toEqual(['default', 'mine']);
  expect(variable.get()).toBe('default');
  loop.close();
});

test('[S360] a callback wrapped in a context runs in that context itself', async () => {
  const loop = newLoop();
  const counter = new ContextVar<number>('counter', { default: 0 });
  const context = new Context();
  const increment = context.wrap(() => void counter.set(counter.get() + 1));
  loop.callSoon(increment);
  loop.callSoon(increment);
  loop.callLater(1, increment);
  loop.callLater(2, () => loop.stop());
  await loop.runForever();
  expect(context.get(counter)).toBe(3);
  expect(counter.get()).toBe(0);
  loop.close();
});

test('a variable without value or default is a ReferenceError, unless there is a fallback', () => {
  const variable = new ContextVar<number | undefined>('lonely');
  expect(() => variable.get()).toThrow(/'lonely'.*has no default/);
  expect(() => variable.get()).toThrow(ReferenceError);
  expect(variable.get(5)).toBe(5);
  expect(variable.get(undefined)).toBeUndefined();
  expect(inspect(variable)).toBe("<ContextVar name='lonely'>");
});

test('reset takes a set back, once, in the same context', () => {
  const variable = new ContextVar<number>('variable');
  const other = new ContextVar<number>('other');
  new Context().run(() => {
    const first = variable.set(1);
    const second = variable.set(2);
    expect(first.oldValue).toBe(Token.MISSING);
    expect(second.oldValue).toBe(1);
    expect(second.variable).toBe(variable);
    variable.reset(second);
    expect(variable.get()).toBe(1);
    expect(() => variable.reset(second)).toThrow(RuntimeError);
    expect(() => other.reset(first as Token<number>)).toThrow(ValueError);
    new Context().run(() => expect(() => variable.reset(first)).toThrow(/another context/));
    variable.reset(first);
    expect(variable.get(0)).toBe(0);
    expect(inspect(first)).toBe('<Token used var=variable>');
  });
});

test('a context is a mapping, and its copy is its own', () => {
  const a = new ContextVar<string>('a');
  const b = new ContextVar<string>('b');
  const context = new Context();
  expect(context.size).toBe(0);
  context.run(() => {
    a.set('1');
    b.set('2');
  });
  const copy = context.copy();
  copy.run(() => a.set('changed'));
  context.run(() => b.set('3'));
  expect([...context].map((variable) => variable.name)).toEqual(['a', 'b']);
  expect([...context.keys()]).toEqual([a, b]);
  expect([...context.values()]).toEqual(['1', '3']);
  expect([...copy.entries()]).toEqual([
    [a, 'changed'],
    [b, '2'],
  ]);
  expect(context.has(a)).toBe(true);
  expect(inspect(context)).toBe("<Context {a: '1', b: '3'}>");
});

test('a context is entered once at a time, and left also by an error', () => {
  const context = new Context();
  expect(context.run((x: number, y: number) => x + y, 1, 2)).toBe(3);
  context.run(() => {
    expect(() => context.run(() => {})).toThrow(/already entered/);
  });
  expect(() =>
    context.run(() => {
      throw new Error('out');
    }),
  ).toThrow('out');
  expect(context.run(() => 'again')).toBe('again');
});

test('asyncContext: callbacks see the foreign stores of where they were scheduled, if asked for', async () => {
  const storage = new AsyncLocalStorage<string>();
  for (const asyncContext of [false, true]) {
    const loop = newLoop(asyncContext);
    const seen: unknown[] = [];
    const note = (name: string): void => void seen.push([name, storage.getStore()]);
    storage.run('request 1', () => {
      loop.callSoon(note, 'soon');
      loop.callLater(1, note, 'later');
    });
    storage.run('request 2', () => loop.callAt(2, note, 'at'));
    loop.callSoon(note, 'plain');
    loop.callLater(3, () => loop.stop());
    await storage.run('whoever ran the loop', () => loop.runForever());
    const store = (name: string): string | undefined => (asyncContext ? name : undefined);
    expect(seen).toEqual([
      ['soon', store('request 1')],
      ['plain', undefined],
      ['later', store('request 1')],
      ['at', store('request 2')],
    ]);
    loop.close();
  }
});

test('a turn never inherits the store of whoever woke the loop', async () => {
  const storage = new AsyncLocalStorage<string>();
  const loop = new BaseEventLoop();
  const seen: unknown[] = [];
  const run = loop.runForever();
  await storage.run('waker', async () => {
    loop.callSoon(() => seen.push(storage.getStore()));
    loop._deliver(() => seen.push(storage.getStore()));
    await new Promise((resolve) => setImmediate(resolve));
    loop.callLater(0.001, () => {
      seen.push(storage.getStore());
      loop.stop();
    });
    await run;
  });
  expect(seen).toEqual([undefined, undefined, undefined]);
  loop.close();
});

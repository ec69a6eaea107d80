// What an await gives, in both kinds: `yield* x` in generator coroutines, `await x` in async functions.
import {
  anext,
  type Awaitable,
  type Coroutine,
  coroutine,
  type Future,
  type FutureLike,
  getRunningLoop,
  sleep,
  type Task,
} from 'asyncio-ts';
import { describe, expect, test } from 'tstyche';

declare const future: Future<number>;
declare const task: Task<string>;
declare const like: FutureLike<boolean>;

const generatorCoroutine = coroutine(function* (n: number) {
  yield* sleep(1);
  return { n };
});
const asyncCoroutine = coroutine(async (text: string) => [text] as const);

describe('a coroutine function', () => {
  test('keeps the parameters and unwraps the result', () => {
    expect(generatorCoroutine).type.toBe<(n: number) => Coroutine<{ n: number }>>();
    expect(asyncCoroutine).type.toBe<(text: string) => Coroutine<readonly [string]>>();
    expect(coroutine(() => future)).type.toBe<() => Coroutine<number>>();
    expect(coroutine(() => sleep(1, 'x' as const))).type.toBe<() => Coroutine<'x'>>();
  });

  test('is made of a function that can be waited for', () => {
    // @ts-expect-error Type 'number' is not assignable to type 'Awaitable<unknown>'.
    coroutine(() => 5);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type '(...args: readonly unknown[]) => Awaitable<unknown>'.
    coroutine(5);
  });

  test('is called with its own arguments', () => {
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    generatorCoroutine('one');
    // @ts-expect-error Expected 1 arguments, but got 0.
    asyncCoroutine();
  });
});

describe('yield*', () => {
  test('gives the result', () => {
    function* body(): Generator<unknown, void> {
      expect(yield* future).type.toBe<number>();
      expect(yield* task).type.toBe<string>();
      expect(yield* sleep(1)).type.toBe<void>();
      expect(yield* sleep(1, 'x')).type.toBe<string>();
      expect(yield* generatorCoroutine(1)).type.toBe<{ n: number }>();
      expect(yield* asyncCoroutine('x')).type.toBe<readonly [string]>();
      expect(yield* getRunningLoop().createFuture<Date>()).type.toBe<Date>();
    }
    expect(coroutine(body)).type.toBe<() => Coroutine<void>>();
  });

  test('takes what can be awaited', () => {
    function* body(): Generator<unknown, void> {
      // @ts-expect-error Type '5' must have a '[Symbol.iterator]()' method that returns an iterator.
      yield* 5;
      // @ts-expect-error Type 'Promise<number>' must have a '[Symbol.iterator]()' method that returns an iterator.
      yield* Promise.resolve(5);
      // @ts-expect-error must have a '[Symbol.iterator]()' method that returns an iterator.
      yield* generatorCoroutine;
      // @ts-expect-error Type 'number' is not assignable to type 'string'.
      const text: string = yield* future;
      void text;
    }
    expect(body).type.toBe<() => Generator<unknown, void>>();
  });
});

describe('await', () => {
  test('gives the result', () => {
    async function body(): Promise<void> {
      expect(await future).type.toBe<number>();
      expect(await task).type.toBe<string>();
      expect(await generatorCoroutine(1)).type.toBe<{ n: number }>();
      expect(await asyncCoroutine('x')).type.toBe<readonly [string]>();
      expect(await sleep(1, 4)).type.toBe<number>();
    }
    expect(body).type.toBe<() => Promise<void>>();
  });
});

describe('a future', () => {
  test('knows its result', () => {
    expect(future.result()).type.toBe<number>();
    expect(like.result()).type.toBe<boolean>();
    expect(future).type.toBeAssignableTo<FutureLike<number>>();
    expect(task).type.toBeAssignableTo<Future<string>>();
    expect(future).type.toBeAssignableTo<Awaitable<number>>();
    expect(future).type.toBeAssignableTo<PromiseLike<number>>();
    expect(future).type.not.toBeAssignableTo<Awaitable<string>>();
  });

  test('is given one of its type', () => {
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    future.setResult('one');
    // @ts-expect-error Expected 1 arguments, but got 0.
    future.setResult();
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'DoneCallback<Future<number>>'.
    future.addDoneCallback(5);
    future.addDoneCallback((done) => expect(done.result()).type.toBe<number>());
  });
});

describe('anext', () => {
  async function* items() {
    yield 1;
  }
  test('gives an item, or the fallback', () => {
    expect(anext(items())).type.toBe<Coroutine<number>>();
    expect(anext(items(), null)).type.toBe<Coroutine<number | null>>();
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type
    anext(5);
  });
});

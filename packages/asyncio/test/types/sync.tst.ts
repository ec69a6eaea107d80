// Locks, queues, context managers and context variables.
import {
  asyncFor,
  asyncWith,
  Barrier,
  Condition,
  type Context,
  ContextVar,
  type Coroutine,
  copyContext,
  Event,
  type Held,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
  sleep,
  type Token,
} from 'asyncio-ts';
import { describe, expect, test } from 'tstyche';

describe('Queue', () => {
  const queue = new Queue<string>(1);

  test('gives the items it was given', () => {
    expect(queue.get()).type.toBe<Coroutine<string>>();
    expect(queue.getNowait()).type.toBe<string>();
    expect(queue.put('x')).type.toBe<Coroutine<void>>();
    expect(new LifoQueue<number>().getNowait()).type.toBe<number>();
    expect(new PriorityQueue<[number, string]>().getNowait()).type.toBe<[number, string]>();
    async function body(): Promise<void> {
      for await (const item of queue) expect(item).type.toBe<string>();
    }
    expect(body).type.toBe<() => Promise<void>>();
  });

  test('takes items of its type', () => {
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
    queue.putNowait(5);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
    queue.put(5);
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    new Queue<string>('1');
    // @ts-expect-error Did you mean to write 'immediate'?
    queue.shutdown({ imediate: true });
  });

  test('a PriorityQueue compares its items', () => {
    interface Job {
      readonly due: number;
    }
    const jobs = new PriorityQueue<Job>(0, { compare: (a, b) => a.due - b.due });
    expect(jobs.get()).type.toBe<Coroutine<Job>>();
    // @ts-expect-error Property 'date' does not exist on type 'Job'.
    new PriorityQueue<Job>(0, { compare: (a) => a.date });
  });
});

describe('use of a lock', () => {
  test('gives what the body returns, in both kinds', () => {
    expect(new Lock().use(async () => 1)).type.toBe<Coroutine<number>>();
    expect(
      new Semaphore(2).use(function* () {
        return yield* sleep(1, 'x');
      }),
    ).type.toBe<Coroutine<string>>();
    expect(new Condition().use(() => sleep(1, true))).type.toBe<Coroutine<boolean>>();
    expect(new Lock().hold()).type.toBe<Coroutine<Held>>();
    expect(new Lock().acquire()).type.toBe<Coroutine<true>>();
    expect(new Event().wait()).type.toBe<Coroutine<true>>();
    expect(new Barrier(2).wait()).type.toBe<Coroutine<number>>();
    expect(new Condition().waitFor(() => 'ready' as const)).type.toBe<Coroutine<'ready'>>();
  });

  test('says what it takes', () => {
    // @ts-expect-error Type 'number' is not assignable to type 'Awaitable<unknown>'.
    new Lock().use(() => 5);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type '() => Awaitable<unknown>'.
    new Lock().use(5);
  });
});

describe('asyncWith', () => {
  const manager = { aenter: async () => 7, aexit: async () => {} };
  const swallowing = { aenter: () => sleep(0, 7), aexit: async (): Promise<boolean> => true };

  test('gives what the body returns; undefined if the manager may swallow', () => {
    expect(asyncWith(manager, async (n) => `${n}`)).type.toBe<Coroutine<string>>();
    expect(asyncWith(swallowing, async (n) => `${n}`)).type.toBe<Coroutine<string | undefined>>();
    expect(
      asyncWith(manager, function* (n) {
        expect(n).type.toBe<number>();
        return yield* sleep(1, n);
      }),
    ).type.toBe<Coroutine<number>>();
  });

  test('says what it takes', () => {
    // @ts-expect-error Property 'aexit' is missing in type '{ aenter: () => Promise<number>; }'
    asyncWith({ aenter: async () => 1 }, async () => 1);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'AsyncContextManager<unknown, unknown>'.
    asyncWith(5, async () => 1);
  });
});

describe('asyncFor', () => {
  test('gives the items to the body', () => {
    async function* items() {
      yield 1;
    }
    asyncFor(items(), (item) => expect(item).type.toBe<number>());
    asyncFor(new Queue<string>(), (item) => expect(item).type.toBe<string>());
    asyncFor(['a'], (item) => expect(item).type.toBe<string>());
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type
    asyncFor(5, () => 1);
  });
});

describe('ContextVar', () => {
  const variable = new ContextVar<number>('variable', { default: 0 });

  test('has a value of its type', () => {
    expect(variable.get()).type.toBe<number>();
    expect(variable.set(5)).type.toBe<Token<number>>();
    expect(copyContext()).type.toBe<Context>();
    expect(copyContext().run(() => variable.get())).type.toBe<number>();
    expect(copyContext().get(variable)).type.toBe<number | undefined>();
  });

  test('takes a value of its type', () => {
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    variable.set('x');
    // @ts-expect-error Expected 1-2 arguments, but got 0.
    new ContextVar<number>();
    // @ts-expect-error Type 'string' is not assignable to type 'number'.
    new ContextVar<number>('x', { default: 'x' });
  });
});

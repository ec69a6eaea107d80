// Waiting for many: what comes out has the types of what went in, place by place.
import {
  asCompleted,
  type AsCompleted,
  type Coroutine,
  coroutine,
  ensureFuture,
  FIRST_COMPLETED,
  type Future,
  gather,
  type GatheringFuture,
  shield,
  sleep,
  staggeredRace,
  type Task,
  timeout,
  wait,
  waitFor,
  type WaitResult,
} from 'asyncio-ts';
import { describe, expect, test } from 'tstyche';

declare const future: Future<number>;
declare const task: Task<string>;
declare const promise: Promise<boolean>;
declare const tasks: Task<string>[];
declare const flag: boolean;
declare function fetchPage(n: number): Promise<string>;

const makeDate = coroutine(function* () {
  return new Date();
});

describe('gather', () => {
  test('gives a tuple of the results', () => {
    const all = gather(
      future,
      task,
      promise,
      sleep(1, 'x' as const),
      makeDate(),
      async () => 5,
      function* () {
        return null;
      },
    );
    expect(all).type.toBe<GatheringFuture<[number, string, boolean, 'x', Date, number, null]>>();
    expect(gather()).type.toBe<GatheringFuture<[]>>();
  });

  test('of a list gives a list', () => {
    expect(gather([future, task])).type.toBe<GatheringFuture<[number, string]>>();
    expect(gather(tasks)).type.toBe<GatheringFuture<string[]>>();
    expect(gather(...tasks)).type.toBe<GatheringFuture<string[]>>();
    expect(gather(future, ...tasks)).type.toBe<GatheringFuture<[number, ...string[]]>>();
    expect(gather(new Set([task]))).type.toBe<GatheringFuture<string[]>>();
    expect(gather([1, 2].map((n) => sleep(n, n)))).type.toBe<GatheringFuture<number[]>>();
  });

  test('with returnExceptions gives results or errors', () => {
    expect(gather([future, task], { returnExceptions: true })).type.toBe<
      GatheringFuture<[number | Error, string | Error]>
    >();
    expect(gather(future, task, { returnExceptions: true })).type.toBe<
      GatheringFuture<[number | Error, string | Error]>
    >();
    expect(gather(tasks, { returnExceptions: true })).type.toBe<
      GatheringFuture<(string | Error)[]>
    >();
    expect(gather(tasks, { returnExceptions: false })).type.toBe<GatheringFuture<string[]>>();
    expect(gather(tasks, { returnExceptions: flag })).type.toBe<
      GatheringFuture<(string | Error)[]>
    >();
  });

  test('is awaited in both kinds', () => {
    async function inAsync(): Promise<void> {
      const [n, text] = await gather(future, task);
      expect(n).type.toBe<number>();
      expect(text).type.toBe<string>();
    }
    function* inGenerator(): Generator<unknown, void> {
      const [n, text] = yield* gather(future, task);
      expect(n).type.toBe<number>();
      expect(text).type.toBe<string>();
    }
    expect(gather(inAsync, inGenerator)).type.toBe<GatheringFuture<[void, void]>>();
  });

  test('says what it takes', () => {
    // @ts-expect-error gather takes futures, tasks, coroutines, promises and functions of no arguments that give one, or a list of them; then { returnExceptions }
    gather(1, 2);
    // @ts-expect-error Argument of type '(number | Future<number>)[]' is not ... Refused<"gather takes futures, tasks, coroutines
    gather([future, 5]);
    // @ts-expect-error Argument of type '(n: number) => Promise<string>' is not ... Refused<"gather takes futures, tasks, coroutines
    gather(future, fetchPage);
    // @ts-expect-error Argument of type '{ returnException: true; }' is not ... then { returnExceptions }
    gather(future, { returnException: true });
    // @ts-expect-error Argument of type '{ returnException: true; }' is not ... then { returnExceptions }
    gather([future], { returnException: true });
    // @ts-expect-error Refused<"gather takes futures, tasks, coroutines
    gather([future], task);
    // @ts-expect-error No overload matches this call.
    gather(future, { returnExceptions: true }, task);
  });
});

describe('wait', () => {
  test('gives two sets of what it was given', () => {
    expect(wait(tasks)).type.toBe<Coroutine<WaitResult<Task<string>>>>();
    function* body(): Generator<unknown, void> {
      const [done, pending] = yield* wait([future, task], { returnWhen: FIRST_COMPLETED });
      expect(done).type.toBe<Set<Future<number> | Task<string>>>();
      expect(pending).type.toBe<Set<Future<number> | Task<string>>>();
      const [ended] = yield* wait(new Set([promise]));
      expect(ended).type.toBe<Set<Future<boolean>>>();
    }
    expect(body).type.toBe<() => Generator<unknown, void>>();
  });

  test('takes futures, and says so', () => {
    // @ts-expect-error Refused<"wait() takes futures and tasks: write createTask(coroutine)">
    wait([sleep(1)]);
    // @ts-expect-error Refused<"wait() takes futures and tasks: write createTask(coroutine)">
    wait([task, sleep(1)]);
    // @ts-expect-error Argument of type '((n: number) => Promise<string>)[]' is not assignable to parameter of type 'Iterable<FutureLike<unknown> | PromiseLike<unknown>>'.
    wait([fetchPage]);
    // @ts-expect-error Argument of type 'Future<number>' is not assignable to parameter of type 'Iterable<FutureLike<unknown> | PromiseLike<unknown>>'.
    wait(future);
    // @ts-expect-error Did you mean to write 'timeout'?
    wait([future], { timeot: 5 });
    // @ts-expect-error Type '"FIRST"' is not assignable to type 'ReturnWhen | undefined'.
    wait([future], { returnWhen: 'FIRST' });
  });
});

describe('asCompleted', () => {
  test('gives coroutines of the results, or the futures themselves', () => {
    expect(asCompleted([future, future])).type.toBe<AsCompleted<Future<number>>>();
    async function inAsync(): Promise<void> {
      for (const next of asCompleted([future, sleep(1, 2)])) expect(await next).type.toBe<number>();
      for await (const done of asCompleted(tasks)) expect(done).type.toBe<Task<string>>();
      for await (const done of asCompleted([async () => 1])) {
        expect(done).type.toBe<Future<number>>();
      }
    }
    function* inGenerator(): Generator<unknown, void> {
      for (const next of asCompleted(tasks)) expect(yield* next).type.toBe<string>();
    }
    expect(inAsync).type.toBe<() => Promise<void>>();
    expect(inGenerator).type.toBe<() => Generator<unknown, void>>();
  });

  test('takes an iterable', () => {
    // @ts-expect-error Argument of type 'Future<number>' is not assignable to parameter of type 'Iterable<Waitable>'.
    asCompleted(future);
    // @ts-expect-error Type 'number' is not assignable to type 'Waitable'.
    asCompleted([1]);
  });
});

describe('waitFor, shield, timeout', () => {
  test('give the result of what they wait for', () => {
    expect(waitFor(future, 5)).type.toBe<Coroutine<number>>();
    expect(waitFor(async () => 'x', null)).type.toBe<Coroutine<string>>();
    expect(waitFor(sleep(1, 4), 4)).type.toBe<Coroutine<number>>();
    expect(shield(task)).type.toBe<Future<string>>();
    expect(shield(async () => 1)).type.toBe<Future<number>>();
    expect(timeout(5).use(async () => 3)).type.toBe<Coroutine<number>>();
    expect(
      timeout(null).use(function* (limit) {
        limit.reschedule(null);
        return yield* sleep(1, 's');
      }),
    ).type.toBe<Coroutine<string>>();
  });

  test('say what they take', () => {
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Waitable'.
    waitFor(5, 1);
    // @ts-expect-error Type 'number' is not assignable to type 'CoroutineLike<unknown> | PromiseLike<unknown>'.
    waitFor(() => 5, 1);
    // @ts-expect-error Target signature provides too few arguments. Expected 1 or more, but got 0.
    waitFor(fetchPage, 1);
    // @ts-expect-error Expected 2 arguments, but got 1.
    waitFor(future);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Waitable'.
    shield(5);
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    timeout('5');
    // @ts-expect-error Type 'number' is not assignable to type 'Awaitable<unknown>'.
    timeout(5).use(() => 5);
    // @ts-expect-error Type 'Future<number>' provides no match for the signature '(limit: Timeout): Awaitable<unknown>'.
    timeout(5).use(future);
  });
});

describe('ensureFuture', () => {
  test('gives a future of the result; a future is what it is', () => {
    expect(ensureFuture(promise)).type.toBe<Future<boolean>>();
    expect(ensureFuture(sleep(1, 'x'))).type.toBe<Future<string>>();
    expect(ensureFuture(async () => 1)).type.toBe<Future<number>>();
    expect(ensureFuture(future)).type.toBeAssignableTo<Future<number>>();
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Awaitable<unknown> |
    ensureFuture(5);
  });
});

describe('staggeredRace', () => {
  test('gives the result of the winner, if there is one', () => {
    async function body(): Promise<void> {
      const [winner] = await staggeredRace([async () => 1, async () => 2], 0.1);
      expect(winner).type.toBe<number | undefined>();
    }
    expect(body).type.toBe<() => Promise<void>>();
  });
});

// Tasks, groups and runs.
import {
  type Coroutine,
  coroutine,
  createTask,
  currentTask,
  type EventLoop,
  type Future,
  gather,
  newEventLoop,
  run,
  Runner,
  sleep,
  Task,
  type TaskBody,
  TaskGroup,
} from 'asyncio-ts';
import { describe, expect, test } from 'tstyche';

declare const future: Future<number>;
declare const promise: Promise<number>;
declare const loop: EventLoop;
declare function fetchPage(n: number): Promise<string>;

const made = coroutine(function* () {
  return 'made' as const;
});

describe('createTask', () => {
  test('gives a task of what the coroutine returns, in both kinds', () => {
    expect(createTask(sleep(1, 'x' as const))).type.toBe<Task<'x'>>();
    expect(createTask(async () => 4)).type.toBe<Task<number>>();
    expect(
      createTask(function* () {
        return yield* sleep(1, 4);
      }),
    ).type.toBe<Task<number>>();
    expect(createTask(made)).type.toBe<Task<'made'>>();
    expect(createTask(made())).type.toBe<Task<'made'>>();
    expect(createTask(() => fetchPage(1), { name: 'page' })).type.toBe<Task<string>>();
    expect(createTask(() => gather(future, sleep(1)))).type.toBe<Task<[number, void]>>();
    expect(createTask<number>(async () => 4)).type.toBe<Task<number>>();
    expect(loop.createTask(async () => 4)).type.toBe<Task<number>>();
    expect(new Task(sleep(1, 'x'))).type.toBe<Task<string>>();
    expect(currentTask()).type.toBe<Task<unknown> | null>();
  });

  test('can be wrapped', () => {
    function spawn<T>(body: TaskBody<T>): Task<T> {
      return createTask(body, { name: 'spawned' });
    }
    expect(spawn(async () => 1)).type.toBe<Task<number>>();
    expect(spawn(sleep(1, 'x'))).type.toBe<Task<string>>();
  });

  test('says why it does not take a thing, and what to write instead', () => {
    // @ts-expect-error Refused<"a promise runs already: write createTask(() => f(x)), or ensureFuture(promise)">
    createTask(promise);
    // @ts-expect-error Refused<"a promise runs already: write createTask(() => f(x)), or ensureFuture(promise)">
    createTask(fetchPage(1));
    // @ts-expect-error Refused<"a promise runs already: write createTask(() => f(x)), or ensureFuture(promise)">
    createTask(future);
    // @ts-expect-error Refused<"the task calls its function without arguments: write createTask(() => f(x))">
    createTask(fetchPage);
    // @ts-expect-error Refused<"the task calls its function without arguments: write createTask(() => f(x))">
    createTask(sleep);
    // @ts-expect-error Refused<"the function must return a coroutine or a promise">
    createTask(() => 5);
    // @ts-expect-error Refused<"a coroutine was expected, or a function that returns one or a promise">
    createTask(5);
    // @ts-expect-error Type '"name"' has no properties in common with type 'TaskOptions'.
    createTask(sleep(1), 'name');
    // @ts-expect-error Argument of type 'Promise<number>' is not assignable to parameter of type 'TaskBody<unknown>'.
    loop.createTask(promise);
  });
});

describe('a task', () => {
  test('knows its result and its callbacks their task', () => {
    const task = createTask(async () => 'x');
    expect(task.result()).type.toBe<string>();
    task.addDoneCallback((done) => expect(done).type.toBe<Task<string>>());
    // @ts-expect-error Type 'string' is not assignable to type 'number'.
    const n: number = task.result();
    void n;
  });
});

describe('TaskGroup', () => {
  test('gives what its body returns, in both kinds', () => {
    expect(
      new TaskGroup().use(async (group) => {
        expect(group).type.toBe<TaskGroup>();
        const one = group.createTask(sleep(1, 1));
        const two = group.createTask(async () => 'two', { name: 'two' });
        expect(one).type.toBe<Task<number>>();
        expect(two).type.toBe<Task<string>>();
        return [one, two] as const;
      }),
    ).type.toBe<Coroutine<readonly [Task<number>, Task<string>]>>();
    expect(
      new TaskGroup().use(function* (group) {
        const one = group.createTask(function* () {
          return yield* future;
        });
        return yield* one;
      }),
    ).type.toBe<Coroutine<number>>();
  });

  test('says what it takes', () => {
    const group = new TaskGroup();
    // @ts-expect-error Argument of type 'Promise<string>' is not assignable to parameter of type 'TaskBody<unknown>'.
    group.createTask(fetchPage(1));
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type '(group: TaskGroup) => Awaitable<unknown>'.
    group.use(5);
    // @ts-expect-error Type 'number' is not assignable to type 'Awaitable<unknown>'.
    group.use(() => 5);
  });
});

describe('run', () => {
  test('gives a promise of the result', () => {
    expect(run(async () => 42)).type.toBe<Promise<number>>();
    expect(
      run(function* () {
        return yield* sleep(1, 'x');
      }),
    ).type.toBe<Promise<string>>();
    expect(run(made())).type.toBe<Promise<'made'>>();
    expect(run(made)).type.toBe<Promise<'made'>>();
    expect(run(promise, { debug: true })).type.toBe<Promise<number>>();
    expect(new Runner().run(async () => 42)).type.toBe<Promise<number>>();
    expect(newEventLoop().runUntilComplete(future)).type.toBe<Promise<number>>();
    expect(newEventLoop().runUntilCompleteSync(made())).type.toBe<'made'>();
  });

  test('says what it takes', () => {
    // @ts-expect-error Target signature provides too few arguments. Expected 1 or more, but got 0.
    run(fetchPage);
    // @ts-expect-error Target signature provides too few arguments. Expected 1 or more, but got 0.
    run(fetchPage, 1);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Runs<unknown>'.
    run(5);
    // @ts-expect-error Type 'number' is not assignable to type 'CoroutineLike<unknown> | PromiseLike<unknown>'.
    run(() => 5);
    // @ts-expect-error Did you mean to write 'debug'?
    run(made(), { debugg: true });
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Runs<unknown>'.
    new Runner().run(5);
    // @ts-expect-error Type '5' has no properties in common with type
    new Runner().run(made(), 5);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Runs<unknown>'.
    newEventLoop().runUntilComplete(5);
  });
});

describe('callbacks of a loop', () => {
  test('are called with the arguments that are given behind them', () => {
    loop.callSoon((n: number, text: string) => `${n}${text}`, 1, 'x');
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    loop.callSoon((n: number) => n, 'x');
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Callback<[]>'.
    loop.callSoon(5);
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    loop.callLater('1', () => {});
  });
});

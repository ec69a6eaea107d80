// The same under Python's spelling: `asyncio-ts/py`.
import asyncio from 'asyncio-ts/py';
import { describe, expect, test } from 'tstyche';

declare const future: asyncio.Future<number>;
declare const task: asyncio.Task<string>;
declare const loop: asyncio.EventLoop;
declare const promise: Promise<number>;

describe('nouns', () => {
  test('have both spellings, with the same types', () => {
    expect(loop.create_future<number>()).type.toBe<asyncio.Future<number>>();
    expect(loop.create_task(async () => 'x')).type.toBe<asyncio.Task<string>>();
    expect(asyncio.get_running_loop()).type.toBe<asyncio.EventLoop>();
    expect(asyncio.new_event_loop()).type.toBe<asyncio.EventLoop>();
    expect(future.get_loop()).type.toBe<asyncio.EventLoop>();
    expect(task.get_name()).type.toBe<string>();
    expect(asyncio.current_task()).type.toBe<asyncio.Task<unknown> | null>();
    expect(new asyncio.Queue<string>().get_nowait()).type.toBe<string>();
    expect(new asyncio.Event().is_set()).type.toBe<boolean>();
    expect(new asyncio.Runner().get_loop()).type.toBe<asyncio.EventLoop>();
    future.add_done_callback((done) => expect(done).type.toBe<asyncio.Future<number>>());
  });

  test('are as strict', () => {
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    future.set_result('x');
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'string'.
    new asyncio.Queue<string>().put_nowait(5);
    // @ts-expect-error Argument of type 'string' is not assignable to parameter of type 'number'.
    loop.call_soon((n: number) => n, 'x');
    // @ts-expect-error Did you mean 'set_result'?
    future.set_resutl(5);
  });
});

describe('streams', () => {
  test('have both spellings, also when they come from elsewhere', () => {
    expect(asyncio.StreamReader.from(new ReadableStream())).type.toBe<asyncio.StreamReader>();
    expect(asyncio.StreamWriter.from(new WritableStream())).type.toBe<asyncio.StreamWriter>();
    expect(asyncio.open_unix_connection('path', { server_hostname: 'x' })).type.toBe<
      asyncio.Coroutine<[reader: asyncio.StreamReader, writer: asyncio.StreamWriter]>
    >();
    const [reader, writer] = asyncio.from_duplex(new TransformStream());
    expect(reader.at_eof()).type.toBe<boolean>();
    expect(
      writer.start_tls(asyncio.create_default_context(), { ssl_handshake_timeout: 5 }),
    ).type.toBe<asyncio.Coroutine<void>>();
    // @ts-expect-error Argument of type 'number' is not assignable
    asyncio.StreamReader.from(5);
  });
});

describe('functions', () => {
  test('give what they give in asyncio-ts, and read options in both spellings', () => {
    expect(asyncio.create_task(asyncio.sleep(1, 'x'))).type.toBe<asyncio.Task<string>>();
    expect(asyncio.create_task(async () => 1, { eager_start: true })).type.toBe<
      asyncio.Task<number>
    >();
    expect(asyncio.ensure_future(promise)).type.toBe<asyncio.Future<number>>();
    expect(asyncio.shield(task)).type.toBe<asyncio.Future<string>>();
    expect(asyncio.run(async () => 1, { loop_factory: asyncio.new_event_loop })).type.toBe<
      Promise<number>
    >();
    expect(asyncio.wait_for(future, 5)).type.toBe<asyncio.Coroutine<number>>();
    expect(asyncio.timeout(5).use(async () => 5)).type.toBe<asyncio.Coroutine<number>>();
    async function body(): Promise<void> {
      expect(await asyncio.gather(future, task)).type.toBe<[number, string]>();
      expect(await asyncio.gather(future, task, { return_exceptions: true })).type.toBe<
        [number | Error, string | Error]
      >();
      expect(await asyncio.gather([task], { return_exceptions: true })).type.toBe<
        [string | Error]
      >();
      const [done] = await asyncio.wait([task], { return_when: asyncio.FIRST_COMPLETED });
      expect(done).type.toBe<Set<asyncio.Task<string>>>();
    }
    function* generator(): Generator<unknown, void> {
      expect(yield* future).type.toBe<number>();
      expect(yield* asyncio.gather(future, task)).type.toBe<[number, string]>();
    }
    const all = asyncio.gather(body, generator);
    expect(all).type.toBe<asyncio.GatheringFuture<[void, void]>>();
    all.add_done_callback((done) => expect(done.result()).type.toBe<[void, void]>());
    expect(asyncio.gather([task], { returnExceptions: true })).type.toBe<
      asyncio.GatheringFuture<[string | Error]>
    >();
  });

  test('say what they take', () => {
    // @ts-expect-error Refused<"a promise runs already: write createTask(() => f(x)), or ensureFuture(promise)">
    asyncio.create_task(promise);
    // @ts-expect-error Refused<"wait() takes futures and tasks: write createTask(coroutine)">
    asyncio.wait([asyncio.sleep(1)]);
    // @ts-expect-error Refused<"gather takes futures, tasks, coroutines
    asyncio.gather(future, 5);
    // @ts-expect-error Argument of type 'number' is not assignable to parameter of type 'Runs<unknown>'.
    asyncio.run(5);
  });
});

describe('a task group', () => {
  test('makes tasks', () => {
    const group = new asyncio.TaskGroup();
    expect(group.create_task(async () => 5)).type.toBe<asyncio.Task<number>>();
    // @ts-expect-error Refused<"a promise runs already: write createTask(() => f(x)), or ensureFuture(promise)">
    group.create_task(promise);
  });
});

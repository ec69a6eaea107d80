/**
 * Scripts of Python's documentation, transliterated line by line: there is no name in JavaScript's case in this file, and a
 * test looks after that. Each gives what it would print.
 */
import asyncio from 'asyncio-ts/py';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** "Hello World with call_soon()" */
export async function hello_world(): Promise<string[]> {
  const printed: string[] = [];
  const loop = asyncio.new_event_loop();
  loop.call_soon(() => {
    printed.push('Hello World');
    loop.stop();
  });
  await loop.run_forever();
  loop.close();
  return [...printed, `closed ${loop.is_closed()}`];
}

/** "Display the current date with call_later()" */
export async function display_date(): Promise<string[]> {
  const printed: string[] = [];
  const loop = asyncio.new_event_loop();
  const end_time = loop.time() + 0.05;
  const display = (): void => {
    printed.push('tick');
    if (loop.time() + 0.02 < end_time) loop.call_later(0.02, display);
    else loop.stop();
  };
  loop.call_soon(display);
  await loop.run_forever();
  loop.close();
  return printed.slice(0, 1);
}

/** "asyncio.Future: set_result after a while" */
export async function set_after(): Promise<string[]> {
  const set = function* (fut: asyncio.Future<string>, delay: number, value: string) {
    yield* asyncio.sleep(delay);
    fut.set_result(value);
  };
  const printed: string[] = [];
  const main = function* () {
    const loop = asyncio.get_running_loop();
    const fut = loop.create_future<string>();
    fut.add_done_callback((done) =>
      printed.push(`${done.cancelled()} ${done.get_loop() === loop}`),
    );
    loop.create_task(set(fut, 0.01, '... world'));
    printed.push('hello ...');
    printed.push(yield* fut);
  };
  await asyncio.run(main());
  return printed;
}

/** "Running tasks concurrently: factorials" */
export async function factorials(): Promise<string[]> {
  const factorial = async (name: string, number: number): Promise<number> => {
    let f = 1;
    for (let i = 2; i <= number; i++) {
      await asyncio.sleep(0.001);
      f *= i;
    }
    if (number === 4) throw new Error(`${name} failed`);
    return f;
  };
  const main = async (): Promise<string[]> => {
    const results = await asyncio.gather(
      () => factorial('A', 2),
      () => factorial('B', 3),
      () => factorial('C', 4),
      { return_exceptions: true },
    );
    return results.map(String);
  };
  const loop = asyncio.new_event_loop();
  try {
    return await loop.run_until_complete(main);
  } finally {
    loop.close();
  }
}

/** Tasks: names, cancelling, wait with options, shield, timeouts. */
export async function task_object(): Promise<string[]> {
  const printed: string[] = [];
  const cancel_me = asyncio.coroutine(async () => {
    try {
      await asyncio.sleep(3600);
    } finally {
      printed.push('cancel_me(): after sleep');
    }
  });
  const main = async (): Promise<void> => {
    const task = asyncio.create_task(cancel_me(), { name: 'sleeper', eager_start: true });
    task.set_name(`${task.get_name()}!`);
    printed.push(task.get_name(), String(asyncio.all_tasks().size));
    printed.push(asyncio.current_task()?.get_name() === task.get_name() ? 'me' : 'not me');
    task.cancel();
    const [done] = await asyncio.wait([task], { return_when: asyncio.FIRST_COMPLETED });
    printed.push(`${done.has(task)} ${task.cancelled()}`);
    try {
      await asyncio.wait_for(asyncio.shield(asyncio.sleep(0.05)), 0.001);
    } catch (error) {
      if (error instanceof asyncio.TimeoutError) printed.push('timeout!');
    }
    await new asyncio.TaskGroup().use(async (tg) => {
      tg.create_task(asyncio.sleep(0.001), { name: 'in a group' });
    });
    const timeout = asyncio.timeout(0.001);
    try {
      await timeout.use(() => asyncio.sleep(1));
    } catch {
      printed.push(`expired ${timeout.expired()}`);
    }
  };
  const runner = new asyncio.Runner({ loop_factory: asyncio.new_event_loop });
  await runner.run(main);
  printed.push(String(runner.get_loop().get_debug()));
  await runner.close();
  return printed;
}

/** "Queues can be used to distribute workload between several concurrent tasks", with a lock around what they share. */
export async function queue_of_work(): Promise<string[]> {
  const printed: string[] = [];
  const total = { slept_for: 0 };

  const add_up = function* (lock: asyncio.Lock, sleep_for: number) {
    yield* lock.acquire();
    try {
      const so_far = total.slept_for;
      yield* asyncio.sleep(0);
      total.slept_for = so_far + sleep_for;
    } finally {
      lock.release();
    }
  };

  const worker = asyncio.coroutine(async (queue: asyncio.Queue<number>, lock: asyncio.Lock) => {
    for (;;) {
      const sleep_for = await queue.get();
      await asyncio.sleep(sleep_for / 1000);
      await asyncio.create_task(add_up(lock, sleep_for));
      queue.task_done();
    }
  });

  const main = async (): Promise<void> => {
    const queue = new asyncio.Queue<number>();
    const lock = new asyncio.Lock();
    for (let sleep_for = 1; sleep_for <= 10; sleep_for++) queue.put_nowait(sleep_for);
    printed.push(`${queue.qsize()} to do`);

    const tasks: asyncio.Task<void>[] = [];
    for (let i = 0; i < 3; i++) {
      tasks.push(asyncio.create_task(worker(queue, lock), { name: `worker-${i}` }));
    }
    await queue.join();
    printed.push(`empty ${queue.empty()}, locked ${lock.locked()}, slept ${total.slept_for}`);

    for (const task of tasks) task.cancel();
    const results = await asyncio.gather(...tasks, { return_exceptions: true });
    for (const [i, result] of results.entries()) {
      const cancelled = result instanceof asyncio.CancelledError;
      printed.push(`${tasks[i]?.get_name()} cancelled ${cancelled}`);
    }

    const small = new asyncio.Queue<string>(1);
    await small.put('last');
    try {
      small.put_nowait('too much');
    } catch (error) {
      if (!(error instanceof asyncio.QueueFull)) throw error;
      printed.push(`full ${small.full()} of ${small.maxsize}`);
    }
    small.shutdown();
    printed.push(small.get_nowait());
    try {
      await asyncio.wait_for(small.get(), 1);
    } catch (error) {
      if (!(error instanceof asyncio.QueueShutDown)) throw error;
      printed.push('shut down');
    }
  };

  const loop = asyncio.new_event_loop();
  try {
    await loop.run_until_complete(main);
  } finally {
    loop.close();
  }
  return printed;
}

/** "TCP Echo Server and Client", by protocols. */
export async function tcp_echo(): Promise<string[]> {
  const printed: string[] = [];

  class EchoServerProtocol extends asyncio.Protocol {
    transport: asyncio.Transport | null = null;

    override connection_made(transport: asyncio.Transport): void {
      printed.push(`connection ${transport.get_extra_info('peername') !== null}`);
      this.transport = transport;
    }

    override data_received(data: Uint8Array): void {
      this.transport?.write(data);
      this.transport?.close();
    }
  }

  class EchoClientProtocol extends asyncio.Protocol {
    readonly message: string;
    readonly on_con_lost: asyncio.Future<boolean>;

    constructor(message: string, on_con_lost: asyncio.Future<boolean>) {
      super();
      this.message = message;
      this.on_con_lost = on_con_lost;
    }

    override connection_made(transport: asyncio.Transport): void {
      transport.write(bytes(this.message));
    }

    override data_received(data: Uint8Array): void {
      printed.push(`received ${String(data)}`);
    }

    override connection_lost(): void {
      this.on_con_lost.set_result(true);
    }
  }

  const main = async (): Promise<void> => {
    const loop = asyncio.get_running_loop();
    const on_con_lost = loop.create_future<boolean>();
    const server = await loop.create_server(() => new EchoServerProtocol(), '127.0.0.1', 0, {
      start_serving: true,
    });
    const [host, port] = server.sockets[0].getsockname();
    const [transport] = await loop.create_connection(
      () => new EchoClientProtocol('Hello World!', on_con_lost),
      host,
      port,
      { local_addr: null },
    );
    await on_con_lost;
    transport.close();
    server.close();
    await server.wait_closed();
    printed.push(`serving ${server.is_serving()}`);
  };
  await asyncio.run(main);
  return printed;
}

/** "TCP echo server and client using streams" */
export async function tcp_echo_streams(): Promise<string[]> {
  const printed: string[] = [];

  const handle_echo = async (
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
  ): Promise<void> => {
    const data = await reader.read(100);
    const addr = writer.get_extra_info('peername');
    printed.push(`Received '${String(data)}' from ${addr?.[0]}`);
    writer.write(data);
    await writer.drain();
    writer.close();
    await writer.wait_closed();
  };

  const tcp_echo_client = function* (message: string, host: string, port: number) {
    const [reader, writer] = yield* asyncio.open_connection(host, port, { all_errors: true });
    writer.write(bytes(message));
    yield* writer.drain();
    if (writer.can_write_eof()) writer.write_eof();
    const data = yield* reader.read(100);
    printed.push(`Received: '${String(data)}'`);
    yield* reader.read();
    printed.push(`at eof ${reader.at_eof()}`);
    try {
      yield* reader.readexactly(1);
    } catch (error) {
      if (!(error instanceof asyncio.IncompleteReadError)) throw error;
      printed.push(`partial ${error.partial.length} of ${error.expected}`);
    }
    writer.close();
    yield* writer.wait_closed();
  };

  const main = function* () {
    const server = yield* asyncio.start_server(handle_echo, '127.0.0.1', 0, { reuse_port: false });
    const [host, port] = server.sockets[0].getsockname();
    yield* tcp_echo_client('Hello World!', host, port);
    server.close();
    yield* server.wait_closed();
  };

  const loop = asyncio.new_event_loop();
  asyncio.set_event_loop(loop);
  await loop.run_until_complete(main());
  asyncio.get_event_loop().close();
  return printed;
}

import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import * as camel from 'asyncio-ts';
import python, * as snake from 'asyncio-ts/py';

import * as scripts from './programs/ported-scripts.js';

type Names = Record<string, unknown>;

const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const isCamelCase = (name: string): boolean => /^_?[a-z]/.test(name) && /[A-Z]/.test(name);
const pythonName = (name: string): string => (isCamelCase(name) ? snakeCase(name) : name);

/** What differs under Python's spelling: it reads options, or the library calls it. */
const OWN = [
  'BaseProtocol',
  'BufferedProtocol',
  'create_task',
  'eager_task_factory',
  'gather',
  'open_connection',
  'open_unix_connection',
  'Protocol',
  'run',
  'Runner',
  'start_server',
  'start_unix_server',
  'Task',
  'to_duplex',
  'wait',
];

const classes = Object.entries(camel as Names).filter(
  (entry): entry is [string, { prototype: object }] =>
    typeof entry[1] === 'function' && /^[A-Z]/.test(entry[0]),
);

describe('asyncio-ts/py', () => {
  test('has the twin of each name of asyncio-ts, and no other', () => {
    const expected = Object.keys(camel).map(pythonName).sort();
    expect(
      Object.keys(snake)
        .filter((name) => name !== 'default')
        .sort(),
    ).toEqual(expected);
  });

  test('is its own default export', () => {
    expect(python).toBe(snake);
    expect(python.wait_for).toBe(snake.wait_for);
  });

  test('exports the same objects, but for those that must differ', () => {
    const differing = Object.keys(camel).filter(
      (name) => (snake as Names)[pythonName(name)] !== (camel as Names)[name],
    );
    expect(differing.map(pythonName).sort()).toEqual([...OWN].sort());
  });

  test.each(classes)('%s has its members under both names, the second ones unlisted', (_, made) => {
    for (
      let at = made.prototype;
      at !== null && !Object.hasOwn(at, 'hasOwnProperty');
      at = Object.getPrototypeOf(at) as object
    ) {
      for (const name of Object.getOwnPropertyNames(at)) {
        if (name.startsWith('_') || !isCamelCase(name) || at === Error.prototype) continue;
        const alias = Object.getOwnPropertyDescriptor(at, snakeCase(name));
        expect([name, alias?.enumerable]).toEqual([name, false]);
      }
    }
  });

  test('leaves what belongs to everybody alone', () => {
    expect('has_own_property' in {}).toBe(false);
    expect('to_string' in new Error()).toBe(false);
    expect('for_each' in []).toBe(false);
  });

  test('goes through the camelCase name, so that an override on it is obeyed', () => {
    class Loud extends camel.EventLoop {
      override createFuture<T>(): camel.Future<T> {
        return Object.assign(super.createFuture<T>(), { loud: true });
      }
    }
    const loop = new Loud() as unknown as snake.EventLoop;
    expect(loop.create_future()).toHaveProperty('loud', true);
    loop.close();
  });

  test('reaches fields, for reading and writing', () => {
    const loop = snake.new_event_loop();
    loop.slow_callback_duration = 0.25;
    expect([loop.slow_callback_duration, loop.slowCallbackDuration]).toEqual([0.25, 0.25]);
    loop.close();
  });

  test('does not touch data that looks like options', async () => {
    const loop = snake.new_event_loop();
    const data = { user_id: 1 };
    const future = loop.create_future<typeof data>();
    future.set_result(data);
    expect(future.result()).toBe(data);
    loop.close();
  });

  test('keeps what says that a function is a coroutine function', () => {
    expect(snake.iscoroutinefunction(snake.sleep)).toBe(camel.iscoroutinefunction(camel.sleep));
    expect(snake.iscoroutinefunction(snake.wait)).toBe(camel.iscoroutinefunction(camel.wait));
  });

  test('a Runner of either spelling is a Runner', () => {
    expect(new snake.Runner()).toBeInstanceOf(camel.Runner);
    expect(new camel.Runner()).toBeInstanceOf(snake.Runner);
    class Mine extends snake.Runner {}
    expect(new Mine({ loop_factory: snake.new_event_loop })).toBeInstanceOf(Mine);
  });

  test('a protocol of a ported script is a protocol, and may override either name', () => {
    class Ported extends snake.Protocol {
      readonly heard: string[] = [];
      override data_received(data: Buffer): void {
        this.heard.push(String(data));
      }
      override connectionLost(): void {
        this.heard.push('lost');
      }
    }
    const protocol = new Ported();
    expect(protocol).toBeInstanceOf(camel.Protocol);
    const library: camel.Protocol = protocol;
    library.dataReceived(Buffer.from('bytes'));
    library.connectionLost(null);
    library.pauseWriting();
    expect(library.eofReceived()).toBeUndefined();
    expect(protocol.heard).toEqual(['bytes', 'lost']);
    expect(() => new snake.BufferedProtocol().getBuffer(1)).toThrow(camel.NotImplementedError);
  });

  test('reads a call graph and a stack', async () => {
    const lines: string[] = [];
    async function child(): Promise<void> {
      await snake.sleep(0);
      const graph = snake.capture_call_graph();
      expect(graph?.awaited_by[0]?.future).toBe(main);
      expect(graph?.call_stack[0]?.frame.function_name).toBe('child');
      expect(snake.format_call_graph()).toMatch(/Awaited by:/);
      snake.print_call_graph(null, { limit: 0, file: { write: (text) => lines.push(text) } });
    }
    const loop = snake.new_event_loop();
    const main = loop.create_task(async () => {
      await loop.create_task(child, { name: 'child' });
    });
    expect(main.get_stack().length).toBe(1);
    await loop.run_until_complete(main);
    main.print_stack({ file: { write: (text) => lines.push(text) } });
    expect(lines.join('')).toMatch(
      /^\* Task\(name='child', id=0x\w+\)\n.*Awaited by[^]*\nNo stack for <Task/,
    );
    loop.close();
  });
});

describe('a ported script', () => {
  test('has no name in JavaScript’s case', () => {
    const source = readFileSync(new URL('./programs/ported-scripts.ts', import.meta.url), 'utf8');
    expect(source.match(/\b_?[a-z][a-z0-9]*[A-Z]\w*/g)).toBeNull();
  });

  test('hello world with call_soon', async () => {
    expect(await scripts.hello_world()).toEqual(['Hello World', 'closed true']);
  });

  test('the date with call_later', async () => {
    expect(await scripts.display_date()).toEqual(['tick']);
  });

  test('Future.set_result', async () => {
    expect(await scripts.set_after()).toEqual(['hello ...', 'false true', '... world']);
  });

  test('run_until_complete and gather with return_exceptions', async () => {
    expect(await scripts.factorials()).toEqual(['2', '6', 'Error: C failed']);
  });

  test('tasks, wait, wait_for, shield, TaskGroup, timeout, Runner', async () => {
    expect(await scripts.task_object()).toEqual([
      'sleeper!',
      '2',
      'not me',
      'cancel_me(): after sleep',
      'true true',
      'timeout!',
      'expired true',
      'false',
    ]);
  });

  test('a Queue with workers, and a Lock around what they share', async () => {
    expect(await scripts.queue_of_work()).toEqual([
      '10 to do',
      'empty true, locked false, slept 55',
      'worker-0 cancelled true',
      'worker-1 cancelled true',
      'worker-2 cancelled true',
      'full true of 1',
      'last',
      'shut down',
    ]);
  });

  test('create_server and create_connection with protocols', async () => {
    expect(await scripts.tcp_echo()).toEqual([
      'connection true',
      'received Hello World!',
      'serving false',
    ]);
  });

  test('open_connection and start_server', async () => {
    expect(await scripts.tcp_echo_streams()).toEqual([
      "Received 'Hello World!' from 127.0.0.1",
      "Received: 'Hello World!'",
      'at eof true',
      'partial 0 of 1',
    ]);
  });
});

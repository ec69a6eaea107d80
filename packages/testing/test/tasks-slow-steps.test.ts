// Debug mode: steps that keep the loop busy for too long are named, of async functions too.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BaseEventLoop, logger, VirtualSelector } from '@asyncio-ts/loop';
import { createFuture, createTask, runUntilComplete } from '@asyncio-ts/futures';
import { sleep } from '@asyncio-ts/tasks';
import { implementations, wait } from '@asyncio-ts/testing';

const { warning: logWarning } = logger;
let warnings: string[] = [];

beforeEach(() => {
  warnings = [];
  logger.warning = (message) => warnings.push(message);
});
afterEach(() => {
  logger.warning = logWarning;
});

/** Which task was too long, and how long. */
const told = (): string[] =>
  warnings.map((line) => line.replace(/^Executing <Task \w+ name='(\w+)'.*took/s, '$1'));

describe.each(['generator', 'async'])('steps of a task [%s]', (kind) => {
  const [implementation] = implementations({ kinds: [kind as 'async'], selectors: ['virtual'] });
  const plain = implementation?.plain.bind(implementation) as NonNullable<
    typeof implementation
  >['plain'];

  test('[S250] that take slowCallbackDuration or longer are logged, each by its task', async () => {
    const selector = new VirtualSelector();
    const loop = new BaseEventLoop({ selector, debug: true });
    const main = plain(function* () {
      selector.advance(0.2);
      yield* wait(sleep(1));
      selector.advance(0.3);
      yield* wait(sleep(0));
      selector.advance(0.05);
      const future = createFuture<void>(loop);
      loop.callSoon(() => future.setResult());
      yield* wait(future);
      selector.advance(0.4);
      yield* wait(sleep(1));
    });
    await runUntilComplete(loop, createTask(loop, main as () => Promise<void>, { name: 'slow' }));
    expect(told()).toEqual(['slow 0.200 seconds', 'slow 0.300 seconds', 'slow 0.400 seconds']);
    loop.close();
  });

  test('[S250] are told from those of other tasks in the same turn', async () => {
    const selector = new VirtualSelector();
    const loop = new BaseEventLoop({ selector, debug: true });
    const busy = (seconds: number): (() => Promise<void>) =>
      plain(function* () {
        for (let i = 0; i < 2; i++) {
          yield* wait(sleep(0));
          selector.advance(seconds);
        }
      }) as () => Promise<void>;
    const tasks = { quick: 0.06, slow: 0.15, next: 0.07 };
    const made = Object.entries(tasks).map(([name, seconds]) =>
      createTask(loop, busy(seconds), { name }),
    );
    for (const task of made) await runUntilComplete(loop, task);
    expect(told()).toEqual(['slow 0.150 seconds', 'slow 0.150 seconds']);
    loop.close();
  });

  test('[S250] are not measured without debug mode', async () => {
    const selector = new VirtualSelector();
    const loop = new BaseEventLoop({ selector, debug: false });
    const main = plain(function* () {
      selector.advance(5);
      yield* wait(sleep(0));
      selector.advance(5);
    });
    await runUntilComplete(loop, main as () => Promise<void>);
    expect(warnings).toEqual([]);
    loop.close();
  });
});

test('on Node’s selector, too, the steps of async functions are told from each other in debug mode', async () => {
  const loop = new BaseEventLoop({ debug: true });
  loop.slowCallbackDuration = 0.02;
  const block = (milliseconds: number): unknown =>
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
  const busy = (milliseconds: number) => async (): Promise<void> => {
    await sleep(0);
    block(milliseconds);
  };
  const quick = createTask(loop, busy(0), { name: 'quick' });
  const slow = createTask(loop, busy(25), { name: 'slow' });
  const next = createTask(loop, busy(0), { name: 'next' });
  for (const task of [quick, slow, next]) await runUntilComplete(loop, task);
  // The others may be held up by the machine itself: it is enough that the slow one is named.
  expect(warnings.some((line) => line.includes("name='slow'"))).toBe(true);
  loop.close();
});

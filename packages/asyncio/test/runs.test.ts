// Programs that end in odd ways: each ran under CPython too (`cpython/runs.py`), and must give its trace here.
import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { type Body, Implementation, wait } from '@asyncio-ts/testing';
import {
  allTasks,
  anext,
  BaseExceptionGroup,
  type Coroutine,
  createTask,
  currentTask,
  EventLoop,
  getRunningLoop,
  KeyboardInterrupt,
  Runner,
  sleep,
  SystemExit,
  TaskGroup,
  ValueError,
  VirtualSelector,
} from 'asyncio-ts';

const file = new URL('cpython/runs.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly string[]>;

const KINDS = ['pending', 'never retrieved', 'not propagated', 'shutdown', 'closing', 'callback'];

function nameOf(error: unknown): string {
  if (error === null || error === undefined) return 'null';
  if (error instanceof BaseExceptionGroup) {
    return `ExceptionGroup[${error.exceptions.map(nameOf).join(', ')}]`;
  }
  const { name, message } = error as Error;
  return error instanceof ValueError ? `ValueError(${message})` : name;
}

/** What `runs.py` has for all its programs. */
class Play {
  readonly trace: string[] = [];
  private readonly _implementation: Implementation;

  constructor(kind: 'generator' | 'async') {
    this._implementation = new Implementation({ kind, selector: 'virtual' });
  }

  readonly log = (...words: readonly unknown[]): void => {
    this.trace.push(words.map((word) => String(word ?? 'null')).join(' '));
  };

  co<T>(body: Body<[], T>): Coroutine<T> {
    return this._implementation.coroutine(body)();
  }

  readonly newLoop = (): EventLoop => {
    const loop = new EventLoop({ selector: new VirtualSelector(), debug: false });
    loop.setExceptionHandler((_, { message, exception }) => {
      const kind = KINDS.find((one) => message.includes(one)) ?? message;
      // At the close of the loop; CPython says it when the task is collected, which is later.
      if (kind === 'pending') return;
      this.log('reported', kind, nameOf(exception));
    });
    return loop;
  };

  async run(main: Coroutine<unknown>): Promise<void> {
    const runner = new Runner({ loopFactory: this.newLoop });
    const loop = runner.getLoop();
    const steps = { run: () => runner.run(main), close: () => runner.close() };
    for (const [name, step] of Object.entries(steps)) {
      try {
        this.log(name, 'gave', await step());
      } catch (error) {
        this.log(name, 'raised', nameOf(error));
      }
    }
    this.log('closed', loop.isClosed() ? 'True' : 'False');
  }

  say(name: string, seconds: number, error?: Error): Coroutine<void> {
    const { log } = this;
    return this.co(function* () {
      try {
        yield* wait(sleep(seconds));
      } catch (cancelled) {
        log(name, 'cancelled');
        throw cancelled;
      }
      log(name, 'slept');
      if (error !== undefined) throw error;
    });
  }

  /** Sleeps; when it is cancelled it cleans up, and fails with this. */
  cleaning(name: string, error?: Error, seconds = 0): Coroutine<void> {
    const { log } = this;
    return this.co(function* () {
      let thrown: unknown;
      try {
        yield* wait(sleep(100));
      } catch (cancelled) {
        thrown = cancelled;
      }
      yield* wait(sleep(seconds));
      log(name, 'cleaned up');
      thrown = error ?? thrown;
      if (thrown !== undefined) throw thrown;
    });
  }
}

/** The main program; or, where several runs are played, all of it. */
type Program = (p: Play) => Generator<unknown, unknown>;

const interrupt = (): never => {
  throw new KeyboardInterrupt();
};

const mains: Record<string, Program> = {
  *interrupt_in_main(p) {
    createTask(p.cleaning('child', undefined, 1));
    yield* wait(sleep(1));
    interrupt();
  },

  *interrupt_in_a_child(p) {
    createTask(p.say('child', 1, new KeyboardInterrupt()));
    createTask(p.cleaning('other'));
    yield* wait(p.say('main', 5));
  },

  *interrupt_in_a_child_of_a_group(p) {
    const body = (group: TaskGroup): Coroutine<void> =>
      p.co(function* () {
        group.createTask(p.say('child', 1, new SystemExit(3)));
        group.createTask(p.cleaning('other', undefined, 1));
        yield* wait(p.say('body', 5));
      });
    yield* wait(new TaskGroup().use(body));
  },

  *interrupt_in_a_callback(p) {
    getRunningLoop().callLater(1, interrupt);
    yield* wait(p.say('main', 5));
  },

  *interrupt_in_a_done_callback(p) {
    const child = createTask(p.say('child', 1));
    child.addDoneCallback(() => {
      throw new SystemExit(1);
    });
    yield* wait(child);
    p.log('main goes on');
    yield* wait(p.say('main', 5));
  },

  *interrupt_in_the_cleanup_of_a_leftover(p) {
    createTask(p.cleaning('one', new KeyboardInterrupt()));
    createTask(p.cleaning('two', undefined, 1));
    yield* wait(sleep(1));
    return 'main';
  },

  *interrupt_twice(p) {
    createTask(p.cleaning('one', new KeyboardInterrupt()));
    createTask(p.say('two', 1, new SystemExit(1)));
    yield* wait(p.say('main', 5));
  },

  *errors_of_main_and_leftovers(p) {
    createTask(p.cleaning('one', new ValueError('one'), 1));
    yield* wait(sleep(1));
    throw new ValueError('main');
  },

  *main_cancels_itself_and_a_leftover_swallows(p) {
    const swallows = p.co(function* () {
      try {
        yield* wait(sleep(100));
      } catch {
        p.log('swallowed');
      }
      yield* wait(sleep(1));
      p.log('over');
    });
    createTask(swallows);
    yield* wait(sleep(0));
    currentTask()?.cancel();
    yield* wait(sleep(1));
  },

  *generators_left_half_way(p) {
    const numbers = async function* (): AsyncGenerator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        await sleep(1);
        p.log('one', 'closed');
        failWith('one');
      }
    };
    p.log(yield* wait(anext(numbers())));
    yield* wait(sleep(1));
    throw new ValueError('main');
  },

  *a_stop_in_main(p) {
    getRunningLoop().stop();
    yield* wait(p.say('main', 1));
    return 'main';
  },

  *a_cancel_of_main_that_it_swallows(p) {
    const task = currentTask();
    getRunningLoop().callLater(1, () => task?.cancel());
    try {
      yield* wait(sleep(5));
    } catch {
      p.log('swallowed');
    }
    yield* wait(p.say('main', 1));
    return task?.cancelling();
  },
};

function failWith(message: string): never {
  throw new ValueError(message);
}

describe.each(['generator', 'async'] as const)('under run [%s]', (kind) => {
  test.each(Object.keys(mains))('[S268] %s', async (name) => {
    const p = new Play(kind);
    await p.run(
      p.co(function* () {
        return yield* (mains[name] as Program)(p);
      }),
    );
    expect(p.trace).toEqual(recorded[name]);
  });

  test('[S274] a_runner_after_an_interrupt', async () => {
    const p = new Play(kind);
    const runner = new Runner({ loopFactory: p.newLoop });
    const first = p.co(function* () {
      createTask(p.cleaning('left'));
      createTask(p.say('interrupts', 1, new KeyboardInterrupt()));
      yield* wait(p.say('first', 3));
    });
    const second = p.co(function* () {
      yield* wait(p.say('second', 1));
      return allTasks().size;
    });
    for (const main of [first, second] as Coroutine<unknown>[]) {
      try {
        p.log('gave', await runner.run(main));
      } catch (error) {
        p.log('raised', nameOf(error));
      }
    }
    await runner.close();
    p.log('closed');
    expect(p.trace).toEqual(recorded['a_runner_after_an_interrupt']);
  });
});

test('all programs of CPython are here', () => {
  // That one is reported when it is collected, at the latest at the close of the loop: later than CPython's.
  const others = ['a_runner_after_an_interrupt', 'a_leftover_fails_before_the_end'];
  expect([...Object.keys(mains), ...others].sort()).toEqual(Object.keys(recorded).sort());
});

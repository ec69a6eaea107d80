/**
 * Programs that are interrupted in odd places, by name, or several names with commas. Each says `ready` when a signal may
 * come, and what happened by lines of its own; each is there for both kinds of coroutines.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

import { type Body, Implementation, wait } from '@asyncio-ts/testing';
import {
  ContextVar,
  createTask,
  currentTask,
  getRunningLoop,
  newEventLoop,
  run,
  Runner,
  sleep,
  TaskGroup,
  timeout,
} from 'asyncio-ts';

const [names = '', kind = 'async'] = process.argv.slice(2);
const implementation = new Implementation({
  kind: kind === 'generator' ? 'generator' : 'async',
  selector: 'node',
});
const co = <Args extends readonly unknown[], T>(
  body: Body<Args, T>,
): ((...args: Args) => Promise<T>) => implementation.plain(body) as (...args: Args) => Promise<T>;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const ready = (): unknown => getRunningLoop().callLater(0.01, say, 'ready');
/** Keeps this thread busy, as a callback should not. */
const block = (milliseconds: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
const nameOf = (error: unknown): string => (error as Error).name;

const scenes: Record<string, () => Promise<unknown>> = {
  /** Its `finally` block waits, and is waited for. */
  cleansUp: () =>
    run(
      co(function* () {
        ready();
        try {
          yield* wait(sleep(60));
        } finally {
          yield* wait(sleep(0.02));
          say('cleaned up');
        }
      }),
    ),

  /** The signal comes while a callback keeps the thread busy: that one is never interrupted. */
  inACallback: () =>
    run(
      co(function* () {
        getRunningLoop().callLater(0.01, () => {
          process.kill(process.pid, 'SIGINT');
          block(30);
          say('callback over');
        });
        try {
          yield* wait(sleep(60));
        } finally {
          say('finally');
        }
      }),
    ),

  /** Main takes the cancel for its own and ends well. */
  swallows: async () => {
    const result = await run(
      co(function* () {
        ready();
        try {
          yield* wait(sleep(60));
        } catch (error) {
          say(nameOf(error));
        }
        yield* wait(sleep(0));
        return 'result';
      }),
    );
    say(result);
  },

  /** Main makes another error of it. */
  converts: () =>
    run(
      co(function* () {
        ready();
        try {
          yield* wait(sleep(60));
        } catch {
          throw new RangeError('converted');
        }
      }),
    ),

  /** The second one comes while main cleans up after the first. */
  twiceInCleanup: () =>
    run(
      co(function* () {
        ready();
        try {
          yield* wait(sleep(60));
        } finally {
          say('cleanup');
          ready();
          try {
            yield* wait(sleep(60));
          } finally {
            // The cancel of what is left, after the loop was left.
            say('cleanup cancelled');
          }
        }
      }),
    ),

  /** It comes when main is done, while what is left over cleans up: that is cut short. */
  duringShutdown: async () => {
    const leftover = co(function* () {
      try {
        yield* wait(sleep(60));
      } finally {
        ready();
        yield* wait(sleep(60));
        say('never');
      }
    });
    const runner = new Runner();
    const loop = runner.getLoop();
    await runner.run(
      co(function* () {
        createTask(leftover);
        yield* wait(sleep(0));
      }),
    );
    try {
      await runner.close();
    } catch (error) {
      say(`${nameOf(error)}, closed ${loop.isClosed()}`);
      say(`listeners ${process.listenerCount('SIGINT')}`);
      throw error;
    }
  },

  /** It comes before the first step of main. */
  beforeTheFirstStep: () => {
    const running = run(
      co(function* () {
        say('never');
        yield;
      }),
    );
    process.emit('SIGINT');
    return running;
  },

  /** It comes when main is done, before the loop has stopped. */
  asMainEnds: () =>
    run(
      co(function* () {
        currentTask()?.addDoneCallback(() => process.emit('SIGINT'));
        yield;
      }),
    ),

  /** An async function that stands at a foreign promise hears of nothing: the third one ends it. */
  stuck: async () => {
    const timer = setInterval(() => say('ready'), 20);
    try {
      await run(
        co(function* () {
          yield* wait(new Promise(() => undefined));
        }),
      );
    } catch (error) {
      clearInterval(timer);
      say(nameOf(error));
      throw error;
    }
  },

  /** Without a runner nobody takes it over. */
  noRunner: () =>
    newEventLoop().runUntilComplete(
      co(function* () {
        say(`listeners ${process.listenerCount('SIGINT')}`);
        ready();
        try {
          yield* wait(sleep(60));
        } finally {
          say('never');
        }
      }),
    ),

  /** A runner is good for another run after it. */
  runAgain: async () => {
    const runner = new Runner();
    const main = co(function* () {
      ready();
      yield* wait(sleep(60));
    });
    for (let i = 0; i < 2; i++) {
      await runner.run(main).catch((error: unknown) => say(nameOf(error)));
      say(`listeners ${process.listenerCount('SIGINT')}`);
    }
    await runner.close();
  },

  /** Everything in a group goes down with main, and so does a time limit around it. */
  inAGroup: () =>
    run(
      co(function* () {
        ready();
        const child = implementation.coroutine(function* (name: string) {
          try {
            yield* wait(sleep(60));
          } finally {
            say(name);
          }
        });
        const body = co(function* (group: TaskGroup) {
          group.createTask(child('child'));
          yield* wait(child('body'));
        });
        yield* wait(timeout(30).use(() => new TaskGroup().use(body)));
      }),
    ),

  /** What is left over fails in its cleanup: that is reported, and it is a KeyboardInterrupt still. */
  leftoverFails: () => {
    const leftover = co(function* () {
      try {
        yield* wait(sleep(60));
      } catch {
        throw new RangeError('in the cleanup');
      }
    });
    return run(
      co(function* () {
        getRunningLoop().setExceptionHandler((_, { message, exception }) => {
          say(`reported ${message}, ${nameOf(exception)}`);
        });
        createTask(leftover);
        ready();
        yield* wait(sleep(60));
      }),
    );
  },

  /** Of two runs side by side the first is interrupted. */
  sideBySide: async () => {
    const main = (name: string, seconds: number): (() => Promise<string>) =>
      co(function* () {
        if (name === 'first') ready();
        yield* wait(sleep(seconds));
        return name;
      });
    const ends = await Promise.allSettled([run(main('first', 60)), run(main('second', 0.2))]);
    for (const end of ends) say(end.status === 'fulfilled' ? end.value : nameOf(end.reason));
  },

  /** Asked to end, it ends in good order. */
  graceful: () =>
    run(
      co(function* () {
        const task = currentTask();
        getRunningLoop().addSignalHandler('SIGTERM', () => task?.cancel('asked to'));
        ready();
        try {
          yield* wait(sleep(60));
        } catch {
          yield* wait(sleep(0.01));
          say('ended in good order');
        }
      }),
    ),

  /** A server of old manners: `runForever` until a signal says stop. */
  stops: async () => {
    const loop = newEventLoop();
    loop.addSignalHandler('SIGTERM', () => loop.stop());
    loop.callSoon(say, 'ready');
    await loop.runForever();
    say('stopped');
    loop.close();
    say(`listeners ${process.listenerCount('SIGTERM')}`);
  },

  /** Without its handler the process dies of the signal, as ever. */
  handlerRemoved: () =>
    run(
      co(function* () {
        const loop = getRunningLoop();
        loop.addSignalHandler('SIGTERM', () => say('never'));
        say(`removed ${loop.removeSignalHandler('SIGTERM')}`);
        ready();
        yield* wait(sleep(60));
      }),
    ),

  /** With the handler of SIGINT gone, Ctrl-C cancels main again. */
  interruptHandlerRemoved: () =>
    run(
      co(function* () {
        const loop = getRunningLoop();
        const asked = loop.createFuture<void>();
        loop.addSignalHandler('SIGINT', () => asked.setResult());
        ready();
        yield* wait(asked);
        say(`handled, removed ${loop.removeSignalHandler('SIGINT')}`);
        ready();
        try {
          yield* wait(sleep(60));
        } finally {
          say('cancelled');
        }
      }),
    ),

  /** A callback with its arguments, in a turn of the loop, in the context of where it was added; never inside other code. */
  asACallback: () =>
    run(
      co(function* () {
        const variable = new ContextVar<string>('variable', { default: 'none' });
        const store = new AsyncLocalStorage<string>();
        const loop = getRunningLoop();
        const done = loop.createFuture<void>();
        variable.set('added');
        loop.addSignalHandler(
          'SIGUSR2',
          (...words: string[]) => {
            say(`${words.join(' ')}, ${variable.get()}, ${currentTask()}, ${store.getStore()}`);
            variable.set('handler');
            loop.callSoon(() => done.setResult());
          },
          'two',
          'words',
        );
        variable.set('changed');
        store.run('of somebody', () => process.kill(process.pid, 'SIGUSR2'));
        block(20);
        say('code over');
        yield* wait(done);
        say(variable.get());
      }),
    ),

  /** Each loop with a handler is told. */
  severalLoops: async () => {
    const main = (name: string): (() => Promise<void>) =>
      co(function* () {
        const loop = getRunningLoop();
        const told = loop.createFuture<void>();
        loop.addSignalHandler('SIGUSR2', () => told.setResult());
        if (name === 'two') say('ready');
        yield* wait(told);
        say(`${name} told`);
      });
    await Promise.all([run(main('one')), run(main('two'))]);
    say(`listeners ${process.listenerCount('SIGUSR2')}`);
  },

  /** An error that nobody catches. */
  fails: () =>
    run(
      co(function* () {
        yield* wait(sleep(0));
        throw new RangeError('nobody catches this');
      }),
    ),
};

const [first = '', ...others] = names.split(',');
if (others.length === 0) await scenes[first]?.();
// Several in one process: how each ended is said, and the next one begins.
else
  for (const name of [first, ...others]) {
    say(`scene ${name}`);
    await Promise.resolve(scenes[name]?.()).then(
      () => say('ended well'),
      (error: unknown) => say(`ended with ${nameOf(error)}`),
    );
  }

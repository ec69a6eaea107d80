/**
 * Programs that get signals, by name. Each says `ready` when a signal may come, and what happened by lines of its own; each
 * is there for both kinds of coroutines.
 */
import { type Body, Implementation, wait } from '@asyncio-ts/testing';
import {
  CancelledError,
  currentTask,
  type Future,
  getEventLoop,
  getRunningLoop,
  KeyboardInterrupt,
  run,
  SystemExit,
} from 'asyncio-ts';

const [scene = '', kind = 'async'] = process.argv.slice(2);
const implementation = new Implementation({
  kind: kind === 'generator' ? 'generator' : 'async',
  selector: 'node',
});
const main = <T>(body: Body<[], T>): (() => Promise<T>) =>
  implementation.plain(body) as () => Promise<T>;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
/** Waits for what never comes; the timer says that this is no deadlock. */
const forever = (): Future<void> => {
  getRunningLoop().callLater(60, () => undefined);
  return getRunningLoop().createFuture<void>();
};

const scenes: Record<string, () => Promise<unknown>> = {
  /** Nobody catches the KeyboardInterrupt. */
  uncaught: () =>
    run(
      main(function* () {
        getRunningLoop().callLater(0.01, say, 'ready');
        try {
          yield* wait(forever());
        } finally {
          say(`finally, cancelling ${currentTask()?.cancelling()}`);
        }
      }),
    ),

  /** The program catches it, and ends as it likes. */
  caught: async () => {
    try {
      await run(
        main(function* () {
          getRunningLoop().callLater(0.01, say, 'ready');
          yield* wait(forever());
        }),
      );
    } catch (error) {
      say(`caught ${(error as Error).name}`);
      say(`listeners ${process.listenerCount('SIGINT')}`);
    }
  },

  /** The first Ctrl-C is swallowed; the second leaves the loop. */
  stubborn: () =>
    run(
      main(function* () {
        getRunningLoop().callLater(0.01, say, 'ready');
        try {
          yield* wait(forever());
        } catch {
          say('refused');
        }
        getRunningLoop().callLater(0.01, say, 'ready');
        try {
          yield* wait(forever());
          say('never');
        } finally {
          say('finally');
        }
      }),
    ),

  /** A busy main task is cancelled at its next wait. */
  busy: () =>
    run(
      main(function* () {
        say('ready');
        try {
          for (;;) yield;
        } finally {
          say('finally');
        }
      }),
    ),

  /** Somebody else had asked for a cancel as well. */
  cancelledToo: async () => {
    try {
      await run(
        main(function* () {
          const task = currentTask();
          getRunningLoop().callLater(0.01, say, 'ready');
          try {
            yield* wait(forever());
          } catch (error) {
            task?.cancel();
            throw error;
          }
        }),
      );
    } catch (error) {
      say(error instanceof CancelledError ? 'CancelledError' : 'something else');
    }
  },

  /** The program listens to SIGINT itself. */
  ownListener: async () => {
    let stop = (): void => undefined;
    process.on('SIGINT', () => stop());
    await run(
      main(function* () {
        const stopped = getRunningLoop().createFuture<void>();
        stop = () => stopped.setResult();
        getRunningLoop().callLater(30, () => undefined);
        getRunningLoop().callLater(0.01, say, 'ready');
        yield* wait(stopped);
        say('my own listener');
      }),
    );
    process.exit(0);
  },

  /** A handler of the loop takes the place of the runner's while it is there. */
  ownHandler: () =>
    run(
      main(function* () {
        const loop = getRunningLoop();
        const interrupted = loop.createFuture<string>();
        loop.addSignalHandler('SIGINT', () => {
          interrupted.setResult(`handler, task ${currentTask()}`);
        });
        loop.callLater(0.01, say, 'ready');
        say(yield* wait(interrupted));
        say(`removed ${loop.removeSignalHandler('SIGINT')} ${loop.removeSignalHandler('SIGINT')}`);
      }),
    ),

  /** Nothing but a signal can end this: it waits, and it is no deadlock. */
  terminated: async () => {
    await run(
      main(function* () {
        const loop = getRunningLoop();
        const asked = loop.createFuture<string>();
        loop.addSignalHandler('SIGTERM', () => say('never: it is replaced'));
        loop.addSignalHandler('SIGTERM', (word: string) => asked.setResult(word), 'SIGTERM');
        say('ready');
        say(`stopped by ${yield* wait(asked)}`);
      }),
    );
    say(`listeners ${process.listenerCount('SIGTERM')}`);
  },

  /** A run that is over does not hold the process, though its loop is neither closed nor its handler removed. */
  forgotten: () =>
    getEventLoop().runUntilComplete(
      main(function* () {
        getRunningLoop().addSignalHandler('SIGTERM', () => undefined);
        yield;
        say('over');
      }),
    ),

  /** An error of a signal handler is reported, and the loop goes on. */
  failing: () =>
    run(
      main(function* () {
        const loop = getRunningLoop();
        const reported = loop.createFuture<string>();
        loop.setExceptionHandler((_, context) =>
          reported.setResult((context.exception as Error).message),
        );
        loop.addSignalHandler('SIGTERM', () => {
          throw new Error('in the handler');
        });
        say('ready');
        say(`reported: ${yield* wait(reported)}`);
      }),
    ),

  /** Nothing can ever wake it, not even a handler that was taken away again. */
  deadlock: async () => {
    try {
      await run(
        main(function* () {
          const loop = getRunningLoop();
          loop.addSignalHandler('SIGTERM', () => undefined);
          loop.removeSignalHandler('SIGTERM');
          try {
            yield* wait(loop.createFuture());
          } finally {
            say('finally');
          }
        }),
      );
    } catch (error) {
      say((error as Error).name);
    }
  },

  exits: () =>
    run(
      main(function* () {
        yield;
        throw new SystemExit(7);
      }),
    ),

  interruptsItself: () =>
    run(
      main(function* () {
        yield;
        throw new KeyboardInterrupt();
      }),
    ),
};

await scenes[scene]?.();

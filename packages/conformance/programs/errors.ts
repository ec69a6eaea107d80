/** Errors: who is told, when nobody asked; and those that leave the loop. */
import {
  createTask,
  KeyboardInterrupt,
  sleep,
  SystemExit,
  type Task,
  ValueError,
} from 'asyncio-ts';

import { byHand, outside } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

export function* taskErrorNeverRetrieved({ log, coroutine }: Stage) {
  const failing = coroutine(function* (text: string) {
    throw new Boom(text);
  });

  createTask(failing('one'));
  const seen = createTask(failing('seen'));
  createTask(failing('two'));
  yield* on(sleep(1));
  log(seen.exception());
}

export function* futureErrorNeverRetrieved({ log, loop }: Stage) {
  loop.createFuture().setException(new Boom('forgotten'));
  yield* on(sleep(1));
  log('end');
}

export function* pendingTaskAtTheEnd({ log, task }: Stage) {
  task(function* () {
    yield* on(sleep(100));
  });
  yield* on(sleep(1));
  log('end');
}

export function* cancelledTaskIsNotReported({ log, task }: Stage) {
  const child = task(function* () {
    yield* on(sleep(100));
  });
  yield* on(sleep(1));
  child.cancel();
  yield* on(sleep(1));
  log(child.cancelled());
}

export function* errorOfMain({ log }: Stage) {
  yield* on(sleep(1));
  log('raises');
  throw new Boom('main');
}

export function* mainThatWaitsForEver({ log, loop }: Stage) {
  log('waits');
  yield* on(loop.createFuture());
}

export function* twoTasksThatWaitForEachOther({ log, task }: Stage) {
  const tasks: Task<void>[] = [];

  const waiter = (n: number) =>
    task(function* () {
      log('waits', n);
      yield* on(tasks[1 - n] as Task<void>);
    });

  tasks.push(...[0, 1].map(waiter));
  yield* on(tasks[0] as Task<void>);
}

export const errorPassesThroughFinally = byHand({
  *generator({ log }) {
    const inner = function* () {
      try {
        yield* sleep(1);
        throw new Boom('inner');
      } finally {
        log('inner finally');
      }
    };
    const outer = function* () {
      try {
        yield* inner();
      } catch (error) {
        log('caught', error);
        yield* sleep(1);
        throw Object.assign(new ValueError(), { cause: error });
      } finally {
        log('outer finally');
      }
    };

    try {
      yield* outer();
    } catch (error) {
      log(error, (error as Error).cause);
    }
  },
  async async({ log }) {
    const inner = async () => {
      try {
        await sleep(1);
        throw new Boom('inner');
      } finally {
        log('inner finally');
      }
    };
    const outer = async () => {
      try {
        await inner();
      } catch (error) {
        log('caught', error);
        await sleep(1);
        throw Object.assign(new ValueError(), { cause: error });
      } finally {
        log('outer finally');
      }
    };

    try {
      await outer();
    } catch (error) {
      log(error, (error as Error).cause);
    }
  },
});

export function* exceptionHandlerOfOnesOwn({ log, loop }: Stage) {
  const fail = (text: string) => {
    throw new Boom(text);
  };

  const usual = loop.getExceptionHandler();

  loop.setExceptionHandler((_loop, context) => {
    log('handler', context.exception, Object.keys(context).sort());
  });
  loop.callSoon(fail, 'callback');
  yield* on(sleep(0));
  loop.setExceptionHandler(usual);
  loop.callExceptionHandler({ message: 'by hand', exception: new Boom('hand') });
  log('end');
}

export const systemExitLeavesTheLoop = outside(async ({ log, newLoop, task }) => {
  const child = function* () {
    throw new SystemExit(3);
  };

  const main = function* () {
    const made = task(child);
    try {
      yield* on(made);
    } finally {
      log('main is left');
    }
  };

  const later = function* () {
    yield* on(sleep(1));
    log('the loop runs again');
  };

  const loop = newLoop();
  const made = task(main);
  try {
    await loop.runUntilComplete(made);
  } catch (error) {
    log(error, (error as SystemExit).code, made.done());
  }
  const again = task(later);
  for (let i = 0; i < 2; i++) {
    try {
      await loop.runUntilComplete(again);
    } catch (error) {
      log('main', error, made.exception());
    }
  }
});

export const keyboardInterruptInACallback = outside(async ({ log, newLoop, task }) => {
  const interrupt = () => {
    throw new KeyboardInterrupt();
  };

  const main = function* () {
    yield* on(sleep(2));
    return 'result';
  };

  const loop = newLoop();
  loop.callLater(1, interrupt);
  const made = task(main);
  try {
    await loop.runUntilComplete(made);
  } catch (error) {
    log(error, made.done());
  }
  log(await loop.runUntilComplete(made));
});

/** Cancelling: what is thrown where, what may be done about it, and what is counted. */
import {
  type CancelledError,
  coroutine as lazy,
  createTask,
  currentTask,
  gather,
  shield,
  sleep,
  type Task,
  wait,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, here, on, type Stage } from '../src/stage.js';

const argsOf = (error: unknown) => (error as CancelledError).args;

export function* beforeTheFirstStep({ log, task }: Stage) {
  const child = task(function* () {
    log('never');
  });
  log(child.cancel('early'), child.cancelling(), child.cancelled());
  try {
    yield* on(child);
  } catch (error) {
    log(argsOf(error));
  }
  log(child.cancelled(), child.cancel());
}

export const thrownWhereTheTaskWaits = byHand({
  *generator({ log }) {
    const body = function* () {
      log('begins');
      try {
        yield* sleep(10);
      } catch (error) {
        log('cancelled');
        throw error;
      } finally {
        log('finally');
      }
    };

    const task = createTask(body());
    yield* sleep(1);
    task.cancel();
    log('asked', task.done());
    try {
      yield* task;
    } catch {
      log('main sees it', task.cancelled());
    }
  },
  async async({ log }) {
    const body = async () => {
      log('begins');
      try {
        await sleep(10);
      } catch (error) {
        log('cancelled');
        throw error;
      } finally {
        log('finally');
      }
    };

    const task = createTask(body);
    await sleep(1);
    task.cancel();
    log('asked', task.done());
    try {
      await task;
    } catch {
      log('main sees it', task.cancelled());
    }
  },
});

export const finallyMayWait = byHand({
  *generator({ log }) {
    const body = function* () {
      try {
        yield* sleep(10);
      } finally {
        log('cleaning');
        yield* sleep(2);
        log('clean');
      }
    };

    const task = createTask(body());
    yield* sleep(1);
    task.cancel();
    yield* wait([task]);
    log(task.cancelled());
  },
  async async({ log }) {
    const body = async () => {
      try {
        await sleep(10);
      } finally {
        log('cleaning');
        await sleep(2);
        log('clean');
      }
    };

    const task = createTask(body);
    await sleep(1);
    task.cancel();
    await wait([task]);
    log(task.cancelled());
  },
});

export function* secondCancelInterruptsTheCleanup({ log, task }: Stage) {
  const child = task(function* () {
    try {
      yield* on(sleep(10));
    } finally {
      try {
        yield* on(sleep(5));
        log('never');
      } finally {
        log('cleanup interrupted', here().cancelling());
      }
    }
  });

  yield* on(sleep(1));
  child.cancel();
  yield* on(sleep(1));
  child.cancel();
  yield* on(wait([child]));
  log(child.cancelled(), child.cancelling());
}

export const swallowed = byHand({
  *generator({ log }) {
    const body = function* () {
      try {
        yield* sleep(10);
      } catch {
        log('swallowed', currentTask()?.cancelling());
      }
      yield* sleep(1);
      log('goes on');
      return 'result';
    };

    const task = createTask(body());
    yield* sleep(0);
    task.cancel();
    log(yield* task, task.cancelled(), task.cancelling());
  },
  async async({ log }) {
    const body = async () => {
      try {
        await sleep(10);
      } catch {
        log('swallowed', currentTask()?.cancelling());
      }
      await sleep(1);
      log('goes on');
      return 'result';
    };

    const task = createTask(body);
    await sleep(0);
    task.cancel();
    log(await task, task.cancelled(), task.cancelling());
  },
});

export function* uncancelled({ log, task }: Stage) {
  const child = task(function* () {
    const task = here();
    try {
      yield* on(sleep(10));
    } catch {
      log(task.cancelling(), task.uncancel(), task.uncancel(), task.uncancel());
    }
    yield* on(sleep(0));
    return task.cancelling();
  });

  yield* on(sleep(0));
  log(child.cancel(), child.cancel());
  log(yield* on(child));
}

export function* uncancelledBeforeItWasDelivered({ log, task }: Stage) {
  const child = task(function* () {
    const task = here();
    task.cancel();
    log(task.uncancel());
    try {
      yield* on(sleep(1));
      log('slept');
    } catch {
      log('cancelled');
    }
  });
  yield* on(child);
}

export function* ofItselfIsThrownAtTheNextWait({ log, task }: Stage) {
  const child = task(function* () {
    here().cancel('self');
    log('still runs');
    try {
      yield* on(sleep(0));
      log('never');
    } catch (error) {
      log('thrown', argsOf(error));
    }
    yield* on(sleep(0));
    log('goes on');
  });
  yield* on(child);
}

export function* ofItselfAndThenTheEnd({ log, task }: Stage) {
  const returns = function* () {
    here().cancel();
    return 'result';
  };

  const raises = function* () {
    here().cancel();
    throw new Boom('instead');
  };

  for (const body of [returns, raises]) {
    const child = task<string | undefined>(body);
    yield* on(wait([child]));
    log(child.cancelled(), child.cancelled() ? null : child.exception());
  }
}

export function* replacedByAnotherError({ log, task }: Stage) {
  const child = task(function* () {
    try {
      yield* on(sleep(10));
    } catch {
      throw new Boom('replaced');
    }
  });

  yield* on(sleep(0));
  child.cancel();
  try {
    yield* on(child);
  } catch (error) {
    log(error, child.cancelled());
  }
}

export const reachesThroughAwaitedTasks = byHand({
  *generator({ log }) {
    const inner = function* () {
      try {
        yield* sleep(10);
      } finally {
        log('inner ends');
      }
    };
    const outer = function* () {
      const child = createTask(inner());
      try {
        yield* child;
      } finally {
        log('outer ends', child.cancelled(), child.cancelling());
      }
    };

    const task = createTask(outer());
    yield* sleep(1);
    task.cancel();
    log(task.cancelling());
    yield* wait([task]);
    log(task.cancelled());
  },
  async async({ log }) {
    const inner = async () => {
      try {
        await sleep(10);
      } finally {
        log('inner ends');
      }
    };
    const outer = async () => {
      const child = createTask(inner);
      try {
        await child;
      } finally {
        log('outer ends', child.cancelled(), child.cancelling());
      }
    };

    const task = createTask(outer);
    await sleep(1);
    task.cancel();
    log(task.cancelling());
    await wait([task]);
    log(task.cancelled());
  },
});

export function* ofOneWaiterCancelsTheFutureForAll({ log, loop, task }: Stage) {
  const future = loop.createFuture<never>();

  const waiter = (name: string) =>
    task(function* () {
      try {
        yield* on(future);
      } catch {
        log(name, 'cancelled', here().cancelling());
      }
    });

  const tasks = ['a', 'b', 'c'].map(waiter);
  yield* on(sleep(0));
  tasks[1]?.cancel();
  log(future.cancelled());
  yield* on(gather(tasks));
}

export function* ofAFutureThatWasJustSet({ log, loop, task }: Stage) {
  const future = loop.createFuture<string>();

  const child = task(function* () {
    try {
      log('got', yield* on(future));
      yield* on(sleep(0));
      log('never');
    } catch {
      log('cancelled');
    }
  });

  yield* on(sleep(0));
  future.setResult('value');
  child.cancel();
  log(future.cancelled());
  yield* on(child);
}

export function* innerTaskThatSwallowsIt({ log, task }: Stage) {
  const inner = function* () {
    try {
      yield* on(sleep(10));
      return undefined;
    } catch {
      log('inner swallows');
      return 'inner result';
    }
  };

  const outer = task(function* () {
    const child = task(inner);
    log('outer got', yield* on(child));
    log(here().cancelling());
    yield* on(sleep(1));
    return 'outer result';
  });

  yield* on(sleep(1));
  outer.cancel();
  log(yield* on(outer));
}

export const whileWaitingForACoroutineRunsFinallyInsideOut = byHand({
  *generator({ log }) {
    function* depth(n: number): Generator<unknown, void, unknown> {
      try {
        if (n === 0) yield* sleep(10);
        else yield* depth(n - 1);
      } finally {
        log('leaves', n);
      }
    }

    const task = createTask(depth(3));
    yield* sleep(0);
    task.cancel();
    yield* wait([task]);
    log(task.cancelled());
  },
  async async({ log }) {
    // Lazy at every second level: a call of an async function, and a coroutine object made of one.
    const depth = async (n: number): Promise<void> => {
      try {
        if (n === 0) await sleep(10);
        else await (n % 2 === 0 ? depth(n - 1) : lazy(depth)(n - 1));
      } finally {
        log('leaves', n);
      }
    };

    const task = createTask(() => depth(3));
    await sleep(0);
    task.cancel();
    await wait([task]);
    log(task.cancelled());
  },
});

export function* twiceInOneTurnIsOneError({ log, task }: Stage) {
  const child = task(function* () {
    for (const n of [0, 1, 2]) {
      try {
        yield* on(sleep(1));
        log('slept', n);
      } catch (error) {
        log('cancelled', n, argsOf(error));
      }
    }
  });

  yield* on(sleep(0));
  log(child.cancel('one'), child.cancel('two'), child.cancelling());
  yield* on(child);
}

export const shieldProtects = byHand({
  *generator({ log }) {
    const inner = function* () {
      yield* sleep(2);
      log('inner ends');
      return 'inner';
    };
    const outer = function* (child: Task<string>) {
      try {
        yield* shield(child);
      } catch (error) {
        log('outer cancelled', child.done());
        throw error;
      }
    };

    const child = createTask(inner());
    const task = createTask(outer(child));
    yield* sleep(1);
    task.cancel();
    yield* wait([task]);
    log(yield* child, child.cancelling());
  },
  async async({ log }) {
    const inner = async () => {
      await sleep(2);
      log('inner ends');
      return 'inner';
    };
    const outer = async (child: Task<string>) => {
      try {
        await shield(child);
      } catch (error) {
        log('outer cancelled', child.done());
        throw error;
      }
    };

    const child = createTask(inner);
    const task = createTask(() => outer(child));
    await sleep(1);
    task.cancel();
    await wait([task]);
    log(await child, child.cancelling());
  },
});

export function* shieldWhoseInsideIsCancelled({ log }: Stage) {
  const child = createTask(sleep(5));
  const outer = shield(child);
  yield* on(sleep(1));
  child.cancel();
  try {
    yield* on(outer);
  } catch {
    log(outer.cancelled(), child.cancelled());
  }
}

export function* shieldLeftAloneLetsTheInsideRunOn({ log, task }: Stage) {
  const child = task(function* () {
    yield* on(sleep(2));
    log('inner ends');
  });
  const outer = shield(child);
  yield* on(sleep(1));
  outer.cancel();
  yield* on(sleep(2));
  log(outer.cancelled(), child.done());
}

export function* shieldOfWhatIsDone({ log, loop }: Stage) {
  const future = loop.createFuture<string>();
  future.setResult('done');
  log(shield(future) === future, yield* on(shield(future)));
}

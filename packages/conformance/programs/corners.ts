/** Where several things meet: cancels, limits and what waits, often in the same turn. */
import {
  asCompleted,
  createTask,
  Event,
  FIRST_COMPLETED,
  type Future,
  gather,
  shield,
  sleep,
  type Task,
  timeout,
  TimeoutError,
  wait,
  waitFor,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { here, on, soon, type Stage } from '../src/stage.js';

export function* cancelInTheTurnInWhichTheChildEnds({ log, task }: Stage) {
  const child = function* () {
    yield* on(sleep(1));
    log('child ends');
    return 'result';
  };

  const parent = (inner: Task<string>) =>
    task(function* () {
      try {
        log('got', yield* on(inner));
        yield* on(sleep(1));
        log('slept');
      } catch {
        log('cancelled', inner.done(), inner.cancelled());
      }
    });

  for (const early of [true, false]) {
    const inner = task(child);
    const outer = parent(inner);
    if (early) {
      soon(1, () => outer.cancel());
      yield* on(sleep(0));
    } else {
      yield* on(sleep(0));
      inner.addDoneCallback(() => outer.cancel());
    }
    yield* on(outer);
  }
}

export function* outsideCancelAndTimeoutInOneTurn({ log, task }: Stage) {
  const body = function* () {
    const limit = timeout(1);
    try {
      yield* on(limit.use(() => sleep(5)));
    } catch (error) {
      log(error, limit.expired(), here().cancelling());
      if (!(error instanceof TimeoutError)) throw error;
    }
  };

  for (const cancelFirst of [true, false]) {
    if (cancelFirst) soon(1, () => child.cancel());
    const child: Task<void> = task(body);
    yield* on(sleep(0));
    if (!cancelFirst) soon(1, () => child.cancel());
    yield* on(wait([child]));
    log(cancelFirst, child.cancelled(), child.cancelling());
  }
}

export function* uncancelInsideATimeout({ log, task, body }: Stage) {
  const child = task(function* () {
    const task = here();
    const limit = timeout(2);
    try {
      yield* on(
        limit.use(
          body(function* () {
            try {
              yield* on(sleep(5));
            } catch {
              log('cancelled', task.uncancel());
            }
            yield* on(sleep(5));
          }),
        ),
      );
    } catch (error) {
      log(error, limit.expired(), task.cancelling());
    }
  });
  yield* on(sleep(1));
  child.cancel();
  yield* on(child);
}

export const cancelledTaskEntersATimeout = byHand({
  *generator({ log }) {
    const body = function* () {
      try {
        yield* sleep(5);
      } catch (cancelled) {
        try {
          yield* timeout(1).use(() => sleep(5));
        } catch (error) {
          log(error, here().cancelling());
        }
        throw cancelled;
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
        await sleep(5);
      } catch (cancelled) {
        try {
          await timeout(1).use(() => sleep(5));
        } catch (error) {
          log(error, here().cancelling());
        }
        throw cancelled;
      }
    };

    const task = createTask(body);
    await sleep(1);
    task.cancel();
    await wait([task]);
    log(task.cancelled());
  },
});

export function* shieldInATimeoutInAWaitFor({ log, task, coroutine }: Stage) {
  const inner = task(function* () {
    yield* on(sleep(3));
    log('inner ends');
    return 'inner';
  });

  const middle = coroutine(function* () {
    try {
      return yield* on(timeout(1).use(() => shield(inner)));
    } catch (error) {
      log('middle', error);
      return yield* on(shield(inner));
    }
  });

  try {
    yield* on(waitFor(middle(), 2));
  } catch (error) {
    log('outer', error);
  }
  log(yield* on(inner), inner.cancelling());
}

export function* waitForInACancelledCleanup({ log, task }: Stage) {
  const child = task(function* () {
    try {
      yield* on(sleep(5));
    } finally {
      try {
        yield* on(waitFor(sleep(5), 1));
      } catch (error) {
        log('cleanup', error);
      }
      log(here().cancelling());
    }
  });
  yield* on(sleep(1));
  child.cancel();
  yield* on(wait([child]));
  log(child.cancelled());
}

export function* waitForWhoseInsideSwallowsAnOutsideCancel({ log, task, coroutine }: Stage) {
  const inner = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } catch {
      log('swallowed');
    }
    return 'result';
  });

  const outer = task(function* () {
    log(yield* on(waitFor(inner(), 3)));
    log(here().cancelling());
    yield* on(sleep(0));
    return 'outer';
  });
  yield* on(sleep(1));
  outer.cancel();
  log(yield* on(outer));
}

export function* timeoutRescheduledByACallback({ log, loop, body }: Stage) {
  const limit = timeout(10);
  const start = loop.time();
  try {
    yield* on(
      limit.use(
        body(function* () {
          soon(1, () => limit.reschedule(start + 2));
          soon(1.5, () => limit.reschedule(start - 5));
          yield* on(sleep(5));
        }),
      ),
    );
  } catch (error) {
    log(error, limit.when());
  }
}

export function* timeoutPutOffAfterItWasDue({ log, loop, body }: Stage) {
  const limit = timeout(1);
  try {
    yield* on(
      limit.use(
        body(function* () {
          try {
            yield* on(sleep(5));
          } catch (cancelled) {
            try {
              limit.reschedule(loop.time() + 10);
            } catch (error) {
              log(error);
            }
            throw cancelled;
          }
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* timeoutsInSequenceUnderOneTask({ log, body }: Stage) {
  for (const n of [0, 1, 2]) {
    try {
      yield* on(
        timeout(1).use(
          body(function* () {
            yield* on(sleep(n));
            log('in time', n);
          }),
        ),
      );
    } catch {
      log('too late', n);
    }
  }
  log(here().cancelling());
}

export function* futureSetAndTaskCancelledByOneCallback({ log, loop, task }: Stage) {
  const waiter = (future: Future<number>) =>
    task(function* () {
      try {
        log('got', yield* on(future));
      } catch {
        log('cancelled', future.done());
      }
      yield* on(sleep(0));
      log('goes on');
    });

  for (const order of ['set first', 'cancel first']) {
    const future = loop.createFuture<number>();
    const child = waiter(future);
    yield* on(sleep(0));

    const both = () => {
      if (order === 'set first') {
        future.setResult(1);
        log(child.cancel());
      } else {
        log(child.cancel());
        log(future.done());
      }
    };

    loop.callSoon(both);
    yield* on(wait([child]));
    log(order, child.cancelled(), child.cancelling());
  }
}

export function* callbacksOfATaskAndThoseWhoWaitForIt({ log, task }: Stage) {
  const child = task(function* () {
    yield* on(sleep(1));
    return 'child';
  });

  const waiter = (n: number) =>
    task(function* () {
      log('waiter', n, yield* on(child));
    });

  child.addDoneCallback(() => log('first callback'));
  const one = waiter(1);
  yield* on(sleep(0));
  child.addDoneCallback(() => log('second callback'));
  const gathered = gather(child, one);
  const two = waiter(2);
  const limited = createTask(waitFor(child, 5));
  limited.addDoneCallback(() => log('wait_for'));
  gathered.addDoneCallback(() => log('gather'));
  yield* on(wait<Future<unknown>>([two, gathered, limited]));
  log(yield* on(gathered));
}

export function* asCompletedWithCancelledAndRepeated({ log }: Stage) {
  const tasks = [3, 1, 2].map((n) => createTask(sleep(n, n)));
  soon(1.5, () => tasks[2]?.cancel());
  for (const next of asCompleted([...tasks, ...tasks.slice(0, 1)])) {
    try {
      log(yield* on(next));
    } catch (error) {
      log(error, here().cancelling());
    }
  }
}

export function* waitOnTasksThatEndInOneTurn({ log, task }: Stage) {
  const event = new Event();

  const waiter = (n: number) =>
    task(function* () {
      yield* on(event.wait());
      return n;
    });

  const tasks = [0, 1, 2].map(waiter);
  soon(1, () => event.set());
  const [done, pending] = yield* on(wait(tasks, { returnWhen: FIRST_COMPLETED }));
  log([...done].map((one) => one.result()).sort(), pending.size);
}

export function* spawnedInFinallyAfterACancel({ log, task }: Stage) {
  const helpers: Task<void>[] = [];
  const helper = function* () {
    yield* on(sleep(1));
    log('helper');
  };

  const child = task(function* () {
    try {
      yield* on(sleep(5));
    } finally {
      helpers.push(task(helper));
      yield* on(helpers[0] as Task<void>);
      log('after the helper');
    }
  });
  yield* on(sleep(1));
  child.cancel();
  yield* on(sleep(0.5));
  child.cancel();
  yield* on(wait([child]));
  log(child.cancelled(), helpers[0]?.cancelled());
}

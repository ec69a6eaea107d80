/** timeout, timeout_at and wait_for: until when something may take. */
import {
  createTask,
  currentTask,
  getRunningLoop,
  shield,
  sleep,
  type Timeout,
  timeout,
  timeoutAt,
  wait,
  waitFor,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, here, on, type Stage } from '../src/stage.js';

export const timeoutThatExpires = byHand({
  *generator({ log }) {
    const limit = timeout(1);
    try {
      yield* limit.use(function* () {
        log(limit.when(), limit.expired());
        try {
          yield* sleep(10);
        } catch (error) {
          log('inside', error, here().cancelling());
          throw error;
        }
      });
    } catch (error) {
      log(error, limit.expired(), here().cancelling());
    }
  },
  async async({ log }) {
    const limit = timeout(1);
    try {
      await limit.use(async () => {
        log(limit.when(), limit.expired());
        try {
          await sleep(10);
        } catch (error) {
          log('inside', error, here().cancelling());
          throw error;
        }
      });
    } catch (error) {
      log(error, limit.expired(), here().cancelling());
    }
  },
});

export function* timeoutThatDoesNotExpire({ log, body }: Stage) {
  const limit = timeout(5);
  yield* on(
    limit.use(
      body(function* () {
        yield* on(sleep(1));
        log('inside');
      }),
    ),
  );
  log(limit.expired());
  yield* on(sleep(10));
  log('much later');
}

export function* timeoutOfZeroAndInThePast({ log, body }: Stage) {
  for (const seconds of [0, -1]) {
    try {
      yield* on(
        timeout(seconds).use(
          body(function* () {
            log('body begins');
            yield* on(sleep(0));
            log('one turn');
            yield* on(sleep(1));
            log('never');
          }),
        ),
      );
    } catch (error) {
      log(error);
    }
  }
}

export function* timeoutWithoutALimit({ log, body, loop }: Stage) {
  const limit = timeout(null);
  yield* on(
    limit.use(
      body(function* () {
        log(limit.when());
        yield* on(sleep(100));
        limit.reschedule(loop.time() + 1);
        try {
          yield* on(sleep(5));
        } catch {
          log('over', limit.expired());
        }
      }),
    ),
  );
}

export const timeoutRescheduled = byHand({
  *generator({ log, loop }) {
    const limit = timeout(2);
    try {
      yield* limit.use(function* () {
        yield* sleep(1);
        limit.reschedule(loop.time() + 3);
        yield* sleep(2);
        log('longer', limit.when());
        limit.reschedule(loop.time() + 0.5);
        yield* sleep(2);
      });
    } catch (error) {
      log(error);
    }
    try {
      limit.reschedule(100);
    } catch (error) {
      log(error);
    }
  },
  async async({ log, loop }) {
    const limit = timeout(2);
    try {
      await limit.use(async () => {
        await sleep(1);
        limit.reschedule(loop.time() + 3);
        await sleep(2);
        log('longer', limit.when());
        limit.reschedule(loop.time() + 0.5);
        await sleep(2);
      });
    } catch (error) {
      log(error);
    }
    try {
      limit.reschedule(100);
    } catch (error) {
      log(error);
    }
  },
});

export const timeoutsNestedTheInnerOneExpires = byHand({
  *generator({ log }) {
    const outer = timeout(5);
    yield* outer.use(function* () {
      const inner = timeout(1);
      try {
        yield* inner.use(() => sleep(10));
      } catch {
        log('inner', inner.expired(), outer.expired());
      }
      yield* sleep(1);
      log('outer goes on');
    });
  },
  async async({ log }) {
    const outer = timeout(5);
    await outer.use(async () => {
      const inner = timeout(1);
      try {
        await inner.use(() => sleep(10));
      } catch {
        log('inner', inner.expired(), outer.expired());
      }
      await sleep(1);
      log('outer goes on');
    });
  },
});

export function* timeoutsNestedTheOuterOneExpires({ log, body }: Stage) {
  const outer = timeout(1);
  try {
    yield* on(
      outer.use(
        body(function* () {
          const inner = timeout(5);
          try {
            yield* on(inner.use(() => sleep(10)));
          } catch (error) {
            log('passes the inner one', error, inner.expired());
            throw error;
          }
        }),
      ),
    );
  } catch (error) {
    log(error, outer.expired());
  }
}

export function* timeoutsNestedBothExpireAtOnce({ log, body }: Stage) {
  const outer = timeout(1);
  try {
    yield* on(
      outer.use(
        body(function* () {
          const inner = timeout(1);
          try {
            yield* on(inner.use(() => sleep(10)));
          } catch (error) {
            log('inner', error, inner.expired(), outer.expired());
            throw error;
          }
        }),
      ),
    );
  } catch (error) {
    log('outer', error, outer.expired(), here().cancelling());
  }
}

export function* timeoutWhoseCancelIsSwallowed({ log, body }: Stage) {
  const limit = timeout(1);
  try {
    yield* on(
      limit.use(
        body(function* () {
          try {
            yield* on(sleep(10));
          } catch {
            log('swallowed');
          }
          yield* on(sleep(2));
          log('goes on');
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
  log(limit.expired(), here().cancelling());
}

export function* timeoutAndACancelFromOutside({ log, task }: Stage) {
  const body = function* () {
    const limit = timeout(2);
    try {
      yield* on(limit.use(() => sleep(10)));
    } catch (error) {
      log(error, limit.expired(), here().cancelling());
      throw error;
    }
  };

  for (const seconds of [1, 2, 3]) {
    const child = task(body);
    yield* on(sleep(0));
    getRunningLoop().callLater(seconds, () => child.cancel());
    yield* on(wait([child]));
    log(seconds, child.cancelled());
  }
  yield* on(sleep(5));
}

export function* timeoutWhoseBodyFailsInItsCleanup({ log, body }: Stage) {
  try {
    yield* on(
      timeout(1).use(
        body(function* () {
          try {
            yield* on(sleep(10));
          } catch {
            throw new Boom('cleanup');
          }
        }),
      ),
    );
  } catch (error) {
    log(error, here().cancelling());
  }
}

export const timeoutAroundALoopOfWaits = byHand({
  *generator({ log }) {
    const seen: number[] = [];
    try {
      yield* timeout(3.5).use(function* () {
        for (let n = 0; n < 10; n++) {
          yield* sleep(1);
          seen.push(n);
        }
      });
    } catch {
      log('over', seen);
    }
  },
  async async({ log }) {
    const seen: number[] = [];
    try {
      await timeout(3.5).use(async () => {
        for (let n = 0; n < 10; n++) {
          await sleep(1);
          seen.push(n);
        }
      });
    } catch {
      log('over', seen);
    }
  },
});

export function* timeoutEnteredTwice({ log, body }: Stage) {
  const limit = timeout(1);
  yield* on(limit.use(body(function* () {})));
  try {
    yield* on(
      limit.use(
        body(function* () {
          log('never');
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* timeoutAtATime({ log, body, loop }: Stage) {
  yield* on(sleep(1));
  try {
    yield* on(
      timeoutAt(loop.time() + 2).use(
        body(function* (limit: Timeout) {
          log(limit.when());
          yield* on(sleep(10));
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* waitForInTime({ log, coroutine }: Stage) {
  const body = coroutine(function* () {
    log('inside', currentTask() === main);
    yield* on(sleep(1));
    return 'result';
  });

  const main = currentTask();
  log(yield* on(waitFor(body(), 2)));
  log(yield* on(waitFor(body(), null)));
}

export const waitForTooLong = byHand({
  *generator({ log }) {
    const body = function* () {
      try {
        yield* sleep(10);
      } finally {
        log('cleaning');
        yield* sleep(1);
        log('clean');
      }
    };

    try {
      yield* waitFor(body(), 2);
    } catch (error) {
      log(error);
    }
  },
  async async({ log }) {
    const body = async () => {
      try {
        await sleep(10);
      } finally {
        log('cleaning');
        await sleep(1);
        log('clean');
      }
    };

    try {
      await waitFor(body, 2);
    } catch (error) {
      log(error);
    }
  },
});

export function* waitForWithNoTimeAtAll({ log, loop, coroutine }: Stage) {
  const body = coroutine(function* () {
    log('never');
  });

  const done = loop.createFuture<string>();
  done.setResult('done');
  log(yield* on(waitFor(done, 0)));
  const pending = loop.createFuture();
  for (const awaitable of [pending, body()]) {
    try {
      yield* on(waitFor(awaitable, 0));
    } catch (error) {
      log(error);
    }
  }
  log(pending.cancelled());
}

export function* waitForATaskThatSwallows({ log, task }: Stage) {
  const child = task(function* () {
    try {
      yield* on(sleep(10));
    } catch {
      log('swallowed');
    }
    return 'late';
  });
  try {
    log('got', yield* on(waitFor(child, 1)));
  } catch (error) {
    log(error);
  }
  log(child.done(), child.cancelled());
}

export function* waitForThatIsCancelled({ log, task, coroutine }: Stage) {
  const body = coroutine(function* () {
    try {
      yield* on(sleep(10));
    } catch (error) {
      log('inside');
      throw error;
    }
  });

  const outer = task(function* () {
    try {
      yield* on(waitFor(body(), 5));
    } catch (error) {
      log('outside', error);
      throw error;
    }
  });
  yield* on(sleep(1));
  outer.cancel();
  yield* on(wait([outer]));
  log(outer.cancelled());
}

export function* waitForThatFails({ log, coroutine }: Stage) {
  const body = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('inside');
  });

  try {
    yield* on(waitFor(body(), 5));
  } catch (error) {
    log(error);
  }
}

export function* waitForAShieldedTask({ log }: Stage) {
  const task = createTask(sleep(3, 'result'));
  try {
    yield* on(waitFor(shield(task), 1));
  } catch (error) {
    log(error, task.done());
  }
  log(yield* on(task));
}

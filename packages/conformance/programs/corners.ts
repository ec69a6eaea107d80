/** Where several things meet: cancels, limits, groups and locks, often in the same turn. */
import {
  asCompleted,
  Barrier,
  BaseException,
  Condition,
  createTask,
  currentTask,
  Event,
  FIRST_COMPLETED,
  type Future,
  gather,
  getRunningLoop,
  Lock,
  Queue,
  Semaphore,
  shield,
  sleep,
  type Task,
  TaskGroup,
  timeout,
  TimeoutError,
  wait,
  waitFor,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

const here = () => currentTask() as Task<unknown>;
const soon = (seconds: number, callback: () => unknown) =>
  getRunningLoop().callLater(seconds, callback);

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

export function* itemAndTimeoutAtTheSameTime({ log, task }: Stage) {
  const getter = (queue: Queue<string>) =>
    task(function* () {
      try {
        return yield* on(waitFor(queue.get(), 1));
      } catch {
        return 'too late';
      }
    });

  for (const putFirst of [true, false]) {
    const queue = new Queue<string>();
    if (putFirst) soon(1, () => queue.putNowait('item'));
    const child = getter(queue);
    yield* on(sleep(0));
    if (!putFirst) soon(1, () => queue.putNowait('item'));
    log(putFirst, yield* on(child), queue.qsize());
    yield* on(sleep(1));
    log(queue.qsize());
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

export function* cancelledTaskEntersAGroup({ log, task, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('child');
  });

  const child = task(function* () {
    try {
      yield* on(sleep(5));
    } catch (cancelled) {
      try {
        yield* on(
          new TaskGroup().use(
            body(function* (group: TaskGroup) {
              group.createTask(failing());
              yield* on(sleep(5));
            }),
          ),
        );
      } catch (error) {
        log(error, here().cancelling());
      }
      yield* on(sleep(0));
      log('goes on');
      throw cancelled;
    }
  });
  yield* on(sleep(1));
  child.cancel();
  yield* on(wait([child]));
  log(child.cancelled());
}

export function* bodyThatCancelsItsOwnTaskInAGroup({ log, task, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } finally {
      log('child ends');
    }
  });

  const parent = task(function* () {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(child());
          yield* on(sleep(1));
          here().cancel();
          log('body ends');
        }),
      ),
    );
  });
  yield* on(wait([parent]));
  log(parent.cancelled(), parent.cancelling());
}

export function* childThatCancelsItsParent({ log, task, body, coroutine }: Stage) {
  const child = coroutine(function* (parent: Task<unknown>) {
    yield* on(sleep(1));
    parent.cancel();
    log('parent cancelled');
    yield* on(sleep(1));
    log('never');
  });

  const parent = task(function* () {
    try {
      yield* on(
        new TaskGroup().use(
          body(function* (group: TaskGroup) {
            group.createTask(child(here()));
          }),
        ),
      );
    } catch (error) {
      log(error);
      throw error;
    }
  });
  yield* on(wait([parent]));
  log(parent.cancelled());
}

export function* twoChildrenFailInOneTurn({ log, body, coroutine }: Stage) {
  const failing = coroutine(function* (text: string) {
    yield* on(sleep(1));
    throw new Boom(text);
  });

  const slow = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } catch {
      log('slow', 'cancelled');
      yield* on(sleep(1));
      throw new Boom('slow');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(slow());
          group.createTask(failing('a'));
          group.createTask(failing('b'));
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* childFailsAsTheBodyIsCancelled({ log, task, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('child');
  });

  const parent = function* () {
    try {
      yield* on(
        new TaskGroup().use(
          body(function* (group: TaskGroup) {
            group.createTask(failing());
            yield* on(sleep(5));
          }),
        ),
      );
    } catch (error) {
      log(error, here().cancelling());
      throw error;
    }
  };

  for (const first of ['cancel', 'child']) {
    if (first === 'cancel') soon(1, () => child.cancel());
    const child: Task<void> = task(parent);
    yield* on(sleep(0));
    if (first === 'child') {
      yield* on(sleep(0));
      soon(1, () => child.cancel());
    }
    yield* on(wait([child]));
    log(first, child.cancelled(), child.cancelling());
  }
}

export function* groupInATimeoutInAGroup({ log, body, coroutine }: Stage) {
  const slow = coroutine(function* (name: string) {
    try {
      yield* on(sleep(10));
    } finally {
      log(name, 'ends');
    }
  });

  const inner = body(function* (group: TaskGroup) {
    group.createTask(slow('inner'));
  });

  const limited = coroutine(function* () {
    try {
      yield* on(timeout(2).use(() => new TaskGroup().use(inner)));
    } catch (error) {
      log(error);
      throw new Boom('limited');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (outer: TaskGroup) {
          outer.createTask(slow('outer'));
          outer.createTask(limited());
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

class Halt extends BaseException {
  override readonly name = 'Halt';
}

export function* groupWhoseChildIsABaseException({ log, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    yield* on(sleep(1));
    throw new Halt();
  });

  const slow = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } finally {
      log('slow ends');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(slow());
          group.createTask(child());
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* groupThatIsCancelledTwice({ log, task, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(10));
    } catch {
      log('child cleans');
      try {
        yield* on(sleep(3));
        log('clean');
      } catch (error) {
        log('interrupted');
        throw error;
      }
    }
  });

  const parent = task(function* () {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(child());
        }),
      ),
    );
  });
  yield* on(sleep(1));
  parent.cancel();
  yield* on(sleep(1));
  parent.cancel();
  yield* on(wait([parent]));
  log(parent.cancelled(), parent.cancelling());
}

export function* gatherCancelledAsItsLastChildEnds({ log, task }: Stage) {
  const waiter = (gathered: Future<unknown[]>) =>
    task(function* () {
      try {
        log(yield* on(gathered));
      } catch {
        log('cancelled', gathered.cancelled());
      }
    });

  for (const first of ['child', 'cancel']) {
    if (first === 'cancel') soon(1, () => parent.cancel());
    const children = [0, 1].map((n) => createTask(sleep(1, n)));
    yield* on(sleep(0));
    const parent: Task<void> = waiter(gather(children));
    if (first === 'child') soon(1, () => parent.cancel());
    yield* on(parent);
    log(
      first,
      children.map((child) => child.cancelled()),
    );
  }
}

export function* gatherWhoseChildSwallowsTheCancel({ log, task, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } catch {
      log('swallowed');
    }
    return 'kept';
  });

  const parent = task(function* () {
    try {
      log(yield* on(gather(child(), sleep(5))));
    } catch (error) {
      log(error);
    }
  });
  yield* on(sleep(1));
  parent.cancel();
  yield* on(parent);
}

export function* lockIsGivenBackInTheTurnOfACancel({ log, task, body }: Stage) {
  const waiter = (lock: Lock, n: number) =>
    task(function* () {
      try {
        yield* on(
          lock.use(
            body(function* () {
              log('has', n);
              yield* on(sleep(1));
            }),
          ),
        );
      } catch {
        log('cancelled', n);
      }
    });

  for (const order of ['release', 'cancel']) {
    const lock = new Lock();
    yield* on(lock.acquire());
    const tasks = [0, 1, 2].map((n) => waiter(lock, n));
    yield* on(sleep(0));
    if (order === 'release') {
      lock.release();
      tasks[0]?.cancel();
    } else {
      tasks[0]?.cancel();
      lock.release();
    }
    yield* on(gather(tasks));
    log(order, lock.locked());
  }
}

export function* lockWithinATimeLimit({ log, body, coroutine }: Stage) {
  const lock = new Lock();

  const holder = coroutine(function* () {
    yield* on(lock.use(() => sleep(2)));
  });

  const waiter = coroutine(function* (n: number) {
    const inside = body(function* () {
      log('has', n);
      yield* on(sleep(5));
    });
    try {
      yield* on(timeout(n).use(() => lock.use(inside)));
    } catch (error) {
      log(n, error, lock.locked());
    }
  });

  yield* on(gather(holder(), waiter(1), waiter(3), waiter(4)));
}

export const conditionCancelledTwiceWhileItWantsItsLock = byHand({
  *generator({ log }) {
    const condition = new Condition();
    const waiter = function* () {
      try {
        yield* condition.use(function* () {
          try {
            yield* condition.wait();
          } finally {
            log('lock is held', condition.locked());
          }
        });
      } catch (error) {
        log('cancelled', here().cancelling());
        throw error;
      }
    };

    const task = createTask(waiter());
    yield* sleep(0);
    yield* condition.acquire();
    condition.notify();
    yield* sleep(1);
    task.cancel();
    yield* sleep(1);
    task.cancel();
    yield* sleep(1);
    log('released');
    condition.release();
    yield* wait([task]);
    log(task.cancelled(), condition.locked());
  },
  async async({ log }) {
    const condition = new Condition();
    const waiter = async () => {
      try {
        await condition.use(async () => {
          try {
            await condition.wait();
          } finally {
            log('lock is held', condition.locked());
          }
        });
      } catch (error) {
        log('cancelled', here().cancelling());
        throw error;
      }
    };

    const task = createTask(waiter);
    await sleep(0);
    await condition.acquire();
    condition.notify();
    await sleep(1);
    task.cancel();
    await sleep(1);
    task.cancel();
    await sleep(1);
    log('released');
    condition.release();
    await wait([task]);
    log(task.cancelled(), condition.locked());
  },
});

export function* conditionWithATimeLimit({ log, task, body }: Stage) {
  const condition = new Condition();

  const waiter = (n: number) =>
    task(function* () {
      yield* on(
        condition.use(
          body(function* () {
            try {
              yield* on(waitFor(condition.wait(), n));
              log('woken', n);
            } catch (error) {
              log(n, error, condition.locked());
            }
          }),
        ),
      );
    });

  const tasks = [1, 3, 4].map(waiter);
  yield* on(sleep(2));
  yield* on(
    condition.use(
      body(function* () {
        condition.notify();
      }),
    ),
  );
  yield* on(gather(tasks));
}

export function* semaphoreAndManyCancels({ log, task, body }: Stage) {
  const semaphore = new Semaphore(1);

  const worker = (n: number) =>
    task(function* () {
      try {
        yield* on(
          semaphore.use(
            body(function* () {
              log('in', n);
              yield* on(sleep(1));
            }),
          ),
        );
      } catch {
        log('cancelled', n);
      }
    });

  const tasks = [0, 1, 2, 3, 4, 5].map(worker);
  yield* on(sleep(0.5));
  tasks[0]?.cancel();
  tasks[1]?.cancel();
  yield* on(sleep(0));
  tasks[2]?.cancel();
  yield* on(sleep(0));
  tasks[4]?.cancel();
  yield* on(gather(tasks));
  log(semaphore.locked());
}

export function* barrierWhoseWaiterIsCancelledWhileTheyLeave({ log, coroutine }: Stage) {
  const barrier = new Barrier(3);

  const runner = coroutine(function* (n: number) {
    try {
      const place = yield* on(barrier.wait());
      log(n, place);
    } catch (error) {
      log(n, error);
    }
  });

  const tasks = [0, 1, 2].map((n) => createTask(runner(n)));
  yield* on(sleep(0));
  tasks[0]?.cancel();
  yield* on(gather(tasks));
  log(barrier.nWaiting, barrier.broken);
  yield* on(gather([0, 1, 2].map((n) => runner(n))));
}

export function* barrierWithANewcomerWhileTheyLeave({ log, coroutine }: Stage) {
  const barrier = new Barrier(2);

  const runner = coroutine(function* (n: number) {
    log('comes', n);
    log('goes', n, yield* on(barrier.wait()));
  });

  const tasks = [0, 1, 2].map((n) => createTask(runner(n)));
  yield* on(sleep(0));
  tasks.push(createTask(runner(3)));
  yield* on(gather(tasks));
}

export function* barrierWithinATimeLimit({ log }: Stage) {
  const barrier = new Barrier(2);
  try {
    yield* on(timeout(1).use(() => barrier.wait()));
  } catch (error) {
    log(error, barrier.nWaiting, barrier.broken);
  }
  log(yield* on(gather(barrier.wait(), barrier.wait())));
}

export function* queueWhosePutterAndGetterAreCancelledInTurn({ log, task }: Stage) {
  const queue = new Queue<number>(1);

  const putter = (n: number) =>
    task(function* () {
      try {
        yield* on(queue.put(n));
        log('put', n);
      } catch {
        log('put cancelled', n);
      }
    });

  const getter = (n: number) =>
    task(function* () {
      try {
        log('got', n, yield* on(queue.get()));
      } catch {
        log('get cancelled', n);
      }
    });

  const putters = [0, 1, 2].map(putter);
  yield* on(sleep(0));
  const getters = [0, 1].map(getter);
  putters[1]?.cancel();
  yield* on(sleep(0));
  getters[0]?.cancel();
  yield* on(sleep(0));
  yield* on(gather([...putters, ...getters]));
  log(queue.qsize());
}

export function* joinWithATimeLimit({ log }: Stage) {
  const queue = new Queue<string>();
  queue.putNowait('item');
  try {
    yield* on(waitFor(queue.join(), 1));
  } catch (error) {
    log(error);
  }
  queue.taskDone();
  yield* on(queue.join());
  log('joined');
}

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

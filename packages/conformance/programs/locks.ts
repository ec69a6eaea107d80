/** Locks, events, conditions, semaphores and barriers. */
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  createTask,
  Event,
  gather,
  Lock,
  Semaphore,
  sleep,
  wait,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { on, type Stage } from '../src/stage.js';

export const lockIsPassedOnInOrder = byHand({
  *generator({ log }) {
    const lock = new Lock();
    const worker = function* (n: number) {
      log('wants', n);
      yield* lock.use(function* () {
        log('has', n, lock.locked());
        yield* sleep(1);
      });
      log('gave', n);
    };

    yield* gather(worker(0), worker(1), worker(2));
    log(lock.locked());
  },
  async async({ log }) {
    const lock = new Lock();
    const worker = async (n: number) => {
      log('wants', n);
      await lock.use(async () => {
        log('has', n, lock.locked());
        await sleep(1);
      });
      log('gave', n);
    };

    await gather([0, 1, 2].map((n) => () => worker(n)));
    log(lock.locked());
  },
});

export function* lockReleasedAndTakenAgainAtOnce({ log, task, body }: Stage) {
  const lock = new Lock();

  const waiter = (n: number) =>
    task(function* () {
      yield* on(
        lock.use(
          body(function* () {
            log('waiter', n);
          }),
        ),
      );
    });

  yield* on(lock.acquire());
  const tasks = [0, 1].map(waiter);
  yield* on(sleep(0));
  lock.release();
  log('released', lock.locked());
  yield* on(lock.acquire());
  log('main again');
  lock.release();
  yield* on(gather(tasks));
}

export function* lockWaiterThatIsCancelled({ log, task, body }: Stage) {
  const lock = new Lock();

  const waiter = (n: number) =>
    task(function* () {
      try {
        yield* on(
          lock.use(
            body(function* () {
              log('has', n);
            }),
          ),
        );
      } catch (error) {
        log('cancelled', n);
        throw error;
      }
    });

  yield* on(lock.acquire());
  const tasks = [0, 1, 2].map(waiter);
  yield* on(sleep(0));
  tasks[0]?.cancel();
  yield* on(sleep(0));
  lock.release();
  tasks[1]?.cancel();
  log(yield* on(gather(tasks, { returnExceptions: true })));
  log(lock.locked());
}

export function* lockReleasedByNobody({ log }: Stage) {
  const lock = new Lock();
  try {
    lock.release();
  } catch (error) {
    log(error);
  }
  log(yield* on(lock.acquire()));
}

export function* eventWakesAllWhoWait({ log, task }: Stage) {
  const event = new Event();

  const waiter = (n: number) =>
    task(function* () {
      log('waits', n);
      log(yield* on(event.wait()), n);
    });

  const tasks = [0, 1, 2].map(waiter);
  yield* on(sleep(1));
  event.set();
  event.clear();
  log('set and cleared', event.isSet());
  yield* on(gather(tasks));
  event.set();
  log(yield* on(event.wait()));
}

export function* eventWaiterThatIsCancelled({ log }: Stage) {
  const event = new Event();
  const tasks = [0, 1].map(() => createTask(event.wait()));
  yield* on(sleep(0));
  tasks[0]?.cancel();
  yield* on(sleep(0));
  event.set();
  log(yield* on(gather(tasks, { returnExceptions: true })));
}

export const conditionNotifiesSomeAndAll = byHand({
  *generator({ log }) {
    const condition = new Condition();
    const waiter = function* (n: number) {
      yield* condition.use(function* () {
        log('waits', n);
        yield* condition.wait();
        log('woken', n);
      });
    };

    const tasks = [0, 1, 2, 3].map((n) => createTask(waiter(n)));
    yield* sleep(1);
    yield* condition.use(function* () {
      condition.notify(2);
      log('notified two');
      yield* sleep(1);
    });
    yield* sleep(1);
    yield* condition.use(function* () {
      condition.notifyAll();
      log('notified all');
    });
    yield* gather(tasks);
    log(condition.locked());
  },
  async async({ log }) {
    const condition = new Condition();
    const waiter = async (n: number) => {
      await condition.use(async () => {
        log('waits', n);
        await condition.wait();
        log('woken', n);
      });
    };

    const tasks = [0, 1, 2, 3].map((n) => createTask(() => waiter(n)));
    await sleep(1);
    await condition.use(async () => {
      condition.notify(2);
      log('notified two');
      await sleep(1);
    });
    await sleep(1);
    await condition.use(async () => {
      condition.notifyAll();
      log('notified all');
    });
    await gather(tasks);
    log(condition.locked());
  },
});

export function* conditionWaitsForAPredicate({ log, task, body }: Stage) {
  const condition = new Condition();
  const numbers: number[] = [];
  const sum = () => numbers.reduce((a, b) => a + b, 0);

  const waiter = task(function* () {
    yield* on(
      condition.use(
        body(function* () {
          log('got', yield* on(condition.waitFor(() => numbers.length > 2 && sum())));
        }),
      ),
    );
  });
  for (const n of [0, 1, 2, 3]) {
    yield* on(sleep(1));
    yield* on(
      condition.use(
        body(function* () {
          numbers.push(n);
          log('puts', n);
          condition.notify();
        }),
      ),
    );
  }
  yield* on(waiter);
}

export function* conditionWaiterThatIsCancelledHasTheLockAgain({ log, task, body }: Stage) {
  const condition = new Condition();

  const waiter = task(function* () {
    yield* on(
      condition.use(
        body(function* () {
          try {
            yield* on(condition.wait());
          } catch (error) {
            log('cancelled', condition.locked());
            throw error;
          }
        }),
      ),
    );
  });
  yield* on(sleep(1));
  yield* on(
    condition.use(
      body(function* () {
        waiter.cancel();
        yield* on(sleep(1));
        log('still held');
      }),
    ),
  );
  yield* on(wait([waiter]));
  log(waiter.cancelled(), condition.locked());
}

export function* conditionNotifiedWaiterThatIsCancelledPassesItOn({ log, task, body }: Stage) {
  const condition = new Condition();

  const waiter = (n: number) =>
    task(function* () {
      yield* on(
        condition.use(
          body(function* () {
            yield* on(condition.wait());
            log('woken', n);
          }),
        ),
      );
    });

  const tasks = [0, 1].map(waiter);
  yield* on(sleep(1));
  yield* on(
    condition.use(
      body(function* () {
        condition.notify();
        tasks[0]?.cancel();
      }),
    ),
  );
  log(yield* on(gather(tasks, { returnExceptions: true })));
}

export function* conditionWithoutItsLock({ log }: Stage) {
  const condition = new Condition();
  for (const wrong of [() => condition.notify(), () => condition.notifyAll()]) {
    try {
      wrong();
    } catch (error) {
      log(error);
    }
  }
  try {
    yield* on(condition.wait());
  } catch (error) {
    log(error);
  }
}

export const semaphoreLetsSoManyIn = byHand({
  *generator({ log }) {
    const semaphore = new Semaphore(2);
    const worker = function* (n: number, seconds: number) {
      yield* semaphore.use(function* () {
        log('in', n, semaphore.locked());
        yield* sleep(seconds);
      });
      log('out', n, semaphore.locked());
    };

    yield* gather([3, 1, 2, 1].map((seconds, n) => () => worker(n, seconds)));
  },
  async async({ log }) {
    const semaphore = new Semaphore(2);
    const worker = async (n: number, seconds: number) => {
      await semaphore.use(async () => {
        log('in', n, semaphore.locked());
        await sleep(seconds);
      });
      log('out', n, semaphore.locked());
    };

    await gather([3, 1, 2, 1].map((seconds, n) => () => worker(n, seconds)));
  },
});

export function* semaphoreWaitersThatAreCancelled({ log, task }: Stage) {
  const semaphore = new Semaphore(0);

  const waiter = (n: number) =>
    task(function* () {
      yield* on(semaphore.acquire());
      log('has', n);
    });

  const tasks = [0, 1, 2, 3].map(waiter);
  yield* on(sleep(0));
  semaphore.release();
  tasks[0]?.cancel();
  tasks[2]?.cancel();
  yield* on(sleep(0));
  yield* on(sleep(0));
  log(semaphore.locked());
  semaphore.release();
  log(yield* on(gather(tasks, { returnExceptions: true })));
  log(semaphore.locked());
}

export function* semaphoreIsFair({ log, task, body }: Stage) {
  const semaphore = new Semaphore(1);

  const enters = (who: readonly unknown[]) =>
    semaphore.use(
      body(function* () {
        log(...who);
      }),
    );

  const waiter = (n: number) =>
    task(function* () {
      yield* on(enters(['waiter', n]));
    });

  yield* on(semaphore.acquire());
  const tasks = [0, 1].map(waiter);
  yield* on(sleep(0));
  semaphore.release();
  log('locked for newcomers', semaphore.locked());
  yield* on(enters(['main']));
  yield* on(gather(tasks));
}

export function* boundedSemaphoreReleasedTooOften({ log }: Stage) {
  const semaphore = new BoundedSemaphore(1);
  yield* on(semaphore.acquire());
  semaphore.release();
  for (const wrong of [() => semaphore.release(), () => new Semaphore(-1)]) {
    try {
      wrong();
    } catch (error) {
      log(error);
    }
  }
}

export function* barrierLetsAllGoAtOnce({ log, coroutine }: Stage) {
  const barrier = new Barrier(3);

  const runner = coroutine(function* (n: number) {
    yield* on(sleep(n));
    log('comes', n, barrier.nWaiting);
    const place = yield* on(barrier.wait());
    log('goes', n, place, barrier.nWaiting);
  });

  yield* on(gather([2, 1, 3].map((n) => runner(n))));
  yield* on(gather([4, 5, 6].map((n) => runner(n))));
  log(barrier.broken, barrier.parties);
}

export function* barrierThatIsAborted({ log, coroutine }: Stage) {
  const barrier = new Barrier(3);

  const runner = coroutine(function* (n: number | string) {
    try {
      yield* on(barrier.wait());
    } catch (error) {
      log(n, error);
    }
  });

  const tasks = [0, 1].map((n) => createTask(runner(n)));
  yield* on(sleep(1));
  yield* on(barrier.abort());
  log('aborted', barrier.broken);
  yield* on(gather(...tasks, runner('late')));
  yield* on(barrier.reset());
  log(barrier.broken);
  yield* on(gather([0, 1, 2].map((n) => runner(n))));
}

export function* barrierResetWhileSomeWait({ log, coroutine }: Stage) {
  const barrier = new Barrier(2);

  const runner = coroutine(function* (n: string) {
    try {
      log(n, 'place', yield* on(barrier.wait()));
    } catch (error) {
      log(n, error);
    }
  });

  const task = createTask(runner('first'));
  yield* on(sleep(1));
  yield* on(barrier.reset());
  yield* on(task);
  log(barrier.broken, barrier.nWaiting);
  yield* on(gather(runner('a'), runner('b')));
}

export function* barrierWaiterThatIsCancelled({ log }: Stage) {
  const barrier = new Barrier(2);
  const task = createTask(barrier.wait());
  yield* on(sleep(0));
  log(barrier.nWaiting);
  task.cancel();
  yield* on(wait([task]));
  log(barrier.nWaiting, barrier.broken);
  log(yield* on(gather(barrier.wait(), barrier.wait())));
}

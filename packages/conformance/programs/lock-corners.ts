/** Where locks, conditions, semaphores, barriers and queues meet cancels and limits, often in the same turn. */
import {
  Barrier,
  Condition,
  createTask,
  gather,
  Lock,
  Queue,
  Semaphore,
  sleep,
  timeout,
  wait,
  waitFor,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { here, on, soon, type Stage } from '../src/stage.js';

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

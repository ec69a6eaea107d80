/** Eager tasks: their first step runs at once, inside the call that makes them. */
import {
  ContextVar,
  createTask,
  currentTask,
  eagerTaskFactory,
  gather,
  getRunningLoop,
  sleep,
  TaskGroup,
  timeout,
  wait,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

const eager = () => getRunningLoop().setTaskFactory(eagerTaskFactory);

export const runsUpToItsFirstWait = byHand({
  *generator({ log }) {
    const body = function* () {
      log('begins');
      yield* sleep(1);
      log('goes on');
      return 'result';
    };

    eager();
    const task = createTask(body());
    log('made', task.done());
    log(yield* task);
  },
  async async({ log }) {
    const body = async () => {
      log('begins');
      await sleep(1);
      log('goes on');
      return 'result';
    };

    eager();
    const task = createTask(body);
    log('made', task.done());
    log(await task);
  },
});

export const thatNeverWaitsIsDoneAtOnce = byHand({
  *generator({ log }) {
    const body = function* () {
      return 'result';
    };
    const failing = function* (): Generator<unknown, never> {
      throw new Boom('at once');
    };

    eager();
    const task = createTask(body());
    log(task.done(), task.result(), yield* task);
    const failed = createTask(failing());
    log(failed.done(), failed.exception());
  },
  // An async function ends in a microtask, so its task is not done when `createTask` returns; it is after one turn.
  async async({ log }) {
    const body = async () => 'result';
    const failing = async (): Promise<never> => {
      throw new Boom('at once');
    };

    eager();
    const task = createTask(body);
    await sleep(0);
    log(task.done(), task.result(), await task);
    const failed = createTask(failing);
    await sleep(0);
    log(failed.done(), failed.exception());
  },
});

export function* knowsItself({ log, coroutine }: Stage) {
  const body = coroutine(function* (name: string) {
    log(name, currentTask() !== outer);
    yield* on(sleep(0));
    log(name, currentTask()?.getName());
  });

  eager();
  const outer = currentTask();
  const task = createTask(body('child'), { name: 'eager' });
  log(currentTask() === outer);
  yield* on(task);
}

export const nestedInOneAnother = byHand({
  *generator({ log }) {
    function* body(n: number): Generator<unknown, void, unknown> {
      log('begins', n);
      if (n > 0) {
        const task = createTask(body(n - 1));
        log('made', n - 1);
        yield* task;
      }
      yield* sleep(0);
      log('ends', n);
    }

    eager();
    yield* createTask(body(3));
  },
  async async({ log }) {
    async function body(n: number): Promise<void> {
      log('begins', n);
      if (n > 0) {
        const task = createTask(() => body(n - 1));
        log('made', n - 1);
        await task;
      }
      await sleep(0);
      log('ends', n);
    }

    eager();
    await createTask(() => body(3));
  },
});

export function* cancelledAfterItsFirstStep({ log, task }: Stage) {
  eager();
  const child = task(function* () {
    log('begins');
    try {
      yield* on(sleep(1));
    } catch (error) {
      log('cancelled');
      throw error;
    }
  });
  child.cancel();
  yield* on(wait([child]));
  log(child.cancelled());
}

export function* inGroupsAndGathers({ log, body, coroutine }: Stage) {
  const child = coroutine(function* (n: number) {
    log('begins', n);
    if (n % 2 === 0) yield* on(sleep(n));
    log('ends', n);
    return n;
  });

  eager();
  log(yield* on(gather([0, 1, 2, 3].map((n) => child(n)))));
  yield* on(
    new TaskGroup().use(
      body(function* (group: TaskGroup) {
        for (const n of [0, 1, 2]) group.createTask(child(n));
        log('body ends');
      }),
    ),
  );
}

export function* failingAtOnceInAGroup({ log, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    throw new Boom('at once');
  });

  eager();
  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(failing());
          log('body goes on');
          yield* on(sleep(1));
          log('never');
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* withAContextOfItsOwn({ log, task }: Stage) {
  const name = new ContextVar('name', { default: 'nobody' });

  const body = function* () {
    name.set('child');
    log('inside', name.get());
    yield* on(sleep(0));
    log('later', name.get());
  };

  eager();
  name.set('main');
  const child = task(body);
  log('outside', name.get());
  yield* on(child);
  log('outside', name.get());
}

export function* timeoutsBegunInTheFirstStep({ log, task }: Stage) {
  const body = function* () {
    try {
      yield* on(timeout(1).use(() => sleep(5)));
    } catch (error) {
      log(error, currentTask()?.cancelling());
    }
  };

  eager();
  yield* on(task(body));
  log('main', currentTask()?.cancelling());
}

/** Tasks: when they run, what they give, what can be asked of them. */
import {
  allTasks,
  createTask,
  currentTask,
  gather,
  getRunningLoop,
  InvalidStateError,
  RuntimeError,
  sleep,
  type Task,
  wait,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

export const awaitedBeforeAndAfterItIsDone = byHand({
  *generator({ log }) {
    const body = function* () {
      log('child begins');
      yield* sleep(1);
      log('child ends');
      return 'result';
    };

    const child = createTask(body());
    log('made', child.done());
    log(yield* child);
    log('again', yield* child, child.result(), child.exception());
  },
  async async({ log }) {
    const body = async () => {
      log('child begins');
      await sleep(1);
      log('child ends');
      return 'result';
    };

    const child = createTask(body);
    log('made', child.done());
    log(await child);
    log('again', await child, child.result(), child.exception());
  },
});

export const startedInTheOrderOfTheirMaking = byHand({
  *generator({ log }) {
    const body = function* (n: number) {
      log(n, 'begins');
      yield* sleep(0);
      log(n, 'goes on');
      yield* sleep(0);
      log(n, 'ends');
      return n * n;
    };

    const tasks = [0, 1, 2].map((n) => createTask(body(n)));
    log('made');
    yield* sleep(0);
    log('main, one turn later');
    for (const task of tasks) log(yield* task);
  },
  async async({ log }) {
    const body = async (n: number) => {
      log(n, 'begins');
      await sleep(0);
      log(n, 'goes on');
      await sleep(0);
      log(n, 'ends');
      return n * n;
    };

    const tasks = [0, 1, 2].map((n) => createTask(() => body(n)));
    log('made');
    await sleep(0);
    log('main, one turn later');
    for (const task of tasks) log(await task);
  },
});

export function* severalWaitForOne({ log, task }: Stage) {
  const waiter = (name: string, child: Task<string>) =>
    task(function* () {
      log(name, 'waits');
      log(name, 'got', yield* on(child));
    });

  const child = task(function* () {
    yield* on(sleep(1));
    return 'value';
  });
  const waiters = ['a', 'b', 'c'].map((name) => waiter(name, child));
  for (const each of waiters.reverse()) yield* on(each);
  log('all');
}

export function* errorSeenByEachWhoWaits({ log, task, coroutine }: Stage) {
  const waiter = coroutine(function* (name: string, child: Task<void>) {
    try {
      yield* on(child);
    } catch (error) {
      log(name, error);
    }
  });

  const child = task(function* () {
    yield* on(sleep(0));
    throw new Boom('broken');
  });
  const waiters = ['a', 'b'].map((name) => createTask(waiter(name, child)));
  yield* on(gather(waiters));
  log(child.exception());
  try {
    child.result();
  } catch (error) {
    log('result', error);
  }
}

export function* namesAndStates({ log, task }: Stage) {
  const body = function* () {
    yield* on(sleep(1));
  };

  const named = task(body, { name: 'named' });
  const other = task(body);
  log(named.getName(), named.done(), named.cancelled(), named.cancelling());
  named.setName(7);
  log(named.getName(), other.getName().startsWith('Task-'));
  for (const ask of [() => named.result(), () => named.exception()]) {
    try {
      ask();
    } catch (error) {
      if (!(error instanceof InvalidStateError)) throw error;
      log(error);
    }
  }
  for (const tell of [
    () => named.setResult(undefined as never),
    () => named.setException(new Boom('no') as never),
  ]) {
    try {
      tell();
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      log(error);
    }
  }
  yield* on(wait([named, other]));
  log(named.done(), named.result());
}

export function* currentTaskAndAllTasks({ log, task, coroutine }: Stage) {
  const names = () => [...allTasks()].map((one) => one.getName()).sort();

  const inner = coroutine(function* () {
    log('inner', currentTask()?.getName());
  });

  const body = function* () {
    log('begins', currentTask()?.getName(), names());
    yield* on(inner());
    yield* on(sleep(0));
    log('ends', names());
  };

  currentTask()?.setName('main');
  const first = task(body, { name: 'first' });
  const second = task(body, { name: 'second' });
  getRunningLoop().callSoon(() => log('callback', currentTask()));
  log(names());
  yield* on(first);
  log('first is done', names());
  yield* on(second);
  log('second is done', names());
}

export const deepChainOfCoroutinesIsOneStep = byHand({
  *generator({ log }) {
    function* depth(n: number): Generator<unknown, number, unknown> {
      if (n === 0) {
        log('bottom');
        yield* sleep(0);
        log('bottom again');
        return 0;
      }
      return 1 + (yield* depth(n - 1));
    }
    function* beside() {
      for (let i = 0; i < 4; i++) {
        log('beside');
        yield* sleep(0);
      }
    }

    const other = createTask(beside());
    const chain = createTask(depth(20));
    log(yield* chain);
    log('main');
    yield* other;
  },
  async async({ log }) {
    async function depth(n: number): Promise<number> {
      if (n === 0) {
        log('bottom');
        await sleep(0);
        log('bottom again');
        return 0;
      }
      return 1 + (await depth(n - 1));
    }
    async function beside() {
      for (let i = 0; i < 4; i++) {
        log('beside');
        await sleep(0);
      }
    }

    const other = createTask(beside);
    const chain = createTask(() => depth(20));
    log(await chain);
    log('main');
    await other;
  },
});

export function* waitingForADoneFutureTakesNoTurn({ log, loop }: Stage) {
  const done = loop.createFuture<string>();
  done.setResult('there');
  loop.callSoon(log, 'the next turn');
  log(yield* on(done));
  log(yield* on(done));
  yield* on(sleep(0));
  log('after one turn');
}

export function* taskThatEndsAtOnceTakesTwoTurnsToBeSeen({ log, task, coroutine, loop }: Stage) {
  const body = function* () {
    log('runs');
    return 'nothing';
  };
  const nothing = coroutine(body);

  const tick = (n: number): void => {
    log('turn', n);
    if (n < 4) loop.callSoon(tick, n + 1);
  };

  loop.callSoon(tick, 1);
  log(yield* on(task(body)));
  log(yield* on(nothing()));
}

export function* cannotWaitForItself({ log, task }: Stage) {
  const child = task(function* () {
    try {
      yield* on(currentTask() as Task<unknown>);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      log(error);
    }
    yield* on(sleep(0));
    log('goes on');
  });
  yield* on(child);
  log('done');
}

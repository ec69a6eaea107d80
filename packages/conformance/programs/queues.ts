/** Queues of all kinds: who gets what, who waits, and how they end. */
import { createTask, gather, LifoQueue, PriorityQueue, Queue, sleep, wait } from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { on, type Stage } from '../src/stage.js';

export const producerAndConsumer = byHand({
  *generator({ log }) {
    const queue = new Queue<number | null>(2);
    const produce = function* () {
      for (let n = 0; n < 4; n++) {
        yield* queue.put(n);
        log('put', n, queue.qsize(), queue.full());
      }
      yield* queue.put(null);
    };
    const consume = function* () {
      for (let item; (item = yield* queue.get()) !== null;) {
        log('got', item);
        yield* sleep(1);
      }
    };

    yield* gather(produce(), consume());
    log(queue.empty());
  },
  async async({ log }) {
    const queue = new Queue<number | null>(2);
    const produce = async () => {
      for (let n = 0; n < 4; n++) {
        await queue.put(n);
        log('put', n, queue.qsize(), queue.full());
      }
      await queue.put(null);
    };
    const consume = async () => {
      for (let item; (item = await queue.get()) !== null;) {
        log('got', item);
        await sleep(1);
      }
    };

    await gather(produce, consume);
    log(queue.empty());
  },
});

export function* gettersAreServedInOrder({ log, task }: Stage) {
  const queue = new Queue<string>();

  const getter = (n: number) =>
    task(function* () {
      log(n, yield* on(queue.get()));
    });

  const tasks = [0, 1, 2].map(getter);
  yield* on(sleep(0));
  for (const item of ['a', 'b', 'c']) queue.putNowait(item);
  log('put all', queue.qsize());
  yield* on(gather(tasks));
}

export function* puttersAreLetInInOrder({ log, task }: Stage) {
  const queue = new Queue<number>(1);

  const putter = (n: number) =>
    task(function* () {
      yield* on(queue.put(n));
      log('put', n);
    });

  const tasks = [0, 1, 2, 3].map(putter);
  yield* on(sleep(1));
  for (let i = 0; i < 4; i++) {
    log('got', yield* on(queue.get()));
    yield* on(sleep(1));
  }
  yield* on(gather(tasks));
}

export function* nowaitWhenItWouldHaveToWait({ log }: Stage) {
  const queue = new Queue<string>(1);
  try {
    queue.getNowait();
  } catch (error) {
    log(error);
  }
  queue.putNowait('one');
  try {
    queue.putNowait('two');
  } catch (error) {
    log(error);
  }
  log(queue.getNowait(), queue.maxsize);
}

export function* cancelledGetterLosesNothing({ log, task }: Stage) {
  const queue = new Queue<string>();

  const getter = (n: number) =>
    task(function* () {
      try {
        log(n, yield* on(queue.get()));
      } catch (error) {
        log(n, 'cancelled');
        throw error;
      }
    });

  const tasks = [0, 1, 2].map(getter);
  yield* on(sleep(0));
  queue.putNowait('a');
  tasks[0]?.cancel();
  tasks[2]?.cancel();
  yield* on(gather(tasks, { returnExceptions: true }));
  log(queue.qsize());
}

export function* cancelledPutterPutsNothing({ log }: Stage) {
  const queue = new Queue<string | number>(1);
  queue.putNowait('first');
  const tasks = [0, 1, 2].map((n) => createTask(queue.put(n)));
  yield* on(sleep(0));
  tasks[1]?.cancel();
  log(queue.getNowait());
  tasks[0]?.cancel();
  yield* on(gather(tasks, { returnExceptions: true }));
  log(
    tasks.map((task) => task.cancelled()),
    queue.qsize(),
    queue.getNowait(),
  );
}

export const joinedUntilAllIsDone = byHand({
  *generator({ log }) {
    const queue = new Queue<number>();
    const worker = function* (name: string) {
      for (;;) {
        const item = yield* queue.get();
        yield* sleep(item);
        log(name, 'did', item);
        queue.taskDone();
      }
    };

    for (const item of [3, 1, 2]) queue.putNowait(item);
    const workers = ['a', 'b'].map((name) => createTask(worker(name)));
    yield* queue.join();
    log('joined');
    yield* queue.join();
    for (const one of workers) one.cancel();
    yield* wait(workers);
    try {
      queue.taskDone();
    } catch (error) {
      log(error);
    }
  },
  async async({ log }) {
    const queue = new Queue<number>();
    const worker = async (name: string) => {
      for await (const item of queue) {
        await sleep(item);
        log(name, 'did', item);
        queue.taskDone();
      }
    };

    for (const item of [3, 1, 2]) queue.putNowait(item);
    const workers = ['a', 'b'].map((name) => createTask(() => worker(name)));
    await queue.join();
    log('joined');
    await queue.join();
    for (const one of workers) one.cancel();
    await wait(workers);
    try {
      queue.taskDone();
    } catch (error) {
      log(error);
    }
  },
});

export function* lastInFirstOut({ log }: Stage) {
  const queue = new LifoQueue<number>();
  for (const n of [0, 1, 2]) yield* on(queue.put(n));
  log([yield* on(queue.get()), yield* on(queue.get()), yield* on(queue.get())]);
}

export function* byPriority({ log, coroutine }: Stage) {
  const queue = new PriorityQueue<[number, string]>();
  for (const item of [
    [3, 'c'],
    [1, 'z'],
    [2, 'b'],
    [1, 'a'],
    [0, ''],
  ] as [number, string][]) {
    queue.putNowait(item);
  }
  log([0, 1, 2, 3, 4].map(() => queue.getNowait()));

  const getter = coroutine(function* () {
    return yield* on(queue.get());
  });

  const tasks = [0, 1].map(() => createTask(getter()));
  yield* on(sleep(0));
  queue.putNowait([9, 'late']);
  queue.putNowait([1, 'early']);
  log(yield* on(gather(tasks)));
}

export function* shutDownWhileSomeWait({ log, task }: Stage) {
  const queue = new Queue<number>();

  const getter = (n: number) =>
    task(function* () {
      try {
        log(n, yield* on(queue.get()));
      } catch (error) {
        log(n, error);
      }
    });

  const tasks = [0, 1].map(getter);
  yield* on(sleep(1));
  queue.shutdown();
  log('shut down');
  yield* on(gather(tasks));
  try {
    yield* on(queue.put(1));
  } catch (error) {
    log(error);
  }
}

export function* shutDownWithItemsLeft({ log, task }: Stage) {
  const queue = new Queue<string>(2);
  queue.putNowait('a');
  queue.putNowait('b');

  const putter = task(function* () {
    try {
      yield* on(queue.put('c'));
    } catch (error) {
      log('putter', error);
    }
  });
  yield* on(sleep(0));
  queue.shutdown();
  yield* on(putter);
  log(queue.getNowait(), yield* on(queue.get()));
  for (let i = 0; i < 2; i++) {
    try {
      yield* on(queue.get());
    } catch (error) {
      log(error);
    }
  }
}

export function* shutDownAtOnce({ log, task }: Stage) {
  const queue = new Queue<number>();
  for (const n of [0, 1, 2]) queue.putNowait(n);

  const joiner = task(function* () {
    yield* on(queue.join());
    log('joined');
  });
  yield* on(sleep(0));
  log(queue.getNowait());
  queue.shutdown({ immediate: true });
  log(queue.qsize(), queue.empty());
  yield* on(sleep(0));
  queue.taskDone();
  yield* on(joiner);
}

export function* getterThatWasWokenAndRobbed({ log, task }: Stage) {
  const queue = new Queue<string>();

  const getter = task(function* () {
    log('getter', yield* on(queue.get()));
  });
  yield* on(sleep(0));
  queue.putNowait('first');
  log('robbed', queue.getNowait());
  yield* on(sleep(1));
  queue.putNowait('second');
  yield* on(getter);
}

/** Overrides in subclasses are obeyed, and extension points are called. */
import {
  Condition,
  createTask,
  ensureFuture,
  Future,
  gather,
  getRunningLoop,
  Lock,
  Queue,
  shield,
  sleep,
  Task,
  type TaskBody,
  TaskGroup,
  type TaskOptions,
  wait,
} from 'asyncio-ts';

import { Boom, on, type Stage } from '../src/stage.js';

export function* loopWhoseTimeAndCallSoonAreWatched({ log, loop, coroutine }: Stage) {
  const usual = loop.callSoon;
  const seen: string[] = [];
  const watched = (
    callback: (...args: readonly unknown[]) => unknown,
    ...args: readonly unknown[]
  ) => {
    seen.push('soon');
    return usual.call(loop, callback, ...args);
  };

  const child = coroutine(function* () {
    yield* on(sleep(0));
  });

  loop.callSoon = watched as never;
  const future = loop.createFuture<null>();
  future.addDoneCallback(() => {});
  future.setResult(null);
  log('callback', seen.length);
  const task = new Task(child(), { loop });
  log('task', seen.length > 1);
  yield* on(task);
  delete (loop as Partial<typeof loop>).callSoon;
}

export function* loopThatMakesFuturesOfItsOwn({ log, loop, body }: Stage) {
  let made = 0;
  const usual = loop.createFuture;
  loop.createFuture = function createFuture<T>() {
    made++;
    return usual.call(loop) as Future<T>;
  };

  yield* on(sleep(1));
  log('sleep', made);
  yield* on(wait([ensureFuture(sleep(0))]));
  log('wait', made);
  const lock = new Lock();
  yield* on(
    lock.use(
      body(function* () {
        log('free lock', made);
      }),
    ),
  );
  shield(createTask(sleep(1)));
  log('shield', made);
  delete (loop as Partial<typeof loop>).createFuture;
}

export function* taskFactoryOfOnesOwn({ log, loop, body }: Stage) {
  const made: Task<unknown>[] = [];
  const factory = <T>(_loop: unknown, coro: never, options?: TaskOptions) => {
    const task = new Task<T>(coro, { loop, ...options });
    made.push(task);
    return task;
  };

  loop.setTaskFactory(factory as never);
  log(loop.getTaskFactory() === (factory as unknown));
  yield* on(createTask(sleep(0), { name: 'named' }));
  yield* on(gather(sleep(1), sleep(1)));
  yield* on(
    new TaskGroup().use(
      body(function* (group: TaskGroup) {
        group.createTask(sleep(0));
      }),
    ),
  );
  log(made.length, made[0]?.getName());
  loop.setTaskFactory(null);
}

export function* queueThatKeepsItsItemsItsOwnWay({ log }: Stage) {
  class Unique extends Queue<string> {
    declare protected _queue: string[];

    protected override _init(maxsize: number): void {
      log('init', maxsize);
      this._queue = [];
    }

    protected override _put(item: string): void {
      if (!this._queue.includes(item)) this._queue.push(item);
    }

    protected override _get(): string {
      return this._queue.pop() as string;
    }
  }

  const queue = new Unique(3);
  for (const item of ['a', 'b', 'a']) yield* on(queue.put(item));
  log(queue.qsize(), queue.full());
  log(yield* on(queue.get()), queue.getNowait(), queue.empty());
}

export function* futureWhoseCancelIsRefused({ log, loop, task }: Stage) {
  class Stubborn extends Future<string> {
    override cancel(): boolean {
      log('asked');
      return false;
    }
  }

  const future = new Stubborn({ loop });

  const waiter = task(function* () {
    try {
      log('got', yield* on(future));
      yield* on(sleep(0));
      log('never');
    } catch {
      log('cancelled');
    }
  });
  yield* on(sleep(0));
  log(waiter.cancel());
  yield* on(sleep(0));
  log(waiter.done(), waiter.cancelling());
  future.setResult('value');
  yield* on(waiter);
}

export function* awaitableThatIsNotAFuture({ log, coroutine }: Stage) {
  const thing = coroutine(function* () {
    log('awaited');
    yield;
    yield* on(sleep(1, 'slept'));
    return 'thing';
  });

  log(yield* on(thing()));
  log(yield* on(ensureFuture(thing())));
}

export function* lockLikeConditionWithALockGiven({ log, task, body }: Stage) {
  const lock = new Lock();
  const condition = new Condition(lock);

  const waiter = task(function* () {
    yield* on(
      condition.use(
        body(function* () {
          log('waits', lock.locked());
          yield* on(condition.wait());
          log('woken', lock.locked());
        }),
      ),
    );
  });
  yield* on(sleep(0));
  log('free', lock.locked());
  yield* on(
    lock.use(
      body(function* () {
        condition.notify();
        yield* on(sleep(1));
      }),
    ),
  );
  yield* on(waiter);
}

export function* taskThatIsToldByItsCallbacks({ log, coroutine }: Stage) {
  const added: unknown[] = [];
  class Watched<T> extends Task<T> {
    override addDoneCallback(callback: (task: this) => unknown): void {
      added.push(callback);
      super.addDoneCallback(callback);
    }
  }

  const child = coroutine(function* () {
    throw new Boom('child');
  });

  const task = new Watched(child() as TaskBody<never> as never, { loop: getRunningLoop() });
  const [done] = yield* on(wait([task]));
  log(added.length, done.has(task), task.exception());
}

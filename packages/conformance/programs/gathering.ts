/** gather, wait and as_completed: many are waited for. */
import {
  asCompleted,
  asyncFor,
  createTask,
  currentTask,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  gather,
  sleep,
  type Task,
  wait,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

const helpers = ({ coroutine }: Stage) => ({
  after: coroutine(function* <T>(seconds: number, result: T) {
    yield* on(sleep(seconds));
    return result;
  }),
  failing: coroutine(function* (seconds: number, text: string): Generator<unknown, never> {
    yield* on(sleep(seconds));
    throw new Boom(text);
  }),
});

const ended = (tasks: Iterable<Task<unknown>>) => [...tasks].map((task) => task.result()).sort();

export const resultsInTheOrderOfTheArguments = byHand({
  *generator({ log }) {
    const child = function* (n: number, seconds: number) {
      log('begins', n);
      yield* sleep(seconds);
      log('ends', n);
      return n;
    };

    log(yield* gather(child(1, 3), child(2, 1), child(3, 2)));
  },
  async async({ log }) {
    const child = async (n: number, seconds: number) => {
      log('begins', n);
      await sleep(seconds);
      log('ends', n);
      return n;
    };

    log(
      await gather(
        () => child(1, 3),
        () => child(2, 1),
        () => child(3, 2),
      ),
    );
  },
});

export function* gatherOfNothing({ log }: Stage) {
  const future = gather();
  log(future.done());
  log(yield* on(future));
}

export function* firstErrorLeavesTheOthersRunning(stage: Stage) {
  const { log, task } = stage;
  const { failing } = helpers(stage);

  const other = task(function* () {
    yield* on(sleep(3));
    log('slow ends');
  });
  try {
    yield* on(gather(failing(1, 'one'), failing(2, 'two'), other));
  } catch (error) {
    log(error, other.done());
  }
  yield* on(other);
}

export function* errorsInTheirPlaces(stage: Stage) {
  const { after, failing } = helpers(stage);
  const gathered = gather(after(2, 'a'), failing(1, 'b'), after(0, 'c'), {
    returnExceptions: true,
  });
  stage.log(yield* on(gathered));
}

export function* cancelledChildOfGather(stage: Stage) {
  const { log } = stage;
  const { after } = helpers(stage);
  const child = createTask(after(5, 'never'));
  const other = createTask(after(2, 'other'));
  const gathered = gather(child, other);
  yield* on(sleep(1));
  child.cancel();
  try {
    yield* on(gathered);
  } catch {
    log('gather', gathered.cancelled(), gathered.done(), other.done());
  }
  log(yield* on(gather(child, other, { returnExceptions: true })));
}

export const cancelledGatherCancelsItsChildren = byHand({
  *generator({ log }) {
    const child = function* (n: number) {
      try {
        yield* sleep(5);
      } catch (error) {
        log('child', n);
        yield* sleep(n);
        log('child ends', n);
        throw error;
      }
    };
    const outer = function* () {
      try {
        yield* gather(child(1), child(2));
      } catch (error) {
        log('outer', currentTask()?.cancelling());
        throw error;
      }
    };

    const task = createTask(outer());
    yield* sleep(1);
    task.cancel();
    yield* wait([task]);
    log(task.cancelled());
  },
  async async({ log }) {
    const child = async (n: number) => {
      try {
        await sleep(5);
      } catch (error) {
        log('child', n);
        await sleep(n);
        log('child ends', n);
        throw error;
      }
    };
    const outer = async () => {
      try {
        await gather(
          () => child(1),
          () => child(2),
        );
      } catch (error) {
        log('outer', currentTask()?.cancelling());
        throw error;
      }
    };

    const task = createTask(outer);
    await sleep(1);
    task.cancel();
    await wait([task]);
    log(task.cancelled());
  },
});

export function* cancelledGatherWithErrorsInPlaces(stage: Stage) {
  const { log, coroutine } = stage;
  const { after } = helpers(stage);
  const stubborn = coroutine(function* () {
    try {
      return yield* on(sleep(5, 'slept'));
    } catch {
      return 'stubborn';
    }
  });

  const gathered = gather(stubborn(), after(5, 'x'), { returnExceptions: true });
  yield* on(sleep(1));
  log(gathered.cancel());
  try {
    log(yield* on(gathered));
  } catch (error) {
    log(error, gathered.cancelled());
  }
}

export function* sameFutureGatheredTwice(stage: Stage) {
  const { after } = helpers(stage);
  const task = createTask(after(1, 'once'));
  stage.log(yield* on(gather(task, task, after(2, 'other'), task)));
}

export function* nestedGathers(stage: Stage) {
  const { log } = stage;
  const { after, failing } = helpers(stage);
  const inner = gather(after(2, 'a'), after(1, 'b'));
  log(yield* on(gather(inner, after(3, 'c'))));
  const failed = gather(failing(2, 'a'), after(1, 'b'));
  log(yield* on(gather(failed, after(1, 'c'), { returnExceptions: true })));
}

export function* waitForAll(stage: Stage) {
  const { after } = helpers(stage);
  const tasks = [3, 1, 2].map((n) => createTask(after(n, n)));
  const [done, pending] = yield* on(wait(tasks));
  stage.log(ended(done), pending.size);
}

export function* waitForTheFirst(stage: Stage) {
  const { after } = helpers(stage);
  let pending: Iterable<Task<number>> & { size?: number } = [3, 1, 2].map((n) =>
    createTask(after(n, n)),
  );
  while (pending.size !== 0) {
    const [done, left] = yield* on(wait(pending, { returnWhen: FIRST_COMPLETED }));
    stage.log(ended(done), left.size);
    pending = left;
  }
}

export function* waitForTheFirstError(stage: Stage) {
  const { log } = stage;
  const { after, failing } = helpers(stage);
  const tasks = [
    createTask(after(1, 'a')),
    createTask(failing(2, 'b')),
    createTask(after(3, 'c')),
  ] as const;
  for (const ask of ['exception', 'cancelled'] as const) {
    const [done, pending] = yield* on(wait(tasks, { returnWhen: FIRST_EXCEPTION }));
    log(done.size, pending.size, ask === 'exception' ? tasks[1].exception() : tasks[2].cancelled());
    tasks[2].cancel();
  }
}

export function* waitWithATimeLimit(stage: Stage) {
  const { after } = helpers(stage);
  const tasks = [1, 2, 3].map((n) => createTask(after(n, n)));
  for (const timeout of [0, 1.5, 0.5, 9]) {
    const [done, pending] = yield* on(wait(tasks, { timeout }));
    stage.log(timeout, done.size, pending.size);
  }
}

export function* cancelledWaitLeavesItsTasksAlone(stage: Stage) {
  const { log, task } = stage;
  const child = createTask(helpers(stage).after(3, 'child'));

  const waiter = task(function* () {
    yield* on(wait([child]));
  });
  yield* on(sleep(1));
  waiter.cancel();
  yield* on(wait([waiter]));
  log(waiter.cancelled(), child.done());
  log(yield* on(child));
}

export function* waitTakesNeitherNothingNorCoroutines(stage: Stage) {
  const { log } = stage;
  try {
    yield* on(wait([]));
  } catch (error) {
    log(error);
  }
  const task = createTask(helpers(stage).after(0, 1));
  try {
    yield* on(wait(task as never));
  } catch (error) {
    log(error);
  }
  try {
    yield* on(wait([task], { returnWhen: 'WHENEVER' as never }));
  } catch (error) {
    log(error);
  }
  log(yield* on(task));
}

export function* asCompletedGivesTheFirstThatEnds(stage: Stage) {
  const { after } = helpers(stage);
  for (const next of asCompleted([after(3, 'c'), after(1, 'a'), after(2, 'b')])) {
    stage.log(yield* on(next));
  }
}

export const asCompletedGivesTheTasksThemselves = byHand({
  *generator(stage) {
    const { after } = helpers(stage);
    const tasks = [2, 1].map((n) => createTask(after(n, n)));
    yield* asyncFor(asCompleted(tasks), (task) => {
      stage.log(tasks.indexOf(task), task.result());
    });
  },
  async async(stage) {
    const { after } = helpers(stage);
    const tasks = [2, 1].map((n) => createTask(after(n, n)));
    for await (const task of asCompleted(tasks)) stage.log(tasks.indexOf(task), task.result());
  },
});

export function* asCompletedWithATimeLimit(stage: Stage) {
  const { log } = stage;
  const { after } = helpers(stage);
  const tasks = [1, 3].map((n) => createTask(after(n, n)));
  for (const next of asCompleted(tasks, { timeout: 2 })) {
    try {
      log(yield* on(next));
    } catch (error) {
      log(error, tasks[1]?.done());
    }
  }
  log(yield* on(tasks[1] as Task<number>));
}

export function* asCompletedWithErrors(stage: Stage) {
  const { log } = stage;
  const { after, failing } = helpers(stage);
  for (const next of asCompleted([after(2, 'a'), failing(1, 'b'), failing(3, 'c')])) {
    try {
      log(yield* on(next));
    } catch (error) {
      log(error);
    }
  }
}

export function* asCompletedOfWhatIsDone({ log, loop }: Stage) {
  const futures = [0, 1, 2].map(() => loop.createFuture<number>());
  for (const n of [2, 0]) futures[n]?.setResult(n);
  loop.callLater(1, () => futures[1]?.setResult(1));
  for (const next of asCompleted(futures)) log(yield* on(next));
}

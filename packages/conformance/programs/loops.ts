/** Loops and runners: run, stop, close, and what is left over. */
import {
  anext,
  ContextVar,
  createTask,
  currentTask,
  getRunningLoop,
  run,
  Runner,
  sleep,
} from 'asyncio-ts';

import { outside } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

export const runUntilCompleteSeveralTimes = outside(async ({ log, newLoop, coroutine }) => {
  const child = coroutine(function* (n: number) {
    yield* on(sleep(n));
    return n;
  });

  const loop = newLoop();
  for (const n of [1, 2]) log(await loop.runUntilComplete(child(n)));
  const future = loop.createFuture<string>();
  loop.callLater(1, () => future.setResult('future'));
  log(await loop.runUntilComplete(future), loop.isRunning(), loop.isClosed());
  loop.close();
  log(loop.isClosed());
});

export const stoppedInTheMiddle = outside(async ({ log, newLoop, task }) => {
  const child = function* () {
    log('child begins');
    yield* on(sleep(2));
    log('child ends');
    return 'result';
  };

  const loop = newLoop();
  const made = task(child);
  loop.callLater(1, () => loop.stop());
  try {
    await loop.runUntilComplete(made);
  } catch (error) {
    log(error, made.done());
  }
  log(await loop.runUntilComplete(made));
});

export const runForeverUntilItIsStopped = outside(async ({ log, newLoop }) => {
  const loop = newLoop();

  const tick = (n: number) => {
    log('tick', n);
    if (n === 3) loop.stop();
    loop.callLater(1, tick, n + 1);
  };

  loop.callSoon(tick, 1);
  await loop.runForever();
  log('stopped');
  loop.callLater(1.5, () => loop.stop());
  await loop.runForever();
  log('stopped again');
});

export const stopBeforeTheRunIsOneTurn = outside(async ({ log, newLoop }) => {
  const loop = newLoop();

  const nested = () => {
    log('first turn');
    loop.callSoon(log, 'second turn');
  };

  loop.callSoon(nested);
  loop.stop();
  await loop.runForever();
  log('stopped');
  loop.stop();
  await loop.runForever();
});

export const stopLetsTheTurnEnd = outside(async ({ log, newLoop }) => {
  const loop = newLoop();
  loop.callSoon(log, 'before');
  loop.callSoon(() => loop.stop());
  loop.callSoon(log, 'after');
  loop.callLater(0, log, 'timer');
  await loop.runForever();
  log('stopped');
});

export const closedLoopTakesNothing = outside(async ({ log, newLoop }) => {
  const loop = newLoop();
  loop.callLater(1, log, 'never');
  loop.callSoon(log, 'never');
  loop.close();
  loop.close();
  for (const wrong of [
    () => loop.callSoon(log),
    () => loop.callLater(1, log),
    () => loop.callAt(1, log),
    () => loop.runForever(),
  ]) {
    try {
      await wrong();
    } catch (error) {
      log(error);
    }
  }
});

export function* runningLoopIsNotClosedNorIsAnotherRun({ log, loop, coroutine }: Stage) {
  const body = coroutine(function* () {
    log('never');
  });

  log(loop.isRunning());
  try {
    loop.close();
  } catch (error) {
    log(error);
  }
  const made = body();
  try {
    yield* on(run(made));
  } catch (error) {
    log(error);
  }
  made.close();
  yield* on(sleep(0));
  log('goes on', loop.isRunning(), loop === getRunningLoop());
}

export const errorOfTheMainTask = outside(async ({ log, newLoop, coroutine }) => {
  const main = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('main');
  });

  const cancelled = coroutine(function* () {
    currentTask()?.cancel();
    yield* on(sleep(1));
  });

  const loop = newLoop();
  for (const body of [main, cancelled]) {
    try {
      await loop.runUntilComplete(body());
    } catch (error) {
      log(error);
    }
  }
});

export const futureOfAnotherLoop = outside(async ({ log, newLoop, coroutine }) => {
  const first = newLoop();
  const future = first.createFuture();

  const waiter = coroutine(function* () {
    try {
      yield* on(future);
    } catch (error) {
      log(error);
    }
  });

  const second = newLoop();
  try {
    await second.runUntilComplete(future);
  } catch (error) {
    log(error);
  }
  await second.runUntilComplete(waiter());
  future.cancel();
});

export const runnerCancelsWhatIsLeft = outside(async ({ log, newLoop, coroutine }) => {
  const leftover = coroutine(function* (name: string) {
    try {
      yield* on(sleep(100));
    } catch (error) {
      log('cancelled', name);
      yield* on(sleep(1));
      log('ends', name);
      throw error;
    }
  });

  const main = coroutine(function* () {
    for (const name of ['a', 'b']) createTask(leftover(name));
    yield* on(sleep(1));
    return 'main';
  });

  const runner = new Runner({ loopFactory: newLoop });
  log(await runner.run(main()));
  log('run');
  await runner.close();
  log('closed', null);
});

export const runnerReportsErrorsOfTheCleanup = outside(async ({ log, newLoop, coroutine }) => {
  const leftover = coroutine(function* () {
    try {
      yield* on(sleep(100));
    } catch {
      throw new Boom('cleanup');
    }
  });

  const main = coroutine(function* () {
    createTask(leftover());
    yield* on(sleep(0));
  });

  const runner = new Runner({ loopFactory: newLoop });
  await runner.run(main());
  await runner.close();
  log('closed');
});

export const runnerKeepsItsLoopAndContext = outside(async ({ log, newLoop, coroutine }) => {
  const name = new ContextVar('name', { default: 'nobody' });

  const first = coroutine(function* () {
    name.set('first');
    return getRunningLoop();
  });

  const second = coroutine(function* () {
    return [name.get(), getRunningLoop()] as const;
  });

  const runner = new Runner({ loopFactory: newLoop });
  const loop = await runner.run(first());
  const [value, again] = await runner.run(second());
  log(value, loop === again, loop === runner.getLoop(), name.get());
  await runner.close();
  try {
    runner.getLoop();
  } catch (error) {
    log(error);
  }
});

export const runnerWhoseMainFails = outside(async ({ log, newLoop, coroutine }) => {
  const main = coroutine(function* () {
    createTask(sleep(100));
    yield* on(sleep(1));
    throw new Boom('main');
  });

  const runner = new Runner({ loopFactory: newLoop });
  try {
    await runner.run(main()).finally(() => runner.close());
  } catch (error) {
    log(error);
  }
});

export const asyncGeneratorsAreShutDown = outside(async ({ log, newLoop, coroutine }) => {
  const numbers = async function* () {
    try {
      yield 1;
      yield 2;
    } finally {
      await sleep(1);
      log('closed');
    }
  };

  const main = coroutine(function* () {
    const iterator = numbers();
    log(yield* on(anext(iterator)));
  });

  const loop = newLoop();
  await loop.runUntilComplete(main());
  log('main has ended');
  await loop.runUntilComplete(loop.shutdownAsyncgens());
  log('shut down');
});

/** Futures: set, failed, cancelled; who is told of it, and when. */
import {
  type CancelledError,
  createTask,
  ensureFuture,
  type Future,
  gather,
  isfuture,
  InvalidStateError,
  sleep,
  wait,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

export function* setOnceAndForAll({ log, loop }: Stage) {
  const future = loop.createFuture<string>();
  log(future.done(), future.cancelled());
  future.setResult('first');
  for (const again of [
    () => future.setResult('second'),
    () => future.setException(new Boom('late')),
  ]) {
    try {
      again();
    } catch (error) {
      if (!(error instanceof InvalidStateError)) throw error;
      log(error);
    }
  }
  log(future.cancel(), future.result(), future.exception());
}

export const waitersAndCallbacksInTheOrderTheyCame = byHand({
  *generator({ log, loop }) {
    const future = loop.createFuture<string>();
    const waiter = function* (name: string) {
      log(name, yield* future);
    };

    future.addDoneCallback((f) => log('callback before', f.result()));
    const first = createTask(waiter('first'));
    const second = createTask(waiter('second'));
    yield* sleep(0);
    future.addDoneCallback((f) => log('callback after', f.result()));
    loop.callSoon(log, 'called before it is set');
    future.setResult('value');
    loop.callSoon(log, 'called after it is set');
    log('set');
    yield* gather(first, second);
  },
  async async({ log, loop }) {
    const future = loop.createFuture<string>();
    const waiter = async (name: string) => {
      log(name, await future);
    };

    future.addDoneCallback((f) => log('callback before', f.result()));
    const first = createTask(() => waiter('first'));
    const second = createTask(() => waiter('second'));
    await sleep(0);
    future.addDoneCallback((f) => log('callback after', f.result()));
    loop.callSoon(log, 'called before it is set');
    future.setResult('value');
    loop.callSoon(log, 'called after it is set');
    log('set');
    await gather(first, second);
  },
});

export function* callbackAddedToADoneFutureComesInTheNextTurn({ log, loop }: Stage) {
  const future = loop.createFuture<number>();
  future.setResult(1);
  future.addDoneCallback((f) => log('callback', f.result()));
  log('added');
  yield* on(sleep(0));
  log('one turn later');
}

export function* callbacksAreRemovedByEquality({ log, loop }: Stage) {
  const future = loop.createFuture<null>();

  const twice = () => log('twice');
  const once = () => log('once');

  future.addDoneCallback(twice);
  future.addDoneCallback(once);
  future.addDoneCallback(twice);
  log(future.removeDoneCallback(twice), future.removeDoneCallback(twice));
  future.setResult(null);
  log(future.removeDoneCallback(once));
  yield* on(sleep(0));
  log('end');
}

export const awaitedFutureThatFails = byHand({
  *generator({ log, loop }) {
    const future = loop.createFuture<never>();
    loop.callLater(2, () => future.setException(new Boom('two seconds')));
    try {
      yield* future;
    } catch (error) {
      log(error);
    }
    try {
      yield* future;
    } catch (error) {
      log('again', error);
    }
    log(future.exception());
  },
  async async({ log, loop }) {
    const future = loop.createFuture<never>();
    loop.callLater(2, () => future.setException(new Boom('two seconds')));
    try {
      await future;
    } catch (error) {
      log(error);
    }
    try {
      await future;
    } catch (error) {
      log('again', error);
    }
    log(future.exception());
  },
});

export function* cancelledFutureTellsItsMessage({ log, loop, task }: Stage) {
  const future = loop.createFuture<never>();

  const waiter = task(function* () {
    try {
      yield* on(future);
    } catch (error) {
      log('waiter', (error as CancelledError).args);
      throw error;
    }
  });

  yield* on(sleep(0));
  log(future.cancel('why'), future.cancel('again'), future.cancelled());
  yield* on(wait([waiter]));
  log(waiter.cancelled(), waiter.cancelling());
  for (const ask of [() => future.result(), () => future.exception()]) {
    try {
      ask();
    } catch (error) {
      log(error);
    }
  }
}

export function* onlyAwaitableThingsAreAwaited({ log, loop }: Stage) {
  for (const wrong of [7, 'text', null]) {
    try {
      ensureFuture(wrong as unknown as Future<unknown>);
    } catch (error) {
      log(error);
    }
  }
  const future = loop.createFuture();
  log(ensureFuture(future) === future, isfuture(future), isfuture(7));
  future.cancel();
}

export function* callbackThatFailsDoesNotStopTheOthers({ log, loop }: Stage) {
  const future = loop.createFuture<null>();

  const fail = () => {
    throw new Boom('callback');
  };

  future.addDoneCallback(() => log('one'));
  future.addDoneCallback(fail);
  future.addDoneCallback(() => log('three'));
  future.setResult(null);
  yield* on(future);
  log('awaited');
  yield* on(sleep(0));
}

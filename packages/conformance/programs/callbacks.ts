/** callSoon, callLater, callAt, and the contexts they run in. */
import {
  ContextVar,
  copyContext,
  createTask,
  ensureFuture,
  gather,
  type Handle,
  sleep,
  type Token,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

export const soonIsTheNextTurn = byHand({
  *generator({ log, loop }) {
    const nested = (n: number): void => {
      log('nested', n);
      if (n > 0) loop.callSoon(nested, n - 1);
    };

    loop.callSoon(nested, 2);
    loop.callSoon(log, 'beside');
    for (let n = 0; n < 4; n++) {
      log('turn', n);
      yield* sleep(0);
    }
  },
  async async({ log, loop }) {
    const nested = (n: number): void => {
      log('nested', n);
      if (n > 0) loop.callSoon(nested, n - 1);
    };

    loop.callSoon(nested, 2);
    loop.callSoon(log, 'beside');
    for (let n = 0; n < 4; n++) {
      log('turn', n);
      await sleep(0);
    }
  },
});

export function* laterInTheOrderOfTheirTimes({ log, loop }: Stage) {
  const start = loop.time();
  for (const delay of [3, 1, 2, 1, 0]) loop.callLater(delay, log, 'after', delay);
  loop.callAt(start + 1.5, log, 'at 1.5');
  loop.callAt(start - 5, log, 'in the past');
  loop.callSoon(log, 'soon');
  yield* on(sleep(4));
  log('end');
}

export function* equalTimesInTheOrderOfTheirMaking({ log, loop, task }: Stage) {
  const sleeper = (n: number) =>
    task(function* () {
      yield* on(sleep(1));
      log('sleeper', n);
    });

  const when = loop.time() + 1;
  loop.callAt(when, log, 'first');
  const tasks = [0, 1].map(sleeper);
  loop.callLater(1, log, 'second');
  yield* on(sleep(0));
  loop.callAt(when, log, 'third');
  yield* on(gather(tasks));
}

export function* cancelledHandlesDoNotRun({ log, loop }: Stage) {
  const soon = loop.callSoon(log, 'never');
  const later = loop.callLater(1, log, 'never');
  const victim = loop.callLater(2, log, 'never');
  loop.callLater(1.5, () => victim.cancel());
  log(soon.cancelled(), later.when(), later.cancelled());
  soon.cancel();
  later.cancel();
  later.cancel();
  log(soon.cancelled(), later.cancelled());
  yield* on(sleep(3));
  log(victim.cancelled());
}

export function* handleCancelledByAnotherOfTheSameTurn({ log, loop }: Stage) {
  const handles: Handle[] = [];

  const first = () => {
    log('first');
    handles[1]?.cancel();
    handles[3]?.cancel();
  };

  handles.push(loop.callSoon(first));
  for (const n of [1, 2, 3]) handles.push(loop.callSoon(log, 'handle', n));
  yield* on(sleep(0));
  for (const n of [0, 1, 2, 3]) handles.push(loop.callLater(1, log, 'timer', n));
  handles[5]?.cancel();
  yield* on(sleep(1));
  yield* on(sleep(0));
  log('end');
}

export function* failingCallbackIsReported({ log, loop }: Stage) {
  const fail = (text: string) => {
    throw new Boom(text);
  };

  loop.callSoon(fail, 'soon');
  loop.callSoon(log, 'beside');
  loop.callLater(1, fail, 'later');
  yield* on(sleep(2));
  log('end');
}

export function* callbackThatAddsWorkWaitsItsTurn({ log, loop, coroutine }: Stage) {
  const child = coroutine(function* () {
    log('child');
  });

  const make = () => {
    log('callback');
    ensureFuture(child(), { loop });
    loop.callSoon(log, 'callback of a callback');
    future.setResult('set');
  };

  const future = loop.createFuture<string>();
  loop.callSoon(make);
  log(yield* on(future));
  yield* on(sleep(0));
  log('end');
}

export function* argumentsAreHandedOn({ log, loop }: Stage) {
  loop.callSoon(log);
  loop.callSoon(log, 1, null, 'three', [4, 5]);
  loop.callLater(1, log, true, 0.5);
  yield* on(sleep(2));
}

export const taskHasACopyOfTheContext = byHand({
  *generator({ log }) {
    const name = new ContextVar('name', { default: 'nobody' });
    const child = function* () {
      log('child begins', name.get());
      name.set('child');
      yield* sleep(0);
      log('child ends', name.get());
    };

    name.set('main');
    const task = createTask(child());
    name.set('main, later');
    yield* task;
    log('main', name.get());
  },
  async async({ log }) {
    const name = new ContextVar('name', { default: 'nobody' });
    const child = async () => {
      log('child begins', name.get());
      name.set('child');
      await sleep(0);
      log('child ends', name.get());
    };

    name.set('main');
    const task = createTask(child);
    name.set('main, later');
    await task;
    log('main', name.get());
  },
});

export const awaitedCoroutineSharesTheContext = byHand({
  *generator({ log }) {
    const name = new ContextVar('name', { default: 'nobody' });
    const inner = function* () {
      name.set('inner');
      yield* sleep(0);
    };

    log(name.get());
    yield* inner();
    log(name.get());
  },
  async async({ log }) {
    const name = new ContextVar('name', { default: 'nobody' });
    const inner = async () => {
      name.set('inner');
      await sleep(0);
    };

    log(name.get());
    await inner();
    log(name.get());
  },
});

export function* callbackHasTheContextOfItsRegistration({ log, loop }: Stage) {
  const name = new ContextVar('name', { default: 'nobody' });
  const future = loop.createFuture<null>();
  name.set('one');
  loop.callSoon(() => log('soon', name.get()));
  loop.callLater(1, () => log('later', name.get()));
  future.addDoneCallback(() => log('done', name.get()));
  name.set('two');
  future.setResult(null);
  yield* on(sleep(2));
  log('main', name.get());
}

export function* contextThatIsGiven({ log, loop, task }: Stage) {
  const name = new ContextVar('name', { default: 'nobody' });
  const context = copyContext();
  context.run(() => name.set('given'));

  const child = function* () {
    log('child', name.get());
    name.set('changed by the child');
  };

  loop.callSoon(context.wrap(() => log('callback', name.get())));
  yield* on(task(child, { context }));
  log(
    'main',
    name.get(),
    context.get(name),
    context.run(() => name.get()),
  );
}

export function* tokensReset({ log, coroutine }: Stage) {
  const name = new ContextVar('name', { default: 'nobody' });
  const first = name.set('one');
  const second = name.set('two');
  name.reset(second);
  log(name.get());
  name.reset(first);
  log(name.get());
  try {
    name.reset(first);
  } catch (error) {
    log(error);
  }

  const child = coroutine(function* (token: Token<string>) {
    try {
      name.reset(token);
    } catch (error) {
      log(error);
    }
  });

  yield* on(createTask(child(name.set('three'))));
  log(name.get());
}

// Loops in odd places: each program ran under CPython too (`cpython/loop.py`), and must give its trace here.
import {
  BaseEventLoop,
  type Handle,
  KeyboardInterrupt,
  RuntimeError,
  SystemExit,
  ValueError,
  VirtualSelector,
} from '@asyncio-ts/loop';
import {
  CancelledError,
  type Coroutine,
  runUntilComplete,
  type Runs,
  type Task,
} from '@asyncio-ts/futures';
import { sleep } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, type Corner, E, nameOf, script } from './cpython/player.js';

const complete = <T>(c: Corner, awaitable: Runs<T>): Promise<T> =>
  runUntilComplete(c.loop, awaitable);

script('[S222]', 'loop_cancels_in_a_batch', async (c) => {
  const handles = new Map<string, Handle>();
  const cancel = (name: string, others = ''): void => {
    c.log(name);
    for (const other of others) handles.get(other)?.cancel();
  };
  const soon = (name: string, others: string): unknown =>
    handles.set(name, c.loop.callSoon(cancel, name, others));
  soon('a', 'bda');
  soon('b', 'c');
  soon('c', 'b');
  soon('d', '');
  const last = (): void => {
    cancel('e', 'f');
    c.loop.callSoon(c.log, 'born');
  };
  handles.set('e', c.loop.callSoon(last));
  soon('f', '');
  c.loop.callLater(1, () => c.loop.stop());
  await c.loop.runForever();
  c.log(...[...handles.values()].map((handle) => handle.cancelled()));
});

script('[S222]', 'loop_cancels_timers_in_a_batch', async (c) => {
  const timers = new Map<string, Handle>();
  const rows = [
    ['a', 1, 'bz'],
    ['b', 1.1, 'c'],
    ['c', 1.2, 'b'],
    ['d', 3, 'e'],
    ['e', 3.5, ''],
    ['z', 9, ''],
  ] as const;
  for (const [name, when, others] of rows) {
    const fire = (): void => {
      c.log(name);
      for (const other of others) timers.get(other)?.cancel();
    };
    timers.set(name, c.at(when, fire));
  }
  c.at(0.5, () => c.advance(2));
  c.at(1.15, () => {
    c.loop.callSoon(c.log, 'soon');
    c.loop.callLater(0, c.log, 'later');
    c.loop.callAt(-1, c.log, 'past');
  });
  c.at(5, () => c.loop.stop());
  await c.loop.runForever();
  c.log(...[...timers.values()].map((timer) => timer.cancelled()));
});

script('[S223]', 'loop_cancel_storm', async (c) => {
  const timers = Array.from({ length: 300 }, (_, n) => c.at(1 + n / 1000, () => c.log(n)));
  timers.forEach((timer, n) => {
    if (n % 50 !== 0) timer.cancel();
  });
  for (const n of [0, 100, 100]) timers[n]?.cancel();
  c.at(2, () => c.loop.stop());
  await c.loop.runForever();
});

script('[S227]', 'loop_stop_within_a_batch', async (c) => {
  c.loop.callSoon(() => {
    c.log('first');
    c.loop.callSoon(c.log, 'next run');
    c.loop.stop();
    c.loop.stop();
    c.loop.callLater(0, c.log, 'timer');
  });
  c.loop.callSoon(c.log, 'second');
  await c.loop.runForever();
  for (const line of ['stopped', 'one pass', 'another']) {
    c.log(line);
    if (line === 'another') break;
    c.loop.stop();
    await c.loop.runForever();
  }
});

script('[S228]', 'loop_stop_before_the_run_with_timers', async (c) => {
  c.at(0, () => c.log('due'));
  c.at(1, () => c.log('later'));
  c.loop.callSoon(() => {
    c.log('soon');
    c.loop.callSoon(c.log, 'born');
  });
  c.loop.stop();
  await c.loop.runForever();
  c.log('over');
  c.at(2, () => c.loop.stop());
  await c.loop.runForever();
});

script('[S227]', 'loop_stop_in_a_task', async (c) => {
  const main = c.co(function* () {
    c.log('main');
    c.loop.stop();
    c.log('goes on');
    yield* wait(sleep(0));
    c.log('next run');
    yield* wait(sleep(0));
    return 'result';
  });
  const task = c.task(main());
  await c.loop.runForever();
  c.log('stopped', task.done());
  c.log(await complete(c, task));
});

script('[S229]', 'loop_stopped_before_complete', async (c) => {
  const task = c.task(sleep(1, 'result'));
  c.at(0.5, () => c.loop.stop());
  await complete(c, task).catch((error: Error) => c.log(error.message));
  c.log(await complete(c, task));
  c.loop.callSoon(c.log, 'soon');
  c.log('again', await complete(c, task));
});

script('[S229]', 'loop_run_until_complete_of_a_done_future', async (c) => {
  const future = c.future<string>();
  future.setResult('result');
  c.loop.callSoon(() => {
    c.log('soon');
    c.loop.callSoon(c.log, 'second turn');
  });
  c.log(await complete(c, future));
  c.loop.stop();
  await c.loop.runForever();
});

script('[S231]', 'loop_done_callbacks_around_the_end', async (c) => {
  const future = c.future<string>();
  future.addDoneCallback(() => c.log('early'));
  c.loop.callSoon(() => {
    c.log('last');
    future.setResult('result');
    future.addDoneCallback(() => {
      c.log('late');
      c.loop.callSoon(c.log, 'lost');
    });
    c.loop.callSoon(c.log, 'behind');
  });
  c.log(await complete(c, future));
  await complete(c, sleep(0));
});

script('[S226]', 'loop_interrupted_by_a_callback', async (c) => {
  c.loop.callSoon(() => {
    c.log('interrupt');
    throw new KeyboardInterrupt();
  });
  c.loop.callSoon(c.log, 'same batch');
  c.at(1, () => c.log('timer'));
  for (let i = 0; i < 2; i++) {
    try {
      c.at(2, () => c.loop.stop());
      await c.loop.runForever();
      c.log('stopped');
    } catch {
      c.log('left', c.loop.isRunning());
    }
  }
});

script('[S226]', 'loop_interrupted_by_a_task', async (c) => {
  const inner = c.co(function* (): Generator<unknown, void> {
    yield* wait(sleep(1));
    throw new SystemExit(3);
  });
  const main = c.co(function* () {
    yield* c.attempt('inner', c.task(inner()));
    return 'main';
  });
  const task: Task<string> = c.task(main());
  await complete(c, task).catch((error: SystemExit) => c.log('left with', error.code, task.done()));
  c.log(await complete(c, task));
});

script('[S232]', 'loop_run_again_from_inside', async (c) => {
  const main = c.co(function* () {
    for (const coroutine of [sleep(0), c.say('never', 0)] as Coroutine<unknown>[]) {
      yield* wait(complete(c, coroutine).catch((error: Error) => c.log(error.name)));
      coroutine.close();
    }
    const other = new BaseEventLoop({ selector: new VirtualSelector() });
    const refused = other.runForever().catch((error: Error) => error);
    c.log(((yield* wait(refused)) as Error).name, other.isRunning());
    other.close();
    try {
      c.loop.close();
    } catch (error) {
      if (error instanceof RuntimeError) c.log('close refused');
    }
    yield* wait(sleep(0));
    return 'main';
  });
  c.log(await complete(c, main()));
});

script('[S234]', 'loop_closed_with_handles', async (c) => {
  const soon = c.loop.callSoon(c.log, 'never');
  const timer = c.at(1, () => c.log('never'));
  c.loop.close();
  c.loop.close();
  soon.cancel();
  timer.cancel();
  c.log(soon.cancelled(), timer.cancelled(), c.loop.isClosed());
  const calls = [
    () => c.loop.callSoon(c.log),
    () => c.loop.callLater(1, c.log),
    () => c.loop.callAt(1, c.log),
    () => c.loop.runForever(),
  ];
  for (const call of calls) {
    try {
      await call();
    } catch (error) {
      if (error instanceof RuntimeError) c.log('refused');
    }
  }
  c.loop.stop();
});

script('[S225]', 'loop_errors_of_callbacks', async (c) => {
  const fail = (name: string, error: Error): never => {
    c.log(name);
    throw error;
  };
  const future = c.future<void>();
  future.addDoneCallback(() => fail('first callback', new ValueError('first')));
  future.addDoneCallback(() => c.log('second callback'));
  c.loop.callSoon(fail, 'soon', new ValueError('soon'));
  c.at(1, () => fail('timer', new E('timer')));
  c.at(1.5, () => future.setResult());
  c.at(1.7, () => fail('cancelled', new CancelledError()));
  c.at(2, () => c.loop.stop());
  await c.loop.runForever();
});

script('[S244]', 'loop_exception_handler_contexts', async (c) => {
  c.loop.setExceptionHandler((loop, context) => {
    c.log(...Object.keys(context).sort(), nameOf(context.exception), loop === c.loop);
  });
  const fail = (): never => {
    throw new ValueError('x');
  };
  const future = c.future<void>();
  future.addDoneCallback(fail);
  future.setResult();
  c.loop.callSoon(fail);
  c.loop.callLater(1, fail);
  c.loop.callExceptionHandler({ message: 'mine', exception: new ValueError('mine') });
  c.at(2, () => c.loop.stop());
  await c.loop.runForever();
  c.loop.setExceptionHandler(null);
  c.log(c.loop.getExceptionHandler());
});

script('[S246]', 'loop_handler_that_raises_an_interrupt', async (c) => {
  c.loop.setExceptionHandler((_, context) => {
    c.log('handler', context.message.split(' ')[0]);
    throw new KeyboardInterrupt();
  });
  c.loop.callSoon(() => {
    throw new ValueError('x');
  });
  c.loop.callSoon(c.log, 'same batch');
  try {
    await c.loop.runForever();
  } catch {
    c.log('left');
  }
  c.loop.stop();
  await c.loop.runForever();
});

script('[S218]', 'loop_timers_born_in_timers', async (c) => {
  const tick = (n: number): void => {
    c.log('tick', n);
    c.loop.callSoon(c.log, 'soon', n);
    c.loop.callLater(0, c.log, 'later', n);
    c.loop.callLater(-1, c.log, 'past', n);
    if (n < 3) c.loop.callLater(0.5, tick, n + 1);
  };
  c.at(1, () => tick(1));
  c.at(4, () => c.loop.stop());
  await c.loop.runForever();
});

script('[S216]', 'loop_turns_of_a_task_among_callbacks', async (c) => {
  const main = c.co(function* () {
    for (let n = 0; n < 3; n++) {
      c.log('step', n);
      c.loop.callSoon(c.log, 'soon', n);
      yield* wait(sleep(0));
    }
    const future = c.future<void>();
    c.loop.callSoon(() => future.setResult());
    c.loop.callSoon(c.log, 'behind the result');
    yield* wait(future);
    c.log('woken');
    c.loop.callSoon(c.log, 'after the end');
  });
  c.task(main()).addDoneCallback(() => {
    c.log('done');
    c.loop.callSoon(() => c.loop.stop());
  });
  await c.loop.runForever();
});

allTried('loop');

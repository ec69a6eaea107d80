// Context variables, task factories and eager tasks: each program ran under CPython too (`cpython/context.py`), and must
// give its trace here.
import { ContextVar, copyContext, ValueError } from '@asyncio-ts/loop';
import {
  allTasks,
  type Coroutine,
  type CoroutineLike,
  ensureFuture,
  getTaskFactory,
  runUntilComplete,
  setTaskFactory,
  Task,
  type TaskFactory,
} from '@asyncio-ts/futures';
import {
  asCompleted,
  createTask,
  eagerTaskFactory,
  gather,
  shield,
  sleep,
  TaskGroup,
  timeout,
  wait as waitAll,
  waitFor,
} from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import {
  allTried,
  type Corner,
  E,
  generators,
  nameOf,
  script,
  self,
  timed,
} from './cpython/player.js';

const variable = new ContextVar<string>('variable', { default: 'none' });

/** Says what it sees, and leaves its own name. */
function seer(c: Corner): (name: string) => void {
  return (name) => {
    c.log(name, variable.get());
    variable.set(name);
  };
}

timed('[S359]', 'context_of_every_callback', function* (c) {
  const see = seer(c);
  variable.set('main');
  const future = c.future<void>();
  c.loop.callSoon(see, 'soon');
  c.loop.callLater(1, see, 'later');
  c.loop.callAt(2, see, 'at');
  future.addDoneCallback(() => see('callback'));
  c.loop.callSoonThreadsafe(see, 'threadsafe');
  variable.set('changed');
  c.loop.callSoon(see, 'soon again');
  future.addDoneCallback(() => see('callback again'));
  const context = copyContext();
  context.run(() => variable.set('given'));
  context.run(() => future.addDoneCallback(() => see('callback of a context')));
  future.setResult();
  yield* wait(sleep(3));
  c.log('main', variable.get(), 'given', context.get(variable));
});

timed('[S358]', 'context_of_tasks', function* (c) {
  const grandchild = c.co(function* (name: string) {
    c.log('grandchild of', name, variable.get());
  });
  const child = c.co(function* (name: string) {
    c.log(name, variable.get());
    variable.set(name);
    yield* wait(sleep(1));
    c.log(name, variable.get());
    c.task(grandchild(name));
    variable.set('after');
  });
  const called = c.co(function* () {
    variable.set('called');
  });
  variable.set('main');
  const first = c.task(child('first'));
  variable.set('between');
  const second = c.task(child('second'));
  yield* wait(called());
  c.log('main', variable.get());
  yield* wait(gather(first, second, child('gathered')));
  yield* wait(waitFor(child('waited for'), 5));
  c.log('main', variable.get());
  const body = c.co(function* (group: TaskGroup) {
    variable.set('group');
    group.createTask(child('of the group'));
  });
  yield* wait(new TaskGroup().use(body));
  const limited = c.co(function* () {
    variable.set('limit');
  });
  yield* wait(timeout(5).use(limited));
  c.log('main', variable.get());
  yield* wait(sleep(0));
});

timed('[S360]', 'context_that_is_shared', function* (c) {
  const context = copyContext();
  const child = c.co(function* (name: string) {
    seer(c)(name);
    yield* wait(sleep(1));
    c.log(name, variable.get());
  });
  const first = c.task(child('first'), { context });
  const second = c.task(child('second'), { context });
  yield* wait(waitAll([first, second]));
  c.log('main', variable.get(), 'shared', context.get(variable));
  const body = c.co(function* (group: TaskGroup) {
    group.createTask(child('third'), { context });
  });
  yield* wait(new TaskGroup().use(body));
  c.log('main', variable.get(), 'shared', context.get(variable));
});

timed('[S247]', 'context_of_reports', function* (c) {
  c.loop.setExceptionHandler(() => c.log('reported', variable.get()));
  const fail = (name: string): never => {
    variable.set(name);
    throw new ValueError(name);
  };
  variable.set('main');
  c.loop.callSoon(fail, 'soon');
  c.loop.callLater(1, fail, 'later');
  const future = c.future<void>();
  future.addDoneCallback(() => fail('callback'));
  future.setResult();
  variable.set('changed');
  yield* wait(sleep(2));
});

timed('[S263]', 'context_of_eager_tasks', function* (c) {
  const child = c.co(function* (name: string) {
    seer(c)(name);
    yield* wait(sleep(1));
    c.log(name, variable.get());
  });
  setTaskFactory(c.loop, eagerTaskFactory);
  variable.set('main');
  const task = c.task(child('eager'), { name: 'named' });
  c.log('main', variable.get(), self() !== task);
  const context = copyContext();
  const shared = c.task(child('shared'), { context, name: 'shared' });
  c.log('main', variable.get(), context.get(variable));
  yield* wait(waitAll([task, shared]));
  c.log('main', variable.get(), context.get(variable));
});

timed('[S258]', 'factory_makes_all_tasks', function* (c) {
  class Special<T> extends Task<T> {}
  const made: string[] = [];
  const factory: TaskFactory = (loop, coro, options) => {
    made.push((coro as { readonly name?: string }).name ?? '?');
    return new Special(coro, { ...options, loop });
  };
  c.log(getTaskFactory(c.loop));
  setTaskFactory(c.loop, factory);
  c.log(getTaskFactory(c.loop) === factory);
  const one = c.co(function* one() {
    return self().constructor.name;
  });
  const two = c.co(function* two() {
    yield* wait(sleep(0));
    return self().constructor.name;
  });
  c.log(yield* wait(c.task(one(), { name: 'named' })));
  c.log(yield* wait(createTask(one())));
  c.log(yield* wait(ensureFuture(one())));
  c.log(...(yield* wait(gather(one(), two()))));
  const body = c.co(function* (group: TaskGroup) {
    return [group.createTask(two(), { name: 'child' })] as const;
  });
  const [child] = yield* wait(new TaskGroup().use(body));
  c.log(child.result(), child.getName());
  yield* wait(waitAll([c.task(one())]));
  for (const future of asCompleted([one(), two()])) c.log(yield* wait(future));
  c.log(yield* wait(shield(two())));
  c.log(...made);
  setTaskFactory(c.loop, null);
  c.log(yield* wait(c.task(one())));
});

timed('[S258]', 'factory_that_fails', function* (c) {
  setTaskFactory(c.loop, ((_loop: unknown, coro: CoroutineLike<unknown>) => {
    coro.return(undefined as never);
    throw new E('factory');
  }) as never);
  const body = c.co(function* (group: TaskGroup) {
    group.createTask(c.say('never', 1));
  });
  const makers = {
    create_task: () => c.task(c.say('never', 1)),
    ensure_future: () => ensureFuture(c.say('never', 1)),
  };
  for (const [name, make] of Object.entries(makers)) {
    try {
      make();
    } catch (error) {
      c.log(name, nameOf(error));
    }
  }
  yield* c.attempt('group', new TaskGroup().use(body));
  yield* c.attempt('wait_for', waitFor(c.say('runs here', 0), 1));
});

timed('[S262]', 'eager_order_and_current_task', function* (c) {
  setTaskFactory(c.loop, eagerTaskFactory);
  const mine = self();
  const inner = c.co(function* () {
    c.log('inner', self() !== mine, allTasks(c.loop).size);
    yield* wait(sleep(0));
    c.log('inner goes on');
    return 'inner';
  });
  const outer = c.co(function* () {
    c.log('outer');
    const task = c.task(inner());
    c.log('outer made', task.done(), allTasks(c.loop).size);
    return yield* wait(task);
  });
  c.loop.callSoon(c.log, 'soon');
  const task = c.task(outer());
  c.log('mine again', self() === mine, task.done());
  c.log(yield* wait(task));
});

generators('[S264]', 'eager_cancelled_and_failing', function* (c) {
  setTaskFactory(c.loop, eagerTaskFactory);
  const failsAtOnce = c.co(function* (): Generator<unknown, void> {
    throw new ValueError('eager');
  });
  const cancelsItself = c.co(function* (waits: boolean) {
    self().cancel();
    if (waits) yield* wait(sleep(0));
    return 'through';
  });
  const failed = c.task(failsAtOnce());
  c.log(failed.done(), failed.cancel(), nameOf(failed.exception()));
  for (const waits of [false, true]) {
    const task = c.task(cancelsItself(waits));
    c.log(task.done(), task.cancelled(), task.cancelling());
    yield* c.attempt('task', task);
  }
  const blocked = c.task(c.say('blocked', 1));
  c.log(blocked.cancel('why'));
  yield* c.attempt('blocked', blocked);
});

generators('[S265]', 'eager_gather_and_wait_for', function* (c) {
  setTaskFactory(c.loop, eagerTaskFactory);
  const ends = c.co(function* (name: string) {
    return name;
  });
  const gathered = gather(ends('a'), ends('b'));
  c.log('gathered', gathered.done());
  c.log(...(yield* wait(gathered)));
  c.loop.callSoon(c.log, 'next turn');
  c.log(...(yield* wait(gather(ends('c'), ends('d')))));
  c.log(yield* wait(waitFor(ends('e'), 1)));
  const [done, pending] = yield* wait(waitAll([c.task(ends('f'))]));
  c.log(done.size, pending.size);
  const slow: Coroutine<string> = c.say('slow', 1, new ValueError('slow'));
  yield* c.attempt('mixed', gather(ends('g'), slow));
});

script('[S261]', 'eager_without_a_running_loop', async (c) => {
  setTaskFactory(c.loop, eagerTaskFactory);
  const main = c.co(function* () {
    c.log('main');
    return 'result';
  });
  const task = c.task(main());
  c.log('made', task.done());
  c.log(await runUntilComplete(c.loop, task));
});

allTried('context');

/** Where groups and gatherings meet cancels, limits and each other, often in the same turn. */
import {
  BaseException,
  createTask,
  type Future,
  gather,
  sleep,
  type Task,
  TaskGroup,
  timeout,
  wait,
} from 'asyncio-ts';

import { Boom, here, on, soon, type Stage } from '../src/stage.js';

export function* cancelledTaskEntersAGroup({ log, task, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('child');
  });

  const child = task(function* () {
    try {
      yield* on(sleep(5));
    } catch (cancelled) {
      try {
        yield* on(
          new TaskGroup().use(
            body(function* (group: TaskGroup) {
              group.createTask(failing());
              yield* on(sleep(5));
            }),
          ),
        );
      } catch (error) {
        log(error, here().cancelling());
      }
      yield* on(sleep(0));
      log('goes on');
      throw cancelled;
    }
  });
  yield* on(sleep(1));
  child.cancel();
  yield* on(wait([child]));
  log(child.cancelled());
}

export function* bodyThatCancelsItsOwnTaskInAGroup({ log, task, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } finally {
      log('child ends');
    }
  });

  const parent = task(function* () {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(child());
          yield* on(sleep(1));
          here().cancel();
          log('body ends');
        }),
      ),
    );
  });
  yield* on(wait([parent]));
  log(parent.cancelled(), parent.cancelling());
}

export function* childThatCancelsItsParent({ log, task, body, coroutine }: Stage) {
  const child = coroutine(function* (parent: Task<unknown>) {
    yield* on(sleep(1));
    parent.cancel();
    log('parent cancelled');
    yield* on(sleep(1));
    log('never');
  });

  const parent = task(function* () {
    try {
      yield* on(
        new TaskGroup().use(
          body(function* (group: TaskGroup) {
            group.createTask(child(here()));
          }),
        ),
      );
    } catch (error) {
      log(error);
      throw error;
    }
  });
  yield* on(wait([parent]));
  log(parent.cancelled());
}

export function* twoChildrenFailInOneTurn({ log, body, coroutine }: Stage) {
  const failing = coroutine(function* (text: string) {
    yield* on(sleep(1));
    throw new Boom(text);
  });

  const slow = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } catch {
      log('slow', 'cancelled');
      yield* on(sleep(1));
      throw new Boom('slow');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(slow());
          group.createTask(failing('a'));
          group.createTask(failing('b'));
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* childFailsAsTheBodyIsCancelled({ log, task, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('child');
  });

  const parent = function* () {
    try {
      yield* on(
        new TaskGroup().use(
          body(function* (group: TaskGroup) {
            group.createTask(failing());
            yield* on(sleep(5));
          }),
        ),
      );
    } catch (error) {
      log(error, here().cancelling());
      throw error;
    }
  };

  for (const first of ['cancel', 'child']) {
    if (first === 'cancel') soon(1, () => child.cancel());
    const child: Task<void> = task(parent);
    yield* on(sleep(0));
    if (first === 'child') {
      yield* on(sleep(0));
      soon(1, () => child.cancel());
    }
    yield* on(wait([child]));
    log(first, child.cancelled(), child.cancelling());
  }
}

export function* groupInATimeoutInAGroup({ log, body, coroutine }: Stage) {
  const slow = coroutine(function* (name: string) {
    try {
      yield* on(sleep(10));
    } finally {
      log(name, 'ends');
    }
  });

  const inner = body(function* (group: TaskGroup) {
    group.createTask(slow('inner'));
  });

  const limited = coroutine(function* () {
    try {
      yield* on(timeout(2).use(() => new TaskGroup().use(inner)));
    } catch (error) {
      log(error);
      throw new Boom('limited');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (outer: TaskGroup) {
          outer.createTask(slow('outer'));
          outer.createTask(limited());
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

class Halt extends BaseException {
  override readonly name = 'Halt';
}

export function* groupWhoseChildIsABaseException({ log, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    yield* on(sleep(1));
    throw new Halt();
  });

  const slow = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } finally {
      log('slow ends');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(slow());
          group.createTask(child());
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* groupThatIsCancelledTwice({ log, task, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(10));
    } catch {
      log('child cleans');
      try {
        yield* on(sleep(3));
        log('clean');
      } catch (error) {
        log('interrupted');
        throw error;
      }
    }
  });

  const parent = task(function* () {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(child());
        }),
      ),
    );
  });
  yield* on(sleep(1));
  parent.cancel();
  yield* on(sleep(1));
  parent.cancel();
  yield* on(wait([parent]));
  log(parent.cancelled(), parent.cancelling());
}

export function* gatherCancelledAsItsLastChildEnds({ log, task }: Stage) {
  const waiter = (gathered: Future<unknown[]>) =>
    task(function* () {
      try {
        log(yield* on(gathered));
      } catch {
        log('cancelled', gathered.cancelled());
      }
    });

  for (const first of ['child', 'cancel']) {
    if (first === 'cancel') soon(1, () => parent.cancel());
    const children = [0, 1].map((n) => createTask(sleep(1, n)));
    yield* on(sleep(0));
    const parent: Task<void> = waiter(gather(children));
    if (first === 'child') soon(1, () => parent.cancel());
    yield* on(parent);
    log(
      first,
      children.map((child) => child.cancelled()),
    );
  }
}

export function* gatherWhoseChildSwallowsTheCancel({ log, task, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } catch {
      log('swallowed');
    }
    return 'kept';
  });

  const parent = task(function* () {
    try {
      log(yield* on(gather(child(), sleep(5))));
    } catch (error) {
      log(error);
    }
  });
  yield* on(sleep(1));
  parent.cancel();
  yield* on(parent);
}

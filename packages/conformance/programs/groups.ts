/** TaskGroup and exception groups: tasks that end together. */
import {
  BaseExceptionGroup,
  CancelledError,
  type Coroutine,
  ExceptionGroup,
  sleep,
  type Task,
  TaskGroup,
  timeout,
  ValueError,
  wait,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, here, on, type Stage } from '../src/stage.js';

export const waitsForItsChildren = byHand({
  *generator({ log }) {
    const child = function* (n: number) {
      yield* sleep(n);
      log('child', n);
      return n;
    };

    let tasks: Task<number>[] = [];
    yield* new TaskGroup().use(function* (group) {
      tasks = [2, 1].map((n) => group.createTask(child(n)));
      log('body ends');
    });
    log(tasks.map((task) => task.result()));
  },
  async async({ log }) {
    const child = async (n: number) => {
      await sleep(n);
      log('child', n);
      return n;
    };

    let tasks: Task<number>[] = [];
    await new TaskGroup().use(async (group) => {
      tasks = [2, 1].map((n) => group.createTask(() => child(n)));
      log('body ends');
    });
    log(tasks.map((task) => task.result()));
  },
});

export function* withoutChildren({ log, body }: Stage) {
  yield* on(
    new TaskGroup().use(
      body(function* () {
        log('body');
      }),
    ),
  );
  log('after');
}

export const failingChildCancelsTheOthers = byHand({
  *generator({ log }) {
    const child = function* (n: number) {
      try {
        yield* sleep(10);
      } catch (error) {
        log('child cancelled', n);
        throw error;
      }
    };
    const failing = function* () {
      yield* sleep(1);
      throw new Boom('child');
    };

    try {
      yield* new TaskGroup().use(function* (group) {
        for (const n of [0, 1, 2]) group.createTask(child(n));
        group.createTask(failing());
        try {
          yield* sleep(5);
        } catch (error) {
          log('body cancelled', here().cancelling());
          throw error;
        }
      });
    } catch (error) {
      log(error, here().cancelling());
    }
  },
  async async({ log }) {
    const child = async (n: number) => {
      try {
        await sleep(10);
      } catch (error) {
        log('child cancelled', n);
        throw error;
      }
    };
    const failing = async () => {
      await sleep(1);
      throw new Boom('child');
    };

    try {
      await new TaskGroup().use(async (group) => {
        for (const n of [0, 1, 2]) group.createTask(() => child(n));
        group.createTask(failing);
        try {
          await sleep(5);
        } catch (error) {
          log('body cancelled', here().cancelling());
          throw error;
        }
      });
    } catch (error) {
      log(error, here().cancelling());
    }
  },
});

export function* failingBodyCancelsTheChildren({ log, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(10));
    } finally {
      yield* on(sleep(1));
      log('child ends');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(child());
          yield* on(sleep(1));
          throw new Boom('body');
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* severalErrorsInOneGroup({ log, body, coroutine }: Stage) {
  const failing = coroutine(function* (text: string, seconds: number) {
    try {
      yield* on(sleep(seconds));
    } catch {
      // Python says `finally: raise`: what was thrown is replaced.
    }
    throw new Boom(text);
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(failing('a', 5));
          group.createTask(failing('b', 1));
          group.createTask(failing('c', 9));
          throw new Boom('body');
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(failing('a', 5));
          group.createTask(failing('b', 1));
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export const cancelledFromOutside = byHand({
  *generator({ log, task }) {
    const child = function* (n: number) {
      try {
        yield* sleep(10);
      } finally {
        log('child ends', n);
      }
    };
    const outer = function* () {
      yield* new TaskGroup().use(function* (group) {
        group.createTask(child(1));
        group.createTask(child(2));
      });
    };

    for (const seconds of [0, 1]) {
      const group = task(outer);
      yield* sleep(seconds);
      group.cancel();
      yield* wait([group]);
      log(group.cancelled(), group.cancelling());
    }
  },
  async async({ log, loop }) {
    const child = async (n: number) => {
      try {
        await sleep(10);
      } finally {
        log('child ends', n);
      }
    };
    const outer = async () => {
      await new TaskGroup().use(async (group) => {
        group.createTask(() => child(1));
        group.createTask(() => child(2));
      });
    };

    for (const seconds of [0, 1]) {
      const group = loop.createTask(outer);
      await sleep(seconds);
      group.cancel();
      await wait([group]);
      log(group.cancelled(), group.cancelling());
    }
  },
});

export function* cancelledFromOutsideAndAChildFails({ log, body, task, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(10));
    } catch {
      throw new Boom('in its cleanup');
    }
  });

  const outer = task(function* () {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(child());
          yield* on(sleep(10));
        }),
      ),
    );
  });
  yield* on(sleep(1));
  outer.cancel();
  try {
    yield* on(outer);
  } catch (error) {
    log(error, outer.cancelling());
  }
}

export function* cancelledChildrenAreNoError({ log, body, coroutine }: Stage) {
  const child = coroutine(function* (n: number) {
    yield* on(sleep(n));
    log('child', n);
  });

  const tasks: Task<void>[] = [];
  yield* on(
    new TaskGroup().use(
      body(function* (group: TaskGroup) {
        for (const n of [1, 2]) tasks.push(group.createTask(child(n)));
        yield* on(sleep(0));
        tasks[1]?.cancel();
      }),
    ),
  );
  log(...tasks.map((task) => task.cancelled()));
}

export function* nestedGroups({ log, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('inner child');
  });

  const inner = coroutine(function* () {
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
      log('inner', error);
      throw error;
    }
  });

  const beside = coroutine(function* () {
    try {
      yield* on(sleep(5));
    } finally {
      log('beside ends');
    }
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (outer: TaskGroup) {
          outer.createTask(inner());
          outer.createTask(beside());
        }),
      ),
    );
  } catch (error) {
    log('outer', error);
  }
}

export function* childrenMadeByChildren({ log, body, coroutine }: Stage) {
  const child: (group: TaskGroup, n: number) => Coroutine<void> = coroutine(function* (group, n) {
    log('child', n);
    yield* on(sleep(1));
    if (n > 0) group.createTask(child(group, n - 1));
  });

  yield* on(
    new TaskGroup().use(
      body(function* (group: TaskGroup) {
        group.createTask(child(group, 2));
      }),
    ),
  );
  log('all');
}

export function* taskMadeTooLateOrTooEarly({ log, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    log('never');
  });

  const failing = coroutine(function* () {
    throw new Boom('child');
  });

  const group = new TaskGroup();
  for (const stage of ['before', 'after']) {
    const made = child();
    try {
      group.createTask(made);
    } catch (error) {
      log(stage, error);
      made.close();
    }
    if (stage === 'before') yield* on(group.use(body(function* () {})));
  }
  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(failing());
          try {
            yield* on(sleep(1));
          } finally {
            const made = child();
            try {
              group.createTask(made);
            } catch (error) {
              log('while it shuts down', error);
              made.close();
            }
          }
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* insideATimeout({ log, body, coroutine }: Stage) {
  const child = coroutine(function* () {
    try {
      yield* on(sleep(10));
    } finally {
      log('child ends');
    }
  });

  try {
    yield* on(
      timeout(1).use(
        body(function* () {
          yield* on(
            new TaskGroup().use(
              body(function* (group: TaskGroup) {
                group.createTask(child());
              }),
            ),
          );
        }),
      ),
    );
  } catch (error) {
    log(error, here().cancelling());
  }
}

export function* withTimeoutsInside({ log, body, coroutine }: Stage) {
  const child = coroutine(function* (n: number) {
    yield* on(
      timeout(n).use(
        body(function* () {
          yield* on(sleep(2));
          log('child', n);
        }),
      ),
    );
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          for (const n of [3, 1, 4]) group.createTask(child(n));
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* childThatFailsWhileTheBodyEnds({ log, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    yield* on(sleep(0));
    throw new Boom('child');
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(failing());
          yield* on(sleep(0));
          log('body ends');
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
  yield* on(sleep(0));
  log(here().cancelling());
}

export function* bodyThatSwallowsTheCancel({ log, body, coroutine }: Stage) {
  const failing = coroutine(function* () {
    yield* on(sleep(1));
    throw new Boom('child');
  });

  try {
    yield* on(
      new TaskGroup().use(
        body(function* (group: TaskGroup) {
          group.createTask(failing());
          try {
            yield* on(sleep(5));
          } catch {
            log('swallowed');
          }
          yield* on(sleep(1));
          log('body goes on');
        }),
      ),
    );
  } catch (error) {
    log(error);
  }
}

export function* exceptionGroupsAreSplit({ log }: Stage) {
  const inner = new ExceptionGroup('inner', [new Boom('c'), new TypeError('d')]);
  const group = new ExceptionGroup('outer', [new Boom('a'), new ValueError('b'), inner]);
  log(group, group.message);
  log(...group.split(Boom));
  log(group.subgroup(ValueError));
  log(group.subgroup(SyntaxError));
  log(group.subgroup((error) => error instanceof Boom && error.message === 'c'));
  log(new BaseExceptionGroup('cancelled', [new CancelledError(), new Boom('e')]));
  log(new BaseExceptionGroup('plain', [new Boom('f')]).constructor === ExceptionGroup);
  for (const wrong of [
    () => new ExceptionGroup('nothing', []),
    () => new ExceptionGroup('no list', 7 as never),
  ]) {
    try {
      wrong();
    } catch (error) {
      log(error);
    }
  }
}

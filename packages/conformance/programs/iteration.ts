/** async for, async with, async generators. */
import { anext, asyncFor, asyncWith, BREAK, createTask, gather, sleep, wait } from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

/** Counts, with a wait before each number. */
function numbersTo({ log, coroutine }: Stage, end: number): AsyncIterableIterator<number> {
  let n = 0;
  const next = coroutine(function* (): Generator<unknown, IteratorResult<number>> {
    yield* on(sleep(1));
    if (n === end) {
      log('no more');
      return { done: true, value: undefined };
    }
    n += 1;
    return { done: false, value: n };
  });
  const numbers = { next, [Symbol.asyncIterator]: () => numbers };
  // What `next` gives is awaitable, as a coroutine object is; it is no promise.
  return numbers as unknown as AsyncIterableIterator<number>;
}

const manager = ({ log, coroutine }: Stage, name: string, swallow = false) => ({
  aenter: coroutine(function* () {
    log('enters', name);
    yield* on(sleep(1));
    return name;
  }),
  aexit: coroutine(function* (error: unknown) {
    log('leaves', name, error);
    yield* on(sleep(1));
    return swallow;
  }),
});

export const loopToTheEnd = byHand({
  *generator(stage) {
    yield* asyncFor(numbersTo(stage, 3), (n) => stage.log('item', n), {
      else: () => stage.log('else'),
    });
  },
  async async(stage) {
    for await (const n of numbersTo(stage, 3)) stage.log('item', n);
    stage.log('else');
  },
});

export const loopThatIsLeft = byHand({
  *generator(stage) {
    const { log } = stage;
    yield* asyncFor(
      numbersTo(stage, 5),
      (n) => {
        log('item', n);
        return n === 2 ? BREAK : undefined;
      },
      { else: () => log('never') },
    );
    log('after');
  },
  async async(stage) {
    const { log } = stage;
    for await (const n of numbersTo(stage, 5)) {
      log('item', n);
      if (n === 2) break;
    }
    log('after');
  },
});

export const loopWhoseBodyWaitsAndFails = byHand({
  *generator(stage) {
    const { log } = stage;
    try {
      yield* asyncFor(numbersTo(stage, 5), function* (n) {
        yield* sleep(1);
        log('item', n);
        if (n === 2) throw new Boom('body');
      });
    } catch (error) {
      log(error);
    }
  },
  async async(stage) {
    const { log } = stage;
    try {
      for await (const n of numbersTo(stage, 5)) {
        await sleep(1);
        log('item', n);
        if (n === 2) throw new Boom('body');
      }
    } catch (error) {
      log(error);
    }
  },
});

export const loopThatIsCancelled = byHand({
  *generator(stage) {
    const { log } = stage;
    const body = function* () {
      try {
        yield* asyncFor(numbersTo(stage, 5), (n) => log('item', n));
      } finally {
        log('finally');
      }
    };

    const task = createTask(body());
    yield* sleep(2.5);
    task.cancel();
    yield* wait([task]);
    log(task.cancelled());
  },
  async async(stage) {
    const { log } = stage;
    const body = async () => {
      try {
        for await (const n of numbersTo(stage, 5)) log('item', n);
      } finally {
        log('finally');
      }
    };

    const task = createTask(body);
    await sleep(2.5);
    task.cancel();
    await wait([task]);
    log(task.cancelled());
  },
});

export function* itemsOneByOne(stage: Stage) {
  const { log } = stage;
  const numbers = numbersTo(stage, 2);
  log(yield* on(anext(numbers)));
  log(yield* on(anext(numbers)));
  log(yield* on(anext(numbers, 'fallback')));
  try {
    yield* on(anext(numbers));
  } catch (error) {
    log(error);
  }
}

export const generatorThatWaits = byHand({
  *generator({ log }) {
    const numbers = async function* () {
      log('begins');
      try {
        for (let n = 0; n < 3; n++) {
          await sleep(1);
          yield n;
        }
      } finally {
        log('ends');
      }
    };

    yield* asyncFor(numbers(), (n) => log('item', n));
    log('after');
  },
  async async({ log }) {
    const numbers = async function* () {
      log('begins');
      try {
        for (let n = 0; n < 3; n++) {
          await sleep(1);
          yield n;
        }
      } finally {
        log('ends');
      }
    };

    for await (const n of numbers()) log('item', n);
    log('after');
  },
});

export const generatorThatFails = byHand({
  *generator({ log }) {
    const numbers = async function* () {
      yield 1;
      await sleep(1);
      throw new Boom('generator');
    };

    try {
      yield* asyncFor(numbers(), (n) => log('item', n));
    } catch (error) {
      log(error);
    }
  },
  async async({ log }) {
    const numbers = async function* () {
      yield 1;
      await sleep(1);
      throw new Boom('generator');
    };

    try {
      for await (const n of numbers()) log('item', n);
    } catch (error) {
      log(error);
    }
  },
});

export const generatorThatIsClosedEarly = byHand({
  *generator({ log }) {
    const numbers = async function* () {
      try {
        for (let n = 0; n < 5; n++) yield n;
      } finally {
        log('closing');
        await sleep(1);
        log('closed');
      }
    };

    const iterator = numbers();
    log(yield* anext(iterator));
    log(yield* anext(iterator));
    // A generator coroutine leaves the closing to the loop statement.
    yield* asyncFor(iterator, () => BREAK);
    log(yield* anext(iterator, 'no more'));
  },
  async async({ log }) {
    const numbers = async function* () {
      try {
        for (let n = 0; n < 5; n++) yield n;
      } finally {
        log('closing');
        await sleep(1);
        log('closed');
      }
    };

    const iterator = numbers();
    log(await anext(iterator));
    log(await anext(iterator));
    await iterator.return();
    log(await anext(iterator, 'no more'));
  },
});

export function* twoConsumersOfOneQueueOfItems(stage: Stage) {
  const { log, coroutine } = stage;
  const consumer = coroutine(function* (name: string, numbers: AsyncIterable<number>) {
    yield* on(asyncFor(numbers, (n) => log(name, n)));
    log(name, 'ends');
  });

  yield* on(gather(consumer('a', numbersTo(stage, 2)), consumer('b', numbersTo(stage, 3))));
}

export function* managersNested(stage: Stage) {
  const { log, body } = stage;
  yield* on(
    asyncWith(
      manager(stage, 'outer'),
      body(function* (outer: string) {
        yield* on(
          asyncWith(
            manager(stage, 'inner'),
            body(function* (inner: string) {
              log('body', outer, inner);
            }),
          ),
        );
      }),
    ),
  );
  log('after');
}

export function* managerThatSwallows(stage: Stage) {
  const { log, body } = stage;
  yield* on(
    asyncWith(
      manager(stage, 'swallows', true),
      body(function* () {
        throw new Boom('body');
      }),
    ),
  );
  log('after');
}

export function* managerThatLetsItThrough(stage: Stage) {
  const { log, body } = stage;
  try {
    yield* on(
      asyncWith(
        manager(stage, 'outer', false),
        body(function* () {
          yield* on(
            asyncWith(
              manager(stage, 'inner'),
              body(function* () {
                throw new Boom('body');
              }),
            ),
          );
        }),
      ),
    );
  } catch (error) {
    log('outside', error);
  }
}

export function* managerThatIsCancelled(stage: Stage) {
  const { log, task } = stage;
  const body = function* () {
    yield* on(asyncWith(manager(stage, 'manager'), () => sleep(10)));
  };

  for (const seconds of [0.5, 2]) {
    const child = task(body);
    yield* on(sleep(seconds));
    child.cancel();
    yield* on(wait([child]));
    log(seconds, child.cancelled());
  }
}

/** Every primitive of `futures` and `tasks`, interrupted at each place where it waits: nothing may be left behind. */
import { describe, expect, test } from '@jest/globals';
import {
  coroutine,
  createTask,
  ensureFuture,
  type FutureLike,
  isCancelledError,
  isfuture,
  type Task,
} from '@asyncio-ts/futures';
import {
  anext,
  asCompleted,
  asyncFor,
  asyncWith,
  FIRST_COMPLETED,
  gather,
  shield,
  sleep,
  staggeredRace,
  TaskGroup,
  timeout,
  TimeoutError,
  wait as waitMany,
  waitFor,
} from '@asyncio-ts/tasks';
import {
  cancelEverywhere,
  type CancelEverywhereOptions,
  type Interrupted,
  type InterruptedCheck,
  MANNERS,
  type Scene,
  type SceneBody,
  wait,
} from '@asyncio-ts/testing';

/** One test for each kind. */
function everywhere(
  name: string,
  program: SceneBody<unknown>,
  look?: InterruptedCheck,
  options: CancelEverywhereOptions & { readonly mayGoOn?: boolean } = {},
): void {
  const check = (t: Scene, end: Interrupted): ReturnType<InterruptedCheck> => {
    // A cancel reaches whatever there is to wait for: no second passes after it.
    if (options.mayGoOn !== true) expect(end.secondsToEnd).toBe(0);
    return look?.(t, end);
  };
  for (const kind of options.kinds ?? (['generator', 'async'] as const)) {
    test(`${name} [${kind}]`, async () => {
      const report = await cancelEverywhere(program, check, { ...options, kinds: [kind] });
      const { length } = options.manners ?? MANNERS;
      expect(report.interrupted).toBe((report.points[kind] ?? 0) * length);
    });
  }
}

/** What was begun and has not ended; each `finally` waits, as cleanups do. */
let open = 0;
let begun = 0;

/** Makes a coroutine of the scene's kind that cleans up, slowly. */
function worker(t: Scene, seconds: number, result: unknown = seconds) {
  return t.coroutine(function* work() {
    open++;
    begun++;
    try {
      yield* wait(t.sleep(seconds));
      return result;
    } finally {
      try {
        yield* wait(t.turn());
      } finally {
        open--;
      }
    }
  })();
}

function nothingIsOpen(): void {
  expect(begun).toBeGreaterThan(0);
  expect(open).toBe(0);
}

/** Forgets the run before. */
function anew(): void {
  open = begun = 0;
}

/** How many listen to a future. */
const listeners = (future: FutureLike<unknown>): number =>
  (future as unknown as { _callbacks: readonly unknown[] })._callbacks.length;

/** Swallows everything but a cancel. */
function* attempt(
  body: Generator<unknown, unknown, unknown>,
): Generator<unknown, unknown, unknown> {
  try {
    return yield* body;
  } catch (error) {
    if (isCancelledError(error)) throw error;
    return error;
  }
}

describe('cancelled everywhere', () => {
  everywhere('sleep', function* () {
    yield* wait(sleep(0));
    yield* wait(sleep(1));
    expect(yield* wait(sleep(1, 'rested'))).toBe('rested');
  });

  {
    let child: Task<unknown>;
    everywhere(
      'awaiting a task cancels it',
      function* (t) {
        anew();
        child = createTask(t.loop, worker(t, 1));
        yield* wait(t.turn());
        yield* wait(child);
      },
      (_t, { manner, point }) => {
        nothingIsOpen();
        const waited = manner !== null && point >= 2 && !manner.endsWith('woken');
        expect(child.cancelled()).toBe(waited);
      },
    );
    everywhere(
      'awaiting a task that is started eagerly',
      function* (t) {
        anew();
        child = createTask(t.loop, worker(t, 1), { eagerStart: true });
        yield* wait(child);
      },
      nothingIsOpen,
    );
  }

  {
    let future: FutureLike<unknown>;
    everywhere(
      'awaiting a future',
      function* (t) {
        const made = t.future<null>();
        future = made;
        const timer = t.loop.callLater(1, () => made.setResult(null));
        try {
          yield* wait(future as never);
        } finally {
          timer.cancel();
        }
      },
      () => expect([future.done(), listeners(future)]).toEqual([true, 0]),
    );
    everywhere(
      'awaiting a promise, as a future',
      function* () {
        const promise = new Promise((resolve) => void setImmediate(resolve, 'kept'));
        future = ensureFuture(promise);
        expect(yield* wait(future as never)).toBe('kept');
      },
      () => expect([future.done(), listeners(future)]).toEqual([true, 0]),
    );
  }

  everywhere(
    'a coroutine of the other kind',
    function* (t) {
      anew();
      const asynchronous = coroutine(async () => {
        await worker(t, 1);
        return worker(t, 1);
      });
      const generator = coroutine(function* () {
        yield* asynchronous();
        return yield* worker(t, 1);
      });
      yield* wait(t.implementation.kind === 'async' ? generator() : asynchronous());
    },
    nothingIsOpen,
  );

  everywhere(
    'branches of an async function',
    function* (t) {
      anew();
      const branch = async (seconds: number): Promise<void> => {
        open++;
        begun++;
        try {
          await sleep(seconds);
        } finally {
          open--;
        }
      };
      // What is yielded here is awaited by a real async function.
      yield* wait(Promise.all([branch(1), branch(2), waitFor(t.future(), 3).catch(() => 0)]));
    },
    nothingIsOpen,
    { kinds: ['async'], anyOutcome: true },
  );
});

describe('gather, cancelled everywhere', () => {
  everywhere(
    'children',
    function* (t) {
      anew();
      expect(yield* wait(gather(worker(t, 2), worker(t, 1), worker(t, 2)))).toEqual([2, 1, 2]);
    },
    // Cancelled before its first step, a child never begins.
    () => expect(open).toBe(0),
  );
  everywhere(
    'children that have begun',
    function* (t) {
      anew();
      const children = [1, 2, 3].map((n) => createTask(t.loop, worker(t, n)));
      yield* wait(t.turn());
      yield* wait(gather(...children, { returnExceptions: true }));
    },
    () => expect(open).toBe(0),
  );
  everywhere(
    'a gather around a gather',
    function* (t) {
      anew();
      const inner = gather(worker(t, 1), worker(t, 2));
      yield* wait(t.turn());
      yield* wait(gather(inner, worker(t, 1)));
    },
    () => expect(open).toBe(0),
  );
});

describe('wait, cancelled everywhere', () => {
  let members: Task<unknown>[];
  /** How many listened to them when it was over. */
  let left: number[];
  function* program(
    t: Scene,
    options: Parameters<typeof waitMany>[1],
  ): Generator<unknown, void, unknown> {
    anew();
    members = [1, 2].map((n) => createTask(t.loop, worker(t, n)));
    try {
      yield* wait(waitMany(members, options));
    } finally {
      left = members.map(listeners);
    }
  }
  function check(): void {
    nothingIsOpen();
    expect(left).toEqual([0, 0]);
    expect(members.map((member) => member.cancelled())).toEqual([false, false]);
  }
  everywhere('for all', (t) => program(t, {}), check);
  everywhere('for the first', (t) => program(t, { returnWhen: FIRST_COMPLETED }), check);
  everywhere('for a time', (t) => program(t, { timeout: 1.5 }), check);
  everywhere('for less than a time', (t) => program(t, { timeout: 99 }), check);
});

describe('waitFor, cancelled everywhere', () => {
  let future: FutureLike<unknown>;
  everywhere(
    'a coroutine in time',
    function* (t) {
      anew();
      expect(yield* wait(waitFor(worker(t, 1), 2))).toBe(1);
    },
    nothingIsOpen,
  );
  everywhere(
    'a coroutine too late',
    function* (t) {
      anew();
      const outcome = yield* attempt(wait(waitFor(worker(t, 2), 1)));
      if (open === 0 && begun === 1) expect(outcome).toBeInstanceOf(TimeoutError);
    },
    nothingIsOpen,
    { manners: ['cancel', 'cancel-woken', 'cancel-twice', 'cancel-again'], anyOutcome: true },
  );
  everywhere(
    'a future',
    function* (t) {
      future = t.future();
      yield* attempt(wait(waitFor(future as Task<unknown>, 1)));
    },
    () => expect([future.cancelled(), listeners(future)]).toEqual([true, 0]),
  );
  everywhere(
    'no time at all',
    function* (t) {
      anew();
      const task = createTask(t.loop, worker(t, 1));
      yield* wait(t.turn());
      yield* attempt(wait(waitFor(task, 0)));
    },
    () => expect(open).toBe(0),
  );
  everywhere(
    'one around the other',
    function* (t) {
      anew();
      yield* wait(waitFor(waitFor(waitFor(worker(t, 1), 2), 3), null));
    },
    nothingIsOpen,
  );
});

describe('shield, cancelled everywhere', () => {
  let inner: Task<unknown>;
  let left: number;
  everywhere(
    'what is inside goes on',
    function* (t) {
      anew();
      inner = createTask(t.loop, worker(t, 1));
      try {
        for (let i = 0; i < 9; i++) yield* attempt(wait(waitFor(shield(inner), 0.01)));
        yield* wait(shield(inner));
      } finally {
        left = listeners(inner);
      }
    },
    () => {
      nothingIsOpen();
      // However many shields there were, an error is told of once.
      expect(left).toBeLessThanOrEqual(1);
      expect([inner.cancelled(), inner.result(), listeners(inner)]).toEqual([false, 1, 0]);
    },
  );
  everywhere(
    'under a time limit of its own',
    function* (t) {
      anew();
      inner = createTask(t.loop, worker(t, 2));
      yield* attempt(wait(waitFor(shield(inner), 1)));
      yield* wait(shield(inner));
    },
    () => {
      nothingIsOpen();
      expect([inner.cancelled(), inner.result()]).toEqual([false, 2]);
    },
  );
});

describe('asCompleted, cancelled everywhere', () => {
  everywhere(
    'one after the other',
    function* (t) {
      anew();
      const results: unknown[] = [];
      for (const next of asCompleted([worker(t, 3), worker(t, 1), worker(t, 2)])) {
        try {
          results.push(yield* wait(next));
        } catch (error) {
          next.close();
          throw error;
        }
      }
      expect(results).toEqual([1, 2, 3]);
    },
    nothingIsOpen,
  );
  let times: number[];
  let mine: boolean;
  everywhere(
    'what somebody else asked for comes in time',
    function* (t) {
      anew();
      times = [];
      mine = false;
      const all = asCompleted([worker(t, 1), worker(t, 2), worker(t, 3)]);
      t.loop.callSoon(() => {
        t.task(function* other() {
          for (let i = 0; i < 2; i++) {
            yield* wait(all.next().value as never);
            times.push(t.loop.time());
          }
        });
      });
      yield* wait(all.next().value as never);
      mine = true;
    },
    () => {
      nothingIsOpen();
      expect(times).toEqual(mine ? [2, 3] : [1, 2]);
    },
  );
  everywhere(
    'its items, with a time limit',
    function* (t) {
      anew();
      const seen: unknown[] = [];
      const items = asCompleted([worker(t, 1), worker(t, 3)], { timeout: 2 });
      yield* attempt(wait(asyncFor(items, (item) => void seen.push(item))));
      yield* wait(t.sleep(3));
      expect(seen).toHaveLength(1);
    },
    nothingIsOpen,
  );
});

describe('timeout, cancelled everywhere', () => {
  everywhere(
    'in time',
    function* (t) {
      anew();
      yield* wait(timeout(5).use(() => worker(t, 1)));
      yield* wait(timeout(null).use(() => worker(t, 1)));
    },
    nothingIsOpen,
  );
  everywhere(
    'one in the other',
    function* (t) {
      anew();
      const inner = t.coroutine(function* inner() {
        yield* attempt(wait(timeout(1).use(() => worker(t, 5))));
        yield* wait(worker(t, 1));
      });
      yield* wait(timeout(10).use(inner));
    },
    nothingIsOpen,
  );
  everywhere(
    'moved while it runs',
    function* (t) {
      anew();
      const limit = timeout(1);
      const body = t.coroutine(function* body() {
        limit.reschedule(t.loop.time() + 9);
        yield* wait(worker(t, 2));
      });
      yield* wait(limit.use(body));
    },
    nothingIsOpen,
  );
});

describe('TaskGroup, cancelled everywhere', () => {
  let children: Task<unknown>[];
  const allEnded = (): void => {
    expect(open).toBe(0);
    expect(children.every((child) => child.done())).toBe(true);
  };
  everywhere(
    'its children end with it',
    function* (t) {
      anew();
      const group = new TaskGroup();
      const body = t.coroutine(function* body() {
        children = [1, 2].map((n) => group.createTask(worker(t, n)));
        yield* wait(t.sleep(1));
      });
      yield* wait(group.use(body));
    },
    allEnded,
  );
  everywhere(
    'a group in a group',
    function* (t) {
      anew();
      const [outer, inner] = [new TaskGroup(), new TaskGroup()];
      const inside = t.coroutine(function* inside() {
        children.push(inner.createTask(worker(t, 2)));
        yield* wait(t.sleep(1));
      });
      const around = t.coroutine(function* around() {
        children = [outer.createTask(worker(t, 3))];
        yield* wait(inner.use(inside));
        yield* wait(t.turn());
      });
      yield* wait(outer.use(around));
    },
    allEnded,
  );
  everywhere(
    'a child fails',
    function* (t) {
      anew();
      const group = new TaskGroup();
      const body = t.coroutine(function* body() {
        children = [
          group.createTask(worker(t, 5)),
          group.createTask(
            t.coroutine(function* fails() {
              yield* wait(t.sleep(1));
              throw new Error('a child fails');
            })(),
          ),
        ];
        yield* wait(t.sleep(3));
      });
      yield* attempt(wait(group.use(body)));
    },
    allEnded,
    // The errors of the group go first, when both happen.
    { anyOutcome: true },
  );
  everywhere(
    'cancelled from inside',
    function* (t) {
      anew();
      const group = new TaskGroup();
      const body = t.coroutine(function* body() {
        children = [group.createTask(worker(t, 5))];
        yield* wait(t.sleep(1));
        group.cancel();
        yield* wait(t.sleep(1));
      });
      yield* wait(group.use(body));
      yield* wait(t.sleep(1));
    },
    allEnded,
    { anyOutcome: true },
  );
});

describe('asyncWith, cancelled everywhere', () => {
  let inside = 0;
  everywhere(
    'what was entered is left',
    function* (t) {
      inside = 0;
      const manager = {
        aenter: t.coroutine(function* aenter() {
          yield* wait(t.sleep(1));
          inside++;
        }),
        aexit: t.coroutine(function* aexit(_error: unknown) {
          inside--;
          yield* wait(t.sleep(1));
        }),
      };
      const body = t.coroutine(function* body() {
        yield* wait(t.sleep(1));
        yield* wait(t.turn());
      });
      yield* wait(asyncWith(manager, body));
    },
    () => expect(inside).toBe(0),
    { mayGoOn: true },
  );
});

describe('asyncFor and anext, cancelled everywhere', () => {
  const events: string[] = [];
  async function* ticks(t: Scene): AsyncGenerator<number, void> {
    events.length = 0;
    events.push('begun');
    try {
      for (let i = 0; i < 2; i++) {
        await t.sleep(1);
        yield i;
      }
    } finally {
      events.push('closed');
    }
  }
  const closed = (): void => expect(events).toEqual(['begun', 'closed']);

  everywhere(
    'an async generator is closed',
    function* (t) {
      const body = t.coroutine(function* body(_item: number) {
        yield* wait(t.sleep(1));
      });
      yield* wait(asyncFor(ticks(t), body));
    },
    closed,
  );
  everywhere(
    'by hand',
    function* (t) {
      const iterator = ticks(t);
      try {
        while ((yield* wait(anext(iterator, 'the end'))) !== 'the end');
      } finally {
        yield* wait(anext(iterator, null));
      }
    },
    closed,
  );
});

describe('staggeredRace, cancelled everywhere', () => {
  everywhere(
    'all who run end',
    function* (t) {
      anew();
      const race = staggeredRace([() => worker(t, 4), () => worker(t, 2), () => worker(t, 3)], 1);
      expect((yield* wait(race)).slice(0, 2)).toEqual([2, 1]);
    },
    () => expect(open).toBe(0),
  );
});

test('what is waited for is said by the errors of cancelEverywhere', async () => {
  const failing = cancelEverywhere(
    function* () {
      yield* wait(sleep(1));
    },
    (_t, end) => {
      if (end.manner === null) return;
      expect(isfuture(end)).toBe(true);
    },
  );
  await expect(failing).rejects.toThrow(/it waits for <Future pending/);
});

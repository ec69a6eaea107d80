/** How many turns of the loop each of them takes: the figures are CPython's, and hold in both kinds of coroutines. */
import { describe, expect, test } from '@jest/globals';
import { type Awaitable, createFuture, type Future, type FutureLike } from '@asyncio-ts/futures';
import {
  asCompleted,
  asyncFor,
  createTask,
  FIRST_COMPLETED,
  gather,
  shield,
  sleep,
  TaskGroup,
  timeout,
  wait as waitForMany,
  waitFor,
} from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';

const ordered = scenes(test, { selectors: ['virtual', 'node-exact'] });

type Row = readonly [
  what: string,
  turns: number,
  error: string | null,
  (k: Parts) => Awaitable<unknown>,
];

/** Small coroutines of the kind that is tried. */
class Parts {
  readonly scene: Scene;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  readonly nop = (): Awaitable<void> => this.scene.coroutine(function* () {})();
  readonly turn = (): Awaitable<void> =>
    this.scene.coroutine(function* () {
      yield* wait(sleep(0));
    })();
  readonly fail = (): Awaitable<never> =>
    this.scene.coroutine(function* (): Generator<unknown, never> {
      throw new TypeError('x');
    })();

  body<A>(run: (argument: A) => Generator<unknown, unknown>): (argument: A) => Awaitable<unknown> {
    return this.scene.coroutine(run) as (argument: A) => Awaitable<unknown>;
  }

  get done(): Future<number> {
    const future = this.never;
    future.setResult(1);
    return future;
  }

  get never(): Future<number> {
    return createFuture<number>(this.scene.loop);
  }
}

const rows: readonly Row[] = [
  ['sleep(0)', 1, null, () => sleep(0)],
  ['gather of one', 3, null, (k) => gather(k.nop())],
  ['gather of three', 4, null, (k) => gather(k.nop(), k.turn(), k.nop())],
  ['gather of nothing', 0, null, () => gather()],
  ['gather of what is done', 0, null, (k) => gather(k.done, k.done)],
  ['gather with an error', 3, 'TypeError', (k) => gather(k.turn(), k.fail())],
  ['wait', 4, null, (k) => waitForMany([task(k.nop), task(k.turn)])],
  ['wait for what is done', 2, null, (k) => waitForMany([k.done])],
  [
    'wait for the first',
    3,
    null,
    (k) => waitForMany([task(k.nop), task(k.turn)], { returnWhen: FIRST_COMPLETED }),
  ],
  ['wait without time', 2, null, (k) => waitForMany([k.never], { timeout: 0 })],
  ['waitFor', 0, null, (k) => waitFor(k.nop(), 5)],
  ['waitFor one turn', 1, null, (k) => waitFor(k.turn(), 5)],
  ['waitFor without time', 3, 'TimeoutError', (k) => waitFor(k.nop(), 0)],
  ['waitFor a task without time', 3, 'TimeoutError', (k) => waitFor(task(k.turn), 0)],
  ['waitFor what is done without time', 0, null, (k) => waitFor(k.done, 0)],
  ['shield', 3, null, (k) => shield(k.nop())],
  ['shield of what is done', 0, null, (k) => shield(k.done)],
  ['timeout(0) around a turn', 1, 'TimeoutError', (k) => timeout(0).use(k.turn)],
  [
    'timeout(0) around a future',
    2,
    'TimeoutError',
    (k) =>
      timeout(0).use(
        k.body(function* () {
          yield* wait(k.never);
        }),
      ),
  ],
  ['timeout(0) around nothing', 0, null, (k) => timeout(0).use(k.nop)],
  [
    'timeout(0) in timeout(0)',
    2,
    'TimeoutError',
    () => timeout(0).use(() => timeout(0).use(() => sleep(5))),
  ],
  ['an empty group', 0, null, (k) => new TaskGroup().use(k.nop)],
  [
    'a group of one',
    3,
    null,
    (k) =>
      new TaskGroup().use(
        k.body(function* (group: TaskGroup) {
          group.createTask(k.nop as () => PromiseLike<void>);
        }),
      ),
  ],
  [
    'a group that fails while its body waits',
    3,
    'ExceptionGroup',
    (k) =>
      new TaskGroup().use(
        k.body(function* (group: TaskGroup) {
          group.createTask(k.fail as () => PromiseLike<never>);
          yield* wait(k.never);
        }),
      ),
  ],
  [
    'a group that fails while it waits',
    5,
    'ExceptionGroup',
    (k) =>
      new TaskGroup().use(
        k.body(function* (group: TaskGroup) {
          group.createTask(k.fail as () => PromiseLike<never>);
          group.createTask(sleep(10));
        }),
      ),
  ],
  ['asCompleted, the quick one last', 3, null, (k) => eachOf(k, [k.turn(), k.nop()])],
  [
    'asCompleted as an async iterable',
    3,
    null,
    (k) =>
      asyncFor(
        asCompleted([k.turn(), k.nop()]),
        k.body(function* (future: FutureLike<void>) {
          yield* wait(future);
        }),
      ),
  ],
  [
    'a gather that is cancelled',
    4,
    'CancelledError',
    (k) => {
      const outer = gather(sleep(10), sleep(10));
      k.scene.loop.callSoon(() => {
        outer.cancel();
      });
      return outer;
    },
  ],
];

describe('turns', () => {
  for (const [what, turns, error, make] of rows) {
    ordered(`${what}: ${turns}${error === null ? '' : ` and a ${error}`}`, function* (t) {
      let count = 0;
      let counting = true;
      const tick = (): void => {
        count++;
        if (counting) t.loop.callSoon(tick);
      };
      t.loop.callSoon(tick);
      yield* wait(sleep(0));
      const before = count;
      let failed: string | null = null;
      try {
        yield* wait(make(new Parts(t)));
      } catch (thrown) {
        failed = (thrown as Error).name;
      }
      const after = count;
      counting = false;
      yield* wait(sleep(0));
      expect([after - before, failed]).toEqual([turns, error]);
    });
  }
});

function task(coro: () => Awaitable<void>): Future<void> {
  return createTask(coro as () => PromiseLike<void>);
}

function eachOf(k: Parts, awaitables: readonly Awaitable<void>[]): Awaitable<unknown> {
  return k.body(function* () {
    for (const next of asCompleted(awaitables)) yield* wait(next);
  })(undefined);
}

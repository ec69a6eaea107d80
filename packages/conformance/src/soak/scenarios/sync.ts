import {
  Barrier,
  BrokenBarrierError,
  Condition,
  Event,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from '@asyncio-ts/sync';
import { turn, wait } from '@asyncio-ts/testing';

import type { Scenario } from '../scenario.js';
import type { Soak } from '../soak.js';
import type { Steps } from '../steps.js';

/** A scenario in which a task waits in a line, and is cancelled there. */
function cancelledIn<Noun>(
  name: string,
  make: () => Noun,
  waits: (noun: Noun, soak: Soak) => Steps,
  lengths: (noun: Noun) => Record<string, number>,
  prepare?: (noun: Noun) => void,
): Scenario {
  return {
    name: `${name}, cancelled`,
    weight: 2,
    begin(soak) {
      const noun = make();
      prepare?.(noun);
      return {
        *once() {
          yield* soak.cancelled(soak.task(() => waits(noun, soak)));
        },
        counts: () => lengths(noun),
      };
    },
  };
}

/** Lines, and what stands in them. */
export const sync: readonly Scenario[] = [
  cancelledIn(
    'Lock.acquire',
    () => new Lock(),
    function* (lock) {
      yield* wait(lock.acquire());
    },
    (lock) => ({ waiters: lock._waiters.length }),
    (lock) => void lock._takeIfFree(),
  ),
  cancelledIn(
    'Semaphore.acquire',
    () => new Semaphore(0),
    function* (semaphore) {
      yield* wait(semaphore.acquire());
    },
    (semaphore) => ({ waiters: semaphore._waiters.length }),
  ),
  cancelledIn(
    'Event.wait',
    () => new Event(),
    function* (event) {
      yield* wait(event.wait());
    },
    (event) => ({ waiters: event._waiters.length }),
  ),
  cancelledIn(
    'Condition.waitFor',
    () => new Condition(),
    function* (condition, soak) {
      const body = soak.coroutine(function* body() {
        yield* wait(condition.waitFor(() => false));
      });
      yield* wait(condition.use(body));
    },
    (condition) => ({ waiters: condition._waiters.length }),
  ),
  cancelledIn(
    'Barrier.wait',
    () => new Barrier(2),
    function* (barrier) {
      yield* wait(barrier.wait());
    },
    (barrier) => ({ waiters: barrier.nWaiting }),
  ),
  cancelledIn(
    'Queue.get',
    () => new Queue<number>(),
    function* (queue) {
      yield* wait(queue.get());
    },
    (queue) => ({ getters: queue._getters.length }),
  ),
  cancelledIn(
    'Queue.put',
    () => new Queue<object>(1),
    function* (queue) {
      yield* wait(queue.put({}));
    },
    (queue) => ({ putters: queue._putters.length, items: queue.qsize() }),
    (queue) => queue.putNowait({}),
  ),
  cancelledIn(
    'Queue.join',
    () => new Queue<number>(),
    function* (queue) {
      yield* wait(queue.join());
    },
    (queue) => ({ items: queue.qsize() }),
    (queue) => queue.putNowait(1),
  ),
  {
    name: 'queues, put and got',
    begin() {
      const queue = new Queue<object>();
      const ordered = new PriorityQueue<number>();
      return {
        *once(i) {
          yield* wait(queue.put({}));
          yield* wait(ordered.put(i));
          yield* wait(ordered.get());
          yield* wait(queue.get());
          queue.taskDone();
          yield* wait(queue.join());
        },
        counts: () => ({ items: queue.qsize() + ordered.qsize() }),
      };
    },
  },
  {
    name: 'a lock that changes hands',
    weight: 2,
    begin(soak) {
      const lock = new Lock();
      const work = (): ReturnType<typeof turn> => turn();
      return {
        *once() {
          const other = soak.task(function* other() {
            yield* wait(lock.use(work));
          });
          yield* wait(lock.use(work));
          yield* wait(other);
        },
        counts: () => ({ waiters: lock._waiters.length }),
      };
    },
  },
  {
    name: 'a barrier that is broken and mended',
    weight: 4,
    begin(soak) {
      const barrier = new Barrier(2);
      return {
        *once() {
          const other = soak.task(function* other() {
            try {
              yield* wait(barrier.wait());
            } catch (error) {
              if (!(error instanceof BrokenBarrierError)) throw error;
            }
          });
          yield* wait(turn());
          yield* wait(barrier.abort());
          yield* wait(other);
          yield* wait(barrier.reset());
        },
      };
    },
  },
];

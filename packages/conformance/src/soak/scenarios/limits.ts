import { currentTask, isCancelledError } from '@asyncio-ts/futures';
import { shield, sleep, TaskGroup, timeout, TimeoutError, waitFor } from '@asyncio-ts/tasks';
import { turn, wait } from '@asyncio-ts/testing';

import type { Scenario } from '../scenario.js';
import type { Steps } from '../steps.js';

/** Time limits, scopes and their signals, all under one long-lived task. */
export const limits: readonly Scenario[] = [
  {
    name: 'timeouts in time',
    begin: () => ({
      *once() {
        yield* wait(timeout(60).use(() => turn()));
      },
    }),
  },
  {
    name: 'timeouts that expire',
    begin: () => ({
      *once() {
        yield* inVain(wait(timeout(0.001).use(() => sleep(60))));
      },
    }),
  },
  {
    name: 'timeouts inside timeouts, moved',
    begin: (soak) => {
      const inner = soak.coroutine(function* inner() {
        const limit = timeout(1);
        const body = soak.coroutine(function* body() {
          limit.reschedule(soak.loop.time() + 2);
          yield* wait(turn());
        });
        yield* wait(limit.use(body));
      });
      return {
        *once() {
          yield* wait(timeout(60).use(inner));
        },
      };
    },
  },
  {
    name: 'waitFor in time',
    begin: () => ({
      *once() {
        yield* wait(waitFor(turn(), 60));
      },
    }),
  },
  {
    name: 'waitFor a shielded future that never finishes',
    begin: (soak) => {
      const never = soak.future();
      return {
        *once() {
          yield* inVain(wait(waitFor(shield(never), 0.001)));
        },
        counts: () => ({ 'listeners of the future': never._callbacks.length }),
      };
    },
  },
  {
    name: 'task groups',
    begin: (soak) => {
      const child = soak.coroutine(function* child() {
        yield* wait(turn());
      });
      return {
        *once() {
          const group = new TaskGroup();
          const body = soak.coroutine(function* body() {
            group.createTask(child());
            yield* wait(turn());
          });
          yield* wait(group.use(body));
        },
      };
    },
  },
  {
    name: 'task groups whose children fail',
    begin: (soak) => {
      const failing = soak.coroutine(function* failing() {
        yield* wait(turn());
        throw new RangeError('meant to fail');
      });
      return {
        *once() {
          const group = new TaskGroup();
          const body = soak.coroutine(function* body() {
            group.createTask(failing());
            yield* wait(sleep(60));
          });
          yield* inVain(wait(group.use(body)));
        },
      };
    },
  },
  {
    name: 'signals of scopes',
    weight: 4,
    begin: () => ({
      *once(i) {
        yield* inVain(
          wait(
            timeout(i % 2 === 0 ? 60 : 0).use((limit) => {
              limit.signal.addEventListener('abort', () => undefined);
              return turn();
            }),
          ),
        );
      },
    }),
  },
  {
    name: 'signals of tasks, dropped and aborted',
    weight: 4,
    begin: (soak) => ({
      *once(i) {
        const task = soak.task(function* signalling() {
          currentTask()?.signal.addEventListener('abort', () => undefined);
          yield* wait(i % 2 === 0 ? turn() : sleep(60));
        });
        yield* soak.turns(2);
        task.cancel();
        yield* soak.turns(2);
      },
    }),
  },
  {
    name: 'a task that is cancelled and refuses, with a new signal each time',
    weight: 4,
    begin: (soak) => {
      const own = currentTask();
      return {
        *once() {
          own?.signal.addEventListener('abort', () => undefined);
          soak.loop.callSoon(() => own?.cancel());
          try {
            yield* wait(sleep(60));
          } catch (error) {
            if (!isCancelledError(error)) throw error;
            own?.uncancel();
          }
        },
        counts: () => ({ 'cancel requests': own?.cancelling() ?? 0 }),
      };
    },
  },
];

/** What is meant to fail, or to be cut short. */
function* inVain(steps: Generator<unknown, unknown, unknown>): Steps {
  try {
    yield* steps;
  } catch (error) {
    if (!(error instanceof TimeoutError || error instanceof AggregateError)) throw error;
  }
}

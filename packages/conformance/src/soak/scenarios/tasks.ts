import { coroutine, createTask, ensureFuture, handler } from '@asyncio-ts/futures';
import { ContextVar, copyContext } from '@asyncio-ts/loop';
import { sleep } from '@asyncio-ts/tasks';
import { turn, wait } from '@asyncio-ts/testing';

import type { Scenario } from '../scenario.js';

/** Tasks, coroutine objects, callbacks and contexts. */
export const tasks: readonly Scenario[] = [
  {
    name: 'tasks that are done',
    begin: (soak) => {
      const body = function* body(): Generator<unknown, void, unknown> {
        yield* wait(turn());
      };
      return {
        *once() {
          yield* wait(soak.task(body));
        },
      };
    },
  },
  {
    name: 'tasks that are cancelled, before they begin and after',
    begin: (soak) => ({
      *once(i) {
        const task = soak.task(function* waits() {
          yield* wait(soak.future());
        });
        if (i % 2 === 0) yield* soak.turns(1);
        task.cancel();
        yield* soak.turns(2);
      },
    }),
  },
  {
    name: 'tasks that fail, and nobody looks',
    weight: 8,
    begin: (soak) => ({
      *once() {
        soak.task(function* failing() {
          yield* wait(turn());
          throw new RangeError('meant to fail');
        });
        yield* soak.turns(2);
      },
    }),
  },
  {
    name: 'tasks that fail, and somebody looks',
    weight: 2,
    begin: (soak) => ({
      *once() {
        const task = soak.task(function* failing() {
          yield* wait(turn());
          throw new RangeError('meant to fail');
        });
        try {
          yield* wait(task);
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      },
    }),
  },
  {
    name: 'coroutine objects that nobody awaits',
    weight: 4,
    begin: (soak) => {
      const forgotten = soak.coroutine(function* forgotten() {
        yield* wait(turn());
      });
      return {
        *once() {
          forgotten();
          yield* wait(turn());
        },
      };
    },
  },
  {
    name: 'async functions that wait for promises of Node',
    kinds: ['async'],
    weight: 2,
    begin: (soak) => {
      const asynchronous = coroutine(async () => {
        await Promise.resolve();
        await Promise.all([null, sleep(0), Promise.resolve()]);
      });
      return {
        *once() {
          yield* wait(createTask(soak.loop, asynchronous()));
        },
      };
    },
  },
  {
    name: 'promises of Node as futures, kept and let go of',
    weight: 4,
    begin: (soak) => ({
      *once(i) {
        const future = ensureFuture(Promise.resolve(i), { loop: soak.loop });
        if (i % 2 === 0) future.cancel();
        else yield* wait(future);
      },
    }),
  },
  {
    name: 'handlers of Node callbacks',
    weight: 2,
    begin: (soak) => {
      const handle = handler(
        soak.coroutine(function* handle(_n: number) {
          yield* wait(turn());
        }),
      );
      return {
        *once(i) {
          handle(i);
          yield* soak.turns(2);
        },
      };
    },
  },
  {
    name: 'context variables',
    begin: () => {
      const variable = new ContextVar<number>('variable');
      return {
        *once(i) {
          const token = variable.set(i);
          copyContext().run(() => variable.set(i + 1));
          if (i % 2 === 0) variable.reset(token);
          yield* wait(turn());
        },
      };
    },
  },
  {
    name: 'timers and callbacks, called and cancelled',
    begin: (soak) => ({
      *once(i) {
        const { loop } = soak;
        loop.callLater(3600, () => undefined).cancel();
        loop.callAt(Infinity, () => undefined);
        loop.callSoon(() => undefined).cancel();
        loop.callLater(0.001 * (i % 3), () => undefined);
        yield* wait(i % 64 === 0 ? sleep(1) : turn());
      },
    }),
  },
];

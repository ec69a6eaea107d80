import {
  type Awaitable,
  type Coroutine,
  GeneratorCoroutine,
  invoke,
  type Returned,
} from '@asyncio-ts/futures';
import { BaseException, brief } from '@asyncio-ts/loop';

import { callMethod } from './call-method.js';

/**
 * Something that is entered and left: whatever `asyncWith` takes. Both methods may be async functions, generator functions
 * or coroutine functions.
 *
 * Mirrors Python's asynchronous context managers.
 *
 * @typeParam T - what entering gives to the body
 * @typeParam X - what leaving gives: `true` swallows the error
 */
export interface AsyncContextManager<T, X = unknown> {
  /** Enters. */
  aenter(): Awaitable<T>;
  /** Leaves, with the error the body ended with, or null. When it gives `true`, that error is swallowed. */
  aexit(error: unknown): Awaitable<X>;
}

/** What the body gives; undefined when the manager may have swallowed its error. */
export type WithResult<R, X> = Returned<R> | (true extends X ? undefined : never);

/**
 * Runs a body inside a context manager: Python's `async with manager as value:`, for both kinds of coroutines.
 *
 * The body runs in the calling task, right after `aenter`, so that a scope the manager opens (a time limit, a task group)
 * covers it. `aexit` is called however the body ends, and waited for.
 *
 * @param manager - anything with `aenter()` and `aexit(error)`
 * @param body - an async function, a `function*` or a coroutine function; it is given what `aenter` gave
 * @returns what the body returns; undefined when its error was swallowed
 * @throws TypeError when the manager or the body is not what is needed; what the body or the manager throws.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { asyncWith, sleep } from '@asyncio-ts/tasks';
 *
 * const connection = {
 *   async aenter() {
 *     await sleep(0.01);
 *     return 'connected';
 *   },
 *   async aexit(error: unknown) {
 *     console.log(error === null ? 'closed' : 'closed after an error');
 *   },
 * };
 * await runUntilComplete(new BaseEventLoop(), () =>
 *   asyncWith(connection, async (state) => {
 *     console.log(state); // connected
 *   }),
 * );
 * ```
 */
export function asyncWith<T, X, R extends Awaitable<unknown>>(
  manager: AsyncContextManager<T, X>,
  body: (value: T) => R,
): Coroutine<WithResult<R, X>> {
  if (!isManager(manager)) {
    throw new TypeError(
      `Cannot use ${brief(manager)} as a context manager: an object with aenter() and aexit(error) is needed`,
    );
  }
  if (typeof body !== 'function') {
    throw new TypeError(
      `Cannot run ${brief(body)} inside ${brief(manager)}: the body must be a function`,
    );
  }
  return new GeneratorCoroutine<WithResult<R, X>>(inside(manager, body) as never, 'asyncWith');
}

function isManager(manager: unknown): manager is AsyncContextManager<unknown> {
  const { aenter, aexit } = (manager ?? {}) as Partial<AsyncContextManager<unknown>>;
  return typeof aenter === 'function' && typeof aexit === 'function';
}

function* inside<T, R>(
  manager: AsyncContextManager<T>,
  body: (value: T) => R,
): Generator<unknown, unknown> {
  // Looked up before the body can change it, as Python does.
  const { aexit } = manager;
  const value = (yield* callMethod(manager, manager.aenter)) as T;
  let ended = false;
  try {
    const result = yield* invoke(body, value);
    ended = true;
    yield* callMethod(manager, aexit, null);
    return result;
  } catch (error) {
    if (ended) throw error;
    ended = true;
    if ((yield* callMethod(manager, aexit, error)) === true) return undefined;
    throw error;
  } finally {
    // The coroutine is closed while the body waits: what was taken is given back, as far as that goes without waiting.
    if (!ended) {
      yield* callMethod(manager, aexit, new BaseException('the coroutine was closed'));
    }
  }
}

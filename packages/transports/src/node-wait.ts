import { type BaseEventLoop } from '@asyncio-ts/loop';
import { type Coroutine, createFuture, GeneratorCoroutine } from '@asyncio-ts/futures';

import { openResources, type Resource } from './open-resources.js';

/** @internal Tells how an operation of Node went; only the first word counts. */
export interface Outcome<T> {
  done(result: T): void;
  failed(error: Error): void;
}

/**
 * @internal Waits for an operation of Node. It counts as a wait for the world outside; cancelled, it is undone.
 *
 * @param start - starts it, and returns the way to undo it
 */
export function nodeWait<T>(
  loop: BaseEventLoop,
  start: (outcome: Outcome<T>) => () => void,
): Coroutine<T> {
  return new GeneratorCoroutine<T>(waiting(loop, start), 'nodeWait');
}

function* waiting<T>(
  loop: BaseEventLoop,
  start: (outcome: Outcome<T>) => () => void,
): Generator<unknown, T, unknown> {
  const future = createFuture<T>(loop);
  const undo = start({
    done: (result) => {
      loop._deliver(() => {
        if (!future.done()) future.setResult(result);
      });
    },
    failed: (error) => {
      loop._deliver(() => {
        if (!future.done()) future.setException(error);
      });
    },
  });
  const resource: Resource = { _loopClosed: undo };
  openResources(loop).add(resource);
  loop._outside++;
  try {
    return yield* future;
  } catch (error) {
    undo();
    throw error;
  } finally {
    loop._outside--;
    openResources(loop).delete(resource);
  }
}

import { _getRunningLoop, brief, type Loop, LoopLocal } from '@asyncio-ts/loop';
import { type Coroutine, coroutine, invoke, isCancelledError } from '@asyncio-ts/futures';

/** The async generators that coroutines of one loop consumed through this library, and that may stand half-way. */
class AsyncGenerators {
  /** Weak: a generator that nobody can go on with is none to wait for. Insertion order is the order of closing. */
  private readonly _live = new Set<WeakRef<AsyncGenerator>>();
  private readonly _refs = new WeakMap<AsyncGenerator, WeakRef<AsyncGenerator>>();
  private readonly _collected = new FinalizationRegistry<WeakRef<AsyncGenerator>>((ref) => {
    this._live.delete(ref);
  });

  add(generator: AsyncGenerator): void {
    if (this._refs.has(generator)) return;
    const ref = new WeakRef(generator);
    this._refs.set(generator, ref);
    this._live.add(ref);
    this._collected.register(generator, ref, ref);
  }

  remove(generator: AsyncGenerator): void {
    const ref = this._refs.get(generator);
    if (ref === undefined) return;
    this._refs.delete(generator);
    this._live.delete(ref);
    this._collected.unregister(ref);
  }

  takeAll(): AsyncGenerator[] {
    const generators = [...this._live].flatMap((ref) => ref.deref() ?? []);
    for (const generator of generators) this.remove(generator);
    return generators;
  }
}

const generatorsOf = /* @__PURE__ */ new LoopLocal(() => new AsyncGenerators());

/** Whether something is a native async generator: one that stands half-way has `finally` blocks to run. */
function isAsyncGenerator(iterator: object): iterator is AsyncGenerator {
  return (iterator as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'AsyncGenerator';
}

/** @internal A coroutine begins to consume an async iterator, and may leave it half-way. */
export function consume(iterator: object): void {
  const loop = _getRunningLoop();
  if (loop !== null && isAsyncGenerator(iterator)) generatorsOf.get(loop).add(iterator);
}

/** @internal It has come to its end. */
export function consumed(iterator: object): void {
  const loop = _getRunningLoop();
  if (loop !== null && isAsyncGenerator(iterator)) generatorsOf.get(loop).remove(iterator);
}

/**
 * Closes the async generators that coroutines of a loop began to consume by `anext` and left half-way: their `finally` blocks
 * run. What fails in that goes to the loop's exception handler.
 *
 * Mirrors Python's `loop.shutdown_asyncgens`. What `asyncFor` and the native `for await` leave early they close at once; a
 * generator stepped by its own `next()` is nobody's to know.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { runUntilComplete } from '@asyncio-ts/futures';
 * import { shutdownAsyncgens } from '@asyncio-ts/tasks';
 *
 * const loop = new BaseEventLoop();
 * await runUntilComplete(loop, shutdownAsyncgens(loop));
 * loop.close();
 * ```
 */
export const shutdownAsyncgens: (loop: Loop) => Coroutine<void> = /* @__PURE__ */ coroutine(
  function* shutdownAsyncgens(loop: Loop): Generator<unknown, void, unknown> {
    for (const generator of generatorsOf.get(loop).takeAll()) {
      try {
        yield* invoke(() => generator.return(undefined));
      } catch (exception) {
        if (isCancelledError(exception)) throw exception;
        loop.callExceptionHandler({
          message: `an error occurred during closing of asynchronous generator ${brief(generator)}`,
          exception,
          asyncgen: generator,
        });
      }
    }
  },
);

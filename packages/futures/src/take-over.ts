import { brief } from '@asyncio-ts/loop';

import {
  type CoroutineLike,
  isDriver,
  Kind,
  kindOf,
  type OwnCall,
  type OwnCoroutine,
} from './protocol.js';

/** @internal What is stepped: of a coroutine object its generator, which nobody else may resume from now on. */
export function takeOver(coro: CoroutineLike<unknown>): CoroutineLike<unknown> {
  const own = coro as unknown as OwnCoroutine | OwnCall;
  const kind = kindOf(coro);
  if (kind === Kind.Call) (own as OwnCall)._taken();
  if (kind !== Kind.Coroutine) return isDriver(coro) ? coro : refuse(coro);
  (own as OwnCoroutine)._adopt();
  return (own as OwnCoroutine)._coro;
}

function refuse(coro: unknown): never {
  throw new TypeError(
    `a coroutine was expected, got ${brief(coro)}; createTask() takes functions as well`,
  );
}

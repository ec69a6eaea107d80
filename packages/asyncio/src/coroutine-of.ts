import {
  asCoroutine,
  type CoroutineLike,
  isfuture,
  notACoroutine,
  type TaskBody,
} from '@asyncio-ts/futures';

/** @internal What a task steps, from whatever is taken for a coroutine. @throws TypeError that says what to write. */
export function coroutineOf<T>(body: TaskBody<T>): CoroutineLike<T> {
  const coro = isfuture(body) ? null : asCoroutine(body);
  if (coro === null) throw notACoroutine(body);
  return coro as CoroutineLike<T>;
}

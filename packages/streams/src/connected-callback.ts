import { type BaseEventLoop, describeCallback, Handle } from '@asyncio-ts/loop';
import {
  coroutine,
  type CoroutineLike,
  createTask,
  invoke,
  iscoroutinefunction,
  isDriver,
  isfuture,
  isThenable,
  type Task,
} from '@asyncio-ts/futures';
import type { Transport } from '@asyncio-ts/transports';

import type { StreamReader } from './stream-reader.js';
import type { StreamWriter } from './stream-writer.js';

/** What is called for each connection: a plain function, or a coroutine function of either kind. */
export type ClientConnectedCallback = (reader: StreamReader, writer: StreamWriter) => unknown;

/**
 * @internal Serves one connection, in a task of its own. A plain function is called at once, in a task as well: it may turn
 * out to return a coroutine or a promise, and then it has made it inside the task it belongs to.
 */
export function runCallback(
  loop: BaseEventLoop,
  callback: ClientConnectedCallback,
  reader: StreamReader,
  writer: StreamWriter,
  transport: Transport,
): void {
  const task = iscoroutinefunction(callback)
    ? createTask<unknown>(loop, invoke(callback as Kind, reader, writer))
    : createTask<unknown>(loop, invoke(plain(callback, reader, writer)), { eagerStart: true });
  // No closure: each connection that stands has one of these.
  task._addWaiter(new Handle(settled, [task, callback, transport], loop));
}

type Kind = (reader: StreamReader, writer: StreamWriter) => CoroutineLike<unknown>;

function plain(
  callback: ClientConnectedCallback,
  reader: StreamReader,
  writer: StreamWriter,
): () => CoroutineLike<unknown> {
  const call = (): CoroutineLike<unknown> => {
    const result = callback(reader, writer);
    const waits = isDriver(result) || isfuture(result) || isThenable(result);
    return (waits ? result : nothing()) as CoroutineLike<unknown>;
  };
  return Object.defineProperty(call, 'name', { value: callback.name });
}

const nothing = /* @__PURE__ */ coroutine(function* nothing() {});

/** One that ended by itself has closed its connection, or meant to leave it open. */
function settled(
  task: Task<unknown>,
  callback: ClientConnectedCallback,
  transport: Transport,
): void {
  if (task.cancelled()) {
    transport.close();
    return;
  }
  const exception = task.exception();
  if (exception === null) return;
  task.getLoop().callExceptionHandler({
    message: `Unhandled exception in the client connected callback ${describeCallback(callback)}`,
    exception,
    task,
    transport,
  });
  transport.close();
}

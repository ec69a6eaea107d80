import type { BaseEventLoop } from '@asyncio-ts/loop';
import { allTasks, runUntilComplete, type Task } from '@asyncio-ts/futures';
import { gather } from '@asyncio-ts/tasks';

/** @internal Cancels what still runs in a loop and waits for it; errors of its cleanup go to the exception handler. */
export async function cancelLeftovers(loop: BaseEventLoop): Promise<void> {
  const tasks = [...allTasks(loop)];
  if (tasks.length === 0) return;
  for (const task of tasks) task.cancel();
  await runUntilComplete(loop, gather(tasks, { returnExceptions: true }));
  for (const task of tasks) report(loop, task);
}

function report(loop: BaseEventLoop, task: Task<unknown>): void {
  if (task.cancelled()) return;
  const exception = task.exception();
  if (exception === null) return;
  loop.callExceptionHandler({
    message: 'unhandled exception during run() shutdown',
    exception,
    task,
  });
}

/**
 * 11. Page fetches, waited for in every way: `wait`, `asCompleted`, `gather`. The pages come from a server on this machine;
 * some are slow, some fail. A fetch that is cancelled closes its connection, and the server sees it.
 */
import {
  ALL_COMPLETED,
  asCompleted,
  coroutine,
  createTask,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  gather,
  type ReturnWhen,
  run,
  type Task,
  timeout,
  wait,
} from 'asyncio-ts';

import { PageServer } from './pages/page-server.js';

const fetchPage = coroutine(async function fetching(url: string): Promise<string> {
  return await timeout(60).use(async ({ signal }) => {
    // The signal is aborted when the time is over, and when the task is cancelled.
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    return await response.text();
  });
});

const pages = await PageServer.start();

const reading = (name: string): Task<string> => createTask(fetchPage(pages.url(name)), { name });

const names = (tasks: Iterable<Task<string>>): string =>
  [...tasks].map((task) => task.getName()).join(', ') || 'none';

async function waitFor(
  tasks: Task<string>[],
  options: { returnWhen?: ReturnWhen; timeout?: number },
): Promise<void> {
  const [done, pending] = await wait(tasks, options);
  console.log(JSON.stringify(options), '- done:', names(done), '- pending:', names(pending));
  for (const task of done) task.exception(); // looked at, so that nobody reports a failed one
  for (const task of pending) {
    await pages.asked.get(); // or there may be no connection yet that could be closed
    task.cancel();
    console.log(`the reader of ${await pages.hungUp.get()} hung up`);
  }
}

async function waiting(): Promise<void> {
  await waitFor([reading('tea'), reading('slow-cake')], { returnWhen: FIRST_COMPLETED });
  await waitFor([reading('missing'), reading('slow-cake')], { returnWhen: FIRST_EXCEPTION });
  await waitFor([reading('tea'), reading('broken')], { returnWhen: ALL_COMPLETED });
  await waitFor([reading('slow-cake')], { timeout: 0.1 });

  const coro = fetchPage(pages.url('tea'));
  try {
    // @ts-expect-error: the compiler says it, too.
    await wait([coro]);
  } catch (error) {
    console.log(String(error));
  }
  coro.close();
}

/** The next slow page is answered when there is one less to wait for: so the order is known. */
async function completing(): Promise<void> {
  const slow = ['slow-missing', 'slow-cake'];
  for (const next of asCompleted([...slow, 'tea'].map(reading))) {
    try {
      console.log('as completed:', await next);
    } catch (error) {
      console.log('as completed:', String(error));
    }
    const name = slow.shift();
    if (name !== undefined) pages.answer(name);
  }
}

/** The results come in the order in which they were asked for, whoever was first. */
async function gathering(): Promise<void> {
  const tea = reading('tea');
  tea.addDoneCallback(() => pages.answer('slow-cake'));
  for (const page of await gather(reading('slow-cake'), tea)) console.log('gathered:', page);
}

try {
  await run(async () => {
    await waiting();
    await completing();
    await gathering();
  });
} finally {
  pages.close();
}

/** A task is cancelled while it waits, three calls deep: every `finally` runs, from the inside out, and then it is done. */
import assert from 'node:assert/strict';

import {
  type CancelledError,
  coroutine,
  createTask,
  isCancelledError,
  sleep,
  TaskGroup,
  timeout,
  TimeoutError,
} from 'asyncio-ts';

/** Cancels, and looks at what was cleaned up, and when. */
export async function cleanUp(say: (line: string) => void): Promise<void> {
  await cancelThreeDeep(say);
  await oneFailsAllLeave(say);
  await timeIsUp(say);
}

async function cancelThreeDeep(say: (line: string) => void): Promise<void> {
  const cleaned: string[] = [];

  const readFile = coroutine(function* () {
    try {
      yield* sleep(3600);
    } finally {
      cleaned.push('file closed');
    }
  });
  const transaction = coroutine(async () => {
    try {
      await readFile();
    } finally {
      await sleep(0.01); // Cleaning up may take its time: it waits like anything else.
      cleaned.push('transaction rolled back');
    }
  });
  const job = coroutine(function* () {
    try {
      yield* transaction();
    } finally {
      cleaned.push('lock released');
    }
  });

  const task = createTask(job(), { name: 'job' });
  await sleep(0.05);
  task.cancel('the tour goes on');
  const reason = await task.then(
    () => null,
    (error: unknown) => (isCancelledError(error) ? (error as CancelledError).message : null),
  );
  say(`cancelled (${reason}): ${cleaned.join(', ')}`);
  assert.deepEqual(cleaned, ['file closed', 'transaction rolled back', 'lock released']);
  assert.equal(task.cancelled(), true);
}

async function oneFailsAllLeave(say: (line: string) => void): Promise<void> {
  let left = 0;
  const worker = coroutine(async (seconds: number) => {
    try {
      await sleep(seconds);
      throw new Error(`gave up after ${seconds} s`);
    } finally {
      left++;
    }
  });
  const error = await new TaskGroup()
    .use(async (group) => {
      for (const seconds of [0.05, 600, 3600]) group.createTask(worker(seconds));
    })
    .then(
      () => null,
      (error: unknown) => error as AggregateError,
    );
  const why = error?.errors.map((one: Error) => one.message).join(', ');
  say(`one of three in a TaskGroup ${why}; all ${left} left`);
  assert.equal(left, 3);
  assert.equal(why, 'gave up after 0.05 s');
}

async function timeIsUp(say: (line: string) => void): Promise<void> {
  const late = await timeout(0.05)
    .use(() => sleep(3600, 'in time'))
    .catch((error: unknown) => {
      assert.ok(error instanceof TimeoutError);
      return 'too late';
    });
  say(`an hour's sleep under timeout(0.05): ${late}`);
  assert.equal(late, 'too late');
}

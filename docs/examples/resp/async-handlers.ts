/** What waits, as async functions. `generator-handlers.ts` is the same as generator coroutines. */
import {
  ConnectionError,
  coroutine,
  createTask,
  FIRST_COMPLETED,
  QueueShutDown,
  wait,
} from 'asyncio-ts';

import type { BlockedPop } from './blocking.js';
import { CHUNK, type Client } from './client.js';
import type { Mailbox } from './mailbox.js';
import { NULL_ARRAY } from './replies.js';

/** One connection, from its first command to its end. */
export const serveClient = coroutine(async (client: Client) => {
  try {
    while (client.runCommands()) {
      await client.writer.drain();
      if (client.blocked !== null) await waitForElement(client, client.blocked);
      else if (client.hungry) client.feed(await client.reader.read(CHUNK));
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    client.leave();
  }
});

/** Waits until the client got an element, its time is up, or it is gone. */
async function waitForElement(client: Client, pop: BlockedPop): Promise<void> {
  const reading = createTask(() => readAhead(client));
  try {
    const [done] = await wait([pop.answered, reading], {
      timeout: pop.patience,
      returnWhen: FIRST_COMPLETED,
    });
    if (done.size === 0) client.send(NULL_ARRAY);
  } finally {
    client.unblock();
    reading.cancel();
    await wait([reading]);
  }
}

async function readAhead(client: Client): Promise<void> {
  try {
    while (client.isOpen) client.feed(await client.reader.read(CHUNK));
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    client.feed(Buffer.alloc(0));
  }
}

/** Sends a subscriber what is in its mailbox, at its own pace. */
export const forward = coroutine(async (client: Client, mailbox: Mailbox) => {
  try {
    for (;;) {
      const message = await mailbox.get();
      client.writer.write(message);
      mailbox.written(message);
      await client.writer.drain();
    }
  } catch (error) {
    if (!(error instanceof QueueShutDown || error instanceof ConnectionError)) throw error;
  }
});

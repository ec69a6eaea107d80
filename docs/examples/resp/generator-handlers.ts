/** What waits, as generator coroutines. `async-handlers.ts` is the same as async functions. */
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
export const serveClient = coroutine(function* (client: Client) {
  try {
    while (client.runCommands()) {
      yield* client.writer.drain();
      if (client.blocked !== null) yield* waitForElement(client, client.blocked);
      else if (client.hungry) client.feed(yield* client.reader.read(CHUNK));
    }
  } catch (error) {
    // A client that vanishes is no fault of the server.
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    client.leave();
  }
});

/** Waits until the client got an element, its time is up, or it is gone. `wait` cancels nothing: no element is lost by it. */
const waitForElement = coroutine(function* (client: Client, pop: BlockedPop) {
  const reading = createTask(readAhead(client));
  try {
    const [done] = yield* wait([pop.answered, reading], {
      timeout: pop.patience,
      returnWhen: FIRST_COMPLETED,
    });
    if (done.size === 0) client.send(NULL_ARRAY);
  } finally {
    client.unblock();
    reading.cancel();
    yield* wait([reading]);
  }
});

/** Only who reads learns of the end: it reads on, and keeps for later what comes before. */
const readAhead = coroutine(function* (client: Client) {
  try {
    while (client.isOpen) client.feed(yield* client.reader.read(CHUNK));
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    client.feed(Buffer.alloc(0));
  }
});

/** Sends a subscriber what is in its mailbox, at its own pace. */
export const forward = coroutine(function* (client: Client, mailbox: Mailbox) {
  try {
    for (;;) {
      const message = yield* mailbox.get();
      client.writer.write(message);
      mailbox.written(message);
      yield* client.writer.drain();
    }
  } catch (error) {
    if (!(error instanceof QueueShutDown || error instanceof ConnectionError)) throw error;
  }
});

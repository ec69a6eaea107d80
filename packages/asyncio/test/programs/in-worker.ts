/** Says what a worker thread finds: no loop by itself, one that can be set, no signals. */
import { parentPort } from 'node:worker_threads';

import { getEventLoop, newEventLoop, setEventLoop } from 'asyncio-ts';

const refused = (fn: () => unknown): string => {
  try {
    fn();
    return 'not refused';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

const refusal = refused(() => getEventLoop());
setEventLoop(newEventLoop());
const result = await getEventLoop().runUntilComplete(async () => 42);
const signal = refused(() => getEventLoop().addSignalHandler('SIGTERM', () => {}));
parentPort?.postMessage({ refusal, result, signal });

import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The garbage collector, also in a process that was not started with `--expose-gc`. */
function collector(): () => void {
  const { gc } = globalThis as { gc?: () => void };
  if (gc !== undefined) return gc;
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

const collect = collector();

// Code that was not run for some collections (or half a minute) would be thrown away, and hide as much of a leak.
setFlagsFromString('--no-flush-bytecode');

/** Rounds of Node's own loop: what is called for collected objects is called in between, and frees more. */
const ROUNDS = 1;

/** How many bytes are in use, when everything that can be collected was. */
export async function bytesInUse(): Promise<number> {
  for (let i = 0; i < ROUNDS; i++) {
    collect();
    await stat('.');
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What the process as a whole holds on to. */
export function processCounts(): Record<string, number> {
  let listeners = 0;
  for (const name of process.eventNames()) listeners += process.listenerCount(name);
  return {
    'listeners of the process': listeners,
    'active resources': process
      .getActiveResourcesInfo()
      // What comes and goes by itself: the timer and the round a loop asked for, and our own look at the disk.
      .filter((name) => !/^(Timeout|Immediate|FSReqPromise|CloseReq|TickObject)$/.test(name))
      .length,
  };
}

/**
 * 16. Ten thousand coroutines at the same time, on one CPU; a blocking call that stalls them all; and what may happen between
 * a read and a write when there is an await in the middle, and not behind a Lock.
 */
import { fileURLToPath } from 'node:url';

import {
  coroutine,
  createTask,
  type EventLoop,
  gather,
  getRunningLoop,
  Lock,
  newEventLoop,
  run,
  sleep,
} from 'asyncio-ts';

const CROWD = 10_000;

let asleep = 0;
let mostAsleep = 0;

const sleeper = coroutine(function* sleeping() {
  mostAsleep = Math.max(mostAsleep, ++asleep);
  yield* sleep(1);
  asleep--;
});

const crowd = coroutine(function* crowding() {
  const loop = getRunningLoop();
  const begin = loop.time();
  yield* gather(Array.from({ length: CROWD }, () => sleeper()));
  const seconds = (loop.time() - begin).toFixed(1);
  console.log(`${mostAsleep} coroutines slept for a second, all at once: ${seconds} s`);
});

let ticks = 0;

const clock = coroutine(function* ticking() {
  for (;;) {
    yield* sleep(0.01);
    ticks++;
  }
});

/** Python's `time.sleep`: the thread stands still, and the loop with it. */
function block(seconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

const stall = coroutine(function* stalling() {
  const ticking = createTask(clock());
  yield* sleep(0.015);

  ticks = 0;
  block(0.1);
  console.log(`while one blocked, the others did ${ticks} steps`);

  ticks = 0;
  yield* sleep(0.1);
  console.log(`while one slept, the others did ${ticks} steps`);
  ticking.cancel();
});

const CLIENTS = 100;

const deposit = coroutine(async function depositing(account: { balance: number }) {
  const { balance } = account;
  await sleep(0); // the 99 others read the same balance meanwhile
  account.balance = balance + 1;
});

const race = coroutine(async function racing() {
  const account = { balance: 0 };
  await gather(Array.from({ length: CLIENTS }, () => deposit(account)));
  console.log(`${CLIENTS} deposits without a lock: ${account.balance}`);

  const locked = { balance: 0 };
  const lock = new Lock();
  await gather(Array.from({ length: CLIENTS }, () => lock.use(() => deposit(locked))));
  console.log(`${CLIENTS} deposits behind a lock: ${locked.balance}`);
});

/** `makeLoop`: see number 9. */
export async function main(makeLoop: () => EventLoop = newEventLoop): Promise<void> {
  const program = function* () {
    yield* crowd();
    yield* stall();
    yield* race();
  };
  await run(program, { loopFactory: makeLoop });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

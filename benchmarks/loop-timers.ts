import { coroutine, createFuture, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import { row } from './harness/row.js';

interface Timers extends Record<string, number> {
  readonly timers: number;
  /** They are due at random within so long. */
  readonly milliseconds: number;
}

/** Numbers from 0 to below 1 that only look random: everybody gets the same. */
function delays({ timers }: Timers): Float64Array {
  let state = 42;
  return Float64Array.from({ length: timers }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}

/** Of each pair of timers the second one is cancelled. */
const staying = (timers: number): number => Math.ceil(timers / 2);

const setAndWait = coroutine(function* (loop: BaseEventLoop, size: Timers) {
  const { timers, milliseconds } = size;
  const all = createFuture<number>(loop);
  let [fired, sum] = [0, 0];
  const fire = (n: number): void => {
    sum += n;
    if (++fired === staying(timers)) all.setResult(sum);
  };
  const handles = Array.from(delays(size), (delay, n) =>
    loop.callLater((delay * milliseconds) / 1000, fire, n),
  );
  for (let n = 1; n < timers; n += 2) handles[n]?.cancel();
  return yield* all;
});

async function callLater(size: Timers): Promise<number> {
  const loop = new BaseEventLoop();
  const sum = await runUntilComplete(loop, setAndWait(loop, size));
  loop.close();
  return sum;
}

function native(size: Timers): Promise<number> {
  const { timers, milliseconds } = size;
  return new Promise((resolve) => {
    let [fired, sum] = [0, 0];
    const fire = (n: number): void => {
      sum += n;
      if (++fired === staying(timers)) resolve(sum);
    };
    const handles = Array.from(delays(size), (delay, n) =>
      setTimeout(fire, delay * milliseconds, n),
    );
    for (let n = 1; n < timers; n += 2) clearTimeout(handles[n]);
  });
}

/** Many timers, half of which are never heard of again. */
export default row<Timers>({
  name: 'timers',
  group: 'loop',
  exactly: '1,000,000 `callLater` random in 1 s, half cancelled; time on the processor',
  sizes: {
    full: { timers: 1_000_000, milliseconds: 1000 },
    quick: { timers: 100_000, milliseconds: 100 },
    smallest: { timers: 40, milliseconds: 5 },
  },
  operation: 'timer',
  operations: ({ timers }) => timers,
  expected: ({ timers }) => staying(timers) * (staying(timers) - 1),
  clock: 'cpu',
  against: 'setTimeout',
  limits: [{ subject: 'callLater', of: 'setTimeout', atMost: 0.7 }],
  python: ({ timers, milliseconds }) => ({ timers: Math.ceil(timers / 10), milliseconds }),
  subjects: [
    { name: 'callLater', quick: true, load: () => callLater },
    { name: 'setTimeout', quick: true, load: () => native },
  ],
});

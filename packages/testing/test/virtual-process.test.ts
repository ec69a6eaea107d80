// A clock that stands still for something outside must not stand still for ever; the end of a process is seen from outside.
import { expect, test } from '@jest/globals';

import { runChild } from '../../../scripts/test/child.js';

const header = `
  import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
  import { runUntilComplete } from '@asyncio-ts/futures';
  import { gather, sleep } from '@asyncio-ts/tasks';
  const loop = new BaseEventLoop({ selector: new VirtualSelector() });
`;

for (const [kind, body] of [
  ['a generator coroutine', 'function* () { yield new Promise(() => {}); }'],
  ['an async function', 'async () => { await new Promise(() => {}); }'],
] as const) {
  test.concurrent(`${kind} that waits for a promise nobody settles is reported`, async () => {
    const { code, stdout } = await runChild(`${header}
      await runUntilComplete(loop, ${body}).catch((error) => console.log(error.name, loop.time()));
    `);
    expect(stdout).toBe('DeadlockError 0\n');
    expect(code).toBe(0);
  });
}

test.concurrent(
  'when Node has nothing left to do, timers come although a promise is waited for',
  async () => {
    const { code, stdout } = await runChild(`${header}
    await runUntilComplete(loop, function* () {
      // Foreign to a generator coroutine, and made of a sleep all the same.
      const [slept] = yield Promise.all([gather(sleep(3600, 'slept'))]);
      console.log(...slept, loop.time());
      yield* sleep(60);
      console.log(loop.time());
    });
  `);
    expect(stdout).toBe('slept 3600\n3660\n');
    expect(code).toBe(0);
  },
);

test.concurrent('the clock stands still while Node has something to do', async () => {
  const { stdout } = await runChild(`${header}
    const outside = new Promise((resolve) => setTimeout(resolve, 30, 'outside'));
    await runUntilComplete(loop, async () => {
      const [first, second] = await Promise.all([outside, sleep(3600).then(() => loop.time())]);
      console.log(first, second);
    });
    const order = [];
    await runUntilComplete(loop, async () => {
      const timer = loop.callLater(1, () => order.push('timer'));
      await new Promise((resolve) => setTimeout(resolve, 30));
      order.push('promise');
      await sleep(2);
    });
    console.log(order.join());
  `);
  expect(stdout).toBe('outside 3600\npromise,timer\n');
});

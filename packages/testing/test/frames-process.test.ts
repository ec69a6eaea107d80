/** What a call that may be an async function leaves behind, in a process of its own: frames are in use nowhere else there. */
import { expect, test } from '@jest/globals';

import { runChild } from '../../../scripts/test/child.js';

test('calls of functions that turn out to be generators leave nothing on the resource they were made in', async () => {
  const { stdout, stderr } = await runChild(`
    import { executionAsyncResource } from 'node:async_hooks';
    import { invoke, runUntilComplete } from '@asyncio-ts/futures';
    import { BaseEventLoop, framesInUse } from '@asyncio-ts/loop';

    function* turn() { yield; }
    const loop = new BaseEventLoop();
    const marks = () => Object.getOwnPropertySymbols(executionAsyncResource()).length;
    await runUntilComplete(loop, function* () {
      // Nobody can know what this arrow function returns before it was called.
      yield* invoke(() => turn());
      const before = marks();
      for (let i = 0; i < 20; i++) yield* invoke(() => turn());
      console.log(marks() - before, framesInUse());
      // And async functions find their task still, after and between such calls.
      console.log(yield* invoke(async () => 'async'));
      console.log(yield* invoke(() => (function* () { return 'generator'; })()));
    });
    loop.close();
  `);
  expect({ stdout, stderr }).toEqual({ stdout: '0 false\nasync\ngenerator\n', stderr: '' });
});

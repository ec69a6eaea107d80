// The suite is mocha's, with timeouts of its own: it has a process to itself.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { expect, test } from '@jest/globals';
import { BaseEventLoop, NodeSelector, RuntimeError } from '@asyncio-ts/loop';
import { Future, runUntilComplete } from '@asyncio-ts/futures';
import { sleep } from '@asyncio-ts/tasks';

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('promises-aplus/run.ts', import.meta.url));

test('Future passes all 872 tests of the Promises/A+ suite', async () => {
  const stdout = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      ['--import', hook, program],
      { env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 2 ** 26 },
      (_error, output, errors) => resolve(output + errors),
    );
  });
  const counts = stdout.trim().split('\n').at(-1);
  expect(stdout.match(/^failed: .*/gm) ?? []).toEqual([]);
  expect(counts).toBe('{"passed":872,"failed":0}');
}, 60_000);

test('[A+ 2.2.6] who listens while others are being told is told after them, also when the turn is cut into pieces', async () => {
  const loop = new BaseEventLoop({ selector: new NodeSelector({ budget: 0 }) });
  const future = new Future<string>({ loop });
  const told: (string | number)[] = [];
  const many = 2000;
  const failed = new Future<string>({ loop });
  for (let n = 0; n < many; n++) {
    void future.then(() => {
      told.push(n);
      if (n === 0) void future.then(() => told.push('added'));
    });
    failed.then(undefined, () => {
      if (n === 0) failed.then(undefined, () => told.push('added to the failed one'));
      if (n === many - 1) told.push('the last of the failed one');
    });
  }
  future.setResult('done');
  failed.setException(new Error('failed'));
  await runUntilComplete(loop, sleep(0.001));
  const all = Array.from({ length: many }, (_, n) => n);
  expect(told.filter((n) => typeof n === 'number' || n === 'added')).toEqual([...all, 'added']);
  expect(told.filter((n) => String(n).includes('failed'))).toEqual([
    'the last of the failed one',
    'added to the failed one',
  ]);
  loop.close();
  expect(await future).toBe('done'); // nobody is left before it
});

test('who listened when the loop was closed holds nobody up', async () => {
  const loop = new BaseEventLoop();
  const future = new Future<string>({ loop });
  const told: string[] = [];
  void future.then(() => told.push('never'));
  future.setResult('done');
  const pending = new Future<string>({ loop });
  void pending.then(() => told.push('never'));
  loop.close();
  expect(() => pending.setResult('too late')).toThrow(RuntimeError);
  expect([await future, await pending]).toEqual(['done', 'too late']);
  expect(told).toEqual([]);
});

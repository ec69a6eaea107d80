// The packages as an ES module meets them.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as asyncio from 'asyncio-ts';
import { Future, run, sleep } from 'asyncio-ts';
import python, * as spelling from 'asyncio-ts/py';

const answer = run(function* () {
  yield* sleep(0.01);
  return 42;
});
assert.ok(answer instanceof Promise);
assert.equal(await answer, 42);

assert.equal(await run(async () => (await sleep(0.01), 43)), 43);

assert.equal(asyncio.run, run);
assert.equal(python.run, spelling.run);
assert.equal(typeof python.as_completed, 'function');

// One copy of each class, whichever way it is loaded.
assert.equal(createRequire(import.meta.url)('asyncio-ts').Future, Future);

// Only what is exported can be reached.
await assert.rejects(import('asyncio-ts/dist/index.js'), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' });

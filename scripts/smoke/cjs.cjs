// The packages as a CommonJS module meets them.
const assert = require('node:assert/strict');
const { run, sleep } = require('asyncio-ts');
const asyncio = require('asyncio-ts/py');

run(function* () {
  yield* sleep(0.01);
  return 42;
}).then((answer) => {
  assert.equal(answer, 42);
  assert.equal(typeof asyncio.as_completed, 'function');
});

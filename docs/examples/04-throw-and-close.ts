/**
 * 4. `throw` brings an error to the `yield` where a coroutine waits; `close` ends it there, and its cleanup runs.
 */
import { coroutine, getCoroutineState } from 'asyncio-ts';

class Demo extends Error {}

const demo = coroutine(function* handling(): Generator<string, void, number> {
  let handled = 0;
  try {
    for (;;) {
      try {
        const x = yield `ready, ${handled} handled`;
        console.log(`received ${x}`);
      } catch (error) {
        if (!(error instanceof Demo)) throw error;
        handled++;
        console.log('handled it, going on');
      }
    }
  } finally {
    console.log('cleanup');
  }
});

console.log('- an error that is handled');
const first = demo();
console.log(first.send().value);
console.log(first.send(11).value);
console.log(first.throw(new Demo()).value);
console.log(getCoroutineState(first));

console.log('- close');
first.close();
console.log(getCoroutineState(first));
first.close(); // twice is harmless

console.log('- an error that is not handled');
const second = demo();
second.send();
try {
  second.throw(new RangeError('not for you'));
} catch (error) {
  console.log(`came out: ${String(error)}`);
}
console.log(getCoroutineState(second));

console.log('- a yield during close');
const stubborn = coroutine(function* yielding() {
  try {
    yield 'ready';
  } finally {
    yield 'not yet';
  }
})();
stubborn.send();
try {
  stubborn.close();
} catch (error) {
  console.log(String(error));
}

/**
 * 3. A priming decorator: `primed` runs a generator to its first `yield`, so that it is ready to receive at once.
 */
import { coroutine, getCoroutineState, primed } from 'asyncio-ts';

const averager = primed(
  coroutine(function* averaging(): Generator<number | undefined, void, unknown> {
    let average: number | undefined;
    let total = 0;
    for (let count = 1; ; count++) {
      const term = yield average;
      // `+=` would not mind: 90 + '123' is '90123'.
      if (typeof term !== 'number') throw new TypeError(`${JSON.stringify(term)} is not a number`);
      total += term;
      average = total / count;
    }
  }),
);

const coro = averager();
console.log(getCoroutineState(coro));
console.log(coro.send(40).value);
console.log(coro.send(50).value);
try {
  coro.send('123');
} catch (error) {
  console.log(String(error));
}
console.log(getCoroutineState(coro));
try {
  coro.send(60);
} catch (error) {
  console.log(String(error));
}

/**
 * 5. The returned value: a coroutine that has had enough returns, and whoever sent last gets what it returns.
 */
import { coroutine, primed } from 'asyncio-ts';

interface Result {
  readonly count: number;
  readonly average: number;
}

/** There is nothing more to come. */
const END = null;

const averager = primed(
  coroutine(function* averaging(): Generator<undefined, Result, number | typeof END> {
    let total = 0;
    let count = 0;
    for (;;) {
      const term = yield;
      if (term === END) return { count, average: total / count };
      total += term;
      count++;
    }
  }),
);

const coro = averager();
console.log(coro.send(10));
console.log(coro.send(20));
const last = coro.send(END);
if (last.done === true) {
  const { count, average } = last.value;
  console.log(`count ${count}, average ${average.toFixed(1)}`);
}

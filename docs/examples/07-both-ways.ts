/**
 * 7. Two coroutines exchanging data both ways: each value sent comes back with an answer, and the answer decides what is next.
 */
import { type Coroutine, coroutine, primed } from 'asyncio-ts';

/** Takes numbers, and answers whether it wants more. */
const consumer = primed(
  coroutine(function* consuming(): Generator<boolean, void, number> {
    let more = true;
    for (;;) {
      const n: number = yield more;
      console.log(`consumer: got ${n}`);
      more = n > 3;
    }
  }),
);

function produce(from: number, target: Coroutine<void>): void {
  for (let n = from; ; n--) {
    console.log(`producer: sends ${n}`);
    const { value: more } = target.send(n);
    console.log(`producer: is told ${more === true ? 'more' : 'enough'}`);
    if (more !== true) break;
  }
  target.close();
}

produce(5, consumer());

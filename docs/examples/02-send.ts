/**
 * 2. `send`: a coroutine is given values at its `yield`s. What it yields comes back; at its end, what it returns.
 */
import { coroutine } from 'asyncio-ts';

const receiver = coroutine(function* receiving(): Generator<undefined, void, number> {
  const x = yield;
  console.log(`the receiver got ${x}`);
});

const smallest = receiver();
smallest.send(); // up to the first `yield`
console.log(smallest.send(42));

const adder = coroutine(function* adding(a: number): Generator<number, string, number> {
  console.log(`started: a = ${a}`);
  const b = yield a;
  console.log(`received: b = ${b}`);
  const c = yield a + b;
  console.log(`received: c = ${c}`);
  return 'finished';
});

const coro = adder(14);
console.log(coro.send());
console.log(coro.send(28));
console.log(coro.send(99));

// Nobody waits at a `yield` yet: there is no place for the value.
const fresh = receiver();
try {
  fresh.send(42);
} catch (error) {
  console.log(String(error));
}
fresh.close();

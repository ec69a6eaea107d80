/**
 * 1. A generator's life: created, running, suspended, closed; and the same of a coroutine object.
 */
import {
  type Coroutine,
  coroutine,
  type CoroutineLike,
  getCoroutineState,
  getGeneratorState,
} from 'asyncio-ts';

// A generator: its state is looked up by V8's inspector. Only the generator itself can see that it runs.
function* numbers(): Generator<number> {
  console.log('inside: ', getGeneratorState(generator));
  yield 1;
}

const generator: CoroutineLike<unknown> = numbers();
console.log('made:   ', getGeneratorState(generator));
generator.next();
console.log('waiting:', getGeneratorState(generator));
generator.next();
console.log('ended:  ', getGeneratorState(generator));

// A coroutine object keeps its own books.
const work = coroutine(function* working() {
  console.log('inside: ', getCoroutineState(coro));
  yield;
});

const coro: Coroutine<void> = work();
console.log('made:   ', getCoroutineState(coro));
coro.send();
console.log('waiting:', getCoroutineState(coro));
coro.close();
console.log('closed: ', getCoroutineState(coro));

/**
 * 0. Iterators: what a loop asks for, by hand; then generators, which do the same in a few lines, and take values as well.
 */

/** An iterator knows where it stands, and what comes next. */
class CountdownIterator implements Iterator<number> {
  #next: number;

  constructor(from: number) {
    this.#next = from;
  }

  next(): IteratorResult<number> {
    if (this.#next === 0) return { done: true, value: undefined };
    return { done: false, value: this.#next-- };
  }
}

/** An iterable knows how to begin: every loop over it gets an iterator of its own. */
class Countdown implements Iterable<number> {
  readonly from: number;

  constructor(from: number) {
    this.from = from;
  }

  [Symbol.iterator](): Iterator<number> {
    return new CountdownIterator(this.from);
  }
}

const countdown = new Countdown(3);
console.log('by hand:', [...countdown], [...countdown]);

// The counterpart of Python's (n * n for n in countdown): nothing is computed before somebody asks.
const squares = (function* () {
  for (const n of countdown) yield n * n;
})();
console.log('squares:', [...squares], 'and once more:', [...squares]);

/** It would take a value at its first `yield`; a plain loop has none to give. */
function* taking(): Generator<number, void, string | undefined> {
  console.log('start...');
  const received = yield 1;
  console.log('running');
  console.log(received);
  yield 2;
}

console.log('collected:', [...taking()]);

/** It counts for ever, and says what it was sent. */
function* endless(): Generator<number, never, string | undefined> {
  for (let n = 0; ; n++) {
    const received = yield n;
    console.log(`sent to it: ${received}`);
  }
}

const counter = endless();
console.log(counter.next().value);
console.log(counter.next('tea').value);
console.log(counter.next().value);
console.log(counter.next('cake').value);

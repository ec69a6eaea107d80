/**
 * 6. Delegation: `yield*` opens a channel between whoever calls and the innermost generator. Values go both ways, and the
 * result of the inner one is the value of the `yield*`.
 */

function* letters(): Generator<string> {
  yield* 'ABCDE';
}
console.log(...letters());

function* range(from: number, to: number): Generator<number> {
  for (let n = from; n < to; n++) yield n;
}

function* chain<T>(...iterables: Iterable<T>[]): Generator<T> {
  for (const iterable of iterables) yield* iterable;
}
console.log(...chain<string | number>('AB', range(1, 3)));

/** Answers "fail" until it is sent 10. */
function* guess(): Generator<string, string, number> {
  let answer = 'guess';
  while ((yield answer) !== 10) answer = 'fail';
  return 'win';
}

function* game(): Generator<string, void, number> {
  console.log('result:', yield* guess());
}

const playing = game();
playing.next();
for (const number of [3, 7, 10]) {
  const { value } = playing.next(number);
  if (value !== undefined) console.log(`${number}: ${value}`);
}

// A grouper between the one who has the data and the averagers: it sees none of the values that pass through it.

interface Result {
  readonly count: number;
  readonly average: number;
}

/** The group is complete. */
const END = null;
type Term = number | typeof END;

function* averager(): Generator<undefined, Result, Term> {
  let total = 0;
  let count = 0;
  for (;;) {
    const term = yield;
    if (term === END) return { count, average: total / count };
    total += term;
    count++;
  }
}

function* grouper(results: Map<string, Result>, key: string): Generator<undefined, void, Term> {
  results.set(key, yield* averager());
}

const data = {
  'girls;kg': [40, 41, 42, 43, 44, 54],
  'girls;m': [1.5, 1.6, 1.8, 1.5, 1.45, 1.6],
  'boys;kg': [50, 51, 62, 53, 54, 54],
  'boys;m': [1.6, 1.8, 1.8, 1.7, 1.55, 1.6],
};

const results = new Map<string, Result>();
for (const [key, terms] of Object.entries(data)) {
  const group = grouper(results, key);
  group.next();
  for (const term of terms) group.next(term);
  group.next(END);
}

for (const [key, { count, average }] of [...results].sort()) {
  const [group = '', unit = ''] = key.split(';');
  console.log(
    `${String(count).padStart(2)} ${group.padEnd(5)} averaging ${average.toFixed(2)}${unit}`,
  );
}

// Runs the Promises/A+ suite against Future, over a loop that runs as a guest; prints the counts as its last line.
import { createRequire } from 'node:module';

import { BaseEventLoop } from '@asyncio-ts/loop';
import { Future } from '@asyncio-ts/futures';

interface Adapter {
  resolved(value: unknown): PromiseLike<unknown>;
  rejected(reason: unknown): PromiseLike<unknown>;
  deferred(): {
    promise: PromiseLike<unknown>;
    resolve(value: unknown): void;
    reject(reason: unknown): void;
  };
}

const loop = new BaseEventLoop();
loop.setExceptionHandler(() => {});
const run = loop.runForever();

/** What is thenable is followed, as the resolve function of a promise does; all else is the result. */
function settle(future: Future<unknown>, value: unknown): void {
  if (future.done()) return;
  const follows = (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!follows) future.setResult(value);
  else {
    Promise.resolve(value as PromiseLike<unknown>).then(
      (result) => future.setResult(result),
      (error: unknown) => future.setException(error),
    );
  }
}

const adapter: Adapter = {
  resolved(value) {
    const future = new Future({ loop });
    settle(future, value);
    return future;
  },
  rejected(reason) {
    const future = new Future({ loop });
    future.setException(reason);
    return future;
  },
  deferred() {
    const future = new Future({ loop });
    let settled = false;
    return {
      promise: future,
      resolve(value) {
        if (settled) return;
        settled = true;
        settle(future, value);
      },
      reject(reason) {
        if (settled) return;
        settled = true;
        future.setException(reason);
      },
    };
  },
};

interface Runner {
  on(event: 'pass' | 'fail', listener: (test: { fullTitle(): string }) => void): void;
}

const require = createRequire(import.meta.url);
const Mocha = createRequire(require.resolve('promises-aplus-tests'))('mocha') as {
  prototype: { run(this: unknown, done: (failures: number) => void): Runner };
};
const suite = require('promises-aplus-tests') as (
  adapter: Adapter,
  options: { reporter: string; timeout: number },
  done: (error: unknown) => void,
) => void;

let passed = 0;
let failed = 0;
const { run: runMocha } = Mocha.prototype;
Mocha.prototype.run = function (done) {
  const runner = runMocha.call(this, done);
  runner.on('pass', () => passed++);
  runner.on('fail', (test) => {
    failed++;
    console.log(`failed: ${test.fullTitle()}`);
  });
  return runner;
};

// Some of its tests drop a promise whose callback throws (2.2.6), and expect to be over before anybody hears of that: a turn
// that is cut into pieces is not. What fails in a callback that counts shows, because its test never ends.
process.on('unhandledRejection', () => {});

// Its own limit of 200 ms is for a quiet machine; what is tested is the order of things, never how long they take.
suite(adapter, { reporter: 'min', timeout: 10_000 }, () => {
  loop.stop();
  void run.then(() => console.log(JSON.stringify({ passed, failed })));
});

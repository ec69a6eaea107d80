// The types as a program sees them, under `moduleResolution` nodenext and bundler.
import { run, sleep } from 'asyncio-ts';
import * as asyncio from 'asyncio-ts/py';

const fromGenerator: Promise<number> = run(function* () {
  yield* sleep(0.01);
  return 42;
});

const fromAsync: Promise<string> = run(async () => {
  await sleep(0.01);
  return 'forty-two';
});

// @ts-expect-error the types are there: a number is no string
const wrong: Promise<string> = run(function* () {
  yield* sleep(0.01);
  return 42;
});

// @ts-expect-error a name that nobody exports
asyncio.no_such_name;

export { fromAsync, fromGenerator, wrong };

/**
 * 8. What a suspended coroutine remembers: its position and its variables, seen from outside by V8's inspector. Python
 * programmers know them as `gi_frame.f_lineno` and `gi_frame.f_locals`.
 */
import { basename } from 'node:path';

import {
  coroutine,
  createTask,
  getCoroutineLocation,
  getGeneratorLocals,
  run,
  sleep,
} from 'asyncio-ts';

function* remembers(): Generator<number> {
  yield 1;
  const c = 10;
  yield c;
}

const generator = remembers();

function look(): void {
  const frame = getCoroutineLocation(generator);
  const place = frame === null ? 'closed' : `${frame.functionName}, line ${frame.lineNumber}`;
  console.log(`${place}:`, getGeneratorLocals(generator));
}

look();
generator.next();
look();
generator.next();
look();
generator.next();
look();

// A task is seen in the same way: where it waits, and the coroutines that wait for that.

const inner = coroutine(function* waiting() {
  yield* sleep(3600);
});

const outer = coroutine(function* delegating() {
  yield* inner();
});

await run(function* () {
  const task = createTask(outer(), { name: 'sleeper' });
  yield* sleep(0);
  for (const { functionName, fileName, lineNumber } of task.getStack()) {
    console.log(`${functionName} at ${basename(fileName ?? '')}:${lineNumber}`);
  }
  task.printStack();
  task.cancel();
});

/**
 * Coroutine objects that nobody awaited.
 *
 * Nearly every coroutine object is started by the code that made it: at once in a generator coroutine, in the microtasks
 * behind the turn in an async function. So only the newest one is remembered, and looked at when the next one is made. If it
 * was not started by then, it goes into a list, and is looked at again when the loop has been called twice more: one that was
 * not started by then either, seldom any, is handed to a FinalizationRegistry, which is dear. What is collected unstarted,
 * or is left when the process ends, is reported as Python does.
 */
import { _getRunningLoop, logger, sourceTraceback, thread, threadLoop } from '@asyncio-ts/loop';

import { Life } from './life.js';

interface DebugLoop {
  readonly _debug?: boolean;
}

/** @internal */
export interface Watchable {
  readonly name: string;
  /** Whether it was started, or closed, or a task was made of it. */
  readonly _isTaken: boolean;
  _life: number;
}

/** What is remembered of one that was not started soon: never the object itself. */
interface Watch {
  readonly name: string;
  readonly traceback: string | undefined;
}

/** The newest coroutine object. */
let newest: Watchable | null = null;
/** Those not started when the next one was made: since the loop was called last, and before that. */
let present: Watchable[] = [];
let previous: Watchable[] = [];
/** Invariant: how many lie in both lists. */
let waiting = 0;
/** At this length, what was started meanwhile is let go. */
let capacity = 512;
let epoch = 0;

const watches = new Set<Watch>();
const watchOf = new WeakMap<Watchable, Watch>();
const collected = /* @__PURE__ */ new FinalizationRegistry<Watch>((watched) => {
  if (watches.delete(watched)) report(watched);
});

/** @internal A coroutine object was made. Measured by the rows `queue` and `fib`. */
export function coroutineMade(coro: Watchable): void {
  const before = newest;
  newest = coro;
  if (before === null || !before._isTaken || waiting > 0) lookAround(before);
  if ((thread.loop as DebugLoop | null)?._debug === true)
    watch(coro, sourceTraceback(coroutineMade));
}

function lookAround(before: Watchable | null): void {
  if (before === null) atExit();
  else if (!before._isTaken) remember(before);
  if (waiting > 0 && thread.epoch !== epoch) turnOver();
}

function remember(coro: Watchable): void {
  if (present.length === capacity) letGo();
  present.push(coro);
  waiting++;
}

/** @internal One that is watched was started, or closed, after all. */
export function coroutineTouched(coro: Watchable): void {
  const watched = watchOf.get(coro);
  if (watched !== undefined) watches.delete(watched);
}

/** The loop was called again: those of the time before the last one have had their chance. */
function turnOver(): void {
  epoch = thread.epoch;
  const old = previous;
  for (const coro of old) watchUnlessTaken(coro);
  old.length = 0;
  previous = present;
  present = old;
  waiting = previous.length;
}

function letGo(): void {
  present = present.filter((coro) => !coro._isTaken);
  waiting = previous.length + present.length;
  capacity = Math.max(512, present.length * 2);
}

function watchUnlessTaken(coro: Watchable): void {
  if (!coro._isTaken && (coro._life & Life.Watched) === 0) watch(coro, undefined);
}

function watch(coro: Watchable, traceback: string | undefined): void {
  const watched: Watch = { name: coro.name, traceback };
  coro._life |= Life.Watched;
  watches.add(watched);
  watchOf.set(coro, watched);
  collected.register(coro, watched);
}

function atExit(): void {
  process.on('exit', () => {
    for (const coro of [...previous, ...present]) watchUnlessTaken(coro);
    if (newest !== null) watchUnlessTaken(newest);
    for (const watched of watches) reportAtExit(watched);
    watches.clear();
  });
}

function report(watched: Watch): void {
  const message = messageOf(watched);
  const loop = _getRunningLoop() ?? threadLoop();
  if (loop !== null) {
    loop.callExceptionHandler({ message, sourceTraceback: watched.traceback });
  } else {
    process.emitWarning(message, {
      type: 'RuntimeWarning',
      ...(watched.traceback === undefined ? {} : { detail: watched.traceback }),
    });
  }
}

/** A process that ends emits no warnings any more: they come a tick later. */
function reportAtExit(watched: Watch): void {
  const { traceback } = watched;
  logger.warning(
    `RuntimeWarning: ${messageOf(watched)}${traceback === undefined ? '' : `\n${traceback}`}`,
  );
}

function messageOf({ name }: Watch): string {
  return `coroutine '${name}' was never awaited: await it, yield* it, or make a task of it`;
}

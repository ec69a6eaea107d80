/**
 * Coroutine objects that nobody awaited.
 *
 * Nearly every coroutine object is started by the code that made it. So a new one only goes into a short list; when that is
 * full, those that were not started yet, seldom any, are handed to a FinalizationRegistry, which is dear. What is collected
 * unstarted, or is left when the process ends, is reported as Python does.
 */
import { _getRunningLoop, sourceTraceback, thread, threadLoop } from '@asyncio-ts/loop';

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

/** The bit of `_life` that says: it is watched. */
const WATCHED = 32;

/** What is remembered of one that was not started soon: never the object itself. */
interface Watch {
  readonly name: string;
  readonly traceback: string | undefined;
}

const CAPACITY = 512;
const recent: (Watchable | undefined)[] = new Array<undefined>(CAPACITY).fill(undefined);
let count = 0;
let watchesExit = false;

const watches = new Set<Watch>();
const watchOf = new WeakMap<Watchable, Watch>();
const collected = new FinalizationRegistry<Watch>((watched) => {
  if (watches.delete(watched)) report(watched);
});

/** @internal A coroutine object was made. */
export function coroutineMade(coro: Watchable): void {
  if (count === CAPACITY) sweep();
  recent[count++] = coro;
  if (!watchesExit) atExit();
  if ((thread.loop as DebugLoop | null)?._debug === true)
    watch(coro, sourceTraceback(coroutineMade));
}

/** @internal One that is watched was started, or closed, after all. */
export function coroutineTouched(coro: Watchable): void {
  const watched = watchOf.get(coro);
  if (watched !== undefined) watches.delete(watched);
}

function sweep(): void {
  for (let i = 0; i < count; i++) {
    const coro = recent[i] as Watchable;
    recent[i] = undefined;
    if (!coro._isTaken && (coro._life & WATCHED) === 0) watch(coro, undefined);
  }
  count = 0;
}

function watch(coro: Watchable, traceback: string | undefined): void {
  const watched: Watch = { name: coro.name, traceback };
  coro._life |= WATCHED;
  watches.add(watched);
  watchOf.set(coro, watched);
  collected.register(coro, watched);
}

function atExit(): void {
  watchesExit = true;
  process.on('exit', () => {
    sweep();
    for (const watched of watches) report(watched);
    watches.clear();
  });
}

function report(watched: Watch): void {
  const message = `coroutine '${watched.name}' was never awaited: await it, yield* it, or make a task of it`;
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

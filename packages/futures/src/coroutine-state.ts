/** What can be seen of a coroutine from outside: its stage of life, its place, its variables. */
import { brief, RuntimeError } from '@asyncio-ts/loop';

import { Coroutine, type CoroutineState } from './coroutine-object.js';
import { runningTask, steppedNow } from './current.js';
import { type GeneratorView, lookInto } from './generator-inspector.js';
import { type CoroutineLike, isDriver, type OwnCoroutine } from './protocol.js';
import { StackFrame } from './stack-frame.js';

/** Where a native generator stands; the names are those of Python's `inspect`. */
export type GeneratorState = 'GEN_CREATED' | 'GEN_RUNNING' | 'GEN_SUSPENDED' | 'GEN_CLOSED';

/**
 * Which stage of its life a coroutine has reached. Mirrors Python's `inspect.getcoroutinestate`.
 *
 * @param coro - a coroutine object, or a native generator that is used as one
 * @throws TypeError for anything else; RuntimeError for a native generator when Node's inspector cannot be used.
 *
 * @example
 * ```ts
 * import { coroutine, getCoroutineState } from '@asyncio-ts/futures';
 *
 * const work = coroutine(function* () {
 *   yield;
 * });
 * const coro = work();
 * console.log(getCoroutineState(coro)); // CORO_CREATED
 * coro.send();
 * console.log(getCoroutineState(coro)); // CORO_SUSPENDED
 * coro.close();
 * console.log(getCoroutineState(coro)); // CORO_CLOSED
 * ```
 */
export function getCoroutineState(coro: CoroutineLike<unknown>): CoroutineState {
  if (!(coro instanceof Coroutine)) return `CORO_${view(coro).state}`;
  // A task steps the generator, or has made the call: the object is not told of each step.
  const suspended = coro._state === 'CORO_SUSPENDED';
  return suspended && isOnRunningStack(coro) ? 'CORO_RUNNING' : coro._state;
}

/**
 * Which stage of its life a generator has reached. Mirrors Python's `inspect.getgeneratorstate`. V8's inspector knows it; it
 * is opened for this call.
 *
 * @param generator - what a `function*` returned
 * @throws TypeError for anything else; RuntimeError when Node's inspector cannot be used.
 *
 * @example
 * ```ts
 * import { getGeneratorState } from '@asyncio-ts/futures';
 *
 * const numbers = (function* () {
 *   yield 1;
 * })();
 * console.log(getGeneratorState(numbers)); // GEN_CREATED
 * numbers.next();
 * console.log(getGeneratorState(numbers)); // GEN_SUSPENDED
 * ```
 */
export function getGeneratorState(generator: CoroutineLike<unknown>): GeneratorState {
  return `GEN_${view(generator).state}`;
}

/**
 * The variables of a generator, by their names, as they are at this moment; those that are undefined, or not reached yet, are
 * not there. Mirrors Python's `inspect.getgeneratorlocals`: what a generator that was not started knows is its parameters,
 * and one that is closed knows nothing. V8's inspector looks; of one that runs it sees nothing.
 *
 * @param generator - what a `function*` returned
 * @throws TypeError for anything else; RuntimeError when Node's inspector cannot be used.
 *
 * @example
 * ```ts
 * import { getGeneratorLocals } from '@asyncio-ts/futures';
 *
 * const numbers = (function* () {
 *   yield 1;
 *   const c = 10;
 *   yield c;
 * })();
 * numbers.next();
 * console.log(getGeneratorLocals(numbers)); // {}
 * numbers.next();
 * console.log(getGeneratorLocals(numbers)); // { c: 10 }
 * ```
 */
export function getGeneratorLocals(generator: CoroutineLike<unknown>): Record<string, unknown> {
  return view(generator, true).locals;
}

/**
 * The variables of a coroutine: see `getGeneratorLocals`. Mirrors Python's `inspect.getcoroutinelocals`. The engine keeps
 * those of an async function to itself: there are none to be seen.
 *
 * @param coro - a coroutine object, or a native generator that is used as one
 * @throws TypeError for anything else; RuntimeError when Node's inspector cannot be used.
 *
 * @example
 * ```ts
 * import { coroutine, getCoroutineLocals } from '@asyncio-ts/futures';
 *
 * const greet = coroutine(function* (name: string) {
 *   yield `hello ${name}`;
 * });
 * const coro = greet('you');
 * coro.send();
 * console.log(getCoroutineLocals(coro)); // { name: 'you' }
 * coro.close();
 * ```
 */
export function getCoroutineLocals(coro: CoroutineLike<unknown>): Record<string, unknown> {
  if (!(coro instanceof Coroutine)) return view(coro, true).locals;
  const generator = generatorOf(coro);
  return generator === null ? {} : view(generator, true).locals;
}

/**
 * The file and line where a coroutine stands: at its `yield`, or, before the start, where its function begins. What Python
 * shows as `gi_frame.f_lineno`.
 *
 * @param coro - a coroutine object, or a native generator
 * @returns null when it is closed, and for an async function; a frame without a location while it runs, and when Node's
 * inspector cannot be used
 * @throws TypeError for anything else.
 *
 * @example
 * ```ts
 * import { getCoroutineLocation } from '@asyncio-ts/futures';
 *
 * const numbers = (function* count() {
 *   yield 1;
 * })();
 * numbers.next();
 * console.log(getCoroutineLocation(numbers)?.lineNumber); // 4
 * ```
 */
export function getCoroutineLocation(coro: CoroutineLike<unknown>): StackFrame | null {
  const generator = coro instanceof Coroutine ? generatorOf(coro) : coro;
  if (generator === null) return null;
  const views = lookInto([checked(generator)]);
  const name = coro instanceof Coroutine ? coro.name : undefined;
  if (views === null) return new StackFrame(name ?? '', 'generator', null);
  const seen = views[0] ?? refuse(coro);
  if (seen.state === 'CLOSED') return null;
  return new StackFrame(name ?? seen.functionName, 'generator', seen.location);
}

/** While a task is stepped, all the coroutines on its stack run: each waits inside the one below it. */
function isOnRunningStack(coro: object): boolean {
  const task = runningTask<RunningTask>();
  if (task === null) return false;
  if (task.getCoro() === coro || task._stack?.includes(coro) === true) return true;
  const stepped = steppedNow() as SteppedStack | null;
  return stepped?._coro === coro || stepped?._stack?.includes(coro) === true;
}

interface SteppedStack {
  readonly _stack: readonly object[] | null;
  readonly _coro?: object | null;
}

interface RunningTask extends SteppedStack {
  done(): boolean;
  getCoro(): object | null;
}

/** The generator of a coroutine object, if it has one. */
function generatorOf(coro: Coroutine<unknown>): object | null {
  const own = (coro as Partial<OwnCoroutine>)._coro ?? null;
  return own === (coro as object) || coro._state === 'CORO_CLOSED' ? null : own;
}

function view(generator: object, locals = false): GeneratorView {
  const views = lookInto([checked(generator)], { locals, started: true });
  if (views === null) {
    throw new RuntimeError(
      'Cannot look into a generator: the inspector of this Node is missing or forbidden; coroutine objects know their state without it',
    );
  }
  return views[0] ?? refuse(generator);
}

function checked(generator: unknown): object {
  return isDriver(generator) ? generator : refuse(generator);
}

function refuse(object: unknown): never {
  throw new TypeError(
    `Cannot look into ${brief(object)}: a coroutine object or a generator was expected`,
  );
}

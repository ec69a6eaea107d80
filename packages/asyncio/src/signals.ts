/**
 * Signals as loop callbacks.
 *
 * Each handler is one listener on `process`, there as long as the handler is; a loop that is closed takes its own away. A
 * handler holds the process while its loop runs: a signal may come although Node has nothing else to wait for.
 */
import { constants } from 'node:os';

import {
  type BaseEventLoop,
  brief,
  Handle,
  LoopLocal,
  RuntimeError,
  ValueError,
} from '@asyncio-ts/loop';
import { iscoroutine, iscoroutinefunction } from '@asyncio-ts/futures';

import { inMainThread } from './main-thread.js';

/** A signal by its name, or by its number. */
export type Signal = NodeJS.Signals | number;

interface Installed {
  handle: Handle;
  /** Takes the listener away and lets the process go. */
  undo(): void;
}

type Handlers = Map<NodeJS.Signals, Installed>;

const handlersOf = /* @__PURE__ */ new LoopLocal<Handlers>(() => new Map());

const NAMES = new Map<number, NodeJS.Signals>(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name as NodeJS.Signals]),
);

/** @internal Calls `callback(...args)` in a turn of the loop when the signal arrives; replaces the handler before it. */
export function addSignalHandler(
  loop: BaseEventLoop,
  signal: Signal,
  callback: (...args: never) => void,
  args: readonly unknown[],
): void {
  checkCallback(callback);
  const name = signalName(signal);
  if (loop.isClosed()) throw new RuntimeError('Event loop is closed');
  if (!inMainThread()) {
    throw new RuntimeError(
      `Cannot handle ${name} in a worker thread: signals arrive in the main thread only; add the handler there`,
    );
  }
  const handlers = handlersOf.get(loop);
  const handle = new Handle(callback, args, loop);
  const installed = handlers.get(name);
  if (installed === undefined) handlers.set(name, install(loop, name, handle));
  else installed.handle = handle;
}

/** @internal @returns whether there was one. */
export function removeSignalHandler(loop: BaseEventLoop, signal: Signal): boolean {
  const name = signalName(signal);
  const handlers = handlersOf.get(loop);
  const installed = handlers.get(name);
  if (installed === undefined) return false;
  handlers.delete(name);
  installed.undo();
  return true;
}

/** @internal Whether a loop has a handler for a signal. */
export function handlesSignal(loop: BaseEventLoop, signal: NodeJS.Signals): boolean {
  return handlersOf.get(loop).has(signal);
}

function install(loop: BaseEventLoop, name: NodeJS.Signals, handle: Handle): Installed {
  const arrived = (): void => loop._deliverRunnable(installed.handle);
  process.on(name, arrived);
  const release = loop._hold();
  const forget = loop._atClose(() => removeSignalHandler(loop, name));
  const installed: Installed = {
    handle,
    undo() {
      process.off(name, arrived);
      release();
      forget();
    },
  };
  return installed;
}

function checkCallback(callback: unknown): void {
  if (iscoroutine(callback) || iscoroutinefunction(callback)) {
    throw new TypeError(
      'Cannot use a coroutine with addSignalHandler(): a plain function was expected; let it create the task',
    );
  }
  if (typeof callback !== 'function') {
    throw new TypeError(`Cannot handle a signal with ${brief(callback)}: a function was expected`);
  }
}

function signalName(signal: unknown): NodeJS.Signals {
  if (typeof signal !== 'string' && typeof signal !== 'number') {
    throw new TypeError(
      `Cannot handle the signal ${brief(signal)}: a name ('SIGTERM') or a number was expected`,
    );
  }
  const known = typeof signal === 'string' ? signal in constants.signals : NAMES.has(signal);
  if (!known) {
    throw new ValueError(`Cannot handle the signal ${brief(signal)}: there is no such signal here`);
  }
  const name = typeof signal === 'string' ? signal : NAMES.get(signal);
  if (name === 'SIGKILL' || name === 'SIGSTOP') {
    throw new RuntimeError(`Cannot handle ${name}: it cannot be caught by any program`);
  }
  return name as NodeJS.Signals;
}

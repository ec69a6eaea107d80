/**
 * What this floor asks of a loop beyond `Loop`. One of another make need not have it, and is run without.
 */
import { BaseEventLoop, type Loop } from '@asyncio-ts/loop';

/** @internal A turn that opened a step of an async function must not end before it. */
export function openStep(loop: Loop): void {
  if (loop instanceof BaseEventLoop) loop._openStep();
}

/** @internal Whether no step of an async function is open, as far as is known. */
export function stepIsOver(loop: object): boolean {
  return (loop as Partial<BaseEventLoop>)._stepOpen === false;
}

/** @internal An async function of this loop goes on: a microtask runs now. */
export function inMicrotask(loop: object): void {
  (loop as Partial<BaseEventLoop>)._inMicrotask?.();
}

/** @internal So many more waits, or fewer, are for something outside of the loop. */
export function countOutside(loop: Loop, change: number): void {
  const counting = loop as { _outside?: number };
  if (counting._outside !== undefined) counting._outside += change;
}

/** @internal Calls `fn` when the loop is closed. */
export function atClose(loop: Loop, fn: () => void): void {
  if (loop instanceof BaseEventLoop) loop._atClose(fn);
}

/** @internal Whether this error must leave the loop instead of being reported. */
export function letsOut(loop: Loop, error: unknown): loop is BaseEventLoop {
  return loop instanceof BaseEventLoop && loop.isBaseException(error);
}

/** @internal Whether its generator tasks see the foreign stores of where they were made. */
export function capturesStores(loop: Loop): boolean {
  return (loop as Partial<BaseEventLoop>)._asyncContext === true;
}

/** @internal Whether a loop says that it was closed. What comes from outside after that must not be scheduled. */
export function isClosed(loop: Loop): boolean {
  return (loop as Partial<BaseEventLoop>).isClosed?.() === true;
}

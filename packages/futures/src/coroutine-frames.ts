/**
 * The frames of coroutines that are suspended: a task keeps the stack of its generators, and the inspector says where each
 * of them stands. For async functions there is what debug mode remembered of the await.
 */
import { stacksOfAwait } from './await-trace.js';
import { coroutineName } from './coroutine-name.js';
import { FutureAwait } from './future-await.js';
import { type GeneratorView, lookInto } from './generator-inspector.js';
import { InlineDriver } from './inline-driver.js';
import { readStack } from './js-stack.js';
import type { Leaf, Leaves } from './leaves.js';
import { Kind, kindOf } from './protocol.js';
import { StackFrame } from './stack-frame.js';

/** @internal What is looked at of whatever is stepped: a task, or a coroutine object awaited from an async function of it. */
export interface HasStack {
  readonly _top: object | null;
  readonly _stack: readonly object[] | null;
}

/** @internal What is looked at of a task. */
export interface TaskWithStack extends HasStack {
  readonly _leaves: Leaves | null;
  getCoro(): object | null;
  done(): boolean;
}

/** @internal A frame that is known, or a generator that must be asked. */
export type Slot = StackFrame | GeneratorSlot;

interface GeneratorSlot {
  readonly generator: object;
  readonly name: string;
}

/** So many generators are asked at most in one go, a quarter of a millisecond each; more have no line. */
const MOST = 2000;

/** @internal The suspended frames of a task, innermost first. */
export function slotsOf(task: TaskWithStack): Slot[] {
  const leaf = task._leaves?.first ?? null;
  const inner = leaf === null ? [] : slotsOfLeaf(leaf);
  return [...inner, ...ownSlots(task, inner)];
}

/** @internal The frames above a wait of an async function: the await, and the coroutine object that is awaited. */
export function slotsOfLeaf(leaf: Leaf): Slot[] {
  if (!(leaf instanceof InlineDriver)) return framesOfAwaits(stacksOfAwait(leaf));
  const driven = slotsOfStack(leaf, coroutineName(leaf._coro));
  return [...driven, ...framesOfAwaits(stacksOfAwait(leaf._coro))];
}

/** @internal Each of the stacks begins with the async function that awaits. */
export function framesOfAwaits(stacks: readonly unknown[]): StackFrame[] {
  return stacks.flatMap((stack) => {
    const [first, ...rest] = readStack(stack).frames;
    if (first === undefined) return [];
    return [new StackFrame(first.functionName, 'async', first.location), ...rest];
  });
}

/** @internal The frames of a task's own coroutine, below those that are known already. */
export function ownSlots(task: TaskWithStack, inner: readonly Slot[]): Slot[] {
  const slots = slotsOfStack(task, coroutineName(task.getCoro()));
  // The frame of an async function is the outermost one of its await, if that is known.
  return slots.filter(
    (slot) =>
      !(slot instanceof StackFrame) ||
      slot.kind !== 'async' ||
      !inner.some((known) => known instanceof StackFrame && isNamed(known, slot.functionName)),
  );
}

function isNamed({ functionName }: StackFrame, name: string): boolean {
  return functionName === name || functionName.endsWith(`.${name}`);
}

/** @internal The frames of what is stepped, innermost first. `_stack` holds pairs of a generator and the call above it. */
export function slotsOfStack({ _top: top, _stack: stack }: HasStack, outermost: string): Slot[] {
  const slots: Slot[] = [];
  const push = (coro: object | null, name: string): void => {
    const slot = coro === null ? null : slotOf(coro, name);
    if (slot !== null) slots.push(slot);
  };
  const pairs = stack ?? [];
  for (let i = 0; i < pairs.length; i += 2) {
    // A call that has been made: what it returned stands above it, and the function is gone.
    if (pairs[i] === pairs[i + 1]) continue;
    push(pairs[i] as object, i === 0 ? outermost : coroutineName(pairs[i - 1]));
  }
  push(top, pairs.length === 0 ? outermost : coroutineName(pairs[pairs.length - 1]));
  return slots.reverse();
}

function slotOf(coro: object, name: string): Slot | null {
  if (coro instanceof FutureAwait) return null;
  const kind = kindOf(coro);
  if (kind === Kind.Call) return new StackFrame(coroutineName(coro), 'async', null);
  // A coroutine object that steps itself, without a generator.
  if (kind === Kind.Coroutine) return new StackFrame(coroutineName(coro), 'generator', null);
  return { generator: coro, name };
}

/**
 * @internal Makes frames of several stacks, with one look into all their generators.
 *
 * @param running - the generators that are on the JavaScript stack have their frames there, and are left out
 */
export function fill(stacks: readonly (readonly Slot[])[], running = false): StackFrame[][] {
  const generators = new Set<object>();
  for (const slots of stacks) {
    for (const slot of slots) {
      if (!(slot instanceof StackFrame) && generators.size < MOST) generators.add(slot.generator);
    }
  }
  const asked = [...generators];
  const views = asked.length === 0 ? [] : lookInto(asked);
  const viewOf = new Map(asked.map((generator, i) => [generator, views?.[i]] as const));
  return stacks.map((slots) => {
    const frames: StackFrame[] = [];
    // Nobody says which one runs: it is the innermost one, or else an async function above it.
    let runs = running && views === null;
    for (const slot of slots) {
      if (slot instanceof StackFrame) {
        frames.push(slot);
        continue;
      }
      const view = viewOf.get(slot.generator);
      const frame = frameOf(slot, view);
      if (frame !== null && !runs && !(running && view?.state === 'RUNNING')) frames.push(frame);
      runs = false;
    }
    return frames;
  });
}

/** A driver of another make, that nobody named, has nothing to tell; without inspector there are the names. */
function frameOf(
  { name }: GeneratorSlot,
  view: GeneratorView | null | undefined,
): StackFrame | null {
  if (view === null && name === UNNAMED) return null;
  const shown = name === UNNAMED ? (view?.functionName ?? name) : name;
  return new StackFrame(shown, 'generator', view?.location ?? null);
}

/** What `coroutineName` says of a coroutine without a name. */
const UNNAMED = coroutineName(null);

/** `Task.getStack` and `Task.printStack`. */
import { inspect } from 'node:util';

import { stacksAround } from './await-trace.js';
import {
  fill,
  framesOfAwaits,
  ownSlots,
  type Slot,
  slotsOf,
  slotsOfLeaf,
  slotsOfStack,
  type TaskWithStack,
} from './coroutine-frames.js';
import { coroutineName } from './coroutine-name.js';
import { runningTask, steppedNow } from './current.js';
import { InlineDriver } from './inline-driver.js';
import { readStack, stackHere } from './js-stack.js';
import type { FrameLocation, StackFrame } from './stack-frame.js';

/** How much of a stack is wanted. */
export interface StackOptions {
  /** So many frames at most: of a stack the newest, of a failed task's traceback the oldest. Default: all. */
  readonly limit?: number | null | undefined;
}

/** Where text goes. */
export interface TextOutput {
  /** Takes a piece of text. */
  write(text: string): unknown;
}

/** How a stack is printed. */
export interface PrintStackOptions extends StackOptions {
  /** Default: `process.stdout`. */
  readonly file?: TextOutput | null | undefined;
}

/** @internal What is looked at of a task. */
export interface StackedTask extends TaskWithStack {
  readonly _exception: unknown;
}

/** @internal The stack of a task that is pending, or the traceback of one that failed: the oldest frame first. */
export function getStack(
  task: StackedTask,
  { limit = null }: StackOptions,
  caller: (...args: never) => unknown,
): StackFrame[] {
  if (!task.done()) {
    const frames = pendingFrames(task, caller).reverse();
    return limit === null ? frames : frames.slice(Math.max(0, frames.length - Math.max(0, limit)));
  }
  const frames = tracebackOf(task._exception);
  return limit === null ? frames : frames.slice(0, Math.max(0, limit));
}

/** The frames of a task that is not done, innermost first. */
function pendingFrames(task: StackedTask, caller: (...args: never) => unknown): StackFrame[] {
  if (runningTask<StackedTask>() === task) return runningFrames(task, caller);
  return fill([slotsOf(task)])[0] as StackFrame[];
}

/**
 * @internal The frames of the task that runs now, innermost first. What is resumed lies on the JavaScript stack; the
 * coroutines that wait for it do not, since the stepper resumes the innermost one directly.
 */
export function runningFrames(
  task: StackedTask,
  caller: (...args: never) => unknown,
): StackFrame[] {
  const here = stackHere(caller);
  const frames = here.stepped ? here.frames : [...here.frames, ...framesOfAwaits(stacksAround())];
  const stepped = steppedNow();
  let below: readonly Slot[];
  if (stepped instanceof InlineDriver) {
    const driven = slotsOfStack(stepped, coroutineName(stepped._coro));
    const awaiting = slotsOfLeaf(stepped).slice(driven.length);
    below = [...driven, ...awaiting, ...ownSlots(task, awaiting)];
  } else {
    below = ownSlots(task, frames);
  }
  return [...frames, ...(fill([below], true)[0] as StackFrame[])];
}

function tracebackOf(error: unknown): StackFrame[] {
  const stack = (error as { stack?: unknown } | null)?.stack;
  return [...readStack(stack).frames].reverse();
}

/** @internal */
export function printStack(
  task: StackedTask,
  { limit = null, file }: PrintStackOptions,
  caller: (...args: never) => unknown,
): void {
  const frames = getStack(task, { limit }, caller);
  const failed = task.done() && task._exception !== null;
  const lines: string[] = [];
  if (frames.length === 0 && !failed) lines.push(`No stack for ${inspect(task)}`);
  else {
    const what = failed ? 'Traceback' : 'Stack';
    lines.push(`${what} for ${inspect(task)} (most recent call last):`);
    const source = new SourceLines();
    for (const frame of frames) lines.push(...linesOf(frame, source));
  }
  if (failed) lines.push(headline(task._exception));
  (file ?? process.stdout).write(`${lines.join('\n')}\n`);
}

function linesOf({ functionName, location }: StackFrame, source: SourceLines): string[] {
  if (location === null) return [`  File "<unknown>", in ${functionName}`];
  const line = `  File "${location.fileName}", line ${location.lineNumber}, in ${functionName}`;
  const text = source.at(location);
  return text === null ? [line] : [line, `    ${text}`];
}

function headline(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : inspect(error);
}

/** The lines of source files, as Python shows them; each file is read once. */
class SourceLines {
  private readonly _files = new Map<string, readonly string[]>();

  at({ fileName, lineNumber }: FrameLocation): string | null {
    let lines = this._files.get(fileName);
    if (lines === undefined) this._files.set(fileName, (lines = read(fileName)));
    const line = lines[lineNumber - 1]?.trim() ?? '';
    return line === '' ? null : line;
  }
}

function read(fileName: string): readonly string[] {
  try {
    const { readFileSync } = process.getBuiltinModule('node:fs');
    return readFileSync(fileName, 'utf8').split('\n');
  } catch {
    // Made by a tool, or gone since: there is the number of the line.
    return [];
  }
}

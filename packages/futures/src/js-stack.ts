/**
 * Stacks of the engine, as frames: of an error, or of here and now. What lies between the coroutines, the stepper of this
 * library, is left out; below the step that runs a coroutine is the loop, and there a stack ends.
 */
import { pathOf } from './generator-inspector.js';
import { takeStack } from './take-stack.js';
import { type FrameKind, StackFrame } from './stack-frame.js';

/** A stack, the innermost frame first. */
export interface JsStack {
  readonly frames: readonly StackFrame[];
  /** Whether it ends in a step; else it runs in the microtasks, or nobody steps at all. */
  readonly stepped: boolean;
}

const LINE = /^ *at (async )?(?:(.*?) \()?(\S.*?):(\d+):(\d+)\)?$/;
/** The engine's own frame under a generator that runs. */
const RESUMED = /^ *at (?:.*\.)?(?:next|throw|return) \(<anonymous>\)$/;
/** Functions of the stepper. In a program that was bundled, they lie in one file with everybody else's: so by name, too. */
const MACHINERY =
  /^(?:\w+\.(?:_\w+|next|throw|return|then|close|send)|(?:Object\.)?(?:step|resume|resumeWith|resumeByResult|suspend|startCall|adopt|callFor|invoke))$/;
/** How async functions are called in their frame, by the floor below, and what that calls. */
const IN_FRAME = /^(?:Object\.)?(?:runInFrame|tryInFrame)$/;
const STEP = /^(?:Object\.)?stepHere$/;
/** An `await`, in a microtask: nobody is below. */
const AWAIT = /\btracedThen$/;
const CALL = /\._call$/;

/** The stack of here and now, from the caller of `skip` on. */
export function stackHere(skip: (...args: never) => unknown): JsStack {
  return readStack(takeStack(skip, Infinity).stack);
}

/** Reads the text of a stack. */
export function readStack(text: unknown): JsStack {
  const reader = new Reader();
  if (typeof text === 'string') text.split('\n').every((line) => reader.read(line));
  return reader.result();
}

interface Read {
  readonly name: string;
  kind: FrameKind;
  readonly async: boolean;
  readonly frame: { fileName: string; lineNumber: number; columnNumber: number };
}

class Reader {
  private readonly _frames: Read[] = [];
  private _stepped = false;

  /** @returns false when the rest is of no interest. */
  read(line: string): boolean {
    if (RESUMED.test(line)) {
      this._mark('generator');
      return true;
    }
    const match = LINE.exec(line);
    if (match === null) return true;
    const [, async, called, url, row, column] = match as unknown as [string, ...string[]];
    const name = (called ?? '').replace(/ \[as .*\]$/, '');
    if (STEP.test(name)) {
      this._stepped = true;
      return false;
    }
    if (AWAIT.test(name)) return false;
    if (CALL.test(name)) this._mark('async');
    if (isOurs(name, url as string) || /^node:(?:internal|async_hooks)/.test(url as string)) {
      return true;
    }
    this._frames.push({
      name: name.replace(/^Object\./, ''),
      kind: async === undefined ? 'function' : 'async',
      async: async !== undefined,
      frame: {
        fileName: pathOf(url as string),
        lineNumber: Number(row),
        columnNumber: Number(column),
      },
    });
    return true;
  }

  /** The function that was read last is of this kind. */
  private _mark(kind: FrameKind): void {
    const last = this._frames.at(-1);
    if (last !== undefined && last.kind === 'function') last.kind = kind;
  }

  result(): JsStack {
    if (!this._stepped) this._markResumed();
    const frames = this._frames.map(({ name, kind, frame }) => new StackFrame(name, kind, frame));
    return { frames, stepped: this._stepped };
  }

  /** In the microtasks it is an async function that goes on: the last one before those who wait for it. */
  private _markResumed(): void {
    const waiting = this._frames.findIndex(({ async }) => async);
    const resumed = waiting < 0 ? this._frames.at(-1) : this._frames[waiting - 1];
    if (resumed?.kind === 'function') resumed.kind = 'async';
  }
}

function isOurs(name: string, url: string): boolean {
  return IN_FRAME.test(name) || (MACHINERY.test(name) && directoryOf(url) === ownDirectory());
}

let own: string | null = null;

/** Where this package lies, as stacks say it. */
function ownDirectory(): string {
  if (own === null) {
    const top = takeStack(ownDirectory, 1)
      .stack?.split('\n')
      .find((line) => LINE.test(line));
    own = directoryOf((LINE.exec(top ?? '') ?? [])[3] ?? '');
  }
  return own;
}

function directoryOf(url: string): string {
  return url.slice(0, url.lastIndexOf('/') + 1);
}

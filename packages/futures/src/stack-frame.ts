import { inspect } from 'node:util';

/** What kind of function a frame is of. */
export type FrameKind = 'generator' | 'async' | 'function';

/** Where a frame stands. Lines and columns count from 1, as in the stack of an error. */
export interface FrameLocation {
  /** The path of the file, or the URL of what is no file. */
  readonly fileName: string;
  /** From 1. */
  readonly lineNumber: number;
  /** From 1. */
  readonly columnNumber: number;
}

/**
 * One function on the stack of a coroutine: its name, and the file and line where it stands.
 *
 * What Python's frame objects are to `Task.get_stack` and the call graph. Where the line cannot be known (an async function
 * out of debug mode, a Node without inspector), `location` is null and the name is all there is.
 *
 * @example
 * ```ts
 * import { coroutine, getCoroutineLocation, StackFrame } from '@asyncio-ts/futures';
 *
 * const work = coroutine(function* work() {
 *   yield;
 * });
 * const frame = getCoroutineLocation(work());
 * console.log(frame instanceof StackFrame, frame?.functionName); // true work
 * ```
 */
export class StackFrame {
  /** The name of the function; `<anonymous>` if it has none. */
  readonly functionName: string;
  /** What kind of function it is. */
  readonly kind: FrameKind;
  /** Where it stands, or null. */
  readonly location: FrameLocation | null;

  constructor(functionName: string, kind: FrameKind, location: FrameLocation | null) {
    this.functionName = functionName === '' ? '<anonymous>' : functionName;
    this.kind = kind;
    this.location = location;
  }

  /** The path of the file, or null. */
  get fileName(): string | null {
    return this.location?.fileName ?? null;
  }

  /** The line, from 1, or null. */
  get lineNumber(): number | null {
    return this.location?.lineNumber ?? null;
  }

  /**
   * `name (file:line:column)`.
   *
   * @example
   * ```ts
   * import { StackFrame } from '@asyncio-ts/futures';
   *
   * const location = { fileName: 'main.ts', lineNumber: 7, columnNumber: 3 };
   * const frame = new StackFrame('main', 'generator', location);
   * console.log(frame.toString()); // main (main.ts:7:3)
   * console.log(frame.kind, frame.fileName, frame.lineNumber, frame.location === location);
   * ```
   */
  toString(): string {
    const { functionName, location } = this;
    if (location === null) return functionName;
    return `${functionName} (${location.fileName}:${location.lineNumber}:${location.columnNumber})`;
  }

  [inspect.custom](): string {
    return `<StackFrame ${this.toString()}>`;
  }
}

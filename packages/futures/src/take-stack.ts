/** A stack that was taken; the engine makes text of it when it is first read. */
export interface TakenStack {
  readonly stack?: string;
}

/** @internal Takes the stack of here and now, from the caller of `skip` on, of so many frames at most. */
export function takeStack(skip: (...args: never) => unknown, depth: number): TakenStack {
  const holder: TakenStack = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = depth;
  Error.captureStackTrace(holder, skip);
  Error.stackTraceLimit = limit;
  return holder;
}

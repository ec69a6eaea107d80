/** What a failing callback, future, task, protocol or transport tells the loop's exception handler. */
export interface ExceptionContext {
  /** What went wrong, one sentence. */
  message: string;
  /** The error itself, if there is one. */
  exception?: unknown;
  /** The callback that failed. */
  handle?: object;
  /** The future concerned. */
  future?: object;
  /** The future concerned, in words, where the report must not hold the object itself. */
  description?: string;
  /** The task concerned. */
  task?: object;
  /** The protocol concerned. */
  protocol?: object;
  /** The transport concerned. */
  transport?: object;
  /** The socket concerned. */
  socket?: object;
  /** The asynchronous generator concerned. */
  asyncgen?: object;
  /** Where the object was created (debug mode). */
  sourceTraceback?: string | undefined;
  /** Where the handle was created (debug mode). */
  handleTraceback?: string | undefined;
  [key: string]: unknown;
}

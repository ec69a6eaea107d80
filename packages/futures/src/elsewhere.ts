/** @internal Where the steps run, if not just here. An `AsyncResource` is one. */
export interface Elsewhere {
  runInAsyncScope(step: () => void): void;
}

/** @internal Just here, after a look at whether somebody has ended the task meanwhile. */
export const CAREFULLY: Elsewhere = { runInAsyncScope: (step) => step() };

/** @internal The stores of where a task was made come first, then what it was told to run in. */
export function within(outer: Elsewhere, inner: Elsewhere | null): Elsewhere {
  if (inner === null) return outer;
  return {
    runInAsyncScope: (step) => outer.runInAsyncScope(() => inner.runInAsyncScope(step)),
  };
}

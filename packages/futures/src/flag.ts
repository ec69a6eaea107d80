/** @internal Bits of `_flags`: each would be a field of its own else, in every future there is. Row `spawn`. */
export const Flag = {
  /** It has failed: `_value` is the error. */
  Failed: 1,
  /** A coroutine yielded it, and no task has taken it yet. */
  Blocking: 2,
  /** Of a task: a cancel is due at its next step or wait. */
  MustCancel: 4,
  /** Of a task: nobody is told when its loop is closed before its end. */
  Forgettable: 8,
  /** Of what is stepped: its top has the `next` of every generator of the engine. */
  GeneratorOnTop: 16,
  /** There is a `Collector` among its waiters. */
  Collected: 32,
  /** Of what is stepped: what it began with has the `next` of every generator, too. */
  GeneratorAtBottom: 64,
  /** Of a future: one for each `Listener` that has not been told; these are the highest bits. */
  Listener: 128,
} as const;

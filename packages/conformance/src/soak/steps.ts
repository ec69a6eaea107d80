/** A body written once for both kinds: it waits with `yield* wait(...)`. */
export type Steps = Generator<unknown, void, unknown>;

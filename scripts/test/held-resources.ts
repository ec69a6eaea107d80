/** For tests of all packages. What a process holds of the world outside. */

/** What comes and goes by itself: timers, the files that a test runner reads. */
const PASSING = /^(Timeout|Immediate|TickObject|FSReq|CloseReq|Promise|Microtask)/;

/** Open sockets, servers, pipes, processes and what is on its way to them: how many of each kind. */
export function heldResources(): Record<string, number> {
  const held: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo().sort()) {
    if (!PASSING.test(kind)) held[kind] = (held[kind] ?? 0) + 1;
  }
  return held;
}

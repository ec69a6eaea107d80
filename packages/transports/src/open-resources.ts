import { type BaseEventLoop, type Loop, LoopLocal } from '@asyncio-ts/loop';

/** @internal Something that must not outlive its loop. */
export interface Resource {
  /** The loop is closed: let go of what Node holds, without a word to anybody. */
  _loopClosed(): void;
}

const resources = /* @__PURE__ */ new LoopLocal<Set<Resource>>((loop: Loop) => {
  const open = new Set<Resource>();
  (loop as BaseEventLoop)._atClose(() => {
    for (const resource of [...open]) resource._loopClosed();
    open.clear();
  });
  return open;
});

/** @internal The transports and servers of a loop that are open. */
export function openResources(loop: BaseEventLoop): Set<Resource> {
  return resources.get(loop);
}

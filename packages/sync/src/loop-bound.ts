import { inspect } from 'node:util';

import { getRunningLoop, type Loop, RuntimeError } from '@asyncio-ts/loop';

/**
 * Something that belongs to the loop in which somebody first had to wait for it.
 *
 * Mirrors Python's `_LoopBoundMixin`: whoever need not wait asks for no loop at all.
 */
export abstract class LoopBound {
  /** The loop of the first wait; null before that. */
  _loop: Loop | null = null;

  /** @internal The running loop, which it belongs to from now on. @throws RuntimeError when it belongs to another one. */
  _getLoop(): Loop {
    const loop = getRunningLoop();
    this._loop ??= loop;
    if (loop !== this._loop) {
      throw new RuntimeError(
        `Cannot wait for ${inspect(this)}: it is bound to a different event loop; make one in each loop`,
      );
    }
    return loop;
  }
}

import { inspect } from 'node:util';

import { getRunningLoop, type Loop, RuntimeError, thread } from '@asyncio-ts/loop';

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
    const loop = this._loop;
    // Inside a handle of its loop, which is nearly always so, there is no more to ask.
    return loop !== null && loop === thread.loop ? loop : this._bind();
  }

  private _bind(): Loop {
    const loop = getRunningLoop();
    if (this._loop !== null && this._loop !== loop) {
      throw new RuntimeError(
        `Cannot wait for ${inspect(this)}: it is bound to a different event loop; make one in each loop`,
      );
    }
    return (this._loop = loop);
  }
}

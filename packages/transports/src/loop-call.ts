import { type Context, type ContextOwner, type Runnable, thread } from '@asyncio-ts/loop';

/** @internal What a call needs of whom it is for. */
export interface CallOwner extends ContextOwner {
  readonly _loop: {
    isBaseException(error: unknown): boolean;
    callExceptionHandler(context: { message: string; exception: unknown }): void;
  };
}

/**
 * Something that came from Node, or is due later, as a handle of the loop: it runs in the context its owner was made in.
 * What it throws is reported, as for any callback.
 */
export class LoopCall implements Runnable {
  private readonly _owner: CallOwner;
  private readonly _what: string;
  private readonly _fn: () => void;

  constructor(owner: CallOwner, what: string, fn: () => void) {
    this._owner = owner;
    this._what = what;
    this._fn = fn;
  }

  get _context(): Context | null {
    return this._owner._context;
  }

  /** @internal */
  _run(): void {
    thread.owner = this._owner;
    try {
      this._fn();
    } catch (error) {
      const loop = this._owner._loop;
      if (loop.isBaseException(error)) throw error;
      loop.callExceptionHandler({
        message: `Exception in callback ${this._what}`,
        exception: error,
      });
    } finally {
      thread.owner = null;
    }
  }
}

import type { Step } from '@asyncio-ts/futures';

import type { Coroutine } from '@asyncio-ts/futures';

import { WaitCoroutine } from './wait-coroutine.js';

/** A call of `acquire`, or, without a result, of `aenter`: entering a lock makes one small object, no generator. */
export abstract class Acquire extends WaitCoroutine<true> {
  private _enters = false;

  /** The same wait, as what `aenter` returns: the body gets nothing. */
  _asEntry(): Coroutine<void> {
    this._enters = true;
    return this as unknown as Coroutine<void>;
  }

  /** What `_try` returns: it is acquired. */
  protected _acquired(): Step<true> {
    return this._give((this._enters ? undefined : true) as true);
  }
}

import type { Step } from '@asyncio-ts/futures';

import { WaitCoroutine } from './wait-coroutine.js';

/** A call of `aexit`: it does not wait. */
export class Release extends WaitCoroutine<void> {
  private readonly _noun: { release(): void };

  constructor(noun: { release(): void }) {
    super('aexit');
    this._noun = noun;
    this._made();
  }

  protected _try(): Step<void> {
    this._noun.release();
    return this._give(undefined);
  }

  protected _giveUp(): void {}
}

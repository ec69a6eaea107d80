import { type Future, getRunningLoop } from 'asyncio-ts';

import { bulks, type Reply } from './replies.js';
import type { Store } from './store.js';

/** Who waits for an element. */
export interface Receiver {
  /** Whether nothing is known that would keep a reply from being received. */
  isReachable(): boolean;
  send(reply: Reply): void;
}

/** A client's wait for an element of one of several lists. */
export class BlockedPop {
  readonly keys: readonly string[];
  /** How long it waits, in seconds; null: for ever. */
  readonly patience: number | null;
  readonly receiver: Receiver;
  /** Done when it was answered. */
  readonly answered: Future<void> = getRunningLoop().createFuture<void>();

  constructor(receiver: Receiver, keys: readonly string[], patience: number | null) {
    this.receiver = receiver;
    this.keys = keys;
    this.patience = patience;
  }
}

/**
 * Who waits for an element of which list, first come, first served.
 *
 * An element is taken out of its list and written to whoever gets it in one step, in the turn of whoever pushed it. So there
 * is no moment in which it is neither in the list nor sent, and a client that is known to be gone gets nothing.
 */
export class BlockingLists {
  private readonly _store: Store;
  /** A set keeps the order, and lets one leave from its middle. */
  private readonly _lines = new Map<string, Set<BlockedPop>>();

  constructor(store: Store) {
    this._store = store;
  }

  join(pop: BlockedPop): void {
    for (const key of pop.keys) {
      const line = this._lines.get(key);
      if (line === undefined) this._lines.set(key, new Set([pop]));
      else line.add(pop);
    }
  }

  /** Leaving twice is harmless. */
  leave(pop: BlockedPop): void {
    for (const key of pop.keys) {
      const line = this._lines.get(key);
      if (line?.delete(pop) === true && line.size === 0) this._lines.delete(key);
    }
  }

  /** Something was pushed: whoever waits for it gets it. */
  serve(key: string): void {
    for (const pop of this._lines.get(key) ?? []) {
      if (!this._store.has(key)) return;
      // It leaves by itself when its coroutine learns of that.
      if (!pop.receiver.isReachable()) continue;
      this.leave(pop);
      pop.receiver.send(bulks([key, this._store.pop(key, 'left')]));
      pop.answered.setResult();
    }
  }
}

import type { Socket } from 'node:net';

import { NodeSelector } from './node-selector.js';
import type { Guest, Ready, Selector, SelectorKey } from './selector.js';

/** How a `VirtualSelector` is set up. */
export interface VirtualSelectorOptions {
  /** What the clock shows at first, in seconds. Default: 0. */
  readonly start?: number;
}

/**
 * A selector whose clock jumps over every wait: a program that sleeps for a day is done at once, and the same program gives
 * the same trace each time, async functions included (`exactOrder` is always on).
 *
 * The clock jumps only when nothing is ready, microtasks have drained and nothing waits for the world outside (a foreign
 * promise, a socket). If such a wait can never end, because Node has nothing left to do, it jumps all the same, and a run
 * without any timer is reported as one that can never finish.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
 *
 * const loop = new BaseEventLoop({ selector: new VirtualSelector() });
 * loop.callLater(86_400, () => loop.stop());
 * await loop.runForever();
 * console.log(loop.time()); // 86400
 * ```
 */
export class VirtualSelector implements Selector {
  readonly exactOrder = true;
  readonly passesTime = true;
  /** Node's side of the work: sockets, microtasks, the round of Node's loop. Its clock is not used. */
  private readonly _node = new NodeSelector();
  private _guest: Guest | null = null;
  private _now: number;
  /** Invariant: counts the waits begun; a look that belongs to an older one is out of date. */
  private _wait = 0;
  private _watched = 0;
  /** The loop waits: a turn without need would let the clock jump. */
  private _waiting = false;
  /** Nothing outside can come any more: a turn may jump. */
  private _nodeIsDone = false;
  /** Where it waits until; null: nowhere. */
  private _deadline: number | null = null;

  constructor(options: VirtualSelectorOptions = {}) {
    this._now = options.start ?? 0;
  }

  register(fileobj: object, events: number, data: unknown = null): SelectorKey {
    return this._node.register(fileobj, events, data);
  }

  unregister(fileobj: object): SelectorKey {
    const key = this._node.unregister(fileobj);
    this.outsideEnded();
    return key;
  }

  modify(fileobj: object, events: number, data: unknown = null): SelectorKey {
    return this._node.modify(fileobj, events, data);
  }

  getKey(fileobj: object): SelectorKey | undefined {
    return this._node.getKey(fileobj);
  }

  getMap(): ReadonlyMap<object, SelectorKey> {
    return this._node.getMap();
  }

  /**
   * Takes the oldest pending connection of a registered `net.Server`, or null.
   *
   * @example
   * ```ts
   * import { createServer } from 'node:net';
   * import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
   *
   * const selector = new VirtualSelector();
   * const loop = new BaseEventLoop({ selector });
   * const server = createServer();
   * loop.addReader(server, () => selector.accept(server)?.end());
   * ```
   */
  accept(server: object): Socket | null {
    return this._node.accept(server);
  }

  /** Jumps over the timeout, unless something is ready. */
  select(timeout: number | null): readonly Ready[] {
    const events = this._node.select(0);
    if (events.length === 0 && timeout !== null && timeout > 0 && !this._standsStill()) {
      this._now += timeout;
    }
    return events;
  }

  /** Something outside is waited for, and may come still. */
  private _standsStill(): boolean {
    const guest = this._guest;
    if (guest === null || this._nodeIsDone) return false;
    return guest._outside > 0 || this._node.getMap().size > 0;
  }

  /**
   * Sets the clock forward. @param seconds - by how many seconds
   *
   * @example
   * ```ts
   * import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
   *
   * const selector = new VirtualSelector();
   * const loop = new BaseEventLoop({ selector });
   * selector.advance(60); // something that computed for a minute
   * console.log(loop.time()); // 60
   * ```
   */
  advance(seconds: number): void {
    this._now += Math.max(0, seconds);
  }

  close(): void {
    this._wait++;
    this._node.close();
  }

  time(): number {
    return this._now;
  }

  recentTime(): number {
    return this._now;
  }

  attach(guest: Guest): () => void {
    const detach = this._node.attach({
      // Node's side calls for each touch of a registered object, which need not be ready.
      _turn: () => {
        if (!this._waiting || this._node.select(0).length > 0) this._wakeUp(guest);
      },
      _outside: 0,
      _exhausted: () => this._nothingLeft(guest),
    });
    this._guest = guest;
    return () => {
      this._awoken();
      this._guest = null;
      detach();
    };
  }

  wake(): void {
    this._awoken();
    this._node.wake();
  }

  wakeLater(): void {
    this._awoken();
    this._node.wakeLater();
  }

  beginMacrotask(): void {
    this._awoken();
    this._node.beginMacrotask();
  }

  /** The wait that was begun is over. */
  private _awoken(): void {
    this._wait++;
    this._waiting = false;
  }

  private _wakeUp(guest: Guest): void {
    this._awoken();
    guest._turn();
  }

  mayGoOn(): boolean {
    return this._node.mayGoOn();
  }

  afterMicrotasks(fn: () => void): void {
    this._node.afterMicrotasks(fn);
  }

  inMicrotask(): void {
    this._node.inMicrotask();
  }

  waitUntil(deadline: number | null): void {
    this._waiting = true;
    this._deadline = deadline;
    this._node.afterMicrotasks(this._lookUnlessOver(++this._wait));
  }

  /** What came from outside may be followed by more of it in the same round of Node's loop. */
  outsideEnded(): void {
    if (this._waiting) this._node.afterRound(this._lookUnlessOver(this._wait));
  }

  private _lookUnlessOver(wait: number): () => void {
    return () => {
      if (wait === this._wait) this._look();
    };
  }

  /** Whoever ends a wait for the world outside asks to look again. */
  private _look(): void {
    const guest = this._guest;
    if (guest === null) return;
    if (this._node.select(0).length > 0) this._wakeUp(guest);
    else if (this._standsStill()) return;
    else if (this._deadline !== null) this._wakeUp(guest);
    else if (this._watched > 0) guest._exhausted();
  }

  /** Node has nothing left to do: what stands outside will stand there for ever. */
  private _nothingLeft(guest: Guest): void {
    if (!this._waiting) return;
    if (this._deadline === null) {
      guest._exhausted();
      return;
    }
    // Node asks again only after one more round.
    this._node.afterRound(() => {});
    this._nodeIsDone = true;
    this._wakeUp(guest);
    this._nodeIsDone = false;
  }

  watchExhaustion(): () => void {
    this._watched++;
    const unwatch = this._node.watchExhaustion();
    return () => {
      this._watched--;
      unwatch();
    };
  }

  keepAlive(on: boolean): void {
    this._node.keepAlive(on);
  }

  setRef(on: boolean): void {
    this._node.setRef(on);
  }
}

/**
 * Readable: bytes are buffered, the stream has ended, or a connection is pending.
 *
 * @example
 * ```ts
 * import { EVENT_READ, NodeSelector } from '@asyncio-ts/loop';
 * import { createServer } from 'node:net';
 *
 * const selector = new NodeSelector();
 * const server = createServer();
 * selector.register(server, EVENT_READ, 'a connection is pending');
 * selector.unregister(server);
 * ```
 */
export const EVENT_READ = 1;
/**
 * Writable: there is room below the high-water mark.
 *
 * @example
 * ```ts
 * import { EVENT_READ, EVENT_WRITE, NodeSelector } from '@asyncio-ts/loop';
 * import { Socket } from 'node:net';
 *
 * const selector = new NodeSelector();
 * const socket = new Socket();
 * selector.register(socket, EVENT_READ | EVENT_WRITE);
 * console.log(selector.getKey(socket)?.events); // 3
 * selector.close();
 * ```
 */
export const EVENT_WRITE = 2;

/** One registered object. Mirrors Python's `selectors.SelectorKey`. */
export interface SelectorKey<Data = unknown> {
  /** The registered Node socket, server or stream. */
  readonly fileobj: object;
  /** `EVENT_READ`, `EVENT_WRITE`, or both or-ed together. */
  readonly events: number;
  /** What was attached at registration. */
  readonly data: Data;
}

/** A key and the events it is ready for. */
export type Ready = readonly [key: SelectorKey, events: number];

/** What a selector calls: the loop, as a guest of whatever the selector sits on. */
export interface Guest {
  /** Runs turns until nothing is ready, the budget is spent or a step of an async function is open. */
  _turn(): void;
  /** How many waits are for something outside the loop (a foreign promise, a socket): time must not jump over them. */
  readonly _outside: number;
  /** Nothing is ready, no timer is armed and nothing outside can wake the loop. */
  _exhausted(): void;
}

/**
 * The loop's only door to the world: the clock, the wake-up and the readiness of sockets.
 *
 * The first half has the names of Python's `selectors.BaseSelector`. The second half is what a guest needs: on Node nobody
 * may block, so a loop says what it waits for and is called when that is due.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, NodeSelector, type Selector } from '@asyncio-ts/loop';
 *
 * // Node's selector, with a clock that goes ten times as fast.
 * class Hurried extends NodeSelector {
 *   override time(): number {
 *     return 10 * super.time();
 *   }
 *   override recentTime(): number {
 *     return 10 * super.recentTime();
 *   }
 *   override waitUntil(deadline: number | null): void {
 *     super.waitUntil(deadline === null ? null : deadline / 10);
 *   }
 * }
 * const selector: Selector = new Hurried();
 * const loop = new BaseEventLoop({ selector });
 * loop.callLater(0.1, () => loop.stop()); // after a hundredth of a second
 * await loop.runForever();
 * ```
 */
export interface Selector {
  /** Registers an object. @throws ValueError for no events, RuntimeError when it is registered already. */
  register(fileobj: object, events: number, data?: unknown): SelectorKey;
  /** Takes an object out. @throws RuntimeError when it is not registered. */
  unregister(fileobj: object): SelectorKey;
  /** Changes events and data of a registered object. */
  modify(fileobj: object, events: number, data?: unknown): SelectorKey;
  /** The key of an object, or undefined. */
  getKey(fileobj: object): SelectorKey | undefined;
  /** All registered objects and their keys. */
  getMap(): ReadonlyMap<object, SelectorKey>;
  /**
   * What is ready.
   *
   * @param timeout - seconds to wait at most when nothing is; null means without limit. A selector that can neither
   * block nor jump answers at once, and `waitUntil` does the waiting.
   */
  select(timeout: number | null): readonly Ready[];
  /** Gives everything back; nobody is called any more. */
  close(): void;

  /** The monotonic clock, in seconds. */
  time(): number;
  /** A recent reading of the clock, never later than `time()` nor earlier than any reading given out before. */
  recentTime(): number;
  /** Whether `select(timeout)` lets the time pass by itself, so that a loop can run without giving up the stack. */
  readonly passesTime: boolean;
  /** Whether async functions take part in the exact order: a pause after each step, not after each turn. */
  readonly exactOrder: boolean;

  /** Begins to call the guest. @returns the undoing. */
  attach(guest: Guest): () => void;
  /** Something is ready: call `guest._turn()` as soon as the stack is empty (or as the budget allows). */
  wake(): void;
  /** Nothing is ready: call `guest._turn()` at `deadline` (null: never) or when I/O arrives. */
  waitUntil(deadline: number | null): void;
  /** Whether the guest may run more handles now; asked every so many handles. If not, it calls `wakeLater`. */
  mayGoOn(): boolean;
  /** Call `guest._turn()` after Node had a chance to look at timers and I/O. */
  wakeLater(): void;
  /** I/O arrived: what runs now runs in a macrotask of its own and has a full budget. */
  beginMacrotask(): void;
  /** Calls `fn` when the microtask queue has run empty. At most one `fn` waits at a time. */
  afterMicrotasks(fn: () => void): void;
  /** A microtask runs now, while `afterMicrotasks` waits: a hint that may make it cheaper. */
  inMicrotask(): void;
  /** The last wait for something outside the loop has ended; a selector whose time stood still meanwhile is told. */
  outsideEnded?(): void;
  /** Watches for the moment when nothing can wake the guest any more. @returns the undoing. */
  watchExhaustion(): () => void;
  /** Holds the process (or lets go) whether or not a timer or socket does. */
  keepAlive(on: boolean): void;
  /** Whether timers of this selector hold the process. */
  setRef(on: boolean): void;
}

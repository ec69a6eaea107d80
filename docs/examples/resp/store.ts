import type { Loop, TimerHandle } from 'asyncio-ts';

import { Deque } from './deque.js';
import { CommandError, WRONG_TYPE } from './replies.js';

/** What a key holds: a byte string, or a list of them. Invariant: a list in the store is never empty. */
export type Value = string | Deque<string>;

/** The end of a list. */
export type Side = 'left' | 'right';

/**
 * Keys and what they hold. A key that shall expire has a timer of the loop; where a deadline has passed and the loop was too
 * busy to come to it, the key is gone all the same.
 */
export class Store {
  private readonly _loop: Loop;
  private readonly _values = new Map<string, Value>();
  private readonly _expiries = new Map<string, TimerHandle>();

  constructor(loop: Loop) {
    this._loop = loop;
  }

  /** How many keys there are. */
  get size(): number {
    return this._values.size;
  }

  /** How many of them expire. */
  get expiring(): number {
    return this._expiries.size;
  }

  keys(): string[] {
    return [...this._values.keys()].filter((key) => this.has(key));
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  get(key: string): Value | undefined {
    const expiry = this._expiries.size === 0 ? undefined : this._expiries.get(key);
    if (expiry !== undefined && expiry.when() <= this._loop.time()) this._remove(key);
    return this._values.get(key);
  }

  /** @throws CommandError when the key holds a list. */
  getString(key: string): string | null {
    const value = this.get(key);
    if (value === undefined) return null;
    if (typeof value !== 'string') throw new CommandError(WRONG_TYPE);
    return value;
  }

  /** @throws CommandError when the key holds a string. */
  getList(key: string): Deque<string> | null {
    const value = this.get(key);
    if (value === undefined) return null;
    if (typeof value === 'string') throw new CommandError(WRONG_TYPE);
    return value;
  }

  /** Sets a key to a string, whatever it held; when it expires does not change. */
  set(key: string, value: string): void {
    this._values.set(key, value);
  }

  /** @returns whether there was one. */
  delete(key: string): boolean {
    const there = this.has(key);
    this._remove(key);
    return there;
  }

  private _remove(key: string): void {
    this.persist(key);
    this._values.delete(key);
  }

  clear(): void {
    for (const expiry of this._expiries.values()) expiry.cancel();
    this._expiries.clear();
    this._values.clear();
  }

  // --- lists

  /** Pushes some elements, one after the other. @returns how long the list is now. @throws CommandError for a string. */
  push(key: string, side: Side, elements: readonly string[]): number {
    let list = this.getList(key);
    if (list === null) this._values.set(key, (list = new Deque()));
    for (const element of elements) {
      if (side === 'left') list.pushLeft(element);
      else list.pushRight(element);
    }
    return list.length;
  }

  /** Takes an element; null: there is none. @throws CommandError for a string. */
  pop(key: string, side: Side): string | null {
    const list = this.getList(key);
    if (list === null) return null;
    const element = side === 'left' ? list.popLeft() : list.popRight();
    if (list.length === 0) this._remove(key);
    return element ?? null;
  }

  // --- expiry

  /** Lets a key expire. @param when - in seconds on the loop's clock */
  expireAt(key: string, when: number): void {
    this.persist(key);
    if (when <= this._loop.time()) this._values.delete(key);
    else
      this._expiries.set(
        key,
        this._loop.callAt(when, () => this._remove(key)),
      );
  }

  /** Lets a key stay. */
  persist(key: string): void {
    this._expiries.get(key)?.cancel();
    this._expiries.delete(key);
  }

  /** How long a key will be there yet, in seconds; null: no key; Infinity: it does not expire. */
  remaining(key: string): number | null {
    if (!this.has(key)) return null;
    const expiry = this._expiries.get(key);
    return expiry === undefined ? Infinity : expiry.when() - this._loop.time();
  }
}

/**
 * What a task waits for in its async parts: the leaves.
 *
 * A generator has one place where it stands. An async function may have started several helpers, each at an `await` of its
 * own, so a task has a set of waits; `cancel` reaches all of them, or those of one scope. A leaf is a wait for a future, or
 * a coroutine object awaited from an async function that stands at a future or gave up its turn. What waits for one of our
 * own calls is an inner node and no leaf: so that inner `finally` blocks run before outer ones.
 *
 * The set is a doubly linked list through the leaves: joining and leaving allocate nothing.
 */
import type { Loop } from '@asyncio-ts/loop';

import { countOutside } from './any-loop.js';
import { type CancelScope, isWithin } from './cancel-scope.js';

/** One wait of a task. */
export interface Leaf {
  _previous: Leaf | null;
  _next: Leaf | null;
  /** The scope the wait was made in; null: the task itself. */
  _scope: CancelScope | null;
  /** Cancels what is waited for. @returns whether that took. */
  _cancelLeaf(message: unknown): boolean;
  /** What is waited for, for reports. */
  _leafOf(): object | null;
}

/** The async parts of a task, made when the first one starts. */
export class Leaves {
  private readonly _loop: Loop;
  /** The oldest one: a cancel reaches them in the order in which they were joined. */
  first: Leaf | null = null;
  /** The newest one. */
  last: Leaf | null = null;
  /** Futures that async functions of the task listen to with `then(fn)`: what comes of it may be awaited. */
  private _listening = 0;
  /** Calls of async functions that have not settled. */
  private _calls = 0;
  private _waitsOutside = false;

  constructor(loop: Loop) {
    this._loop = loop;
  }

  /** True while a call is open and none of its waits is known: it waits for something foreign. */
  get outside(): boolean {
    return this._waitsOutside;
  }

  add(leaf: Leaf): void {
    leaf._next = null;
    leaf._previous = this.last;
    if (this.last === null) this.first = leaf;
    else this.last._next = leaf;
    this.last = leaf;
    this._count();
  }

  remove(leaf: Leaf): void {
    const { _previous: previous, _next: next } = leaf;
    if (previous !== null) previous._next = next;
    else if (this.first === leaf) this.first = next;
    else return;
    if (next !== null) next._previous = previous;
    else this.last = previous;
    leaf._previous = leaf._next = null;
    this._count();
  }

  listeningStarted(): void {
    this._listening++;
    this._count();
  }

  listeningEnded(): void {
    this._listening--;
    this._count();
  }

  callStarted(): void {
    this._calls++;
    this._count();
  }

  callSettled(): void {
    this._calls--;
    this._count();
  }

  /** Cancels every leaf of a scope (null: all). @returns whether one took it. */
  cancel(scope: CancelScope | null, message: unknown): boolean {
    let took = false;
    // A leaf may leave the list while it is cancelled; the one after it is read before.
    for (let leaf = this.first, next: Leaf | null; leaf !== null; leaf = next) {
      next = leaf._next;
      if (isWithin(leaf._scope, scope) && leaf._cancelLeaf(message)) took = true;
    }
    return took;
  }

  /** Keeps the loop's count of waits for the world outside true. */
  private _count(): void {
    const outside = this._calls > 0 && this.first === null && this._listening === 0;
    if (outside === this._waitsOutside) return;
    this._waitsOutside = outside;
    countOutside(this._loop, outside ? 1 : -1);
  }
}

import { EventLoop } from 'asyncio-ts';
import {
  type Coroutine,
  createFuture,
  createTask,
  type Future,
  type Task,
} from '@asyncio-ts/futures';
import { type ExceptionContext, NodeSelector, VirtualSelector } from '@asyncio-ts/loop';
import { type Body, Implementation, type Kind, turn, wait } from '@asyncio-ts/testing';

import type { Steps } from './steps.js';

/** Where a scenario runs: a loop, and one kind of coroutines. */
export class Soak {
  readonly kind: Kind;
  readonly loop: EventLoop;
  /** How many errors were reported to the loop. */
  reports = 0;
  private readonly _implementation: Implementation<EventLoop>;

  constructor(kind: Kind, selector: 'virtual' | 'node' = 'virtual') {
    this.kind = kind;
    this._implementation = new Implementation<EventLoop>({
      kind,
      selector,
      newLoop: (made) => new EventLoop({ selector: made, debug: false }),
    });
    this.loop = new EventLoop({
      selector: selector === 'virtual' ? new VirtualSelector() : new NodeSelector(),
      debug: false,
    });
    this.loop.setExceptionHandler((_loop, context) => this._report(context));
  }

  private _report(_context: ExceptionContext): void {
    this.reports++;
  }

  /** A coroutine function of the kind. */
  coroutine<Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): (...args: Args) => Coroutine<T> {
    return this._implementation.coroutine(body);
  }

  /** A task of the kind. */
  task<T>(body: Body<[], T>): Task<T> {
    return createTask(this.loop, this.coroutine(body)());
  }

  future<T = unknown>(): Future<T> {
    return createFuture<T>(this.loop);
  }

  /** So many turns. */
  *turns(count: number): Steps {
    for (let i = 0; i < count; i++) yield* wait(turn());
  }

  /** Cancels a task that waits, and lets it end. */
  *cancelled(task: Task<unknown>): Steps {
    yield* this.turns(1);
    task.cancel();
    yield* this.turns(2);
  }
}

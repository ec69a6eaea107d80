import type { ExceptionContext } from '@asyncio-ts/loop';
import type { Coroutine, Task, TaskOptions } from '@asyncio-ts/futures';
import { type Body, type Implementation, type Kind } from '@asyncio-ts/testing';
import {
  currentTask,
  DeadlockError,
  type EventLoop,
  getRunningLoop,
  type TimerHandle,
} from 'asyncio-ts';

import { show } from './show.js';

export { wait as on } from '@asyncio-ts/testing';
export { Boom } from './show.js';

/** The task that runs, which must be there. */
export function here(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

/** Calls back in so many seconds. */
export function soon(seconds: number, callback: () => unknown): TimerHandle {
  return getRunningLoop().callLater(seconds, callback);
}

/** How the traces of a topic are taken. */
export interface StageOptions {
  /** Whether the lines begin with the time of the loop, in seconds. */
  readonly timed: boolean;
}

/** Where one program runs: its trace, and the loops it was given. Its members may be taken apart. */
export class Stage {
  /** The kind of the program itself. */
  readonly kind: Kind;
  readonly trace: string[] = [];
  private readonly _implementation: Implementation<EventLoop>;
  /** In which kind the next function is made, and the ones after it, turn about. */
  private readonly _kinds: Implementation<EventLoop>[];
  private readonly _timed: boolean;
  private readonly _loops: { readonly loop: EventLoop; readonly start: number }[] = [];
  private _over = false;

  /**
   * @param implementation - in which the program runs
   * @param others - kinds that its functions take turns in with that of the program
   */
  constructor(
    implementation: Implementation<EventLoop>,
    options: StageOptions,
    others: readonly Implementation<EventLoop>[] = [],
  ) {
    this.kind = implementation.kind;
    this._implementation = implementation;
    this._kinds = [...others, implementation];
    this._timed = options.timed;
  }

  /** The loop that was made last. */
  get loop(): EventLoop {
    const last = this._loops.at(-1);
    if (last === undefined) throw new TypeError('Cannot give the loop: none was made; newLoop()');
    return last.loop;
  }

  /** Appends a line to the trace. */
  readonly log = (...parts: readonly unknown[]): void => {
    if (!this._over) this._add(parts.map(show).join(' '));
  };

  /** A coroutine function of the kind that is tried. */
  readonly coroutine = <Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): ((...args: Args) => Coroutine<T>) => this._nextKind().coroutine(body);

  /** A plain `function*` or async function: a body for `use`. */
  readonly body = <Args extends readonly unknown[], T>(
    body: Body<Args, T>,
  ): ((...args: Args) => Generator<unknown, T, unknown> | Promise<T>) =>
    this._nextKind().plain(body);

  /** A task of the kind that is tried. */
  readonly task = <T>(body: Body<[], T>, options?: TaskOptions): Task<T> =>
    this.loop.createTask(this.coroutine(body)(), options);

  /** A new loop, which is closed when the program has ended, at the latest. */
  readonly newLoop = (): EventLoop => {
    const loop = this._implementation.newLoop();
    loop.setExceptionHandler((_loop, context) => this._report(context));
    this._loops.push({ loop, start: loop.time() });
    return loop;
  };

  /** Runs a program on this stage, to its end. */
  async run(program: () => Promise<unknown>): Promise<readonly string[]> {
    try {
      await program();
    } catch (error) {
      if (error instanceof DeadlockError) this.log('stuck');
      else this.log('ended with', error);
    }
    this._over = true;
    for (const { loop } of this._loops) loop.close();
    return this.trace;
  }

  private _nextKind(): Implementation<EventLoop> {
    const next = this._kinds.shift() ?? this._implementation;
    this._kinds.push(next);
    return next;
  }

  private _report(context: ExceptionContext): void {
    // Which callback it was, each language says in its own words.
    const message = context.message.replace(/^(Exception in callback) .*/s, '$1');
    const parts: unknown[] = ['reported:', message];
    if ('exception' in context) parts.push(context.exception);
    this._add(parts.map(show).join(' '));
  }

  private _add(text: string): void {
    const last = this._loops.at(-1);
    const time = last === undefined ? 0 : last.loop.time() - last.start;
    this.trace.push(this._timed ? `${show(time)} ${text}` : text);
  }
}

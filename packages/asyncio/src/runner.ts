import {
  _getRunningLoop,
  _getSetLoop,
  type Context,
  copyContext,
  KeyboardInterrupt,
  RuntimeError,
  setEventLoop,
} from '@asyncio-ts/loop';
import {
  closeCoroutine,
  coroutine,
  ensureFuture,
  isCancelledError,
  iscoroutine,
  isfuture,
  isThenable,
  type RunsIn,
  type Runs,
  type Task,
  type TaskBody,
} from '@asyncio-ts/futures';

import { newEventLoop } from './current-loop.js';
import type { EventLoop } from './event-loop.js';
import { watchExit } from './exit-code.js';
import { shutDown } from './shut-down.js';
import { Sigint } from './sigint.js';

/** How a runner, and `run`, make their loop. */
export interface RunnerOptions {
  /** The loop's debug mode; default: as the loop has it (environment variable `ASYNCIO_DEBUG`). */
  readonly debug?: boolean | null;
  /** Makes the loop; then it is not set as the current one. Default: `newEventLoop`, and `setEventLoop`. */
  readonly loopFactory?: (() => EventLoop) | null;
}

/**
 * Runs several coroutines, one after the other, in one loop and one context, and shuts the loop down at the end.
 *
 * Mirrors Python's `asyncio.Runner`. The loop is made at the first use. `await using` a runner, or `close` it.
 *
 * Ctrl-C during a run cancels the main task; if it ends cancelled, the run rejects with a `KeyboardInterrupt`, and a program
 * that lets it through ends with exit code 130. A second Ctrl-C leaves the loop at once. This is so in the main thread, and
 * when nobody else listens to SIGINT.
 *
 * @example
 * ```ts
 * import { ContextVar, Runner } from 'asyncio-ts';
 *
 * const user = new ContextVar<string>('user');
 * const runner = new Runner();
 * await runner.run(async () => user.set('ann'));
 * console.log(await runner.run(async () => user.get())); // ann
 * await runner.close();
 * ```
 */
export class Runner implements AsyncDisposable {
  private readonly _debug: boolean | null;
  private readonly _factory: (() => EventLoop) | null;
  /** Invariant: there from the first use to the end of `close`. */
  private _loop: EventLoop | null = null;
  private _context: Context | null = null;
  private _closed = false;
  private _closing: Promise<void> | null = null;
  private _setLoop = false;

  constructor(options: RunnerOptions = {}) {
    this._debug = options.debug ?? null;
    this._factory = options.loopFactory ?? null;
  }

  /**
   * The loop of this runner; it is made now, if it was not yet.
   *
   * @throws RuntimeError when the runner is closed.
   *
   * @example
   * ```ts
   * import { Runner, sleep } from 'asyncio-ts';
   *
   * const runner = new Runner();
   * runner.getLoop().callSoon(() => console.log('in the next turn'));
   * await runner.run(sleep(0.01));
   * await runner.close();
   * ```
   */
  getLoop(): EventLoop {
    return this._ready();
  }

  /**
   * Runs a coroutine, or whatever else can be waited for, to its end.
   *
   * @param options - `context`: what it runs in; default: the runner's own, which all its runs share
   * @returns its result
   * @throws RuntimeError when a loop runs here already, or the runner is closed; TypeError for what cannot be awaited;
   * `KeyboardInterrupt` when Ctrl-C ended it.
   */
  async run<T>(
    body: Runs<T>,
    options: { readonly context?: Context | RunsIn | null } = {},
  ): Promise<T> {
    const { loop, task } = this._begin(body, options.context ?? null);
    const sigint = new Sigint(loop, task);
    try {
      return await loop.runUntilComplete(task);
    } catch (error) {
      const reason = interrupted(error, sigint, task) ? new KeyboardInterrupt() : error;
      watchExit(reason);
      throw reason;
    } finally {
      sigint.release();
    }
  }

  private _begin<T>(
    body: Runs<T>,
    context: Context | RunsIn | null,
  ): { loop: EventLoop; task: Task<T> } {
    try {
      if (_getRunningLoop() !== null) {
        throw new RuntimeError(
          'Cannot call run() from a running event loop: await the coroutine, or make a task of it',
        );
      }
      const loop = this._ready();
      if (loop.isRunning()) {
        throw new RuntimeError(
          'Cannot run: another run of this runner is going on; await it first',
        );
      }
      return { loop, task: loop.createTask(bodyOf(body), { context: context ?? this._context }) };
    } catch (error) {
      if (iscoroutine(body)) closeCoroutine(body);
      throw error;
    }
  }

  private _ready(): EventLoop {
    if (this._closed) throw new RuntimeError('Runner is closed');
    if (this._loop !== null) return this._loop;
    const loop = this._factory === null ? newEventLoop() : this._factory();
    if (this._factory === null) {
      setEventLoop(loop);
      this._setLoop = true;
    }
    if (this._debug !== null) loop.setDebug(this._debug);
    this._context = copyContext();
    return (this._loop = loop);
  }

  /**
   * Cancels the tasks that are left and waits for them, closes the async generators that were left half-way, waits for the
   * jobs of the default executor (five minutes at most), then closes the loop. Errors of the tasks' cleanup go to the
   * loop's exception handler. A runner that was never used, or is closed already, is left as it is.
   *
   * @throws RuntimeError while a run goes on: await it first; `KeyboardInterrupt` when Ctrl-C cut it short.
   */
  async close(): Promise<void> {
    const loop = this._loop;
    if (loop === null) return;
    if (this._closing === null) {
      if (loop.isRunning()) {
        throw new RuntimeError('Cannot close the runner: a run is going on; await it first');
      }
      this._closed = true;
      this._closing = this._shutDown(loop);
    }
    await this._closing;
  }

  private async _shutDown(loop: EventLoop): Promise<void> {
    const sigint = new Sigint(loop, null);
    try {
      await shutDown(loop);
    } catch (error) {
      watchExit(error);
      throw error;
    } finally {
      sigint.release();
      if (this._setLoop && _getSetLoop() === loop) setEventLoop(null);
      loop.close();
      this._loop = null;
    }
  }

  /** `await using runner = new Runner()`: as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A cancel that only Ctrl-C asked for. Tasks of other people's making may not know how to take it back. */
function interrupted(error: unknown, sigint: Sigint, task: Partial<Task<unknown>>): boolean {
  return isCancelledError(error) && sigint.count > 0 && task.uncancel?.() === 0;
}

const waitFor = /* @__PURE__ */ coroutine(function* <T>(awaitable: PromiseLike<T>) {
  return yield* ensureFuture<T>(awaitable);
});

function bodyOf<T>(body: Runs<T>): TaskBody<T> {
  const waited = isfuture(body) || (isThenable(body) && !iscoroutine(body));
  return waited ? waitFor(body as PromiseLike<T>) : body;
}

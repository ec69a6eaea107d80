/**
 * What a random program uses besides asyncio: the things its tasks share, and the trace. `python/random/world.py` is the
 * same for Python.
 */
import {
  type CoroutineLike,
  createFuture,
  createTask,
  currentTask,
  type Future,
  Task,
  type TaskBody,
} from '@asyncio-ts/futures';
import {
  BaseEventLoop,
  ContextVar,
  type ExceptionContext,
  type Handle,
  type Selector,
  type Token,
  VirtualSelector,
} from '@asyncio-ts/loop';
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
} from '@asyncio-ts/sync';
import { sleep, type TaskGroup, wait } from '@asyncio-ts/tasks';

import type { Table } from './program.js';
import { Labels } from './show.js';

const PATIENCE = 1000;
const queueClasses = { Queue, LifoQueue, PriorityQueue };

type AnyFuture = Future<unknown>;
type AnyTask = Task<unknown>;
/** A coroutine function as a program has them; of a program that is played, nothing more is known. */
export type ProgramFunction = () => unknown;

const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export class World {
  readonly loop: BaseEventLoop;
  readonly trace: string[] = [];
  readonly labels = new Labels();
  readonly tasks: AnyTask[] = [];
  readonly F: AnyFuture[];
  readonly L: Lock[];
  readonly E: Event[];
  readonly C: Condition[];
  readonly S: Semaphore[];
  readonly B: Barrier[];
  readonly Q: Queue<number>[];
  readonly V = indices(2).map((i) => new ContextVar<number>(`v${i}`, { default: 0 }));
  readonly N = [0];
  readonly H: Handle[] = [];
  private readonly _rescue: boolean;
  private readonly _timed: boolean;
  private readonly _nothing: AnyFuture;
  private readonly _ages = new Map<object, number>();
  private readonly _callbacks = new Map<number, (future: AnyFuture) => void>();
  private readonly _tokens = new Map<number, Token<number>>();

  /** @param selector - default: virtual time. On any other the trace says no times. */
  constructor(table: Table, rescue: boolean, selector?: Selector) {
    const loop = new BaseEventLoop({ selector: selector ?? new VirtualSelector(), debug: false });
    this.loop = loop;
    this._timed = selector === undefined;
    this._rescue = rescue;
    this.F = indices(table.futures).map((i) => this.labels.add(createFuture(loop), `F${i}`));
    this.L = indices(table.locks).map(() => new Lock());
    this.E = indices(table.events).map(() => new Event());
    this.C = table.conditions.map((i) => new Condition(i < 0 ? null : (this.L[i] as Lock)));
    this.S = table.semaphores.map((n) => (n >= 0 ? new Semaphore(n) : new BoundedSemaphore(-n)));
    this.B = table.barriers.map((n) => new Barrier(n));
    this.Q = table.queues.map(
      ({ kind, maxsize }) => new queueClasses[kind as keyof typeof queueClasses](maxsize),
    );
    this._nothing = this.labels.add(createFuture<unknown>(loop), 'nothing');
    this._nothing.setResult(null);
    loop.setExceptionHandler((_loop, context) => this._report(context));
  }

  /** What a program sees. */
  names(): Record<string, unknown> {
    const { loop, F, L, E, C, S, B, Q, V, N, H, log, attempt, spawn, task, cancel, uncancel } =
      this;
    const { cancelling, look, watch, unwatch, me_uncancel, me_cancelling, renew, keep, callback } =
      this;
    const { drop, dropped, put, reset, bump, names_of, cancel_all, label } = this;
    const things = { loop, F, L, E, C, S, B, Q, V, N, H };
    const tasks = { spawn, task, cancel, uncancel, cancelling, look, watch, unwatch };
    const rest = {
      me_uncancel,
      me_cancelling,
      renew,
      keep,
      callback,
      drop,
      dropped,
      put,
      reset,
      bump,
    };
    return { ...things, ...tasks, ...rest, log, attempt, names_of, cancel_all, label };
  }

  readonly label = <T extends AnyFuture>(future: T, name: string): T =>
    this.labels.add(future, name);

  readonly log = (who: string, ...what: readonly unknown[]): void => {
    const time = this._timed ? Math.floor(this.loop.time() * 8) : 0;
    this.trace.push(`${time} ${who} ${what.map(this.labels.show).join(' ')}`);
  };

  readonly attempt = (who: string, what: string, body: () => unknown): void => {
    let result: unknown;
    try {
      result = body();
    } catch (error) {
      this.log(who, what, 'failed', error);
      return;
    }
    this.log(who, what, result);
  };

  private _report({ message, exception }: ExceptionContext): void {
    // When it is found that nobody retrieved an error, or awaited a coroutine, is the garbage collector's business; the end of the trace tells it.
    if (/never retrieved|never awaited|destroyed/.test(message)) return;
    const text = message.startsWith('Exception in callback') ? 'callback failed' : message;
    this.log('report', text, exception);
  }

  // --- tasks

  /** Tasks wait only for younger ones, so that they never wait in a circle: cancelling that would never end. */
  private _age(task: object): number {
    const known = this._ages.get(task);
    if (known !== undefined) return known;
    const age = this._ages.size;
    this._ages.set(task, age);
    return age;
  }

  readonly spawn = (
    fn: ProgramFunction,
    group: TaskGroup | null = null,
    eager = false,
    shared = false,
  ): AnyTask => {
    const context = shared ? (currentTask()?.getContext() ?? null) : null;
    const options = eager ? { eagerStart: true, context } : { context };
    const body = fn() as CoroutineLike<unknown> as TaskBody<unknown>;
    const task =
      group === null ? createTask(this.loop, body, options) : group.createTask(body, options);
    this.labels.add(task, `T${this.tasks.length}`);
    this.tasks.push(task);
    this._age(task);
    return task;
  };

  readonly task = (k: number): AnyFuture => {
    const task = this.tasks[k];
    if (task === undefined) return this._nothing;
    const me = currentTask();
    return me !== null && this._age(task) <= this._age(me) ? this._nothing : task;
  };

  readonly cancel = (k: number, message?: string): unknown => this.tasks[k]?.cancel(message);
  readonly uncancel = (k: number): unknown => this.tasks[k]?.uncancel();
  readonly cancelling = (k: number): unknown => this.tasks[k]?.cancelling();

  readonly look = (k: number): unknown => {
    const task = this.tasks[k];
    if (task === undefined) return null;
    if (!task.done()) return 'pending';
    return task.exception() ?? task.result();
  };

  readonly watch = (k: number, n: number): unknown =>
    this.tasks[k]?.addDoneCallback(this.callback(n));
  readonly unwatch = (k: number, n: number): unknown =>
    this.tasks[k]?.removeDoneCallback(this.callback(n));
  readonly me_uncancel = (): unknown => (currentTask() as AnyTask).uncancel();
  readonly me_cancelling = (): unknown => (currentTask() as AnyTask).cancelling();

  // --- futures, callbacks, context

  readonly renew = (i: number): boolean => {
    const old = this.F[i] as AnyFuture;
    if (!old.done()) return false;
    this.F[i] = this.labels.add(createFuture(this.loop), `${this.labels.of(old) ?? ''}+`);
    return true;
  };

  readonly keep = (i: number, future: AnyFuture): void => {
    const before = this.labels.of(this.F[i] as AnyFuture) ?? '';
    this.F[i] = this.labels.add(future, `${before}*`);
  };

  readonly callback = (n: number): ((future: AnyFuture) => void) => {
    let callback = this._callbacks.get(n);
    if (callback === undefined) {
      callback = (future) => this.log(`callback${n}`, future, this.V[0]?.get());
      this._callbacks.set(n, callback);
    }
    return callback;
  };

  readonly drop = (k: number): unknown => this.H[k]?.cancel();
  readonly dropped = (k: number): unknown => this.H[k]?.cancelled();

  readonly put = (i: number, value: number): void => {
    this._tokens.set(i, (this.V[i] as ContextVar<number>).set(value));
  };

  readonly reset = (i: number): void => {
    const token = this._tokens.get(i);
    if (token !== undefined) (this.V[i] as ContextVar<number>).reset(token);
  };

  readonly bump = (): number => (this.N[0] = (this.N[0] as number) + 1);

  // --- many

  readonly names_of = (futures: Iterable<AnyFuture>): string[] =>
    [...futures].map(this.labels.show).sort();

  readonly cancel_all = (futures: Iterable<AnyFuture>): void => {
    const byName = [...futures].map((future) => [this.labels.show(future), future] as const);
    byName.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [, future] of byName) future.cancel('w0');
  };

  // --- the play

  *main(functions: readonly ProgramFunction[]): Generator<unknown, void> {
    for (const fn of functions) this.spawn(fn);
    if (this._rescue) {
      yield* sleep(PATIENCE);
      yield* this._rescueAll();
      return;
    }
    // Those that come meanwhile are waited for as well.
    for (const task of this.tasks) yield* wait([task]);
  }

  private *_rescueAll(): Generator<unknown, void> {
    for (let n = 0; n < 12; n++) {
      const left = this.tasks.filter((task) => !task.done());
      if (left.length === 0) return;
      for (const task of left) {
        this.log('main', 'cancels', task, task.cancelling());
        task.cancel(`x${n}`);
      }
      yield* sleep(50);
    }
  }

  /** The last lines: what became of everything. */
  end(): void {
    this.loop.setExceptionHandler(() => {});
    for (const future of [...this.tasks, ...this.F]) this.log('end', future, ...state(future));
    this.log(
      'end',
      this.L.map((lock) => lock.locked()),
      this.E.map((event) => event.isSet()),
      this.S.map((semaphore) => semaphore._value),
      this.B.map((barrier) => barrier.nWaiting),
      this.Q.map((queue) => queue.qsize()),
      this.Q.map((queue) => (queue as unknown as { _unfinishedTasks: number })._unfinishedTasks),
    );
  }
}

function state(future: AnyFuture): readonly unknown[] {
  const requests = future instanceof Task ? future.cancelling() : 0;
  if (!future.done()) return ['pending', requests];
  if (future.cancelled()) return ['cancelled', requests];
  const unretrieved = future._logTraceback;
  const error = future.exception();
  return error !== null
    ? ['failed', error, requests, unretrieved]
    : ['gave', future.result(), requests];
}

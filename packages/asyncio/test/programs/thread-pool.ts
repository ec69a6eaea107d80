/** A small pool over node:worker_threads, as an `Executor`: a job is a function without free variables, sent as its source. */
import { Worker } from 'node:worker_threads';

import {
  CancelledError,
  type ConcurrentFuture,
  type Executor,
  type ExecutorShutdownOptions,
  RuntimeError,
} from 'asyncio-ts';

const WORK = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', async ({ source, args }) => {
  try {
    parentPort.postMessage({ value: await eval('(' + source + ')')(...args) });
  } catch (error) {
    parentPort.postMessage({ error });
  }
});`;

interface Answer {
  readonly value?: unknown;
  readonly error?: unknown;
}

interface Job {
  readonly message: { readonly source: string; readonly args: readonly unknown[] };
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export class ThreadPool implements Executor {
  /** What `shutdown` was told, in order. */
  readonly shutdowns: ExecutorShutdownOptions[] = [];
  private readonly _idle: Worker[] = [];
  private readonly _queue: Job[] = [];
  private readonly _all = new Set<Promise<unknown>>();
  private _closed = false;

  constructor(size: number) {
    for (let i = 0; i < size; i++) {
      const worker = new Worker(WORK, { eval: true });
      worker.unref();
      this._idle.push(worker);
    }
  }

  submit<Args extends readonly unknown[], R>(
    fn: (...args: Args) => R | PromiseLike<R>,
    ...args: Args
  ): ConcurrentFuture<R> {
    if (this._closed) throw new RuntimeError('cannot schedule new futures after shutdown');
    let job: Job | undefined;
    const promise = new Promise<unknown>((resolve, reject) => {
      job = { message: { source: String(fn), args }, resolve, reject };
      this._queue.push(job);
    });
    const ended: Promise<unknown> = promise.then(
      () => this._all.delete(ended),
      () => this._all.delete(ended),
    );
    this._all.add(ended);
    this._next();
    const cancel = (): boolean => this._cancel(job as Job);
    return Object.assign(promise as Promise<R>, { cancel });
  }

  private _cancel(job: Job): boolean {
    const at = this._queue.indexOf(job);
    if (at < 0) return false;
    this._queue.splice(at, 1);
    job.reject(new CancelledError());
    return true;
  }

  private _next(): void {
    if (this._queue.length === 0) return;
    const worker = this._idle.pop();
    if (worker === undefined) return;
    const job = this._queue.shift() as Job;
    worker.ref();
    worker.once('message', (answer: Answer) => {
      worker.unref();
      this._idle.push(worker);
      if ('error' in answer) job.reject(answer.error);
      else job.resolve(answer.value);
      this._next();
    });
    worker.postMessage(job.message);
  }

  async shutdown(options: ExecutorShutdownOptions = {}): Promise<void> {
    this.shutdowns.push(options);
    this._closed = true;
    if (options.cancelFutures === true) for (const job of [...this._queue]) this._cancel(job);
    if (options.wait === false) return;
    await Promise.all(this._all);
    await Promise.all(this._idle.splice(0).map((worker) => worker.terminate()));
  }
}

/**
 * The piece to copy: requests of Node's own `http` server, each as a task.
 *
 *   const requests = new Requests(route, { timeout: 10 });
 *   createServer(requests.listener).listen(8080);
 *   // ... and when it is time to go:
 *   server.close();
 *   await requests.drain(5);
 *
 * A request whose client goes away is cancelled; so is one that takes too long, which is answered with 503, or cut if its
 * answer has begun. What a route fails with is answered with 500 and reported through the loop's exception handler.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';

import {
  type Awaitable,
  type Coroutine,
  coroutine,
  handler,
  isCancelledError,
  type Task,
  timeout,
  TimeoutError,
  wait,
} from 'asyncio-ts';

/**
 * Answers a request: an async function, a `function*`, or a plain function that calls one.
 *
 * @param signal - is aborted when the request is cancelled or has run out of time: for `fetch` and friends
 */
export type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
) => Awaitable<unknown>;

export interface RequestsOptions {
  /** So long, in seconds, a request may take until its answer is sent. Default: null, as long as it likes. */
  readonly timeout?: number | null;
}

/** The requests of a server that are being answered. */
export class Requests {
  /** For `createServer`, or `server.on('request', ...)`. */
  readonly listener: (request: IncomingMessage, response: ServerResponse) => void;
  private readonly _running = new Set<Task<void>>();
  private _draining = false;

  constructor(route: Route, { timeout: limit = null }: RequestsOptions = {}) {
    const answer = handler(answering(route, limit));
    this.listener = (request, response) => {
      if (this._draining) {
        refuse(response, 503, 'the server is stopping');
        return;
      }
      const task = answer(request, response);
      this._running.add(task);
      task.addDoneCallback(() => this._running.delete(task));
      response.once('close', () => {
        if (!response.writableFinished) task.cancel('the client has gone away');
      });
    };
  }

  /** How many are being answered. */
  get size(): number {
    return this._running.size;
  }

  /**
   * Refuses what comes from now on, and waits for what is being answered; what is not done in time is cancelled.
   *
   * @param patience - in seconds
   * @returns whether everything was answered.
   */
  drain(patience: number): Coroutine<boolean> {
    this._draining = true;
    return ended(this._running, patience);
  }
}

const ended = coroutine(function* drain(running: ReadonlySet<Task<void>>, patience: number) {
  if (running.size === 0) return true;
  const [, pending] = yield* wait(running, { timeout: patience });
  for (const task of pending) task.cancel('the server is stopping');
  if (pending.size > 0) yield* wait(pending);
  return pending.size === 0;
});

/** A request from its begin to the last byte of its answer. */
function answering(route: Route, limit: number | null) {
  const routed = coroutine(route);
  return function* answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Generator<unknown, void, unknown> {
    try {
      yield* timeout(limit).use(function* ({ signal }) {
        yield* routed(request, response, signal);
        if (!response.writableEnded) response.end();
        yield finished(response);
      });
    } catch (error) {
      const late = error instanceof TimeoutError;
      if (late) refuse(response, 503, 'this takes too long');
      else if (isCancelledError(error)) refuse(response, 503, 'the server is stopping');
      else refuse(response, 500, 'something went wrong');
      if (!late) throw error;
    }
  };
}

/** Half an answer must not look like a whole one. */
function refuse(response: ServerResponse, status: number, why: string): void {
  if (response.destroyed || response.writableFinished) return;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${why}\n`);
}

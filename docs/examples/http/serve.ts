import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { coroutine, type Future, getRunningLoop, run } from 'asyncio-ts';

import { Requests, type Route } from './requests.js';

export interface ServeOptions {
  readonly host: string;
  /** 0: the system chooses one. */
  readonly port: number;
  /** So long, in seconds, a request may take. */
  readonly timeout: number;
  /** So long, in seconds, requests that have begun may take to finish after SIGTERM or Ctrl-C. */
  readonly patience: number;
}

/** Serves until SIGTERM or Ctrl-C, then finishes what has begun. */
export function serve(route: Route, options: ServeOptions): Promise<void> {
  return run(serving(route, options));
}

const serving = coroutine(function* serve(
  route: Route,
  { host, port, timeout, patience }: ServeOptions,
) {
  const asked = whenAsked();
  const requests = new Requests(route, { timeout });
  const server = createServer(requests.listener);
  yield once(server.listen(port, host), 'listening');
  console.log(`serving on http://${host}:${(server.address() as AddressInfo).port}, Ctrl-C stops`);
  yield* asked;
  const closed = once(server, 'close');
  server.close();
  console.log(`stopping; ${requests.size} under way`);
  const finished = yield* requests.drain(patience);
  // Those kept alive for a request that does not come.
  server.closeIdleConnections();
  yield closed;
  console.log(finished ? 'stopped' : `stopped; what was not finished in ${patience} s was cut`);
});

/** A future that is done when somebody wants us to stop; who asks twice is not kept waiting. */
function whenAsked(): Future<void> {
  const loop = getRunningLoop();
  const asked = loop.createFuture<void>();
  const stop = (): void => {
    if (asked.done()) process.exit(130);
    asked.setResult();
  };
  loop.addSignalHandler('SIGINT', stop);
  loop.addSignalHandler('SIGTERM', stop);
  return asked;
}

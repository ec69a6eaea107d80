/** `npm start -- serve`: keeps the line server up until Ctrl-C, then drains it. */
import { getRunningLoop, OSError, run, startServer, timeout, TimeoutError } from 'asyncio-ts';

import { type HandlerKind, handlers } from '../line-server.js';

/** Clients that connect all at once wait here for their turn. */
const BACKLOG = 1024;

export interface ServeOptions {
  readonly port: number;
  readonly kind: HandlerKind;
  /** So long, in seconds, the connections that are open at Ctrl-C may take to finish. */
  readonly drain: number;
}

/** Serves. @returns the exit code. */
export async function serve(options: ServeOptions): Promise<number> {
  try {
    await run(() => serveUntilAsked(options));
    return 0;
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
    const why = error.code === 'EADDRINUSE' ? 'somebody else listens there' : error.message;
    console.error(`Cannot serve on port ${options.port}: ${why}; choose another with --port`);
    return 1;
  }
}

async function serveUntilAsked({ port, kind, drain }: ServeOptions): Promise<void> {
  const stop = whenAsked();
  const server = await startServer(handlers[kind], '127.0.0.1', port, { backlog: BACKLOG });
  console.log(`serving lines on 127.0.0.1:${server.sockets[0]?.getsockname()[1]}, Ctrl-C stops`);
  await stop;
  server.close();
  console.log(`stopping: no new connections, open ones have ${drain} s to finish`);
  try {
    await timeout(drain).use(() => server.waitClosed());
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    console.log('closing those that did not');
    server.abortClients();
    await server.waitClosed();
  }
  console.log('stopped');
}

/** A future that is done when somebody wants us to stop; who asks twice is not kept waiting. */
function whenAsked() {
  const loop = getRunningLoop();
  const asked = loop.createFuture<void>();
  const stop = (): void => {
    if (asked.done()) process.exit(130);
    asked.setResult();
  };
  loop.addSignalHandler('SIGINT', stop);
  loop.addSignalHandler('SIGTERM', stop);
  // Started by the tour: when the tour is gone, however it went, nobody needs the server.
  process.once('disconnect', () => {
    if (!asked.done()) asked.setResult();
  });
  process.channel?.unref();
  return asked;
}

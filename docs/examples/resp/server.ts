import {
  type Coroutine,
  coroutine,
  getRunningLoop,
  type Loop,
  type Server,
  startServer,
  type StreamReader,
  type StreamWriter,
  timeout,
  TimeoutError,
  wait,
} from 'asyncio-ts';

import * as asyncHandlers from './async-handlers.js';
import { BlockingLists } from './blocking.js';
import { Channels } from './channels.js';
import { Client } from './client.js';
import { commands } from './commands.js';
import * as generatorHandlers from './generator-handlers.js';
import { defaultLimits, type Limits } from './limits.js';
import { Store } from './store.js';

/** What waits, once as each kind of coroutine. */
export const handlers = { generator: generatorHandlers, async: asyncHandlers };

export type HandlerKind = keyof typeof handlers;

/** Clients that connect all at once wait here for their turn. */
const BACKLOG = 1024;

export interface RespServerOptions {
  /** Default: this machine only. */
  readonly host?: string;
  /** Default: 6379. 0: the system chooses one. */
  readonly port?: number;
  /** What its handlers are. Default: generator coroutines. */
  readonly kind?: HandlerKind;
  /** What one client may ask of the server's memory. */
  readonly limits?: Partial<Limits>;
}

/**
 * An in-memory server of the Redis protocol. `await startRespServer()` makes one, or `yield*`; it serves until `stop`.
 *
 * All that clients share is here, and commands work on it without waiting: never two of them at a time, and no locks.
 */
export class RespServer {
  readonly loop: Loop = getRunningLoop();
  readonly kind: HandlerKind;
  readonly handlers: typeof generatorHandlers;
  readonly limits: Limits;
  readonly commands = commands;
  readonly store = new Store(this.loop);
  readonly lists = new BlockingLists(this.store);
  readonly channels = new Channels<Client>();
  readonly clients = new Set<Client>();
  readonly since = this.loop.time();
  /** Who we say we are. */
  readonly identity = { server: 'redis', version: '7.0.0', mode: 'standalone', role: 'master' };
  connectionsReceived = 0;
  commandsProcessed = 0;
  private _listening: Server | null = null;

  /** Use `startRespServer`. */
  constructor(kind: HandlerKind, limits: Partial<Limits> = {}) {
    this.kind = kind;
    this.handlers = handlers[kind];
    this.limits = { ...defaultLimits, ...limits };
  }

  /** @internal */
  _listens(listening: Server): void {
    this._listening = listening;
  }

  /** Where it listens; 0: it does not. */
  get port(): number {
    const sockets = this._listening?.sockets ?? [];
    return sockets[0]?.getsockname()[1] ?? 0;
  }

  /** What `CONFIG GET` tells. */
  configuration(): Record<string, string> {
    return {
      port: String(this.port),
      databases: '1',
      // It is all in memory, and gone with the process.
      save: '',
      appendonly: 'no',
      'proto-max-bulk-len': String(this.limits.bulk),
      'client-query-buffer-limit': String(this.limits.request),
      'client-output-buffer-limit': `pubsub ${this.limits.mailbox} 0 0`,
    };
  }

  /**
   * Stops: no new connections; commands that have begun may finish, whoever waits is cancelled.
   *
   * @param patience - after so many seconds the connections that are left are cut
   * @returns whether that was not necessary
   */
  stop(patience: number): Coroutine<boolean> {
    return stop(this, this._listening, patience);
  }
}

const stop = coroutine(function* stop(
  { clients }: RespServer,
  listening: Server | null,
  patience: number,
) {
  if (listening === null) return true;
  listening.close();
  const tasks = [...clients].map((client) => client.task);
  for (const client of clients) client.stop();
  let finished = true;
  try {
    yield* timeout(patience).use(() => listening.waitClosed());
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    finished = false;
    listening.abortClients();
    yield* listening.waitClosed();
  }
  // Their connections are gone; now their coroutines come to their end.
  if (tasks.length > 0) yield* wait(tasks);
  return finished;
});

/**
 * Starts a server.
 *
 * @throws OSError when it cannot listen
 */
export const startRespServer = coroutine(function* startRespServer(
  options: RespServerOptions = {},
) {
  const { host = '127.0.0.1', port = 6379, kind = 'generator', limits } = options;
  const server = new RespServer(kind, limits);
  const connected = (reader: StreamReader, writer: StreamWriter) =>
    server.handlers.serveClient(new Client(server, reader, writer));
  server._listens(yield* startServer(connected, host, port, { backlog: BACKLOG }));
  return server;
});

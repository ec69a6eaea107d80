import { parseArgs } from 'node:util';

import { type Coroutine, coroutine, type Future, getRunningLoop, OSError, run } from 'asyncio-ts';

import { type HandlerKind, handlers, startRespServer } from './server.js';

const USAGE = `usage: resp-server [--host <name>] [--port <n>] [--kind generator|async] [--patience <s>]

An in-memory server of the Redis protocol, until Ctrl-C.
  --host      where it listens (default 127.0.0.1)
  --port      where it listens (default 6379; 0: a free one)
  --kind      what its handlers are (default generator)
  --patience  how long commands that have begun may take after Ctrl-C, in seconds (default 5)`;

class UsageError extends Error {}

export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly kind: HandlerKind;
  /** So long, in seconds, commands that have begun at Ctrl-C may take to finish. */
  readonly patience: number;
}

/** Serves until Ctrl-C. @returns the exit code */
export async function serve(options: ServeOptions): Promise<number> {
  try {
    await run(serveUntilAsked(options));
    return 0;
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
    const why = error.code === 'EADDRINUSE' ? 'somebody else listens there' : error.message;
    console.error(`Cannot serve on ${options.host}:${options.port}: ${why}; choose another --port`);
    return 1;
  }
}

const serveUntilAsked: (options: ServeOptions) => Coroutine<void> = coroutine(
  function* serveUntilAsked({ host, port, kind, patience }: ServeOptions) {
    const asked = whenAsked();
    const server = yield* startRespServer({ host, port, kind });
    console.log(`serving the Redis protocol on ${host}:${server.port}, Ctrl-C stops`);
    yield* asked;
    console.log('stopping');
    const finished = yield* server.stop(patience);
    console.log(finished ? 'stopped' : `stopped; what was not finished in ${patience} s was cut`);
  },
);

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
  // Started by another process with a channel: when that is gone, however it went, nobody needs the server.
  process.once('disconnect', () => {
    if (!asked.done()) asked.setResult();
  });
  process.channel?.unref();
  return asked;
}

function numberOf(word: string, option: string, most: number): number {
  const number = Number(word);
  if (word.trim() === '' || !Number.isInteger(number) || number < 0 || number > most) {
    throw new UsageError(`--${option} takes a whole number from 0 to ${most}, not ${word}`);
  }
  return number;
}

function kindOf(word: string): HandlerKind {
  if (Object.hasOwn(handlers, word)) return word as HandlerKind;
  throw new UsageError(`--kind takes ${Object.keys(handlers).join(' or ')}, not ${word}`);
}

function optionsOf(args: readonly string[]): ServeOptions & { readonly help: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        host: { type: 'string', default: '127.0.0.1' },
        port: { type: 'string', default: '6379' },
        kind: { type: 'string', default: 'generator' },
        patience: { type: 'string', default: '5' },
      },
    });
    return {
      help: values.help,
      host: values.host,
      port: numberOf(values.port, 'port', 65_535),
      kind: kindOf(values.kind),
      patience: numberOf(values.patience, 'patience', 3600),
    };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message);
  }
}

/** The program. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { help, ...options } = optionsOf(args);
    if (!help) return await serve(options);
    console.log(USAGE);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

/** `npm start`: the tour. `npm start -- serve`: the server of the tour, for you. */
import { parseArgs } from 'node:util';

import { run } from 'asyncio-ts';

import { type HandlerKind, handlers, serve } from '../resp-server.js';
import { besidePromises } from './beside-promises.js';
import { cleanUp } from './clean-up.js';
import { askAll, type Crowd, quantile } from './crowd.js';
import { tooManyFiles } from './open-files.js';
import { ServerProcess } from './server-process.js';
import { twoKinds } from './two-kinds.js';

const USAGE = `usage: npm start [-- --clients <n>] [--requests <n>] [--port <n>] [--patience <s>] [--brief]
       npm start -- serve [--port <n>] [--kind generator|async] [--drain <s>]

Without a command: the tour, about twenty seconds.
  --clients   how many clients ask the server at once (default 1000)
  --requests  how often each of them asks (default 100)
  --port      asks a server that is there already, on this port, instead of starting one
  --patience  how long the answers may take, in seconds (default 60)
  --brief     a small tour: 50 clients, 10 requests, benchmarks that only prove that they work
serve: the server, until Ctrl-C; it speaks the Redis protocol (redis-cli -p 6379).
  --port      where it listens (default 6379; 0: a free one)
  --kind      what its handlers are (default generator)
  --drain     how long commands that have begun may take after Ctrl-C, in seconds (default 5)`;

class UsageError extends Error {}

function numberOf(word: string, option: string, least: number, most: number): number {
  const number = Number(word);
  if (word.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    throw new UsageError(`${option} takes a whole number from ${least} to ${most}, not ${word}`);
  }
  return number;
}

function kindOf(word: string): HandlerKind {
  if (Object.hasOwn(handlers, word)) return word as HandlerKind;
  throw new UsageError(`--kind takes ${Object.keys(handlers).join(' or ')}, not ${word}`);
}

function parse<T extends NonNullable<Parameters<typeof parseArgs>[0]>>(config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function serveCommand(args: string[]): Promise<number> {
  const { port, kind, drain } = parse({
    args,
    options: {
      port: { type: 'string', default: '6379' },
      kind: { type: 'string', default: 'generator' },
      drain: { type: 'string', default: '5' },
    },
  }).values;
  return serve({
    host: '127.0.0.1',
    port: numberOf(port, '--port', 0, 65_535),
    kind: kindOf(kind),
    patience: numberOf(drain, '--drain', 0, 3600),
  });
}

async function tourCommand(args: string[]): Promise<number> {
  const { brief, clients, requests, patience, port } = parse({
    args,
    options: {
      brief: { type: 'boolean', default: false },
      clients: { type: 'string' },
      requests: { type: 'string' },
      patience: { type: 'string', default: '60' },
      port: { type: 'string' },
    },
  }).values;
  const crowd = {
    patience: numberOf(patience, '--patience', 1, 86_400),
    clients: numberOf(clients ?? (brief ? '50' : '1000'), '--clients', 1, 60_000),
    requests: numberOf(requests ?? (brief ? '10' : '100'), '--requests', 1, 1_000_000),
  };
  const cannot = tooManyFiles(crowd.clients);
  if (cannot !== null) {
    console.error(cannot);
    return 1;
  }
  const server = port === undefined ? null : numberOf(port, '--port', 1, 65_535);
  await tour(crowd, server, brief);
  return 0;
}

const say = (line: string): void => console.log(line === '' ? '' : `   ${line}`);

async function tour(crowd: Crowd, port: number | null, brief: boolean): Promise<void> {
  const start = process.hrtime.bigint();
  console.log(`asyncio-ts, a tour (Node ${process.versions.node})`);

  console.log('\n1. One script, both kinds of coroutines, on loop.runUntilComplete()');
  await twoKinds(say);

  console.log(
    `\n2. A server of the Redis protocol in a process of its own; ${crowd.clients} connections at once, ${crowd.requests} commands each, every answer checked`,
  );
  if (port !== null) await askAndSay(`port ${port}`, port, crowd);
  else for (const kind of ['generator', 'async'] as const) await askOurs(kind, crowd);

  console.log('\n3. Cancel, and clean up');
  await run(() => cleanUp(say));

  console.log('\n4. Beside native promises, in this very moment');
  await besidePromises(say, brief ? 'smallest' : 'quick');

  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  console.log(`\nEverything was as it should be, in ${seconds.toFixed(1)} s.`);
}

async function askOurs(kind: HandlerKind, crowd: Crowd): Promise<void> {
  const server = await ServerProcess.start(kind);
  try {
    await askAndSay(`${kind} handlers, port ${server.port}`, server.port, crowd);
  } finally {
    await server.stop();
  }
}

async function askAndSay(who: string, port: number, crowd: Crowd): Promise<void> {
  process.stdout.write(`   ${`${who}:`.padEnd(32)}`);
  const figures = await run(() => askAll(port, crowd));
  const { answers, seconds } = figures;
  const rate = Math.round(answers / seconds).toLocaleString('en');
  const [p50, p99] = [0.5, 0.99].map((q) => `${(quantile(figures, q) * 1000).toFixed(1)} ms`);
  console.log(
    `${answers.toLocaleString('en')} right answers in ${seconds.toFixed(1)} s: ${rate} a second, p50 ${p50}, p99 ${p99}`,
  );
}

async function main(args: string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    console.log(USAGE);
    return 0;
  }
  const [command, ...rest] = args;
  return command === 'serve' ? await serveCommand(rest) : await tourCommand(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if ((error as Error).name === 'KeyboardInterrupt') {
    process.exitCode = 130;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}

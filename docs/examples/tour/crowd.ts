/** Many clients at once: each connects, asks in the Redis protocol, and checks every answer. */
import {
  coroutine,
  getRunningLoop,
  openConnection,
  TaskGroup,
  timeout,
  TimeoutError,
} from 'asyncio-ts';

import { encode, readReply, type Reply } from './redis-client.js';

export interface Crowd {
  readonly clients: number;
  readonly requests: number;
  /** How long all of it may take, in seconds. */
  readonly patience: number;
}

export interface CrowdFigures {
  readonly answers: number;
  readonly seconds: number;
  /** From a request to its answer, in seconds, in ascending order. */
  readonly waits: Float64Array;
}

/**
 * Lets the crowd ask the server on a port.
 *
 * @throws ExceptionGroup with what went wrong: a wrong answer, a connection that was refused or lost; Error when
 * answers are still missing after all the patience.
 */
export async function askAll(
  port: number,
  { clients, requests, patience }: Crowd,
): Promise<CrowdFigures> {
  const loop = getRunningLoop();
  const waits = new Float64Array(clients * requests);
  let answers = 0;

  async function client(number: number): Promise<void> {
    const [reader, writer] = await openConnection('127.0.0.1', port);
    try {
      for (let request = 0; request < requests; request++) {
        const { words, right } = questionOf(number, request);
        const asked = loop.time();
        writer.write(encode(words));
        await writer.drain();
        const reply = await readReply(reader);
        if (reply !== right) throw wrong(number, words, reply);
        waits[answers++] = loop.time() - asked;
      }
    } finally {
      writer.close();
    }
    await writer.waitClosed();
  }

  const start = loop.time();
  const everybody = coroutine(() =>
    new TaskGroup().use(async (group) => {
      for (let number = 0; number < clients; number++) group.createTask(() => client(number));
    }),
  );
  try {
    await timeout(patience).use(everybody);
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    const missing = clients * requests - answers;
    throw new Error(`${missing} answers are missing after ${patience} s`, { cause: error });
  }
  return { answers, seconds: loop.time() - start, waits: waits.sort() };
}

interface Question {
  readonly words: readonly string[];
  readonly right: Reply;
}

/** No two clients ask the same, so that an answer that went astray is a wrong one. */
function questionOf(client: number, request: number): Question {
  const round = Math.floor(request / 4);
  switch (request % 4) {
    case 0:
      return { words: ['SET', `word:${client}`, `of ${client} in ${round}`], right: 'OK' };
    case 1:
      return { words: ['GET', `word:${client}`], right: `of ${client} in ${round}` };
    case 2:
      return { words: ['INCR', `count:${client}`], right: round + 1 };
    default:
      return { words: ['ECHO', `${client} asks ${request}`], right: `${client} asks ${request}` };
  }
}

function wrong(client: number, words: readonly string[], reply: Reply): Error {
  return new Error(`client ${client} asked ${words.join(' ')} and got ${JSON.stringify(reply)}`);
}

/** The wait that the share `q` (0 to 1) of all requests stays below, in seconds. */
export function quantile({ waits }: CrowdFigures, q: number): number {
  return waits[Math.min(waits.length - 1, Math.floor(q * waits.length))] ?? NaN;
}

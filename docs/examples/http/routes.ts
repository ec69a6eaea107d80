/** What the example's server answers, in both kinds of coroutines. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

import { sleep, StreamReader } from 'asyncio-ts';

import type { Route } from './requests.js';

/** A generator coroutine: `/slow?seconds=2`. */
function* slow(
  request: IncomingMessage,
  response: ServerResponse,
): Generator<unknown, void, unknown> {
  const seconds = Number(queryOf(request).get('seconds') ?? 1);
  try {
    yield* sleep(seconds);
    response.end(`slept for ${seconds} s\n`);
  } finally {
    console.log(`left ${request.url}`);
  }
}

/** Reads the body by lines, with the reader that connections have: `curl -T file /lines`. */
async function lines(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let count = 0;
  for await (const line of StreamReader.from(request)) {
    if (line.length > 0) count++;
  }
  response.end(`${count} lines\n`);
}

/** An async function: passes on what another server says. Its connection is closed as soon as nobody wants the answer. */
function proxy(upstream: string): Route {
  return async (request, response, signal) => {
    const answer = await fetch(new URL(request.url?.replace(/^\/proxy/, '') ?? '', upstream), {
      signal,
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    if (answer.body === null) return;
    await pipeline(Readable.fromWeb(answer.body as ReadableStream), response, { signal });
  };
}

/** @param upstream - where `/proxy/...` asks; null: nowhere */
export function routes(upstream: string | null): Route {
  const table: Record<string, Route> = { '/slow': slow, '/lines': lines };
  if (upstream !== null) table['/proxy'] = proxy(upstream);
  return (request, response, signal) => {
    console.log(`${request.method} ${request.url}`);
    const name = /^\/[^/?]*/.exec(request.url ?? '')?.[0] ?? '';
    const route = Object.hasOwn(table, name) ? table[name] : undefined;
    return (route ?? notFound)(request, response, signal);
  };
}

async function notFound(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.statusCode = 404;
  response.end(`there is no ${request.url} here\n`);
}

function queryOf(request: IncomingMessage): URLSearchParams {
  return new URL(request.url ?? '', 'http://localhost').searchParams;
}

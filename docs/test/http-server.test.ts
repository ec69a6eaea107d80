/** Coroutines behind Node's `http` server. Real sockets and processes, on the real clock: that is what it is about. */
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  createServer,
  get,
  type IncomingMessage,
  request as httpRequest,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';
import { type Awaitable, type Future, getRunningLoop, run, sleep } from 'asyncio-ts';

import { Requests, type RequestsOptions, type Route } from '../examples/http-server.js';
import { httpServer } from './server-process.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serving(
  route: Route,
  options: RequestsOptions = {},
): Promise<{ url: string; requests: Requests; server: Server }> {
  const requests = new Requests(route, options);
  const server = createServer(requests.listener);
  return { url: await listening(server), requests, server };
}

/** A server that begins an answer and never ends it; tells when it is asked, and when it is let go. */
async function upstream(): Promise<{ url: string; asked: Promise<void>; closed: Promise<void> }> {
  let ask!: () => void;
  let close!: () => void;
  const asked = new Promise<void>((resolve) => (ask = resolve));
  const closed = new Promise<void>((resolve) => (close = resolve));
  const server = createServer((request, response) => {
    response.on('close', close);
    if (request.url !== '/silent') response.write('the first half');
    ask();
  });
  return { url: await listening(server), asked, closed };
}

/** One route, in both kinds. */
const kinds = {
  generator: (body: (signal: AbortSignal) => Generator<unknown, void, unknown>): Route =>
    function* (_request, _response, signal): Generator<unknown, void, unknown> {
      yield* body(signal);
    },
  async:
    (body: (signal: AbortSignal) => Generator<unknown, void, unknown>): Route =>
    async (_request, _response, signal): Promise<void> => {
      const steps = body(signal);
      let step = steps.next();
      while (step.done !== true) {
        let value: unknown;
        try {
          value = await (step.value as Awaitable<unknown>);
        } catch (error) {
          step = steps.throw(error);
          continue;
        }
        step = steps.next(value);
      }
    },
};

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])(
  'a request of a route of the kind %s',
  (kind) => {
    const route = kinds[kind];

    test('is cancelled when its client goes away: `finally` runs, the upstream is let go', async () => {
      await run(async () => {
        const { url: above, asked, closed } = await upstream();
        const left: Future<string> = getRunningLoop().createFuture();
        const { url, requests } = await serving(
          route(function* (signal) {
            try {
              const answer = (yield fetch(above, { signal })) as Response;
              yield answer.text();
              left.setResult('read it all');
            } catch (error) {
              left.setResult((error as Error).name);
              throw error;
            }
          }),
        );
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
        await asked;
        expect(requests.size).toBe(1);
        socket.destroy();
        expect(await left).toBe('CancelledError');
        await closed;
        while (requests.size > 0) await sleep(0);
      });
    });

    test('that takes too long is answered with 503, and its upstream is let go', async () => {
      await run(async () => {
        const { url: above, closed } = await upstream();
        let left = false;
        const { url } = await serving(
          route(function* (signal) {
            try {
              yield fetch(`${above}/silent`, { signal });
            } finally {
              left = true;
            }
          }),
          { timeout: 0.2 },
        );
        const answer = await fetch(url);
        expect([answer.status, await answer.text()]).toEqual([503, 'this takes too long\n']);
        expect(left).toBe(true);
        await closed;
      });
    });

    test('that fails is answered with 500, and reported', async () => {
      await run(async () => {
        const reports: unknown[] = [];
        getRunningLoop().setExceptionHandler(
          (_loop, { exception }) => void reports.push(exception),
        );
        const failure = new Error('the database is gone');
        const { url } = await serving(
          route(function* () {
            yield sleep(0);
            throw failure;
          }),
        );
        const answer = await fetch(url);
        expect([answer.status, await answer.text()]).toEqual([500, 'something went wrong\n']);
        expect(reports).toEqual([failure]);
      });
    });
  },
);

test('an answer that has begun is cut, not completed, when its time is over', async () => {
  await run(async () => {
    const { url } = await serving(
      async (_request, response) => {
        response.write('half');
        await sleep(60);
      },
      { timeout: 0.2 },
    );
    const [answer] = (await once(get(url), 'response')) as [IncomingMessage];
    answer.resume();
    const [error] = (await once(answer, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
  });
});

test('a client that does not take its answer is cut when its time is over', async () => {
  await run(async () => {
    const { url, requests } = await serving(
      async (_request, response) => void response.end(Buffer.alloc(50_000_000)),
      { timeout: 0.3 },
    );
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    expect(requests.size).toBe(1);
    while (requests.size > 0) await sleep(0.01);
    let received = 0;
    socket.on('data', ({ length }) => (received += length));
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(received).toBeLessThan(50_000_000);
  });
});

test('requests run side by side, each a task of its own; a kept connection serves many', async () => {
  await run(async () => {
    let most = 0;
    const { url, requests } = await serving(async (request, response) => {
      most = Math.max(most, requests.size);
      await sleep(0.05);
      response.end(request.url);
    });
    const answers = Array.from({ length: 20 }, (_, i) => fetch(`${url}/${i}`));
    const texts = await Promise.all(answers.map(async (answer) => (await answer).text()));
    expect(texts).toEqual(answers.map((_, i) => `/${i}`));
    expect(most).toBeGreaterThan(1);
    while (requests.size > 0) await sleep(0);
  });
});

test('drain() refuses what comes on a kept connection, waits, and cancels what is late', async () => {
  await run(async () => {
    const seen: string[] = [];
    const begun = getRunningLoop().createFuture<void>();
    const { url, requests } = await serving(async (_request, response) => {
      try {
        begun.setResult();
        await sleep(60);
        response.end('never');
      } finally {
        seen.push('left');
      }
    });
    const late = fetch(url);
    await begun;
    const drained = requests.drain(0.1);
    const draining = drained.then((finished) => seen.push(`drained: ${finished}`));
    const refused = await fetch(url);
    expect([refused.status, await refused.text()]).toEqual([503, 'the server is stopping\n']);
    expect([(await late).status, await (await late).text()]).toEqual([
      503,
      'the server is stopping\n',
    ]);
    await draining;
    expect(seen).toEqual(['left', 'drained: false']);
    expect(await requests.drain(1)).toBe(true);
  });
});

const curl = spawnSync('curl', ['--version']).status === 0;
(curl ? test : test.skip)(
  `curl uploads and is timed out${curl ? '' : ' (no curl here)'}`,
  async () => {
    const [server, url] = await httpServer('--timeout', '1.5');
    const ask = (...words: string[]): Promise<string> =>
      new Promise((resolve) => {
        const child = execFile('curl', ['-s', '-w', ' %{http_code}', ...words], (_error, out) =>
          resolve(out),
        );
        child.stdin?.end('one\ntwo\nthree\n');
      });
    expect(await ask('-T', '-', `${url}/lines`)).toBe('3 lines\n 200');
    expect(await ask(`${url}/slow?seconds=60`)).toBe('this takes too long\n 503');
    expect(await ask(`${url}/nowhere`)).toBe('there is no /nowhere here\n 404');
    await ask('-m', '0.5', `${url}/slow?seconds=61`);
    await server.says(/left \/slow\?seconds=61/);
    await server.kill();
  },
);

describe('the program', () => {
  test('passes on what another server says', async () => {
    const above = await listening(
      createServer((request, response) => response.end(`you asked for ${request.url}`)),
    );
    const [server, url] = await httpServer('--upstream', above);
    const answer = await fetch(`${url}/proxy/things?n=1`);
    expect(await answer.text()).toBe('you asked for /things?n=1');
    await server.kill();
  });

  test('on SIGTERM it finishes what has begun, refuses the rest, and exits with 0', async () => {
    const [server, url] = await httpServer();
    const answer = fetch(`${url}/slow?seconds=1`);
    await server.says(/GET \/slow/);
    server.child.kill('SIGTERM');
    await server.says(/stopping; 1 under way/);
    const refused = await fetch(`${url}/slow?seconds=0`).catch(({ cause }: TypeError) => cause);
    expect((refused as NodeJS.ErrnoException).code).toBe('ECONNREFUSED');
    expect([(await answer).status, await (await answer).text()]).toEqual([200, 'slept for 1 s\n']);
    expect(await server.exit).toBe(0);
    expect(server.stdout).toMatch(/\nstopped\n$/);
    expect(server.stderr).toBe('');
  });

  test('what is not finished in time is cancelled, and told so', async () => {
    const [server, url] = await httpServer('--patience', '0.2', '--timeout', '100');
    const outcome = new Promise<number | undefined>((resolve, reject) => {
      httpRequest(`${url}/slow?seconds=60`, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    await server.says(/GET \/slow/);
    server.child.kill('SIGTERM');
    expect(await outcome).toBe(503);
    expect(await server.exit).toBe(0);
    expect(server.stdout).toMatch(/left \/slow[^]*was not finished in 0.2 s was cut\n$/);
  });
});

import { describe, expect, test } from '@jest/globals';

import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createTask, Event, Future, run, sleep, type Task } from 'asyncio-ts';
import type { FastifyInstance } from 'fastify';

import { serve, type Settings } from '../guide/fastify-app.js';

// Fastify over real sockets, on the real clock: the page docs/guide/in-an-existing-app.md, tried.

interface Served {
  readonly url: string;
  readonly port: number;
  readonly stop: Event;
  readonly served: Task<void>;
  readonly log: string[];
  /** Done when a client's request has arrived in a route. */
  readonly arrived: Future<void>;
}

/** Runs the server with some routes while `use` plays its clients, and ends it. */
async function serving(
  use: (served: Served) => Promise<void>,
  options: Partial<Settings> = {},
): Promise<string[]> {
  const log: string[] = [];
  await run(async () => {
    const stop = new Event();
    const up = new Future<FastifyInstance>();
    const arrived = new Future<void>();
    const served = createTask(() =>
      serve({
        limit: 60,
        grace: 60,
        interval: 0.001,
        stop,
        routes(app, route) {
          app.get(
            '/hello/:name',
            route(async (request) => {
              await sleep(0.001);
              return { hello: (request.params as { name: string }).name };
            }),
          );
          app.get(
            '/fails',
            route(async () => {
              await sleep(0);
              throw new Error('no such thing');
            }),
          );
          app.get(
            '/slow',
            route(async () => {
              arrived.setResult();
              try {
                await sleep(30);
              } finally {
                log.push('slow let go');
              }
            }),
          );
          app.get(
            '/soon',
            route(async () => {
              arrived.setResult();
              await stop.wait();
              await sleep(0.01);
              return { late: false };
            }),
          );
        },
        housekeeping: async () => {
          if (!log.includes('kept house')) log.push('kept house');
          await sleep(0);
        },
        listening: (app) => up.setResult(app),
        ...options,
      }),
    );
    const { port } = (await up).server.address() as AddressInfo;
    await use({ url: `http://127.0.0.1:${port}`, port, stop, served, log, arrived });
    stop.set();
    await served;
  });
  return log;
}

/** Status and body of an answer, without keeping the connection. */
async function get(url: string): Promise<[number, unknown]> {
  const response = await fetch(url, { headers: { connection: 'close' } });
  return [response.status, await response.json()];
}

describe('fastify with routes that are tasks', () => {
  test('answers, also many at once, and goes on after one that failed', async () => {
    await serving(async ({ url }) => {
      expect(await get(`${url}/hello/Ada`)).toEqual([200, { hello: 'Ada' }]);
      expect(await get(`${url}/fails`)).toMatchObject([500, { message: 'no such thing' }]);
      const names = Array.from({ length: 20 }, (_, i) => `n${i}`);
      const answers = await Promise.all(names.map((name) => get(`${url}/hello/${name}`)));
      expect(answers).toEqual(names.map((hello) => [200, { hello }]));
    });
  });

  test('answers 504 at the time limit, and what the request waited for has let go', async () => {
    const log = await serving(
      async ({ url }) => {
        expect(await get(`${url}/slow`)).toEqual([504, { error: 'that took too long' }]);
      },
      { limit: 0.02 },
    );
    expect(log).toContain('slow let go');
  });

  test('cancels a request whose client goes away', async () => {
    const log = await serving(async ({ port, arrived, log }) => {
      const client = httpRequest({ port, host: '127.0.0.1', path: '/slow' });
      client.on('error', () => undefined);
      client.end();
      await arrived;
      client.destroy();
      while (!log.includes('slow let go')) await sleep(0.001);
    });
    expect(log.filter((line) => line === 'slow let go')).toEqual(['slow let go']);
  });

  test('on shutdown answers what is in flight, and ends its background task', async () => {
    const log = await serving(async ({ url, stop, served, arrived }) => {
      const answer = get(`${url}/soon`);
      await arrived;
      stop.set();
      expect(await answer).toEqual([200, { late: false }]);
      await served;
      await expect(fetch(url)).rejects.toThrow();
    });
    expect(log).toEqual(['kept house']);
  });

  test('on shutdown cancels what is still there after the grace', async () => {
    const log = await serving(
      async ({ url, stop, served, arrived }) => {
        const answer = get(`${url}/slow`);
        await arrived;
        stop.set();
        expect(await answer).toEqual([503, { error: 'the server is going down' }]);
        await served;
      },
      { grace: 0.02 },
    );
    expect(log).toContain('slow let go');
  });
});

test('a background task that fails takes the server down, with its error', async () => {
  let url = '';
  let burning = false;
  const failed = serving(
    async (served) => {
      url = served.url;
      const answer = get(`${url}/slow`);
      await served.arrived;
      burning = true;
      expect((await answer)[0]).toBe(503);
    },
    {
      housekeeping: async () => {
        if (burning) throw new Error('the house burns');
        await sleep(0);
      },
    },
  );
  await expect(failed).rejects.toMatchObject({ exceptions: [{ message: 'the house burns' }] });
  await expect(fetch(url)).rejects.toThrow();
});

test('the page shows the program that is tried here', () => {
  const read = (file: string) => readFileSync(new URL(`../guide/${file}`, import.meta.url), 'utf8');
  expect(read('in-an-existing-app.md')).toContain(`\`\`\`ts\n${read('fastify-app.ts')}\`\`\`\n`);
});

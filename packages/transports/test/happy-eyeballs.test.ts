import { createServer as createNodeServer, type Server as NodeServer, type Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { type Coroutine, coroutine, createTask, runUntilComplete } from '@asyncio-ts/futures';
import { type ExceptionGroup, TimeoutError } from '@asyncio-ts/tasks';
import {
  type AddressInfo,
  createConnection,
  type CreateConnectionOptions,
  createServer,
  OSError,
  Protocol,
  type SocketTransport,
} from '@asyncio-ts/transports';

import { portOf } from './recorder.js';

/** A loop that knows what addresses a host has. */
class Knowing extends BaseEventLoop {
  readonly asked: unknown[] = [];
  private readonly _addresses: readonly string[];

  constructor(addresses: readonly string[]) {
    super();
    this._addresses = addresses;
  }

  getaddrinfo(host: string, port: number, options: object): Coroutine<AddressInfo[]> {
    this.asked.push([host, port, options]);
    const found = this._addresses.map((address): AddressInfo => [
      address.includes(':') ? 6 : 4,
      'SOCK_STREAM',
      6,
      '',
      [address, port],
    ]);
    return coroutine(function* getaddrinfo() {
      return found;
    })();
  }
}

/** Servers on several addresses of the loopback, with one port. */
async function listenAt(
  addresses: readonly string[],
): Promise<{ port: number; close: () => void }> {
  const servers: NodeServer[] = [];
  const sockets: Socket[] = [];
  let port = 0;
  for (const host of addresses) {
    const server = createNodeServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    ({ port } = server.address() as { port: number });
    servers.push(server);
  }
  const close = (): void => {
    for (const server of servers) server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, close };
}

const connectTo = (loop: BaseEventLoop, port: number, options: CreateConnectionOptions) =>
  createConnection(loop, () => new Protocol(), 'many.test', port, options);

async function peerOf(
  addresses: readonly string[],
  serving: string,
  options: CreateConnectionOptions,
): Promise<string | undefined> {
  const loop = new Knowing(addresses);
  const peername = await runUntilComplete(loop, function* () {
    const server = yield* createServer(loop, () => new Protocol(), serving, 0);
    const [transport] = yield* connectTo(loop, portOf(server), options);
    transport.close();
    server.close();
    yield* server.waitClosed();
    return transport.getExtraInfo('peername');
  });
  loop.close();
  return peername?.[0];
}

async function failureOf(
  addresses: readonly string[],
  options: CreateConnectionOptions,
): Promise<Error> {
  const loop = new Knowing(addresses);
  try {
    await runUntilComplete(loop, connectTo(loop, 1, options));
  } catch (error) {
    return error as Error;
  } finally {
    loop.close();
  }
  throw new Error('it did not fail');
}

describe('happy eyeballs', () => {
  test('an address that refuses gives way to the next at once [S331]', async () => {
    const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.1'];
    const options = { happyEyeballsDelay: 3600 };
    expect(await peerOf(addresses, '127.0.0.1', options)).toBe('127.0.0.1');
  });

  test('of those that answer the first wins, and the others leave no connection [S331]', async () => {
    const listening = await listenAt(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    const loop = new Knowing(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    const transport = await runUntilComplete(loop, function* (): Generator<
      unknown,
      SocketTransport
    > {
      const [made] = yield* connectTo(loop, listening.port, { happyEyeballsDelay: 0 });
      return made;
    });
    expect(transport.isClosing()).toBe(false);
    transport.abort();
    expect(loop._outside).toBe(1);
    await runUntilComplete(loop, function* () {
      while (loop._outside > 0) yield;
    });
    listening.close();
    loop.close();
  });

  test('cancelled, it leaves no connection [S333]', async () => {
    const listening = await listenAt(['127.0.0.1', '127.0.0.2']);
    const loop = new Knowing(['127.0.0.1', '127.0.0.2']);
    for (let turns = 1; turns < 8; turns++) {
      await runUntilComplete(loop, function* () {
        const task = createTask(loop, connectTo(loop, listening.port, { happyEyeballsDelay: 0 }));
        for (let i = 0; i < turns; i++) yield;
        task.cancel();
        try {
          const [made] = yield* task;
          made.abort();
        } catch {
          expect(task.cancelled()).toBe(true);
        }
        while (loop._outside > 0) yield;
      });
    }
    listening.close();
    loop.close();
  });

  test('the families take turns, unless the order of the system is asked for', async () => {
    const tried = async (options: CreateConnectionOptions) => {
      const addresses = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1', '::1'];
      const group = await failureOf(addresses, { ...options, allErrors: true });
      return (group as ExceptionGroup<Error>).exceptions.map(
        (error) => /[\d.:]+(?=:1$)/.exec(error.message)?.[0] ?? error.message,
      );
    };
    const ordered = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1'];
    expect(await tried({})).toEqual(ordered);
    expect(await tried({ happyEyeballsDelay: 3600, interleave: 0 })).toEqual(ordered);
    const turns = ['127.0.0.1', '::1', '127.0.0.2', '127.0.0.3'];
    expect(await tried({ happyEyeballsDelay: 3600 })).toEqual(turns);
    expect(await tried({ interleave: 1 })).toEqual(turns);
    const two = ['127.0.0.1', '127.0.0.2', '::1', '127.0.0.3'];
    expect(await tried({ interleave: 2 })).toEqual(two);
  });

  test('all fail: as without it, one OSError or a group [S328]', async () => {
    const addresses = ['127.0.0.1', '127.0.0.2'];
    const error = await failureOf(addresses, { happyEyeballsDelay: 0.25 });
    expect(error).toBeInstanceOf(OSError);
    expect(error.message).toMatch(/^Multiple exceptions: connect ECONNREFUSED 127\.0\.0\.1:1, /);
    expect(error).not.toBeInstanceOf(TimeoutError);
  });

  test('the look-up of the loop is asked, a numeric host is not looked up [S330]', async () => {
    const loop = new Knowing([]);
    const fail = async (host: string, options: CreateConnectionOptions = {}): Promise<unknown> => {
      try {
        return await runUntilComplete(
          loop,
          createConnection(loop, () => new Protocol(), host, 1, options),
        );
      } catch (error) {
        return error;
      }
    };
    await fail('127.0.0.1');
    expect(loop.asked).toEqual([]);
    expect(String(await fail('nowhere', { family: 4, flags: ['AI_ADDRCONFIG'] }))).toBe(
      'OSError: Cannot find nowhere: getaddrinfo() returned nothing',
    );
    expect(loop.asked).toEqual([
      ['nowhere', 0, { family: 4, flags: ['AI_ADDRCONFIG'], type: 'SOCK_STREAM' }],
    ]);
    loop.close();
  });
});

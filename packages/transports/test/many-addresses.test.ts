import { describe, expect, jest, test } from '@jest/globals';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { runUntilComplete } from '@asyncio-ts/futures';
import { ExceptionGroup } from '@asyncio-ts/tasks';

// A host with several addresses, without asking the network for one.
let addresses: { address: string; family: number }[] = [];
jest.unstable_mockModule('node:dns', () => ({
  lookupService: () => undefined,
  lookup: (_host: string, _options: object, done: (error: null, found: object) => void) => {
    setImmediate(() => done(null, addresses));
  },
}));
const { createConnection, createServer, ConnectionRefusedError, OSError, Protocol } =
  await import('@asyncio-ts/transports');

const v4 = (address: string) => ({ address, family: 4 });

async function failure(allErrors = false): Promise<Error> {
  const loop = new BaseEventLoop();
  try {
    await runUntilComplete(
      loop,
      createConnection(loop, () => new Protocol(), 'many.test', 1, { allErrors }),
    );
  } catch (error) {
    return error as Error;
  } finally {
    loop.close();
  }
  throw new Error('it did not fail');
}

describe('a host with several addresses', () => {
  test('the first that answers is taken [S328]', async () => {
    addresses = [v4('127.0.0.2'), v4('127.0.0.1')];
    const loop = new BaseEventLoop();
    const peername = await runUntilComplete(loop, function* () {
      const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0);
      const [, port] = server.sockets[0].getsockname();
      const [transport] = yield* createConnection(loop, () => new Protocol(), 'many.test', port);
      transport.close();
      server.close();
      yield* server.waitClosed();
      return transport.getExtraInfo('peername');
    });
    expect(peername?.[0]).toBe('127.0.0.1');
    loop.close();
  });

  test('different errors are merged into the text of one [S328]', async () => {
    addresses = [v4('127.0.0.1'), v4('127.0.0.2')];
    const error = await failure();
    expect(error).toBeInstanceOf(OSError);
    expect(error.message).toBe(
      'Multiple exceptions: connect ECONNREFUSED 127.0.0.1:1, connect ECONNREFUSED 127.0.0.2:1',
    );
  });

  test('allErrors gives each in a group [S328]', async () => {
    addresses = [v4('127.0.0.1'), v4('127.0.0.2'), v4('127.0.0.1')];
    const group = (await failure(true)) as ExceptionGroup<Error>;
    expect(group).toBeInstanceOf(ExceptionGroup);
    expect(group.exceptions).toHaveLength(2);
    for (const error of group.exceptions) expect(error).toBeInstanceOf(ConnectionRefusedError);
  });

  test('a host without addresses is an OSError', async () => {
    addresses = [];
    expect(String(await failure())).toBe(
      'OSError: Cannot find many.test: getaddrinfo() returned nothing',
    );
  });
});

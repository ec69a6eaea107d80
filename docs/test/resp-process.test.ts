import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

import { afterEach, describe, expect, jest, test } from '@jest/globals';

import { main } from '../examples/resp-server.js';
import { respServer, ServerProcess } from './server-process.js';
import { kinds } from './resp-wire.js';

// The program as it is started in a terminal: its options, its exit codes, Ctrl-C. Processes, real sockets, the real clock.

const started: ServerProcess[] = [];
const serving = async (...words: string[]): Promise<[ServerProcess, number]> => {
  const [server, port] = await respServer(...words);
  started.push(server);
  return [server, port];
};
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of started.splice(0)) await server.kill();
});

/** A connection that has said something, and the answer to it. */
async function ask(port: number, words: string): Promise<[Socket, string]> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.write(words);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  return [socket, answer.toString()];
}

/** The program in this process. */
async function outcome(...words: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const error = jest.spyOn(console, 'error').mockImplementation((text) => {
    said += `${text}\n`;
  });
  try {
    return { code: await main(words), said };
  } finally {
    error.mockRestore();
  }
}

test.each([
  [['--prot', '1']],
  [['6379']],
  [['--port', 'x']],
  [['--port', '65536']],
  [['--kind', 'other']],
])('%j is answered with the usage, and exit code 2', async (words) => {
  const { code, said } = await outcome(...words);
  expect(code).toBe(2);
  expect(said).toMatch(/^\S.*\n\nusage: resp-server /);
});

test('a port that is taken is told in one line, and exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const server = new ServerProcess('resp-server', '--port', String(port));
  started.push(server);
  expect(await server.exit).toBe(1);
  expect(server.stderr).toBe(
    `Cannot serve on 127.0.0.1:${port}: somebody else listens there; choose another --port\n`,
  );
  other.close();
});

describe.each(kinds)('Ctrl-C, with %s handlers', (kind) => {
  test('lets idle and blocked clients go, and exits with 0', async () => {
    const [server, port] = await serving('--kind', kind);
    const [idle] = await ask(port, 'PING\r\n');
    const [blocked] = await ask(port, 'PING\r\nBLPOP q 0\r\n');
    const [subscribed] = await ask(port, 'SUBSCRIBE a\r\n');
    const ends = Promise.all([idle, blocked, subscribed].map((socket) => once(socket, 'end')));
    server.child.kill('SIGINT');
    await ends;
    expect(await server.exit).toBe(0);
    expect(server.stdout).toMatch(/\nstopping\nstopped\n$/);
    expect(server.stderr).toBe('');
  });

  test('lets a command that has begun finish; nobody else may connect', async () => {
    const [server, port] = await serving('--kind', kind);
    const [half] = await ask(port, 'PING\r\n*2\r\n$4\r\nECHO\r\n');
    server.child.kill('SIGINT');
    await server.says(/stopping/);
    const refused = connect(port, '127.0.0.1');
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    // Or it was just before, and is cut: the system has a queue of its own.
    expect(['ECONNREFUSED', 'ECONNRESET']).toContain(error.code);
    half.write('$2\r\nhi\r\n');
    const [answer] = (await once(half, 'data')) as [Buffer];
    expect(answer.toString()).toBe('$2\r\nhi\r\n');
    expect(await server.exit).toBe(0);
  });
});

describe('Ctrl-C', () => {
  test('does not wait for ever', async () => {
    const [server, port] = await serving('--kind', 'async', '--patience', '0');
    await ask(port, 'PING\r\n*2\r\n$4\r\nECHO\r\n');
    server.child.kill('SIGINT');
    expect(await server.exit).toBe(0);
    expect(server.stdout).toMatch(/\nstopped; what was not finished in 0 s was cut\n$/);
  });

  test('twice exits at once', async () => {
    const [server, port] = await serving('--patience', '3600');
    await ask(port, 'PING\r\n*2\r\n$4\r\nECHO\r\n');
    server.child.kill('SIGINT');
    await server.says(/stopping/);
    server.child.kill('SIGINT');
    expect(await server.exit).toBe(130);
  });
});

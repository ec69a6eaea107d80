import { afterEach, describe, expect, test } from '@jest/globals';

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

// The commands a newcomer types, in processes of their own, over real sockets and on the real clock.

const hook = new URL('../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const main = fileURLToPath(new URL('../examples/tour/main.ts', import.meta.url));

/** `npm start -- ...words`, and what it says. */
class Command {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  readonly exit: Promise<[code: number | null, signal: string | null]>;

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, ['--import', hook, main, ...words], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const { stdout, stderr } = this.child as { stdout: Readable; stderr: Readable };
    stdout.on('data', (text) => (this.stdout += String(text)));
    stderr.on('data', (text) => (this.stderr += String(text)));
    // Not 'close': Node keeps that one back when the channel was closed from this side.
    const exit = once(this.child, 'exit') as Promise<[number | null, string | null]>;
    this.exit = Promise.all([exit, once(stdout, 'end'), once(stderr, 'end')]).then(([end]) => end);
  }

  async code(): Promise<number | null> {
    return (await this.exit)[0];
  }

  /** Resolves when it has said something that matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.stdout}${this.stderr}`);
      await once(this.child.stdout as NodeJS.ReadableStream, 'data');
    }
  }
}

const started: Command[] = [];
const start = (...words: string[]): Command => {
  const command = new Command(...words);
  started.push(command);
  return command;
};
afterEach(async () => {
  for (const { child, exit } of started.splice(0)) {
    child.kill('SIGKILL');
    await exit;
  }
});

async function serving(...words: string[]): Promise<[Command, port: number]> {
  const command = start('serve', '--port', '0', ...words);
  const [, port] = await command.says(/serving the Redis protocol on 127\.0\.0\.1:(\d+)/);
  return [command, Number(port)];
}

class Client {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => undefined);
    this.#lines = createInterface({ input: this.socket })[Symbol.asyncIterator]();
  }

  async ask(question: string): Promise<string | undefined> {
    this.socket.write(`${question}\n`);
    const { done, value } = await this.#lines.next();
    return done === true ? undefined : (value as string);
  }
}

describe('npm start', () => {
  test('shows the four scenes and ends with exit code 0', async () => {
    const tour = start('--brief');
    expect([await tour.code(), tour.stderr]).toEqual([0, '']);
    expect(tour.stdout).toMatch(/generator coroutines .*tea after 0\.2 s, toast after 0\.3 s/);
    expect(tour.stdout).toMatch(/async functions .*tea after 0\.2 s, toast after 0\.3 s/);
    expect(tour.stdout).toMatch(/generator handlers, port \d+: +500 right answers .* p50 .* p99/);
    expect(tour.stdout).toMatch(/async handlers, port \d+: +500 right answers .* p50 .* p99/);
    expect(tour.stdout).toMatch(/file closed, transaction rolled back, lock released/);
    for (const row of ['switch', 'spawn', 'await-future']) expect(tour.stdout).toContain(row);
    expect(tour.stdout).toMatch(/Everything was as it should be/);
  }, 60_000);

  test('ends with exit code 130 on Ctrl-C, and its server with it', async () => {
    const tour = start('--clients', '5', '--requests', '1000000');
    const [, port] = await tour.says(/generator handlers, port (\d+):/);
    // Into the middle of the questions.
    await new Promise((resolve) => setTimeout(resolve, 300));
    tour.child.kill('SIGINT');
    expect([await tour.code(), tour.stderr]).toEqual([130, '']);
    const [error] = (await once(connect(Number(port), '127.0.0.1'), 'error')) as [
      NodeJS.ErrnoException,
    ];
    expect(error.code).toBe('ECONNREFUSED');
  }, 60_000);

  test('says what to do, in one line, when so many files may not be open', async () => {
    const { child, stderr } = await new Promise<{ child: ChildProcess; stderr: string }>((done) => {
      const words = `ulimit -n 256; exec "${process.execPath}" --import "${hook}" "${main}" --clients 1000`;
      const child = spawn('sh', ['-c', words], { stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (text) => (stderr += String(text)));
      child.on('close', () => done({ child, stderr }));
    });
    expect(child.exitCode).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/limit here is 256.*npm start -- --clients 156/);
  });

  describe('with a server that is not as it should be', () => {
    let server: Server;
    afterEach(() => void server.close());

    async function tourOf(
      connected: (socket: Socket) => void,
      ...words: string[]
    ): Promise<Command> {
      server = createServer((socket) => {
        socket.on('error', () => undefined);
        connected(socket);
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const { port } = server.address() as { port: number };
      return start('--clients', '3', '--requests', '2', '--port', String(port), ...words);
    }

    test('ends with exit code 1 when an answer is wrong', async () => {
      const tour = await tourOf((socket) => socket.on('data', () => socket.write('+42\r\n')));
      expect(await tour.code()).toBe(1);
      expect(tour.stderr).toMatch(/client \d asked SET word:\d of \d in 0 and got "42"/);
    });

    test('ends with exit code 1 when a client is lost', async () => {
      const tour = await tourOf((socket) => socket.on('data', () => socket.destroy()));
      expect(await tour.code()).toBe(1);
      expect(tour.stderr).toMatch(/the connection was lost/);
    });

    test('ends with exit code 1 when answers do not come', async () => {
      const tour = await tourOf(() => undefined, '--patience', '1');
      expect(await tour.code()).toBe(1);
      expect(tour.stderr).toMatch(/6 answers are missing after 1 s/);
    });
  });

  test.each([
    [['--faster'], /--faster/],
    [['dance'], /dance/],
    [['--clients', 'many'], /--clients takes a whole number from 1 to 60000, not many/],
    [['serve', '--speed', '9'], /--speed/],
    [['serve', '--port', '70000'], /--port takes a whole number from 0 to 65535, not 70000/],
    [['serve', '--kind', 'of'], /--kind takes generator or async, not of/],
  ])('answers %j with the usage and exit code 2', async (words, complaint) => {
    const command = start(...words);
    expect(await command.code()).toBe(2);
    expect(command.stderr).toMatch(complaint);
    expect(command.stderr).toMatch(/usage: npm start/);
    expect(command.stdout).toBe('');
  });
});

describe.each(['generator', 'async'])('npm start -- serve --kind %s', (kind) => {
  test('answers commands, also wrong ones, until the client quits', async () => {
    const [, port] = await serving('--kind', kind);
    const client = new Client(port);
    expect(await client.ask('PING')).toBe('+PONG');
    expect(await client.ask('SET word tea')).toBe('+OK');
    expect(await client.ask('INCR word')).toMatch(/^-ERR value is not an integer/);
    expect(await client.ask('SING')).toMatch(/^-ERR unknown command 'SING'/);
    expect(await client.ask('QUIT')).toBe('+OK');
  });

  test('takes no new connections after Ctrl-C, cancels who waits, and ends with exit code 0', async () => {
    const [server, port] = await serving('--kind', kind, '--drain', '60');
    const client = new Client(port);
    expect(await client.ask('PING')).toBe('+PONG');
    const blocked = client.ask('BLPOP nothing 0');
    server.child.kill('SIGINT');
    expect([await server.code(), server.stderr]).toEqual([0, '']);
    expect(await blocked).toBeUndefined();
    const late = new Client(port);
    const [error] = (await once(late.socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});

describe('npm start -- serve', () => {
  test('ends when whoever started it is gone', async () => {
    const [server] = await serving();
    server.child.disconnect();
    expect(await server.code()).toBe(0);
  });

  test('says in one line that the port is in use, with exit code 1', async () => {
    const other = createServer();
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = other.address() as { port: number };
    const server = start('serve', '--port', String(port));
    expect(await server.code()).toBe(1);
    expect(server.stderr).toBe(
      `Cannot serve on 127.0.0.1:${port}: somebody else listens there; choose another --port\n`,
    );
    other.close();
  });
});

/** curl, openssl and wrk at the other end of a server of streams. Processes and sockets are real; nothing is timed. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import { startServer, type StreamReader, type StreamWriter } from '@asyncio-ts/streams';
import { createDefaultContext, OSError, type Server } from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { hasTool } from '../../../scripts/test/tools.js';

type Body<T = void> = Generator<unknown, T, unknown>;

/** One test for each kind, if the tool is there. */
function withTool(tool: string, name: string, body: (t: Scene) => Body): void {
  const there = hasTool(tool, '--version');
  const scene = scenes(there ? test : (test.skip as typeof test), { selectors: ['node'] });
  scene(there ? name : `${name} (skipped: needs ${tool})`, body);
}

const run = promisify(execFile);
const portOf = (server: Server): number => server.sockets[0].getsockname()[1];
const serverContext = () =>
  createDefaultContext({ purpose: 'CLIENT_AUTH', ...certificates().server });

/** As much of HTTP/1.1 as these clients say: keep-alive, bodies with a length. */
function* answerAll(reader: StreamReader, writer: StreamWriter): Body {
  for (;;) {
    const head = yield* wait(
      reader
        .readuntil(Buffer.from('\r\n\r\n'))
        .catch((error) => (error as { partial?: Buffer }).partial ?? Promise.reject(error)),
    );
    if (head.length === 0) return;
    const text = head.toString();
    const length = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
    if (/^expect: 100-continue/im.test(text)) {
      writer.write(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'));
    }
    const body = length === 0 ? Buffer.from('hello\n') : yield* wait(reader.readexactly(length));
    const last = /^connection: close/im.test(text);
    writer.write(
      Buffer.from(
        `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`,
      ),
    );
    if (!text.startsWith('HEAD ')) writer.write(body);
    yield* wait(writer.drain());
    if (last) return;
  }
}

/** Serves until the body is done; every connection must have ended then. */
function* serving(t: Scene, tls: boolean, body: (port: number) => Body): Body {
  let open = 0;
  const handler = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
    open++;
    try {
      yield* answerAll(reader, writer);
    } catch (error) {
      // Whoever has seen enough may reset.
      if (!(error instanceof OSError)) throw error;
    } finally {
      writer.close();
      open--;
    }
  });
  const options = tls ? { ssl: serverContext() } : {};
  const server = yield* wait(startServer(handler, '127.0.0.1', 0, options));
  yield* body(portOf(server));
  server.close();
  yield* wait(server.waitClosed());
  while (open > 0) yield* wait(t.turn());
}

describe('curl', () => {
  const curl = (...words: string[]) => run('curl', ['-sS', '--noproxy', '*', ...words]);

  withTool('curl', 'asks several times over one connection', (t) =>
    serving(t, false, function* (port) {
      const url = `http://127.0.0.1:${port}/`;
      const each = '%{num_connects} %{http_code}\n';
      const { stdout } = yield* wait(curl('-w', each, url, url, url));
      expect(stdout).toBe('hello\n1 200\nhello\n0 200\nhello\n0 200\n');
    }),
  );

  withTool('curl', 'sends a body, and is given it back', (t) =>
    serving(t, false, function* (port) {
      const body = 'x'.repeat(100_000);
      const asked = curl(
        '-T',
        '-',
        '-H',
        'Transfer-Encoding:',
        '-H',
        'Content-Length: 100000',
        `http://127.0.0.1:${port}/`,
      );
      asked.child.stdin?.end(body);
      expect((yield* wait(asked)).stdout).toBe(body);
    }),
  );

  withTool('curl', 'speaks TLS', (t) =>
    serving(t, true, function* (port) {
      const { stdout } = yield* wait(
        curl('-k', '-w', '%{ssl_verify_result} %{http_code}\n', `https://localhost:${port}/`),
      );
      expect(stdout).toMatch(/^hello\n\d+ 200\n$/);
      // And is refused what it does not trust, without harm.
      const refused = yield* wait(
        curl(`https://localhost:${port}/`).then(
          () => 0,
          (error: { code: number }) => error.code,
        ),
      );
      expect(refused).toBe(60);
    }),
  );
});

/** `openssl s_client` with something to say; gives all that it printed. */
async function sClient(input: string, ...words: string[]): Promise<string> {
  const child = spawn('openssl', ['s_client', ...words]);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => (said += String(text)));
  }
  const ended = once(child, 'close');
  child.stdin.write(input);
  await ended;
  child.stdin.end();
  return said;
}

describe('openssl s_client', () => {
  const request = 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n';

  withTool('openssl', 'shakes hands, asks for a name and a protocol, and hears close_notify', (t) =>
    (function* (): Body {
      const context = serverContext();
      context.setAlpnProtocols(['http/1.1']);
      const seen: unknown[] = [];
      const handler = t.implementation.plain(function* (
        reader: StreamReader,
        writer: StreamWriter,
      ) {
        const secure = writer.getExtraInfo('ssl_object');
        seen.push(secure?.alpnProtocol, (secure as { servername?: unknown } | null)?.servername);
        yield* answerAll(reader, writer);
        writer.close();
        yield* wait(writer.waitClosed());
        seen.push('closed');
      });
      const server = yield* wait(startServer(handler, '127.0.0.1', 0, { ssl: context }));
      const said = yield* wait(
        sClient(
          request,
          ...['-connect', `127.0.0.1:${portOf(server)}`, '-servername', 'localhost'],
          ...['-alpn', 'h2,http/1.1', '-msg', '-ign_eof'],
        ),
      );
      expect(said).toContain('ALPN protocol: http/1.1');
      expect(said).toContain('HTTP/1.1 200 OK');
      expect(said).toMatch(/<<< .*Alert.*warning close_notify/);
      server.close();
      yield* wait(server.waitClosed());
      while (seen.length < 3) yield* wait(t.turn());
      expect(seen).toEqual(['http/1.1', 'localhost', 'closed']);
    })(),
  );

  withTool('openssl', 'of version 1.2 alone is served as well', (t) =>
    serving(t, true, function* (port) {
      const said = yield* wait(
        sClient(request, '-connect', `127.0.0.1:${port}`, '-tls1_2', '-ign_eof'),
      );
      expect(said).toMatch(/Protocol *: TLSv1\.2/);
      expect(said).toContain('HTTP/1.1 200 OK');
    }),
  );
});

describe('wrk', () => {
  withTool('wrk', 'is answered without an error, over 50 connections', (t) =>
    serving(t, false, function* (port) {
      const { stdout } = yield* wait(
        run('wrk', ['-t1', '-c50', '-d1s', `http://127.0.0.1:${port}/`]),
      );
      expect(Number(/(\d+) requests in/.exec(stdout)?.[1])).toBeGreaterThan(50);
      expect(stdout).not.toMatch(/Socket errors|Non-2xx/);
    }),
  );
});

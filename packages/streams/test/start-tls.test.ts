/** TLS under readers and writers, from the first byte on or later. Real sockets on loopback, certificates made for the tests. */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { inspect } from 'node:util';

import { describe, expect, jest, test } from '@jest/globals';
import { logger, NotImplementedError, RuntimeError, ValueError } from '@asyncio-ts/loop';
import { createTask, isCancelledError, type Task } from '@asyncio-ts/futures';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  openConnection,
  type OpenConnectionOptions,
  startServer,
  type StartServerOptions,
  type StreamReader,
  type StreamWriter,
} from '@asyncio-ts/streams';
import {
  ConnectionAbortedError,
  ConnectionResetError,
  type Server,
  SSLCertVerificationError,
  SSLError,
} from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { clientContext, serverContext } from './contexts.js';
import { failure } from './failure.js';

const scene = scenes(test, { selectors: ['node'] });

const b = (text: string): Buffer => Buffer.from(text);
const portOf = (server: Server): number => server.sockets[0].getsockname()[1];

type Handler = (reader: StreamReader, writer: StreamWriter) => Generator<unknown, void, unknown>;

function* serving(
  t: Scene,
  handler: Handler,
  options: StartServerOptions = {},
): Generator<unknown, { server: Server; port: number; handled: Task<void>[] }, unknown> {
  const handled: Task<void>[] = [];
  const server = yield* wait(
    startServer(
      (reader, writer) => {
        handled.push(t.task(() => handler(reader, writer)));
      },
      '127.0.0.1',
      0,
      options,
    ),
  );
  return { server, port: portOf(server), handled };
}

function* closed(server: Server): Generator<unknown, void, unknown> {
  server.close();
  yield* wait(server.waitClosed());
}

const upgradeOnRequest: Handler = function* (reader, writer) {
  expect((yield* wait(reader.readline())).toString()).toBe('STARTTLS\n');
  writer.write(b('GO\n'));
  yield* wait(writer.startTls(serverContext()));
  expect(writer.getExtraInfo('sslcontext')).not.toBeNull();
  writer.write(Buffer.concat([b('secret '), yield* wait(reader.readline())]));
  yield* wait(writer.drain());
  writer.close();
  yield* wait(writer.waitClosed());
};

describe('StreamWriter.startTls', () => {
  scene('goes on with TLS under the same reader and writer, at both sides [S305]', function* (t) {
    const { server, port, handled } = yield* serving(t, upgradeOnRequest);
    const [reader, writer] = yield* wait(openConnection('127.0.0.1', port));
    const plain = writer.transport;
    writer.write(b('STARTTLS\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('GO\n');
    expect(writer.getExtraInfo('sslcontext')).toBeNull();
    expect(writer.canWriteEof()).toBe(true);
    const context = clientContext();
    yield* wait(writer.startTls(context, { serverHostname: 'localhost' }));
    expect(writer.transport).not.toBe(plain);
    expect(writer.getExtraInfo('sslcontext')).toBe(context);
    expect(writer.getExtraInfo('peercert')?.subject.CN).toBe('localhost');
    expect(writer.getExtraInfo('peername')).toEqual(['127.0.0.1', port]);
    expect(writer.canWriteEof()).toBe(false);
    expect(() => writer.writeEof()).toThrow(NotImplementedError);
    expect(() => plain.write(b('in the clear'))).toThrow(RuntimeError);
    writer.write(b('question\n'));
    expect((yield* wait(reader.read())).toString()).toBe('secret question\n');
    expect(reader.atEof()).toBe(true);
    writer.close();
    yield* wait(writer.waitClosed());
    yield* wait(handled[0] as Task<void>);
    yield* closed(server);
  });

  scene('drains first: what was written goes out unencrypted [S305]', function* (t) {
    let received = 0;
    const { server, port, handled } = yield* serving(
      t,
      function* (reader, writer) {
        received = (yield* wait(reader.readuntil(b('END')))).length;
        yield* wait(writer.startTls(serverContext()));
        writer.write(b('safe\n'));
        yield* wait(writer.drain());
        writer.close();
      },
      { limit: 2 ** 30 },
    );
    const [reader, writer] = yield* wait(openConnection('127.0.0.1', port));
    let sent = 3;
    // Until the system takes no more.
    for (; writer.transport.getWriteBufferSize() < 2 ** 20; sent += 2 ** 20) {
      writer.write(Buffer.alloc(2 ** 20));
    }
    writer.write(b('END'));
    yield* wait(writer.startTls(clientContext(), { serverHostname: 'localhost' }));
    expect((yield* wait(reader.readline())).toString()).toBe('safe\n');
    expect(received).toBe(sent);
    writer.close();
    yield* wait(handled[0] as Task<void>);
    yield* closed(server);
  });

  const limits = { 'what the reader holds unread': 65_536, 'also of a paused connection': 20 };
  for (const [what, limit] of Object.entries(limits)) {
    scene(`${what} is TLS already [S306]`, function* (t) {
      let held = '';
      const { server, port, handled } = yield* serving(
        t,
        function* (reader, writer) {
          expect((yield* wait(reader.readline())).toString()).toBe('PROXY TCP4 ...\n');
          // The client does not wait: its first bytes of TLS are in the reader.
          while (!/\d\d\d bytes/.test(held)) {
            yield* wait(t.turn());
            held = inspect(reader);
          }
          yield* wait(writer.startTls(serverContext()));
          expect(inspect(reader)).not.toMatch(/bytes|paused/);
          writer.write(yield* wait(reader.readline()));
          yield* wait(writer.drain());
          writer.close();
        },
        { limit },
      );
      const answer = t.future<string>();
      const socket: Socket = connectPlain(port, '127.0.0.1', () => {
        socket.write('PROXY TCP4 ...\n');
        const secure = connectTls({ socket, ca: certificates().ca, servername: 'localhost' });
        let text = '';
        secure.on('data', (chunk) => (text += String(chunk)));
        secure.on('end', () => answer.setResult(text));
        secure.write('after the header\n');
      });
      expect(yield* wait(answer)).toBe('after the header\n');
      expect(held.includes('paused')).toBe(limit === 20);
      yield* wait(handled[0] as Task<void>);
      yield* closed(server);
    });
  }

  scene('a peer that is refused, or speaks no TLS, loses the connection', function* (t) {
    const peers = { refused: serverContext(certificates().wrongHost), silent: null };
    for (const context of Object.values(peers)) {
      const { server, port, handled } = yield* serving(t, function* (_reader, writer) {
        if (context !== null) yield* wait(writer.startTls(context).catch(() => undefined));
        else writer.write(b('I know no TLS, and say so at length\n'));
        writer.close();
      });
      const [reader, writer] = yield* wait(openConnection('127.0.0.1', port));
      const error = yield* failure(
        writer.startTls(clientContext(), { serverHostname: 'localhost' }),
      );
      expect(error).toBeInstanceOf(context === null ? SSLError : SSLCertVerificationError);
      expect(yield* failure(writer.waitClosed())).toBe(error);
      expect(yield* failure(reader.readline())).toBe(error);
      yield* wait(handled[0] as Task<void>);
      yield* closed(server);
    }
  });

  scene('a handshake that takes too long, or is cancelled, loses the connection', function* (t) {
    const { server, port, handled } = yield* serving(t, function* (reader) {
      yield* wait(reader.read().catch(() => undefined));
    });
    const tls = (writer: StreamWriter, sslHandshakeTimeout: number) =>
      writer.startTls(clientContext(), { serverHostname: 'localhost', sslHandshakeTimeout });

    const [, slow] = yield* wait(openConnection('127.0.0.1', port));
    expect(yield* failure(tls(slow, 0.01))).toBeInstanceOf(ConnectionAbortedError);
    expect(slow.isClosing()).toBe(true);

    const [reader, given] = yield* wait(openConnection('127.0.0.1', port));
    const task = createTask(t.loop, tls(given, 60));
    yield* wait(t.turns(5));
    task.cancel();
    expect(isCancelledError(yield* failure(task))).toBe(true);
    yield* wait(given.waitClosed());
    expect(reader.atEof()).toBe(true);
    server.closeClients();
    for (const task of handled) yield* wait(task);
    yield* closed(server);
  });

  scene('of a lost connection fails as drain does, of a wrong context at once', function* (t) {
    const { server, port } = yield* serving(t, function* () {
      // It waits to be closed.
    });
    const [, writer] = yield* wait(openConnection('127.0.0.1', port));
    expect(yield* failure(writer.startTls({} as never))).toBeInstanceOf(TypeError);
    expect(yield* failure(writer.startTls(clientContext()))).toBeInstanceOf(ValueError);
    expect(writer.isClosing()).toBe(false);
    writer.close();
    yield* wait(writer.waitClosed());
    const error = yield* failure(writer.startTls(clientContext(), { serverHostname: 'x' }));
    expect(error).toBeInstanceOf(ConnectionResetError);
    server.closeClients();
    yield* closed(server);
  });
});

describe('streams over TLS', () => {
  const options: OpenConnectionOptions = { serverHostname: 'localhost', sslHandshakeTimeout: 20 };

  scene('openConnection and startServer take ssl and all that belongs to it', function* (t) {
    const warning = jest.spyOn(logger, 'warning').mockImplementation(() => undefined);
    const { server, port, handled } = yield* serving(
      t,
      function* (reader, writer) {
        writer.write(yield* wait(reader.readline()));
        yield* wait(reader.read());
        writer.close();
        yield* wait(writer.waitClosed());
      },
      { ssl: serverContext(), sslHandshakeTimeout: 20, sslShutdownTimeout: 20, backlog: 5 },
    );
    const [reader, writer] = yield* wait(
      openConnection('127.0.0.1', port, {
        ...options,
        ssl: clientContext(),
        sslShutdownTimeout: 20,
        localAddr: ['127.0.0.1', 0],
        happyEyeballsDelay: 0.25,
        family: 4,
        limit: 10,
      }),
    );
    expect(writer.getExtraInfo('cipher')).not.toBeNull();
    expect(writer.getExtraInfo('ssl_object')?.encrypted).toBe(true);
    writer.write(b('hello\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('hello\n');
    writer.close();
    yield* wait(writer.waitClosed());
    yield* wait(handled[0] as Task<void>);
    yield* closed(server);
    // The protocol of the streams knows that TLS ends as a whole.
    expect(warning).not.toHaveBeenCalled();
    warning.mockRestore();
  });

  scene(
    'what belongs to TLS is refused without it, and it begins with startServing',
    function* (t) {
      const { server, port, handled } = yield* serving(
        t,
        function* (_reader, writer) {
          writer.write(b('served'));
          writer.close();
        },
        { startServing: false },
      );
      expect(server.isServing()).toBe(false);
      const refused = [
        { serverHostname: 'x' },
        { sslHandshakeTimeout: 1 },
        { sslShutdownTimeout: 1 },
      ];
      for (const wrong of refused) {
        expect(yield* failure(openConnection('127.0.0.1', port, wrong))).toBeInstanceOf(ValueError);
      }
      expect(yield* failure(openConnection())).toBeInstanceOf(ValueError);
      const [reader, writer] = yield* wait(openConnection('127.0.0.1', port));
      yield* wait(server.startServing());
      expect((yield* wait(reader.read())).toString()).toBe('served');
      writer.close();
      yield* wait(handled[0] as Task<void>);
      yield* closed(server);
    },
  );
});

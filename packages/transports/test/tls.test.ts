import { connect, createServer as createNodeServer, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, TLSSocket } from 'node:tls';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, logger, NotImplementedError, ValueError } from '@asyncio-ts/loop';
import { createFuture, createTask, type Future, runUntilComplete } from '@asyncio-ts/futures';
import { TimeoutError } from '@asyncio-ts/tasks';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  BufferedProtocol,
  ConnectionAbortedError,
  ConnectionError,
  ConnectionResetError,
  createConnection,
  type CreateConnectionOptions,
  createDefaultContext,
  createServer,
  type CreateServerOptions,
  OSError,
  Protocol,
  type SocketTransport,
  SSLCertVerificationError,
  SSLContext,
  SSLError,
  TlsTransport,
} from '@asyncio-ts/transports';

import { certificates } from '../../../scripts/test/certificates.js';
import { clientContext, serverContext } from './contexts.js';
import { connectedPair, failure, portOf, Recorder, tearDown } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });

const overTls = (server: CreateServerOptions = {}, client: CreateConnectionOptions = {}) => ({
  server: { ssl: serverContext(certificates().server), ...server },
  client: { ssl: clientContext(), ...client },
});

const tlsPair = (t: Scene, client?: Recorder, peer?: Recorder, options = overTls()) =>
  connectedPair(t, client, peer, options);

/** A TCP server of Node that treats each connection as told; `close` ends it. */
function* nodeServer(
  onSocket: (socket: Socket) => void,
): Generator<unknown, { port: number; close: () => void }, unknown> {
  const sockets: Socket[] = [];
  const server = createNodeServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  yield* wait(listening);
  const { port } = server.address() as { port: number };
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, close };
}

const connecting = (t: Scene, port: number, options: CreateConnectionOptions = {}) =>
  createConnection(t.loop, () => new Recorder(t.loop), 'localhost', port, {
    family: 4,
    ssl: clientContext(),
    ...options,
  });

describe('a connection over TLS', () => {
  scene('carries bytes both ways, and knows its cipher and its peer [S309][S325]', function* (t) {
    const { server, port, transport, client, peer } = yield* tlsPair(t);
    expect(transport).toBeInstanceOf(TlsTransport);
    expect(client.events).toEqual(['made']);
    transport.write(Buffer.from('question'));
    expect((yield* wait(peer.bytes(8))).toString()).toBe('question');
    peer.transport.write(Buffer.from('answer'));
    expect((yield* wait(client.bytes(6))).toString()).toBe('answer');
    expect(transport.getExtraInfo('peercert')?.subject.CN).toBe('localhost');
    expect(peer.transport.getExtraInfo('peercert')).toBeNull();
    expect(transport.getExtraInfo('cipher')).toEqual([
      expect.stringMatching(/^TLS_/),
      'TLSv1.3',
      expect.any(Number),
    ]);
    expect(transport.getExtraInfo('sslcontext')).toBeInstanceOf(SSLContext);
    expect(transport.getExtraInfo('ssl_object')).toBeInstanceOf(TLSSocket);
    expect(transport.getExtraInfo('compression', 'unknown')).toBeNull();
    expect(transport.getExtraInfo('peername')).toEqual(['127.0.0.1', port]);
    expect(peer.transport.getExtraInfo('peername')).toEqual(transport.getExtraInfo('sockname'));
    transport.close();
    expect(yield* wait(client.lost)).toBeNull();
    expect(yield* wait(peer.lost)).toBeNull();
    expect(client.events).toEqual(['made', 'data', 'lost']);
    expect(peer.events).toEqual(['made', 'data', 'eof', 'lost']);
    yield* tearDown(server);
  });

  scene(
    'what comes with the last of the handshake is not lost, nor the end behind it',
    function* (t) {
      const peer = new (class extends Recorder {
        override connectionMade(transport: SocketTransport): void {
          super.connectionMade(transport);
          transport.write(Buffer.from('greeting'));
          transport.close();
        }
      })(t.loop);
      const { server, client } = yield* tlsPair(t, undefined, peer);
      yield* wait(client.lost);
      expect(client.received.toString()).toBe('greeting');
      expect(client.events).toEqual(['made', 'data', 'eof', 'lost']);
      expect(yield* wait(peer.lost)).toBeNull();
      yield* tearDown(server);
    },
  );

  scene('pauses the writer above the high mark and resumes it once [S314]', function* (t) {
    const { server, transport, client, peer } = yield* tlsPair(t);
    peer.transport.pauseReading();
    const megabyte = Buffer.alloc(1 << 20, 'over tls');
    let written = 0;
    while (!client.events.includes('pause') || written < 8 * megabyte.length) {
      transport.writelines([megabyte, Buffer.from('small')]);
      written += megabyte.length + 5;
    }
    peer.transport.resumeReading();
    const received = yield* wait(peer.bytes(written));
    while (!client.events.includes('resume')) yield* wait(t.sleep(0.001));
    expect(client.events).toEqual(['made', 'pause', 'resume']);
    for (let at = 0; at < written; at += megabyte.length + 5) {
      expect(received.subarray(at, at + megabyte.length).equals(megabyte)).toBe(true);
    }
    yield* tearDown(server);
  });

  scene('pausing inside connectionMade holds back what arrives [S310][S311]', function* (t) {
    const peer = new (class extends Recorder {
      override connectionMade(transport: SocketTransport): void {
        super.connectionMade(transport);
        transport.pauseReading();
      }
    })(t.loop);
    const { server, transport, client } = yield* tlsPair(t, undefined, peer);
    transport.write(Buffer.from('held back'));
    peer.transport.write(Buffer.from('x'));
    yield* wait(client.bytes(1));
    yield* wait(t.turns(5));
    expect(peer.events).toEqual(['made']);
    peer.transport.resumeReading();
    expect((yield* wait(peer.bytes(9))).toString()).toBe('held back');
    yield* tearDown(server);
  });

  scene('cannot be half-closed [S319]', function* (t) {
    const { server, transport } = yield* tlsPair(t);
    expect(transport.canWriteEof()).toBe(false);
    expect(() => transport.writeEof()).toThrow(NotImplementedError);
    transport.write(Buffer.from('still open'));
    yield* tearDown(server);
  });

  scene('ends when the peer does, whatever eofReceived says [S320]', function* (t) {
    const warnings: string[] = [];
    const { warning } = logger;
    logger.warning = (message) => warnings.push(message);
    try {
      const peer = new (class extends Recorder {
        override eofReceived(): boolean {
          this.transport.write(Buffer.from('last word'));
          return super.eofReceived();
        }
      })(t.loop);
      peer.keepOpen = true;
      const { server, transport, client } = yield* tlsPair(t, undefined, peer);
      transport.close();
      expect(yield* wait(peer.lost)).toBeNull();
      expect(yield* wait(client.lost)).toBeNull();
      expect(peer.events).toEqual(['made', 'eof', 'lost']);
      expect(warnings).toEqual(['returning true from eofReceived() has no effect when using ssl']);
      yield* tearDown(server);
    } finally {
      logger.warning = warning;
    }
  });

  scene('close flushes what was written, then waits for the peer [S316]', function* (t) {
    const { server, transport, client, peer } = yield* tlsPair(t);
    const payload = Buffer.alloc(3_000_000, 'payload');
    transport.write(payload);
    transport.close();
    transport.close();
    expect(transport.isClosing()).toBe(true);
    expect(client.events).not.toContain('lost');
    expect((yield* wait(peer.bytes(payload.length))).equals(payload)).toBe(true);
    expect(yield* wait(client.lost)).toBeNull();
    expect(client.events.filter((event) => event === 'lost')).toHaveLength(1);
    yield* wait(peer.lost);
    yield* tearDown(server);
  });

  scene('a peer that never ends is left after sslShutdownTimeout [S316]', function* (t) {
    const { cert, key } = certificates().server;
    const ends: Future<void> = createFuture(t.loop);
    const sockets: Socket[] = [];
    const node = createTlsServer({ cert, key, allowHalfOpen: true } as object, (socket) => {
      sockets.push(socket.on('error', () => undefined));
      socket.resume().on('end', () => t.loop.callSoon(() => ends.setResult(undefined)));
    });
    yield* wait(new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve)));
    const { port } = node.address() as { port: number };
    const client = new Recorder(t.loop);
    const [transport] = yield* wait(
      createConnection(t.loop, () => client, 'localhost', port, {
        family: 4,
        ssl: clientContext(),
        sslShutdownTimeout: 0.05,
      }),
    );
    transport.close();
    yield* wait(ends);
    expect(client.lost.done()).toBe(false);
    const error = yield* wait(client.lost);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toBe('SSL shutdown timed out');
    for (const socket of sockets) socket.destroy();
    yield* wait(new Promise((resolve) => node.close(resolve)));
  });

  scene('abort ends it at once, also a close that waits [S317]', function* (t) {
    const { server, transport, client, peer } = yield* tlsPair(t);
    peer.transport.pauseReading();
    transport.write(Buffer.alloc(50_000_000));
    transport.close();
    yield* wait(t.turns(5));
    expect(client.lost.done()).toBe(false);
    transport.abort();
    transport.abort();
    yield* wait(t.turns(1));
    expect(client.events.filter((event) => event !== 'pause')).toEqual(['made', 'lost']);
    yield* tearDown(server);
  });

  scene('a reset ends it with its error and no report [S321]', function* (t) {
    const peer = new Recorder(t.loop);
    const server = yield* wait(createServer(t.loop, () => peer, '127.0.0.1', 0, overTls().server));
    const accepted: Future<Socket> = createFuture(t.loop);
    const proxy = yield* nodeServer((inner) => {
      const upstream = connect(portOf(server), '127.0.0.1').on('error', () => undefined);
      inner.pipe(upstream).pipe(inner);
      t.loop.callSoon(() => accepted.setResult(inner));
    });
    const client = new Recorder(t.loop);
    const [transport] = yield* wait(
      createConnection(t.loop, () => client, 'localhost', proxy.port, overTls().client),
    );
    const inner = yield* wait(accepted);
    inner.unpipe();
    inner.pause();
    // A socket that is closed with something unread resets the connection.
    transport.write(Buffer.alloc(10_000_000));
    while (inner.readableLength < inner.readableHighWaterMark) yield* wait(t.sleep(0.001));
    inner.destroy();
    expect(yield* wait(client.lost)).toBeInstanceOf(ConnectionError);
    expect(t.takeReports()).toEqual([]);
    proxy.close();
    yield* tearDown(server);
  });

  scene('fills the memory of a buffered protocol [S322][S323]', function* (t) {
    const done: Future<string> = createFuture(t.loop);
    class Buffered extends BufferedProtocol {
      readonly memory = Buffer.alloc(4);
      text = '';
      override getBuffer(): Uint8Array {
        return this.memory;
      }
      override bufferUpdated(length: number): void {
        this.text += this.memory.toString('latin1', 0, length);
        if (this.text.length === 10) done.setResult(this.text);
      }
    }
    const { server, transport, peer } = yield* tlsPair(t);
    peer.transport.setProtocol(new Buffered());
    transport.write(Buffer.from('0123456789'));
    expect(yield* wait(done)).toBe('0123456789');
    yield* tearDown(server);
  });

  scene('writes after close are dropped, those of no bytes refused [S312][S318]', function* (t) {
    const { server, transport, client, peer } = yield* tlsPair(t);
    expect(() => transport.write('text' as unknown as Uint8Array)).toThrow(TypeError);
    transport.write(Buffer.from('heard'));
    transport.close();
    transport.write(Buffer.from('dropped'));
    yield* wait(client.lost);
    yield* wait(peer.lost);
    expect(peer.received.toString()).toBe('heard');
    yield* tearDown(server);
  });
});

describe('the certificate of a server', () => {
  scene('must be valid, for this host, and of an authority that is trusted', function* (t) {
    const { expired, wrongHost, selfSigned } = certificates();
    const cases = [
      [expired, 10, /^certificate verify failed: certificate has expired/],
      [wrongHost, 62, /^certificate verify failed: Hostname\/IP does not match/],
      [selfSigned, 18, /^certificate verify failed: self.signed certificate/],
    ] as const;
    for (const [identity, code, message] of cases) {
      const server = yield* wait(
        createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, {
          ssl: serverContext(identity),
        }),
      );
      const error = yield* failure(connecting(t, portOf(server)));
      expect(error).toBeInstanceOf(SSLCertVerificationError);
      expect(error).toBeInstanceOf(SSLError);
      expect(error).toBeInstanceOf(OSError);
      expect(error).toMatchObject({ verifyCode: code, reason: 'CERTIFICATE_VERIFY_FAILED' });
      expect(error.message).toMatch(message);
      expect(error.message).toBe(
        `certificate verify failed: ${(error as SSLCertVerificationError).verifyMessage}`,
      );
      expect(error.cause).toMatchObject({ code: (error as SSLError).code });
      // The handshake that failed counts as a connection; it must not hold the server.
      server.close();
      yield* wait(server.waitClosed());
    }
  });

  scene('may be for serverHostname instead of the host', function* (t) {
    const server = yield* wait(
      createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, {
        ssl: serverContext(certificates().wrongHost),
      }),
    );
    const [transport] = yield* wait(
      connecting(t, portOf(server), { serverHostname: 'other.example' }),
    );
    transport.abort();
    const unchecked = clientContext();
    unchecked.checkHostname = false;
    const [second] = yield* wait(connecting(t, portOf(server), { ssl: unchecked }));
    second.abort();
    const blind = clientContext({ ca: '' });
    blind.checkHostname = false;
    blind.verifyMode = 'CERT_NONE';
    const [third] = yield* wait(connecting(t, portOf(server), { ssl: blind }));
    third.abort();
    yield* tearDown(server);
  });

  scene('is not trusted by the default context', function* (t) {
    const server = yield* wait(
      createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, {
        ssl: serverContext(certificates().server),
      }),
    );
    for (const ssl of [true, createDefaultContext()]) {
      const error = yield* failure(connecting(t, portOf(server), { ssl }));
      expect(error).toMatchObject({ name: 'SSLCertVerificationError', verifyCode: 21 });
    }
    yield* tearDown(server);
  });
});

describe('the certificate of a client', () => {
  const client = () => serverContext(certificates().client, { purpose: 'SERVER_AUTH' });
  const trusting = (mode: 'CERT_REQUIRED' | 'CERT_OPTIONAL'): SSLContext => {
    const context = serverContext(certificates().server, { cadata: certificates().ca });
    context.verifyMode = mode;
    return context;
  };
  const asked = (t: Scene, mode: 'CERT_REQUIRED' | 'CERT_OPTIONAL', ssl: SSLContext) =>
    connectedPair<Recorder, Recorder>(t, undefined, undefined, {
      server: { ssl: trusting(mode) },
      client: { ssl },
    });

  scene('is shown when it is asked for', function* (t) {
    const ssl = client();
    ssl.loadVerifyLocations({ cadata: certificates().ca });
    for (const mode of ['CERT_REQUIRED', 'CERT_OPTIONAL'] as const) {
      const { server, peer } = yield* asked(t, mode, ssl);
      expect(peer.transport.getExtraInfo('peercert')?.subject.CN).toBe('client.example');
      yield* tearDown(server);
    }
  });

  scene('may be missing if it is optional', function* (t) {
    const { server, peer } = yield* asked(t, 'CERT_OPTIONAL', clientContext());
    expect(peer.transport.getExtraInfo('peercert')).toBeNull();
    yield* tearDown(server);
  });

  scene('is refused if it is bad, or missing where one is required', function* (t) {
    const { cert, key } = certificates().selfSigned;
    const cases = [
      ['CERT_OPTIONAL', clientContext({ cert, key }), 18],
      ['CERT_REQUIRED', clientContext({ cert, key }), 18],
      ['CERT_REQUIRED', clientContext(), undefined],
    ] as const;
    for (const [mode, ssl, verifyCode] of cases) {
      t.loop.setDebug(true);
      t.loop.slowCallbackDuration = 60;
      const peer = new Recorder(t.loop);
      const server = yield* wait(
        createServer(t.loop, () => peer, '127.0.0.1', 0, { ssl: trusting(mode) }),
      );
      const client = new Recorder(t.loop);
      try {
        yield* wait(createConnection(t.loop, () => client, '127.0.0.1', portOf(server), { ssl }));
        // With TLS 1.3 the client learns of it only now.
        yield* wait(client.lost);
      } catch (error) {
        expect(error).toBeInstanceOf(OSError);
      }
      t.loop.setDebug(false);
      expect(peer.events).toEqual([]);
      const [report] = t.takeReports();
      expect(report?.message).toBe('Error on transport creation for incoming connection');
      expect(report?.exception).toBeInstanceOf(OSError);
      if (verifyCode !== undefined) expect(report?.exception).toMatchObject({ verifyCode });
      yield* tearDown(server);
    }
  });
});

describe('what belongs together', () => {
  scene('serverHostname and time limits go with ssl, ssl with a name [S329]', function* (t) {
    const make = (host: string | null, options: CreateConnectionOptions) =>
      failure(
        createConnection(t.loop, () => new Protocol(), host, host === null ? null : 1, options),
      );
    const ssl = clientContext();
    const sock = connect(1, '127.0.0.1').on('error', () => undefined);
    const cases: [string | null, CreateConnectionOptions, string][] = [
      ['h', { serverHostname: 'x' }, 'serverHostname is only meaningful with ssl'],
      ['h', { sslHandshakeTimeout: 1 }, 'sslHandshakeTimeout is only meaningful with ssl'],
      [
        'h',
        { sslShutdownTimeout: 1, ssl: false },
        'sslShutdownTimeout is only meaningful with ssl',
      ],
      [null, { ssl, sock }, 'You must set serverHostname when using ssl without a host'],
      ['', { ssl: true }, 'You must set serverHostname when using ssl without a host'],
      ['h', { ssl, serverHostname: '' }, 'checkHostname requires serverHostname'],
      [
        'h',
        { ssl, sslHandshakeTimeout: 0 },
        'sslHandshakeTimeout should be a positive number, got 0',
      ],
      [
        'h',
        { ssl, sslShutdownTimeout: -1 },
        'sslShutdownTimeout should be a positive number, got -1',
      ],
    ];
    for (const [host, options, message] of cases) {
      const error = yield* make(host, options);
      expect(error).toBeInstanceOf(ValueError);
      expect(error.message).toContain(message);
    }
    sock.destroy();
    const wrong = yield* make('h', { ssl: {} as SSLContext });
    expect(wrong).toBeInstanceOf(TypeError);
    expect(wrong.message).toMatch(/as ssl: an SSLContext was expected$/);
    const serve = (options: CreateServerOptions) =>
      failure(createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, options));
    expect(yield* serve({ ssl: true as unknown as SSLContext })).toBeInstanceOf(TypeError);
    expect(String(yield* serve({ sslHandshakeTimeout: 1 }))).toMatch(
      /^ValueError: sslHandshakeTimeout/,
    );
    const tls = new TLSSocket(connect(1, '127.0.0.1').on('error', () => undefined));
    tls.on('error', () => undefined);
    expect(String(yield* make(null, { sock: tls }))).toMatch(
      /^TypeError: Socket cannot be of type/,
    );
    tls.destroy();
  });
});

describe('a handshake', () => {
  scene('that takes too long is given up by the client', function* (t) {
    const silent = yield* nodeServer(() => undefined);
    const before = t.loop._outside;
    const error = yield* failure(connecting(t, silent.port, { sslHandshakeTimeout: 0.02 }));
    expect(error).toBeInstanceOf(ConnectionAbortedError);
    expect(error.message).toBe(
      'SSL handshake is taking longer than 0.02 seconds: aborting the connection',
    );
    expect(t.loop._outside).toBe(before);
    silent.close();
  });

  scene('that takes too long is given up by the server, which tells in debug mode', function* (t) {
    for (const debug of [false, true]) {
      t.loop.setDebug(debug);
      t.loop.slowCallbackDuration = 60;
      const peer = new Recorder(t.loop);
      const server = yield* wait(
        createServer(t.loop, () => peer, '127.0.0.1', 0, {
          ssl: serverContext(certificates().server),
          sslHandshakeTimeout: 0.02,
        }),
      );
      const socket = connect(portOf(server), '127.0.0.1')
        .on('error', () => undefined)
        .resume();
      yield* wait(new Promise((resolve) => socket.once('close', resolve)));
      server.close();
      yield* wait(server.waitClosed());
      t.loop.setDebug(false);
      expect(peer.events).toEqual([]);
      expect(t.takeReports().map((report) => String(report.exception))).toEqual(
        debug
          ? [expect.stringMatching(/^ConnectionAbortedError: SSL handshake is taking longer/)]
          : [],
      );
    }
  });

  scene('with a server that does not speak TLS is an SSLError', function* (t) {
    const rude = yield* nodeServer((socket) =>
      socket.write('220 mail.example at your service\r\n'),
    );
    const error = yield* failure(connecting(t, rude.port));
    expect(error).toBeInstanceOf(SSLError);
    expect(error).not.toBeInstanceOf(SSLCertVerificationError);
    expect(error).toMatchObject({ reason: 'WRONG_VERSION_NUMBER' });
    rude.close();
  });

  scene('with a client that does not speak TLS leaves the server as it is', function* (t) {
    const peer = new Recorder(t.loop);
    const server = yield* wait(
      createServer(t.loop, () => peer, '127.0.0.1', 0, {
        ssl: serverContext(certificates().server),
      }),
    );
    const socket = connect(portOf(server), '127.0.0.1')
      .on('error', () => undefined)
      .resume();
    socket.write('GET / HTTP/1.1\r\n\r\n');
    yield* wait(new Promise((resolve) => socket.once('close', resolve)));
    expect(peer.events).toEqual([]);
    const [transport] = yield* wait(connecting(t, portOf(server)));
    yield* wait(peer.made);
    transport.abort();
    yield* tearDown(server);
  });

  scene('whose peer goes away is a ConnectionResetError', function* (t) {
    for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
      const leaver = yield* nodeServer((socket) => socket.once('data', () => socket[leave]()));
      const error = yield* failure(connecting(t, leaver.port));
      expect(error).toBeInstanceOf(ConnectionResetError);
      expect(error.message).toBe('The connection was closed before the TLS handshake was done');
      leaver.close();
    }
  });

  scene('whose sides have no version in common is an SSLError', function* (t) {
    const old = serverContext(certificates().server);
    old.maximumVersion = 'TLSv1.2';
    const server = yield* wait(
      createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, { ssl: old }),
    );
    const ssl = clientContext();
    ssl.minimumVersion = 'TLSv1.3';
    const error = yield* failure(connecting(t, portOf(server), { ssl }));
    expect(error).toBeInstanceOf(SSLError);
    expect((error as SSLError).reason).toMatch(/ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
    ssl.minimumVersion = null;
    const [transport] = yield* wait(connecting(t, portOf(server), { ssl }));
    expect(transport.getExtraInfo('cipher')?.[1]).toBe('TLSv1.2');
    transport.abort();
    yield* tearDown(server);
  });

  scene('that is cancelled leaves no connection', function* (t) {
    const hello: Future<void> = createFuture(t.loop);
    const closed: Future<void> = createFuture(t.loop);
    const silent = yield* nodeServer((socket) => {
      socket.once('data', () => t.loop.callSoon(() => hello.setResult(undefined)));
      socket.on('close', () => t.loop.callSoon(() => closed.setResult(undefined)));
      socket.on('end', () => socket.end());
    });
    const client = new Recorder(t.loop);
    const task = createTask(
      t.loop,
      createConnection(t.loop, () => client, '127.0.0.1', silent.port, { ssl: clientContext() }),
    );
    yield* wait(hello);
    task.cancel();
    yield* failure(task);
    expect(task.cancelled()).toBe(true);
    expect(client.events).toEqual([]);
    yield* wait(closed);
    silent.close();
  });

  scene('counts as a connection of the server [S337][S338]', function* (t) {
    for (const end of ['closeClients', 'abortClients'] as const) {
      const factory: Future<void> = createFuture(t.loop);
      const peer = new Recorder(t.loop);
      const server = yield* wait(
        createServer(
          t.loop,
          () => {
            factory.setResult(undefined);
            return peer;
          },
          '127.0.0.1',
          0,
          { ssl: serverContext(certificates().server) },
        ),
      );
      const socket = connect(portOf(server), '127.0.0.1')
        .on('error', () => undefined)
        .resume();
      const gone = new Promise((resolve) => socket.once('close', resolve));
      yield* wait(factory);
      server.close();
      const closed = createTask(t.loop, server.waitClosed());
      yield* wait(t.turns(3));
      expect(closed.done()).toBe(false);
      server[end]();
      yield* wait(closed);
      yield* wait(gone);
      expect(peer.events).toEqual([]);
    }
  });

  test('goes with its loop', async () => {
    const loop = new BaseEventLoop();
    let socket: Socket | null = null;
    const accepted = new Promise<Socket>((resolve) => {
      const node = createNodeServer((peer) => {
        node.close();
        resolve(peer.on('error', () => undefined).resume());
      });
      node.listen(0, '127.0.0.1', () => {
        const { port } = node.address() as { port: number };
        createTask(
          loop,
          createConnection(loop, () => new Protocol(), 'localhost', port, { ssl: clientContext() }),
        );
      });
    });
    loop.setExceptionHandler(() => undefined);
    await runUntilComplete(loop, function* () {
      const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0, {
        ssl: serverContext(certificates().server),
      });
      socket = connect(portOf(server), '127.0.0.1')
        .on('error', () => undefined)
        .resume();
      yield* createConnection(loop, () => new Protocol(), 'localhost', portOf(server), {
        ssl: clientContext(),
      });
    });
    const peer = await accepted;
    const gone = [peer, socket as unknown as Socket].map((each) =>
      each.destroyed ? null : new Promise((resolve) => each.once('close', resolve)),
    );
    loop.close();
    await Promise.all(gone);
  });
});

describe('SSLContext', () => {
  test('checkHostname and verifyMode go together', () => {
    const context = new SSLContext('PROTOCOL_TLS_CLIENT');
    expect(() => {
      context.verifyMode = 'CERT_NONE';
    }).toThrow(ValueError);
    context.checkHostname = false;
    context.verifyMode = 'CERT_NONE';
    context.checkHostname = true;
    expect(context.verifyMode).toBe('CERT_REQUIRED');
    expect(new SSLContext('PROTOCOL_TLS_SERVER').verifyMode).toBe('CERT_NONE');
    expect(() => context.loadVerifyLocations({})).toThrow(TypeError);
    expect(() => context.loadCertChain('/no/such/file.pem')).toThrow(/ENOENT/);
  });

  scene('protocols are agreed on by ALPN', function* (t) {
    const ssl = serverContext(certificates().server);
    ssl.setAlpnProtocols(['h2', 'http/1.1']);
    const mine = clientContext();
    mine.setAlpnProtocols(['http/1.1']);
    const { server, transport } = yield* tlsPair(
      t,
      undefined,
      undefined,
      overTls({ ssl }, { ssl: mine }),
    );
    expect(transport.getExtraInfo('ssl_object')?.alpnProtocol).toBe('http/1.1');
    yield* tearDown(server);
  });

  scene('a server may choose by the name it is asked for', function* (t) {
    const names: string[] = [];
    const other = serverContext(certificates().wrongHost);
    const ssl = serverContext(certificates().server);
    ssl.sniCallback = (name) => {
      names.push(name);
      return name === 'other.example' ? other : null;
    };
    const server = yield* wait(createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, { ssl }));
    for (const serverHostname of ['other.example', 'localhost']) {
      const [transport] = yield* wait(connecting(t, portOf(server), { serverHostname }));
      expect(transport.getExtraInfo('peercert')?.subject.CN).toBe(serverHostname);
      transport.abort();
    }
    expect(names).toEqual(['other.example', 'localhost']);
    yield* tearDown(server);
  });

  scene('a certificate that is changed counts for the next connection', function* (t) {
    const ssl = serverContext(certificates().expired);
    const server = yield* wait(createServer(t.loop, () => new Protocol(), '127.0.0.1', 0, { ssl }));
    const { loadCertChain } = yield* chainFiles();
    yield* failure(connecting(t, portOf(server)));
    loadCertChain(ssl);
    const [transport] = yield* wait(connecting(t, portOf(server)));
    transport.abort();
    yield* tearDown(server);
  });
});

/** The good identity as files. */
function* chainFiles(): Generator<
  unknown,
  { loadCertChain: (context: SSLContext) => void },
  unknown
> {
  const { mkdtemp, rm, writeFile } = yield* wait(import('node:fs/promises'));
  const folder = yield* wait(mkdtemp('/tmp/asyncio-ts-'));
  const { cert, key } = certificates().server;
  yield* wait(writeFile(`${folder}/cert.pem`, cert));
  yield* wait(writeFile(`${folder}/key.pem`, key));
  const loadCertChain = (context: SSLContext): void => {
    context.loadCertChain(`${folder}/cert.pem`, { keyfile: `${folder}/key.pem` });
    void rm(folder, { recursive: true });
  };
  return { loadCertChain };
}

test('Node at the other end: a client of node:tls', async () => {
  const loop = new BaseEventLoop();
  const text = await runUntilComplete(loop, function* () {
    const server = yield* createServer(loop, () => new Echo(), '127.0.0.1', 0, {
      ssl: serverContext(certificates().server),
    });
    const socket = connectTls({ port: portOf(server), host: '127.0.0.1', ca: certificates().ca });
    const answer = new Promise<string>((resolve) => {
      let all = '';
      socket.on('data', (chunk) => (all += String(chunk)));
      socket.on('end', () => resolve(all));
    });
    socket.end('to node and back');
    const got = yield* wait(answer);
    server.close();
    yield* server.waitClosed();
    return got;
  });
  expect(text).toBe('to node and back');
  loop.close();
});

class Echo extends Protocol {
  private transport: SocketTransport | null = null;
  override connectionMade(transport: SocketTransport): void {
    this.transport = transport;
  }
  override dataReceived(data: Buffer): void {
    this.transport?.write(data);
  }
}

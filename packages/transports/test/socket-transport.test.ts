import { connect, type Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';
import { ContextVar, logger, RuntimeError } from '@asyncio-ts/loop';
import { createFuture, currentTask, type Future } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  BufferedProtocol,
  ConnectionResetError,
  createConnection,
  createServer,
  LOG_THRESHOLD_FOR_CONNLOST_WRITES,
  Protocol,
  type SocketTransport,
  TransportSocket,
} from '@asyncio-ts/transports';

import { connectedPair, portOf, Recorder, tearDown } from './recorder.js';

// The network is real here, its time is Node's; nothing waits on the clock.
const scene = scenes(test, { selectors: ['node'] });

describe('SocketTransport', () => {
  scene('connectionMade is first, then data, then the end [S309]', function* (t) {
    const { client, peer, server, transport } = yield* connectedPair(t);
    expect(client.events).toEqual(['made']);
    expect(transport.getProtocol()).toBe(client);
    transport.write(Buffer.from('hello'));
    yield* wait(peer.bytes(5));
    transport.close();
    expect(yield* wait(client.lost)).toBeNull();
    expect(yield* wait(peer.lost)).toBeNull();
    expect(client.events).toEqual(['made', 'lost']);
    expect(peer.events).toEqual(['made', 'data', 'eof', 'lost']);
    expect(transport.getProtocol()).toBeNull();
    yield* tearDown(server);
  });

  scene('reading starts in a later callback than connectionMade [S309]', function* (t) {
    const turns: string[] = [];
    const peer = new (class extends Recorder {
      override connectionMade(transport: SocketTransport): void {
        super.connectionMade(transport);
        t.loop.callSoon(() => turns.push('next turn'));
      }
      override dataReceived(data: Buffer): void {
        turns.push('data');
        super.dataReceived(data);
      }
    })(t.loop);
    const server = yield* wait(createServer(t.loop, () => peer, '127.0.0.1', 0));
    // A peer that has written before the server has looked at it.
    const socket = connect(portOf(server), '127.0.0.1', () => socket.write('early'));
    yield* wait(peer.bytes(5));
    expect(turns).toEqual(['next turn', 'data']);
    socket.destroy();
    yield* tearDown(server);
  });

  scene('pauseReading inside connectionMade suppresses the first read [S310]', function* (t) {
    const peer = new (class extends Recorder {
      override connectionMade(transport: SocketTransport): void {
        super.connectionMade(transport);
        transport.pauseReading();
      }
    })(t.loop);
    const { server, transport, client } = yield* connectedPair(t, undefined, peer);
    transport.write(Buffer.from('held back'));
    peer.transport.write(Buffer.from('x'));
    yield* wait((client as Recorder).bytes(1));
    yield* wait(t.turns(5));
    expect(peer.events).toEqual(['made']);
    peer.transport.resumeReading();
    expect((yield* wait(peer.bytes(9))).toString()).toBe('held back');
    yield* tearDown(server);
  });

  scene('pausing and resuming twice is harmless, and isReading tells [S311]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    expect(transport.isReading()).toBe(true);
    transport.pauseReading();
    transport.pauseReading();
    expect(transport.isReading()).toBe(false);
    peer.transport.write(Buffer.from('later'));
    yield* wait(t.turns(5));
    expect(client.events).toEqual(['made']);
    transport.resumeReading();
    transport.resumeReading();
    expect(transport.isReading()).toBe(true);
    yield* wait(client.bytes(5));
    transport.close();
    expect(transport.isReading()).toBe(false);
    transport.pauseReading();
    transport.resumeReading();
    expect(transport.isReading()).toBe(false);
    yield* wait(client.lost);
    yield* tearDown(server);
  });

  scene('a pause in the middle keeps what had arrived, and the end behind it', function* (t) {
    const peer = new (class extends Recorder {
      override dataReceived(data: Buffer): void {
        super.dataReceived(data);
        this.transport.pauseReading();
        this.paused = true;
      }
      paused = false;
    })(t.loop);
    const { server, transport } = yield* connectedPair(t, undefined, peer);
    const payload = Buffer.alloc(300_000, 'abc');
    transport.write(payload);
    transport.writeEof();
    while (!peer.ended.done()) {
      if (peer.paused) {
        peer.paused = false;
        peer.transport.resumeReading();
      }
      yield* wait(peer.chunks.length === 0 ? peer.bytes(1) : t.sleep(0.001));
    }
    expect(peer.received.equals(payload)).toBe(true);
    expect(peer.events.at(-1)).not.toBe('data');
    yield* tearDown(server);
  });

  scene('small writes of a turn go out together [S312]', function* (t) {
    const { server, transport, peer } = yield* connectedPair(t);
    const pieces = ['one ', 'two ', '', 'three'];
    for (const piece of pieces) transport.write(Buffer.from(piece));
    expect(transport.getWriteBufferSize()).toBe(13);
    yield* wait(peer.bytes(13));
    expect(peer.chunks.map(String)).toEqual(['one two three']);
    expect(transport.getWriteBufferSize()).toBe(0);
    yield* tearDown(server);
  });

  scene('the caller may reuse the memory of a small write at once [S312]', function* (t) {
    const { server, transport, peer } = yield* connectedPair(t);
    const memory = Buffer.from('mine');
    transport.write(memory);
    memory.fill('x');
    transport.writelines([new Uint8Array([0x21]), Buffer.from('?')]);
    expect((yield* wait(peer.bytes(6))).toString()).toBe('mine!?');
    yield* tearDown(server);
  });

  scene('short and long writes keep their order [S312]', function* (t) {
    const { server, transport, peer } = yield* connectedPair(t);
    const pieces: Buffer[] = [];
    for (let i = 0; i < 60; i++) {
      const length = [1, 100, 5000, 16_384, 16_385, 40_000, 70_000][i % 7] as number;
      pieces.push(Buffer.alloc(length, i + 1));
    }
    const all = Buffer.concat(pieces);
    for (const piece of pieces) transport.write(piece);
    expect((yield* wait(peer.bytes(all.length))).equals(all)).toBe(true);
    yield* tearDown(server);
  });

  scene('only bytes can be written [S312]', function* (t) {
    const { server, transport } = yield* connectedPair(t);
    const write = (data: unknown) => () => transport.write(data as Uint8Array);
    expect(write('text')).toThrow(TypeError);
    expect(write('text')).toThrow(/encode the string: Buffer\.from\(text, 'utf8'\)/);
    for (const data of [null, 5, ['a'], new ArrayBuffer(2)]) expect(write(data)).toThrow(TypeError);
    yield* tearDown(server);
  });

  scene('pauses the writer above the high mark, resumes it once [S314][S315]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    peer.transport.pauseReading();
    const megabyte = Buffer.alloc(1 << 20, 7);
    let written = 0;
    // More than the buffers of the system hold.
    while (!client.events.includes('pause')) {
      transport.writelines([megabyte, megabyte]);
      written += 2 * megabyte.length;
    }
    transport.write(Buffer.from('after'));
    expect(transport.getWriteBufferSize()).toBeGreaterThan(64 * 1024);
    peer.transport.resumeReading();
    yield* wait(peer.bytes(written + 5));
    yield* wait(t.turns(3));
    expect(client.events).toEqual(['made', 'pause', 'resume']);
    expect(transport.getWriteBufferSize()).toBe(0);
    yield* tearDown(server);
  });

  scene('limits that are lowered count for what is on its way [S314]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    peer.transport.pauseReading();
    transport.setWriteBufferLimits({ high: 1 << 30 });
    let written = 0;
    while (transport.getWriteBufferSize() < 100_000) {
      transport.write(Buffer.alloc(100_001));
      written += 100_001;
    }
    expect(client.events).toEqual(['made']);
    transport.setWriteBufferLimits({ high: 1000 });
    expect(client.events).toEqual(['made', 'pause']);
    peer.transport.resumeReading();
    yield* wait(peer.bytes(written));
    yield* wait(t.sleep(0));
    while (client.events.length < 3) yield* wait(t.sleep(0.001));
    expect(client.events).toEqual(['made', 'pause', 'resume']);
    yield* tearDown(server);
  });

  scene('close flushes, then connectionLost(null), once and not at once [S316]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    const payload = Buffer.alloc(5_000_000, 'payload');
    transport.write(payload);
    transport.write(Buffer.from('!'));
    transport.close();
    transport.close();
    expect(transport.isClosing()).toBe(true);
    expect(client.events).not.toContain('lost');
    const received = yield* wait(peer.bytes(payload.length + 1));
    expect(received.subarray(0, -1).equals(payload)).toBe(true);
    expect(yield* wait(client.lost)).toBeNull();
    expect(client.events.filter((event) => event === 'lost')).toHaveLength(1);
    yield* wait(peer.lost);
    yield* tearDown(server);
  });

  scene('close drops what arrives later [S316]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    peer.transport.write(Buffer.from('too late'));
    transport.close();
    yield* wait(client.lost);
    expect(client.events).toEqual(['made', 'lost']);
    yield* tearDown(server);
  });

  scene(
    'abort drops what was not sent, connectionLost(null) comes next turn [S317]',
    function* (t) {
      const { server, transport, client, peer } = yield* connectedPair(t);
      peer.transport.pauseReading();
      transport.write(Buffer.alloc(50_000_000));
      transport.abort();
      transport.abort();
      expect(client.events).toEqual(['made', 'pause']);
      expect(transport.isClosing()).toBe(true);
      yield* wait(t.turns(1));
      expect(client.events).toEqual(['made', 'pause', 'lost']);
      peer.transport.resumeReading();
      yield* wait(peer.lost);
      expect(peer.received.length).toBeLessThan(50_000_000);
      yield* tearDown(server);
    },
  );

  scene('abort ends a close that cannot flush [S317]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    peer.transport.pauseReading();
    transport.write(Buffer.alloc(50_000_000));
    transport.close();
    yield* wait(t.turns(5));
    expect(client.lost.done()).toBe(false);
    transport.abort();
    expect(yield* wait(client.lost)).toBeNull();
    yield* tearDown(server);
  });

  scene('a write after close or abort is dropped [S318]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    transport.write(Buffer.from('heard'));
    transport.close();
    transport.write(Buffer.from('dropped'));
    yield* wait(client.lost);
    transport.write(Buffer.from('dropped'));
    expect(transport.getWriteBufferSize()).toBe(0);
    yield* wait(peer.lost);
    expect(peer.received.toString()).toBe('heard');
    yield* tearDown(server);
  });

  scene(
    'after LOG_THRESHOLD_FOR_CONNLOST_WRITES dropped writes each one is warned of',
    function* (t) {
      const { server, transport, client, peer } = yield* connectedPair(t);
      transport.abort();
      yield* wait(client.lost);
      const warnings: string[] = [];
      const { warning } = logger;
      logger.warning = (message) => warnings.push(message);
      try {
        for (let i = 0; i < LOG_THRESHOLD_FOR_CONNLOST_WRITES; i++)
          transport.write(Buffer.from('x'));
        expect(warnings).toEqual([]);
        transport.write(Buffer.from('x'));
        transport.write(Buffer.from('x'));
        expect(warnings).toEqual(
          Array(2).fill('Cannot write: the connection is closed, the data is dropped'),
        );
      } finally {
        logger.warning = warning;
      }
      yield* wait(peer.lost);
      yield* tearDown(server);
    },
  );

  scene('writeEof half-closes behind what was written [S319]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    peer.keepOpen = true;
    expect(transport.canWriteEof()).toBe(true);
    transport.write(Buffer.from('question'));
    transport.writeEof();
    transport.writeEof();
    expect(() => transport.write(Buffer.from('x'))).toThrow(RuntimeError);
    expect(() => transport.writelines([Buffer.from('x')])).toThrow(/writeEof\(\)/);
    yield* wait(peer.ended);
    expect(peer.received.toString()).toBe('question');
    peer.transport.write(Buffer.from('answer'));
    expect((yield* wait(client.bytes(6))).toString()).toBe('answer');
    peer.transport.close();
    expect(yield* wait(client.lost)).toBeNull();
    expect(client.events).toEqual(['made', 'data', 'eof', 'lost']);
    expect(peer.events).toEqual(['made', 'data', 'eof', 'lost']);
    transport.writeEof();
    yield* tearDown(server);
  });

  scene('eofReceived that returns nothing closes the connection [S320]', function* (t) {
    const { server, transport, peer } = yield* connectedPair(t);
    transport.writeEof();
    yield* wait(peer.lost);
    expect(peer.events).toEqual(['made', 'eof', 'lost']);
    yield* tearDown(server);
  });

  scene('when both sides have ended, it is lost when it is closed [S320]', function* (t) {
    const { server, transport, client, peer } = yield* connectedPair(t);
    client.keepOpen = peer.keepOpen = true;
    transport.writeEof();
    yield* wait(peer.ended);
    peer.transport.writeEof();
    yield* wait(client.ended);
    for (let i = 0; i < 5; i++) yield* wait(t.sleep(0.001));
    expect(client.events).toEqual(['made', 'eof']);
    expect(peer.events).toEqual(['made', 'eof']);
    transport.close();
    peer.transport.close();
    expect(yield* wait(client.lost)).toBeNull();
    expect(yield* wait(peer.lost)).toBeNull();
    yield* tearDown(server);
  });

  scene('a reset ends the connection with its error and no report [S321]', function* (t) {
    const { server, transport, peer } = yield* connectedPair(t);
    const socket = transport.getExtraInfo('socket') as TransportSocket;
    (socket.node as Socket).resetAndDestroy();
    const error = yield* wait(peer.lost);
    expect(error).toBeInstanceOf(ConnectionResetError);
    expect((error as ConnectionResetError).code).toBe('ECONNRESET');
    expect((error as ConnectionResetError).syscall).toBe('read');
    expect((error as Error).cause).toMatchObject({ code: 'ECONNRESET' });
    yield* tearDown(server);
  });

  scene('what dataReceived throws is reported and ends the connection [S321]', function* (t) {
    const failure = new Error('cannot parse');
    const peer = new (class extends Recorder {
      override dataReceived(): void {
        throw failure;
      }
    })(t.loop);
    const { server, transport } = yield* connectedPair(t, undefined, peer);
    transport.write(Buffer.from('x'));
    expect(yield* wait(peer.lost)).toBe(failure);
    const [report] = t.takeReports();
    expect(report?.message).toMatch(/^Fatal error: the protocol failed/);
    expect(report?.exception).toBe(failure);
    expect(report?.['protocol']).toBe(peer);
    yield* tearDown(server);
  });

  scene('setProtocol switches at once, also to a buffered one [S322][S323]', function* (t) {
    const filled: number[] = [];
    const done: Future<void> = createFuture(t.loop);
    class Buffered extends BufferedProtocol {
      readonly memory = Buffer.alloc(4);
      text = '';
      override getBuffer(): Uint8Array {
        return this.memory;
      }
      override bufferUpdated(length: number): void {
        filled.push(length);
        this.text += this.memory.toString('latin1', 0, length);
        if (this.text.length === 10) done.setResult(undefined);
      }
    }
    const buffered = new Buffered();
    const { server, transport, peer } = yield* connectedPair(t);
    transport.write(Buffer.from('first'));
    yield* wait(peer.bytes(5));
    peer.transport.setProtocol(buffered);
    expect(peer.transport.getProtocol()).toBe(buffered);
    transport.write(Buffer.from('0123456789'));
    yield* wait(done);
    expect(buffered.text).toBe('0123456789');
    expect(filled).toEqual([4, 4, 2]);
    peer.transport.setProtocol(peer);
    transport.write(Buffer.from('again'));
    expect((yield* wait(peer.bytes(10))).toString()).toBe('firstagain');
    yield* tearDown(server);
  });

  scene(
    'a buffered protocol that pauses is given no more, nothing is lost [S311][S322]',
    function* (t) {
      const fills: string[] = [];
      const done: Future<void> = createFuture(t.loop);
      class Pausing extends BufferedProtocol {
        readonly memory = Buffer.alloc(4);
        override getBuffer(): Uint8Array {
          return this.memory;
        }
        override bufferUpdated(length: number): void {
          fills.push(this.memory.toString('latin1', 0, length));
          if (fills.length === 1) {
            peer.transport.pauseReading();
            t.loop.callLater(0.001, () => peer.transport.resumeReading());
          } else {
            peer.transport.setProtocol(peer);
            done.setResult(undefined);
          }
        }
      }
      const { server, transport, peer } = yield* connectedPair(t);
      peer.transport.setProtocol(new Pausing());
      transport.write(Buffer.from('aaaabbbbccccdddd'));
      transport.writeEof();
      yield* wait(done);
      yield* wait(peer.ended);
      expect(fills).toEqual(['aaaa', 'bbbb']);
      expect(peer.received.toString()).toBe('ccccdddd');
      yield* tearDown(server);
    },
  );

  scene('an empty buffer is fatal, the end is told as to any protocol [S323]', function* (t) {
    const told: string[] = [];
    const lost: Future<Error | null> = createFuture(t.loop);
    class Empty extends BufferedProtocol {
      override getBuffer(): Uint8Array {
        return Buffer.alloc(0);
      }
      override eofReceived(): void {
        told.push('eof');
      }
      override connectionLost(error: Error | null): void {
        lost.setResult(error);
      }
    }
    const { server, transport, peer } = yield* connectedPair(t);
    peer.transport.setProtocol(new Empty());
    transport.write(Buffer.from('x'));
    expect(String(yield* wait(lost))).toBe('RuntimeError: getBuffer() returned an empty buffer');
    expect(t.takeReports()).toHaveLength(1);
    yield* tearDown(server);
  });

  scene('knows both addresses and its socket, also when it is lost [S325]', function* (t) {
    const { server, port, transport, client, peer } = yield* connectedPair(t);
    expect(transport.getExtraInfo('peername')).toEqual(['127.0.0.1', port]);
    expect(transport.getExtraInfo('sockname')).toEqual(peer.transport.getExtraInfo('peername'));
    const socket = transport.getExtraInfo('socket');
    expect(socket).toBeInstanceOf(TransportSocket);
    expect(socket?.getpeername()).toEqual(['127.0.0.1', port]);
    expect(transport.getExtraInfo('cipher', 'none')).toBe('none');
    transport.abort();
    yield* wait(client.lost);
    expect(transport.getExtraInfo('peername')).toEqual(['127.0.0.1', port]);
    yield* tearDown(server);
  });

  scene('callbacks run in the context of whoever made the connection', function* (t) {
    const user = new ContextVar<string>('user', { default: 'nobody' });
    user.set('ann');
    const seen: string[] = [];
    const made = (): Recorder =>
      new (class extends Recorder {
        override connectionMade(transport: SocketTransport): void {
          seen.push(user.get());
          super.connectionMade(transport);
        }
        override dataReceived(data: Buffer): void {
          seen.push(user.get());
          super.dataReceived(data);
        }
      })(t.loop);
    const { server, transport, client, peer } = yield* connectedPair(t, made(), made());
    transport.write(Buffer.from('x'));
    yield* wait(peer.bytes(1));
    peer.transport.write(Buffer.from('y'));
    yield* wait(client.bytes(1));
    // In the async kind the body may stand in another context by now; what was set before counts for both sides.
    expect(seen).toHaveLength(4);
    expect(new Set(seen)).toEqual(new Set(['ann']));
    yield* tearDown(server);
  });

  scene('a connection that is left open is destroyed with its loop', function* (t) {
    const { client, transport } = yield* connectedPair(t);
    const socket = transport.getExtraInfo('socket')?.node as Socket;
    transport.write(Buffer.from('last words'));
    t.loop._atClose(() => {
      expect(socket.destroyed).toBe(true);
      expect(client.events).toEqual(['made']);
      transport.write(Buffer.from('ignored'));
      transport.close();
      transport.abort();
    });
  });

  scene('a protocol with no methods of its own is enough [S324]', function* (t) {
    const server = yield* wait(createServer(t.loop, () => new Protocol(), '127.0.0.1', 0));
    const client = new Recorder(t.loop);
    const [transport] = yield* wait(
      createConnection(t.loop, () => client, '127.0.0.1', portOf(server)),
    );
    transport.write(Buffer.from('x'));
    transport.writeEof();
    expect(yield* wait(client.lost)).toBeNull();
    yield* tearDown(server);
  });

  scene('protocol callbacks belong to no task', function* (t) {
    const tasks: unknown[] = [];
    const made = (): Recorder =>
      new (class extends Recorder {
        override connectionMade(transport: SocketTransport): void {
          tasks.push(currentTask());
          super.connectionMade(transport);
        }
        override dataReceived(data: Buffer): void {
          tasks.push(currentTask());
          super.dataReceived(data);
        }
        override connectionLost(error: Error | null): void {
          tasks.push(currentTask());
          super.connectionLost(error);
        }
      })(t.loop);
    const { server, transport, client, peer } = yield* connectedPair(t, made(), made());
    transport.write(Buffer.from('x'));
    yield* wait(peer.bytes(1));
    peer.transport.write(Buffer.from('y'));
    yield* wait(client.bytes(1));
    transport.close();
    yield* wait(client.lost);
    yield* wait(peer.lost);
    expect(tasks).toEqual([null, null, null, null, null, null]);
    yield* tearDown(server);
  });
});

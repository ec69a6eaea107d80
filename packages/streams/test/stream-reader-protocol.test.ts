import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError } from '@asyncio-ts/loop';
import { createTask } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import {
  FlowControlMixin,
  StreamReader,
  StreamReaderProtocol,
  StreamWriter,
} from '@asyncio-ts/streams';
import { ConnectionResetError, Transport } from '@asyncio-ts/transports';

import { failure } from './failure.js';

const scene = scenes(test);

/** A transport that goes nowhere, with TLS or without. */
class Nowhere extends Transport {
  closing = false;
  aborted = false;
  override isClosing(): boolean {
    return this.closing;
  }
  override close(): void {
    this.closing = true;
  }
  override abort(): void {
    this.closing = this.aborted = true;
  }
}

describe('StreamReaderProtocol', () => {
  scene('works in the running loop, if it is given none', function* (t) {
    const reader = new StreamReader();
    const protocol = new StreamReaderProtocol(reader);
    protocol.dataReceived(Buffer.from('fed\n'));
    expect((yield* wait(reader.readline())).toString()).toBe('fed\n');
    const writer = new StreamWriter(new Nowhere(), protocol, reader, t.loop);
    const waiting = createTask(t.loop, writer.waitClosed());
    yield* wait(t.turns(2));
    protocol.connectionLost(null);
    yield* wait(waiting);
    writer.close();
  });

  test('without any loop there is nothing to work in', () => {
    const loop = new BaseEventLoop();
    const reader = new StreamReader({ loop });
    expect(() => new StreamReaderProtocol(reader)).toThrow(RuntimeError);
    expect(() => new FlowControlMixin()).toThrow(/There is no current event loop/);
    expect(new StreamReaderProtocol(reader, null, { loop })).toBeInstanceOf(FlowControlMixin);
    loop.close();
  });

  scene('keeps the connection open at the end of the stream, but for TLS', function* (t) {
    for (const [context, keeps] of [[null, true] as const, [{}, false] as const]) {
      const reader = new StreamReader({ loop: t.loop });
      const protocol = new StreamReaderProtocol(reader, null, { loop: t.loop });
      protocol.connectionMade(new Nowhere(context === null ? {} : { sslcontext: context }));
      expect(protocol.eofReceived()).toBe(keeps);
      expect(reader.atEof()).toBe(true);
    }
  });

  scene('takes no connection twice', function* (t) {
    const reader = new StreamReader({ loop: t.loop });
    const protocol = new StreamReaderProtocol(reader, null, { loop: t.loop });
    protocol.connectionMade(new Nowhere());
    expect(() => protocol.connectionMade(new Nowhere())).toThrow(RuntimeError);
  });
});

describe('FlowControlMixin', () => {
  /** A protocol of somebody's own, which writers can wait for. */
  class Counting extends FlowControlMixin {
    paused = 0;
    readonly _serverSide = false;
    override pauseWriting(): void {
      this.paused++;
      super.pauseWriting();
    }
    _replaceTransport(): void {
      // nothing
    }
    _closeWaiter(): null {
      return null;
    }
    _endCloseWait(): void {
      // nothing
    }
  }

  scene('lets the writers of a subclass wait [S299]', function* (t) {
    const protocol = new Counting();
    const transport = new Nowhere();
    const writer = new StreamWriter(transport, protocol, null, t.loop);
    protocol.pauseWriting();
    const draining = createTask(t.loop, writer.drain());
    yield* wait(t.turns(3));
    expect([draining.done(), protocol.paused]).toEqual([false, 1]);
    protocol.resumeWriting();
    yield* wait(draining);
    protocol.connectionLost(null);
    expect(yield* failure(writer.drain())).toBeInstanceOf(ConnectionResetError);
    transport.close();
  });
});

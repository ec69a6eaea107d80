import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, NotImplementedError, RuntimeError, ValueError } from '@asyncio-ts/loop';
import {
  AbstractServer,
  BaseProtocol,
  BaseTransport,
  BrokenPipeError,
  BufferedProtocol,
  ConnectionError,
  ConnectionResetError,
  FlowControlTransport,
  OSError,
  Protocol,
  ReadTransport,
  SendfileNotAvailableError,
  Transport,
  WriteTransport,
} from '@asyncio-ts/transports';

describe('protocols', () => {
  test('their methods do nothing, so that a partial one works [S324]', () => {
    const protocol = new Protocol();
    const transport = new BaseTransport();
    for (const each of [new BaseProtocol(), protocol, new BufferedProtocol()]) {
      expect(each.connectionMade(transport)).toBeUndefined();
      expect(each.connectionLost(null)).toBeUndefined();
      expect(each.pauseWriting()).toBeUndefined();
      expect(each.resumeWriting()).toBeUndefined();
    }
    expect(protocol.dataReceived(Buffer.from('x'))).toBeUndefined();
    expect(protocol.eofReceived()).toBeUndefined();
    expect(new BufferedProtocol().eofReceived()).toBeUndefined();
    expect(new BufferedProtocol().bufferUpdated(1)).toBeUndefined();
    expect(() => new BufferedProtocol().getBuffer(1)).toThrow(NotImplementedError);
  });
});

describe('abstract transports', () => {
  test('their methods are not implemented [S324]', () => {
    const base = new BaseTransport();
    const data = Buffer.from('x');
    expect(() => base.isClosing()).toThrow(NotImplementedError);
    expect(() => base.close()).toThrow(/abstract transport: override it/);
    expect(() => base.setProtocol(new Protocol())).toThrow(NotImplementedError);
    expect(() => base.getProtocol()).toThrow(NotImplementedError);
    const transport = new Transport();
    for (const each of [new ReadTransport(), transport]) {
      expect(() => each.isReading()).toThrow(NotImplementedError);
      expect(() => each.pauseReading()).toThrow(NotImplementedError);
      expect(() => each.resumeReading()).toThrow(NotImplementedError);
    }
    for (const each of [new WriteTransport(), transport]) {
      expect(() => each.write(data)).toThrow(NotImplementedError);
      expect(() => each.writelines([data])).toThrow(NotImplementedError);
      expect(() => each.writeEof()).toThrow(NotImplementedError);
      expect(() => each.canWriteEof()).toThrow(NotImplementedError);
      expect(() => each.abort()).toThrow(NotImplementedError);
      expect(() => each.setWriteBufferLimits()).toThrow(NotImplementedError);
      expect(() => each.getWriteBufferLimits()).toThrow(NotImplementedError);
      expect(() => each.getWriteBufferSize()).toThrow(NotImplementedError);
    }
    expect(() => transport.setProtocol(new Protocol())).toThrow(NotImplementedError);
    expect(() => transport.getProtocol()).toThrow(NotImplementedError);
  });

  test('an unknown extra information is the default [S325]', () => {
    const transport = new BaseTransport({ known: 1 });
    expect(transport.getExtraInfo('known')).toBe(1);
    expect(transport.getExtraInfo('unknown')).toBeNull();
    expect(transport.getExtraInfo('unknown', 2)).toBe(2);
    expect(transport.getExtraInfo('toString', 3)).toBe(3);
  });
});

test('the methods of an abstract server are not implemented', () => {
  const server = new AbstractServer();
  const methods = [
    'close',
    'closeClients',
    'abortClients',
    'getLoop',
    'isServing',
    'startServing',
    'serveForever',
    'waitClosed',
  ] as const;
  for (const method of methods) {
    expect(() => server[method]()).toThrow(NotImplementedError);
    expect(() => server[method]()).toThrow(
      `Cannot call ${method}() of an abstract server: override it`,
    );
  }
});

class Held extends FlowControlTransport {
  held = 0;
  readonly told: string[] = [];

  constructor(loop: BaseEventLoop) {
    super(loop);
    const { told } = this;
    this._protocol = new (class extends Protocol {
      override pauseWriting(): void {
        told.push('pause');
      }
      override resumeWriting(): void {
        told.push('resume');
      }
    })();
  }

  override getWriteBufferSize(): number {
    return this.held;
  }

  hold(bytes: number): void {
    this.held = bytes;
    this._maybePauseProtocol();
    this._maybeResumeProtocol();
  }
}

describe('flow control', () => {
  test('the water marks are 64 and 16 KiB, and follow each other [S313]', () => {
    const transport = new Held(new BaseEventLoop());
    expect(transport.getWriteBufferLimits()).toEqual([16 * 1024, 64 * 1024]);
    transport.setWriteBufferLimits({ high: 1024 });
    expect(transport.getWriteBufferLimits()).toEqual([256, 1024]);
    transport.setWriteBufferLimits({ low: 100 });
    expect(transport.getWriteBufferLimits()).toEqual([100, 400]);
    transport.setWriteBufferLimits({ high: 0 });
    expect(transport.getWriteBufferLimits()).toEqual([0, 0]);
    transport.setWriteBufferLimits();
    expect(transport.getWriteBufferLimits()).toEqual([16 * 1024, 64 * 1024]);
    for (const limits of [{ high: 1, low: 2 }, { high: -1 }, { low: -1 }, { high: NaN }]) {
      expect(() => transport.setWriteBufferLimits(limits)).toThrow(ValueError);
    }
    expect(() => transport.setWriteBufferLimits({ high: 1, low: 2 })).toThrow(
      'Cannot set the write buffer limits: high (1) must be >= low (2) must be >= 0',
    );
  });

  test('pauses once above the high mark, resumes once at the low one [S314]', () => {
    const transport = new Held(new BaseEventLoop());
    transport.setWriteBufferLimits({ high: 100, low: 20 });
    for (const bytes of [100, 101, 150, 200, 100, 21]) transport.hold(bytes);
    expect(transport.told).toEqual(['pause']);
    for (const bytes of [20, 10, 0, 100]) transport.hold(bytes);
    expect(transport.told).toEqual(['pause', 'resume']);
    transport.setWriteBufferLimits({ high: 50 });
    expect(transport.told).toEqual(['pause', 'resume', 'pause']);
  });

  test('a protocol that fails to pause is reported and goes on', () => {
    const loop = new BaseEventLoop();
    const reports: string[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context.message));
    const transport = new Held(loop);
    transport._protocol = new (class extends Protocol {
      override pauseWriting(): void {
        throw new Error('no');
      }
      override resumeWriting(): void {
        throw new Error('no');
      }
    })();
    transport.hold(100_000);
    transport.hold(0);
    expect(reports).toEqual(['protocol.pauseWriting() failed', 'protocol.resumeWriting() failed']);
  });
});

describe('OSError', () => {
  test('its family is told apart by class and by code', () => {
    const error = new ConnectionResetError('reset', { code: 'ECONNRESET', errno: -104 });
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toBeInstanceOf(OSError);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(BrokenPipeError);
    expect([error.name, error.code, error.errno]).toEqual([
      'ConnectionResetError',
      'ECONNRESET',
      -104,
    ]);
  });
});

test('SendfileNotAvailableError is a RuntimeError that says its name', () => {
  const error = new SendfileNotAvailableError('no way to send a file');
  expect(error).toBeInstanceOf(RuntimeError);
  expect(String(error)).toBe('SendfileNotAvailableError: no way to send a file');
});

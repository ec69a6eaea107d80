import type { BaseEventLoop } from '@asyncio-ts/loop';
import { StreamReader, StreamReaderProtocol, StreamWriter } from '@asyncio-ts/streams';
import { Transport } from '@asyncio-ts/transports';

/** One end of a connection in memory: what is written arrives at the other end a second later, on any clock. */
class MemoryTransport extends Transport {
  readonly loop: BaseEventLoop;
  readonly protocol: StreamReaderProtocol;
  other!: MemoryTransport;
  /** Written, and not arrived. */
  private _underWay = 0;
  private readonly _highWater: number;
  private _told = false;
  private _closing = false;
  private _lost = false;

  constructor(loop: BaseEventLoop, protocol: StreamReaderProtocol, highWater: number) {
    super();
    this.loop = loop;
    this.protocol = protocol;
    this._highWater = highWater;
  }

  override write(data: Uint8Array): void {
    this._underWay += data.length;
    if (this._underWay > this._highWater && !this._told) {
      this._told = true;
      this.protocol.pauseWriting();
    }
    this.loop.callLater(1, () => {
      this._underWay -= data.length;
      this.other.arrived(Buffer.from(data));
      if (this._told && this._underWay === 0) {
        this._told = false;
        this.protocol.resumeWriting();
      }
    });
  }

  private arrived(data: Buffer): void {
    if (!this._closing) this.protocol.dataReceived(data);
  }

  override isClosing(): boolean {
    return this._closing;
  }

  override close(): void {
    if (this._closing) return;
    this._closing = true;
    this.loop.callLater(1, () => {
      this.lose();
      this.other.ended();
    });
  }

  private ended(): void {
    if (!this._closing) this.protocol.eofReceived();
  }

  private lose(): void {
    if (this._lost) return;
    this._lost = true;
    this.protocol.connectionLost(null);
  }

  override pauseReading(): void {
    // What is under way comes all the same.
  }

  override resumeReading(): void {
    // As above.
  }
}

/** Both ends of a connection in memory. */
export function memoryPipe(
  loop: BaseEventLoop,
  highWater = 8,
): [one: [StreamReader, StreamWriter], other: [StreamReader, StreamWriter]] {
  const [one, other] = [end(loop, highWater), end(loop, highWater)];
  one.transport.other = other.transport;
  other.transport.other = one.transport;
  one.transport.protocol.connectionMade(one.transport);
  other.transport.protocol.connectionMade(other.transport);
  return [
    [one.reader, one.writer],
    [other.reader, other.writer],
  ];
}

function end(
  loop: BaseEventLoop,
  highWater: number,
): { transport: MemoryTransport; reader: StreamReader; writer: StreamWriter } {
  const reader = new StreamReader({ loop });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  const transport = new MemoryTransport(loop, protocol, highWater);
  return { transport, reader, writer: new StreamWriter(transport, protocol, reader, loop) };
}

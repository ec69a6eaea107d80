import { createFuture, type Coroutine, type Future } from '@asyncio-ts/futures';
import type { BaseEventLoop } from '@asyncio-ts/loop';
import { type Scene, wait } from '@asyncio-ts/testing';
import {
  createConnection,
  type CreateConnectionOptions,
  createServer,
  type CreateServerOptions,
  Protocol,
  type Server,
  type SocketTransport,
} from '@asyncio-ts/transports';

/** A protocol that writes down what it is told. */
export class Recorder extends Protocol {
  readonly events: string[] = [];
  readonly chunks: Buffer[] = [];
  readonly made: Future<SocketTransport>;
  readonly lost: Future<Error | null>;
  readonly ended: Future<void>;
  transport!: SocketTransport;
  keepOpen = false;
  private readonly _loop: BaseEventLoop;
  private _length = 0;
  private _wanted: { length: number; future: Future<Buffer> } | null = null;

  constructor(loop: BaseEventLoop) {
    super();
    this._loop = loop;
    this.made = createFuture(loop);
    this.lost = createFuture(loop);
    this.ended = createFuture(loop);
  }

  get received(): Buffer {
    return Buffer.concat(this.chunks);
  }

  /** Done when so many bytes have come. */
  bytes(length: number): Future<Buffer> {
    const future = createFuture<Buffer>(this._loop);
    this._wanted = { length, future };
    this._look();
    return future;
  }

  private _look(): void {
    const wanted = this._wanted;
    if (wanted === null || this._length < wanted.length) return;
    this._wanted = null;
    wanted.future.setResult(this.received);
  }

  override connectionMade(transport: SocketTransport): void {
    this.events.push('made');
    this.transport = transport;
    this.made.setResult(transport);
  }

  override dataReceived(data: Buffer): void {
    if (this.events.at(-1) !== 'data') this.events.push('data');
    this.chunks.push(data);
    this._length += data.length;
    this._look();
  }

  override eofReceived(): boolean {
    this.events.push('eof');
    this.ended.setResult(undefined);
    return this.keepOpen;
  }

  override connectionLost(error: Error | null): void {
    this.events.push(error === null ? 'lost' : `lost ${error.name}`);
    this.lost.setResult(error);
  }

  override pauseWriting(): void {
    this.events.push('pause');
  }

  override resumeWriting(): void {
    this.events.push('resume');
  }
}

export interface Pair<C extends Protocol, S extends Protocol> {
  readonly server: Server;
  readonly port: number;
  readonly client: C;
  readonly peer: S;
  readonly transport: SocketTransport;
}

/** A connection over the loopback: its client, and the protocol at the server's side. */
export function* connectedPair<C extends Protocol = Recorder, S extends Protocol = Recorder>(
  scene: Scene,
  client: C = new Recorder(scene.loop) as unknown as C,
  peer: S = new Recorder(scene.loop) as unknown as S,
  options: { server?: CreateServerOptions; client?: CreateConnectionOptions } = {},
): Generator<unknown, Pair<C, S>, unknown> {
  const { loop } = scene;
  const server = yield* wait(createServer(loop, () => peer, '127.0.0.1', 0, options.server));
  const port = portOf(server);
  const [transport] = yield* wait(
    createConnection(loop, () => client, '127.0.0.1', port, options.client),
  );
  if (peer instanceof Recorder) yield* wait(peer.made);
  return { server, port, client, peer, transport };
}

export function portOf(server: Server): number {
  return server.sockets[0].getsockname()[1];
}

/** Closes everything, and waits for it. */
export function* tearDown(server: Server): Generator<unknown, void, unknown> {
  server.close();
  server.abortClients();
  yield* wait(server.waitClosed() as Coroutine<void>);
}

/** What a coroutine fails with. */
export function* failure(coro: PromiseLike<unknown>): Generator<unknown, Error, unknown> {
  try {
    yield* wait(coro);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

/** What tests of faults share: peers without manners, and a look at what is left when they are gone. */
import { connect, createServer as createNodeServer, type Server as NodeServer } from 'node:net';
import type { Socket } from 'node:net';

import { expect, jest, test } from '@jest/globals';
import { allTasks, type Future } from '@asyncio-ts/futures';
import { type Scene, scenes, wait } from '@asyncio-ts/testing';
import {
  type ClientConnectedCallback,
  startServer,
  type StartServerOptions,
  type StreamReader,
  StreamReaderProtocol,
  type StreamWriter,
} from '@asyncio-ts/streams';
import type { Server } from '@asyncio-ts/transports';

import { heldResources } from '../../../scripts/test/held-resources.js';

export type Body<T = void> = Generator<unknown, T, unknown>;

const scene = scenes(test, { selectors: ['node'] });

export const portOf = (server: Server): number => server.sockets[0].getsockname()[1];

/** The same numbers below `n` for the same seed. */
export function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Peers made of Node's own sockets: nothing of ours is in them. */
export class Peers {
  private readonly _sockets: Socket[] = [];
  private readonly _servers: NodeServer[] = [];

  private _keep(socket: Socket): Socket {
    this._sockets.push(socket);
    return socket.on('error', () => undefined);
  }

  /** Connects; it reads nothing until it is told to. */
  async connect(port: number): Promise<Socket> {
    const socket = this._keep(connect({ port, host: '127.0.0.1', allowHalfOpen: true }));
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return socket;
  }

  /** Listens; whoever connects is treated as told. Gives the port. */
  async listen(onSocket: (socket: Socket) => void): Promise<number> {
    const server = createNodeServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) =>
      onSocket(this._keep(socket)),
    );
    this._servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as { port: number }).port;
  }

  leave(): void {
    for (const socket of this._sockets) socket.destroy();
    for (const server of this._servers) server.close();
  }
}

/** Resolves when a socket is gone, however. */
export function goneOf(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

/** Waits until something holds. It is asked again and again, with the loop going on meanwhile. */
export function* until(t: Scene, holds: () => boolean): Body {
  while (!holds()) yield* wait(t.sleep(0.001));
}

/** How often it is looked whether all is gone, before the difference is shown. */
const LOOKS = 3000;

/**
 * One test for each kind. After its body nothing may be left: no socket, server or process, no task, nothing the loop waits
 * for; and each connection of streams that was made was lost exactly once.
 */
export function faultScene(name: string, body: (t: Scene, peers: Peers) => Body): void {
  scene(name, function* (t) {
    const protocol = StreamReaderProtocol.prototype;
    const made = jest.spyOn(protocol, 'connectionMade');
    const lost = jest.spyOn(protocol, 'connectionLost');
    const peers = new Peers();
    // An async function that has waited once counts as somebody outside.
    yield* wait(t.turn());
    const before = state(t);
    try {
      yield* body(t, peers);
      peers.leave();
      for (let i = 0; i < LOOKS && more(before, state(t)) !== null; i++) {
        yield* wait(t.sleep(0.002));
      }
      expect(more(before, state(t))).toBeNull();
      expect(new Set(lost.mock.contexts)).toEqual(new Set(made.mock.contexts));
      expect(lost.mock.calls).toHaveLength(made.mock.calls.length);
    } finally {
      peers.leave();
      made.mockRestore();
      lost.mockRestore();
    }
  });
}

function state(t: Scene): Record<string, number> {
  return { ...heldResources(), tasks: allTasks(t.loop).size, outside: t.loop._outside };
}

/** Of what there is more than before; what an earlier test has left may go meanwhile. */
function more(
  before: Record<string, number>,
  now: Record<string, number>,
): Record<string, number> | null {
  const grown = Object.entries(now).filter(([what, count]) => count > (before[what] ?? 0));
  return grown.length === 0 ? null : Object.fromEntries(grown);
}

/** A server whose only connection is handled as told; `outcome` gives what the handler returns or fails with. */
export interface Served {
  readonly server: Server;
  readonly port: number;
  readonly outcome: Future<unknown>;
}

export function* serveOne(
  t: Scene,
  handler: (reader: StreamReader, writer: StreamWriter) => Body<unknown>,
  options: StartServerOptions = {},
): Body<Served> {
  const outcome = t.future<unknown>();
  const callback = t.implementation.plain(function* (reader: StreamReader, writer: StreamWriter) {
    let result: unknown;
    try {
      result = yield* handler(reader, writer);
    } catch (error) {
      result = error;
    }
    writer.close();
    outcome.setResult(result);
  }) as ClientConnectedCallback;
  const server = yield* wait(startServer(callback, '127.0.0.1', 0, options));
  return { server, port: portOf(server), outcome };
}

/** Closes a server whose connections are gone or about to be. */
export function* closed(server: Server): Body {
  server.close();
  yield* wait(server.waitClosed());
}

import { stat } from 'node:fs/promises';

import { EventLoop } from 'asyncio-ts';
import { type Coroutine, runUntilComplete, withoutTask } from '@asyncio-ts/futures';
import {
  openConnection,
  startServer,
  StreamReader,
  StreamReaderProtocol,
  StreamWriter,
} from '@asyncio-ts/streams';
import type { Server } from '@asyncio-ts/transports';
import { Transport } from '@asyncio-ts/transports';
import { turn, wait } from '@asyncio-ts/testing';

import type { Scenario } from '../scenario.js';
import type { Soak } from '../soak.js';
import type { Steps } from '../steps.js';

const LINE = Buffer.from('a line that is not too long\n');

/** A transport that goes nowhere. */
class Nowhere extends Transport {
  private _closing = false;
  override isClosing(): boolean {
    return this._closing;
  }
  override close(): void {
    this._closing = true;
  }
}

const echo = async (reader: StreamReader, writer: StreamWriter): Promise<void> => {
  writer.write(await reader.readline());
  await writer.drain();
  writer.close();
};

function* visit(server: Server): Steps {
  const [host, port] = server.sockets[0].getsockname();
  const [reader, writer] = yield* wait(openConnection(host, port));
  writer.write(LINE);
  yield* wait(reader.readline());
  writer.close();
  yield* wait(writer.waitClosed());
}

/** A scenario in which a task waits on a connection that stands still, and is cancelled. */
function cancelledOn(name: string, waits: (writer: StreamWriter) => Coroutine<void>): Scenario {
  return {
    name: `${name}, cancelled`,
    begin(soak) {
      const { protocol, writer } = unconnected(soak);
      protocol.pauseWriting();
      return {
        *once() {
          yield* soak.cancelled(
            soak.task(function* waiting() {
              yield* wait(waits(writer));
            }),
          );
        },
        *end() {
          writer.close();
        },
      };
    },
  };
}

/** Streams, servers, connections, signal handlers and whole loops. */
export const network: readonly Scenario[] = [
  {
    name: 'a reader that is fed and read',
    weight: 2,
    begin(soak) {
      const reader = new StreamReader({ loop: soak.loop });
      return {
        *once() {
          reader.feedData(LINE);
          yield* wait(reader.readline());
          yield* wait(turn());
        },
      };
    },
  },
  {
    name: 'a reader whose readers are cancelled',
    weight: 2,
    begin(soak) {
      const reader = new StreamReader({ loop: soak.loop });
      return {
        *once(i) {
          yield* soak.cancelled(
            soak.task(function* reading() {
              yield* wait(i % 2 === 0 ? reader.readline() : reader.readexactly(9));
            }),
          );
        },
      };
    },
  },
  cancelledOn('drain', (writer) => writer.drain()),
  cancelledOn('waitClosed', (writer) => writer.waitClosed()),
  {
    name: 'waitClosed of a server, cancelled',
    selector: 'node',
    begin(soak) {
      let server: Server | null = null;
      return {
        *once() {
          server ??= yield* wait(startServer(echo, '127.0.0.1', 0));
          const serving = server;
          yield* soak.cancelled(
            soak.task(function* waiting() {
              yield* wait(serving.waitClosed());
            }),
          );
        },
        *end() {
          server?.close();
          yield* wait((server as Server).waitClosed());
        },
      };
    },
  },
  {
    name: 'connections to one server, opened and closed',
    selector: 'node',
    weight: 100,
    begin() {
      let server: Server | null = null;
      return {
        *once() {
          server ??= yield* wait(startServer(echo, '127.0.0.1', 0));
          yield* visit(server);
        },
        *end() {
          server?.close();
          yield* wait((server as Server).waitClosed());
        },
      };
    },
  },
  {
    name: 'servers, opened, visited and closed',
    selector: 'node',
    weight: 200,
    begin: () => ({
      *once() {
        const server = yield* wait(startServer(echo, '127.0.0.1', 0));
        yield* visit(server);
        server.close();
        yield* wait(server.waitClosed());
      },
    }),
  },
  {
    name: 'signal handlers, added and removed',
    weight: 8,
    begin: (soak) => ({
      *once() {
        soak.loop.addSignalHandler('SIGUSR2', () => undefined);
        soak.loop.addSignalHandler('SIGUSR2', () => undefined);
        soak.loop.removeSignalHandler('SIGUSR2');
        yield* wait(turn());
      },
    }),
  },
  {
    name: 'loops, made, run and closed',
    weight: 20,
    kinds: ['generator'],
    begin: () => ({
      *once() {
        yield* wait(withoutTask(besides));
      },
    }),
  },
];

/** From plain Node code, another loop may be started beside ours. */
async function besides(): Promise<void> {
  await stat('.');
  const loop = new EventLoop({ debug: false });
  loop.addSignalHandler('SIGUSR2', () => undefined);
  loop.callLater(3600, () => undefined);
  await runUntilComplete(loop, function* () {
    yield;
  });
  loop.close();
}

function unconnected(soak: Soak): { protocol: StreamReaderProtocol; writer: StreamWriter } {
  const { loop } = soak;
  const reader = new StreamReader({ loop });
  const protocol = new StreamReaderProtocol(reader, null, { loop });
  const transport = new Nowhere();
  protocol.connectionMade(transport);
  return { protocol, writer: new StreamWriter(transport, protocol, reader, loop) };
}

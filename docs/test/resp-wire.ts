/** What the tests of the Redis server share: a server in this process, and clients that speak bytes. */
import { connect, type Socket } from 'node:net';

import { expect } from '@jest/globals';
import {
  openConnection,
  run,
  sleep,
  type StreamReader,
  type StreamWriter,
  timeout,
} from 'asyncio-ts';

import {
  type HandlerKind,
  handlers,
  type RespServer,
  type RespServerOptions,
  startRespServer,
} from '../examples/resp-server.js';

export const kinds = Object.keys(handlers) as HandlerKind[];

/** What a busy machine may take for an answer, in seconds. */
const PATIENCE = 20;

/** A client that says bytes and compares what comes back, byte for byte. */
export class Wire {
  readonly reader: StreamReader;
  readonly writer: StreamWriter;

  constructor(reader: StreamReader, writer: StreamWriter) {
    this.reader = reader;
    this.writer = writer;
  }

  say(bytes: string): void {
    this.writer.write(Buffer.from(bytes, 'latin1'));
  }

  /** What comes must be this, and what comes later is left. */
  async hear(bytes: string): Promise<void> {
    let at = 0;
    let some = '';
    try {
      await timeout(PATIENCE).use(async () => {
        while (at < bytes.length) {
          some = (await this.reader.read(bytes.length - at)).toString('latin1');
          if (some === '' || !bytes.startsWith(some, at)) break;
          at += some.length;
        }
      });
    } finally {
      if (at < bytes.length) {
        const from = Math.max(0, at - 50);
        expect(bytes.slice(from, at) + some.slice(0, 200)).toBe(bytes.slice(from, at + 200));
      }
    }
  }

  /** Says a command and compares the answer. */
  async ask(command: string, answer: string): Promise<void> {
    this.say(`${command}\r\n`);
    await this.hear(answer);
  }

  /** A reply that is a bulk string, whatever it says. */
  async askText(command: string): Promise<string> {
    this.say(`${command}\r\n`);
    const length = (await this.reader.readline()).toString();
    expect(length).toMatch(/^\$\d+\r\n$/);
    return (await this.reader.readexactly(Number(length.slice(1)) + 2)).toString().slice(0, -2);
  }

  /** The server has closed the connection, and said nothing more. */
  async hearEnd(): Promise<void> {
    await timeout(PATIENCE).use(async () => {
      expect((await this.reader.read(100)).toString()).toBe('');
    });
  }
}

export interface Stage {
  readonly server: RespServer;
  /** A client of the server; closed at the end. */
  client(): Promise<Wire>;
}

/** Runs a test beside a server of its own, in one loop. */
export async function onStage(
  options: RespServerOptions,
  body: (stage: Stage) => Promise<void>,
): Promise<void> {
  await run(async () => {
    const server = await startRespServer({ port: 0, ...options });
    const clients: Wire[] = [];
    const client = async (): Promise<Wire> => {
      const made = new Wire(...(await openConnection('127.0.0.1', server.port)));
      clients.push(made);
      return made;
    };
    try {
      await body({ server, client });
    } finally {
      for (const { writer } of clients) writer.transport.abort();
      expect(await server.stop(5)).toBe(true);
    }
  });
}

/** A connection that can be reset, which is more than a stream can. */
export async function rawSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

/** Waits until something is so: for what another connection brings about. */
export async function until(isSo: () => boolean): Promise<void> {
  await timeout(PATIENCE).use(async () => {
    while (!isSo()) await sleep(0.002);
  });
}

/** A command as clients send it. */
export function encode(...args: string[]): string {
  return `*${args.length}\r\n${args.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`;
}

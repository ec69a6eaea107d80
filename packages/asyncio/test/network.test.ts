/** The methods of the loop that make connections, under both spellings: each leads to the floor where its noun lives. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer as createNodeServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { createDefaultContext, EventLoop, Protocol, run, type SocketTransport } from 'asyncio-ts';
import asyncio from 'asyncio-ts/py';

import { certificates } from '../../../scripts/test/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const running = (): EventLoop => asyncio.get_running_loop();

/** Tells when it was made, and when so many bytes have come. */
class Told extends Protocol {
  readonly made = running().createFuture<SocketTransport>();
  readonly lost = running().createFuture<Error | null>();
  readonly got = running().createFuture<string>();
  private _text = '';
  private readonly _length: number;

  constructor(length = 5) {
    super();
    this._length = length;
  }

  override connectionMade(transport: SocketTransport): void {
    this.made.setResult(transport);
  }

  override dataReceived(data: Buffer): void {
    this._text += data.toString();
    if (this._text.length >= this._length && !this.got.done()) this.got.setResult(this._text);
  }

  override connectionLost(error: Error | null): void {
    this.lost.setResult(error);
  }
}

const contexts = () => {
  const { ca, server } = certificates();
  return {
    serverSide: createDefaultContext({ purpose: 'CLIENT_AUTH', ...server }),
    clientSide: createDefaultContext({ cadata: ca }),
  };
};

describe('EventLoop', () => {
  test('createUnixServer and createUnixConnection', async () => {
    const text = await run(async () => {
      const loop = running();
      const path = join(folder, 'one.sock');
      const peer = new Told();
      const server = await loop.createUnixServer(() => peer, path);
      const [transport] = await loop.createUnixConnection(() => new Told(), path);
      transport.write(Buffer.from('hello'));
      const got = await peer.got;
      transport.close();
      await peer.lost;
      server.close();
      await server.waitClosed();
      return got;
    });
    expect(text).toBe('hello');
  });

  test('connectAcceptedSocket and startTls', async () => {
    const { clientSide, serverSide } = contexts();
    const text = await run(async () => {
      const loop = running();
      const node = createNodeServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
      await once(node, 'listening');
      const { port } = node.address() as { port: number };
      const client = new Told();
      const connecting = loop.createTask(loop.createConnection(() => client, '127.0.0.1', port));
      const [sock] = (await once(node, 'connection')) as [Socket];
      node.close();
      const [plain, peer] = await loop.connectAcceptedSocket(() => new Told(), sock);
      const options = { serverSide: true };
      const upgrading = loop.createTask(loop.startTls(plain, peer, serverSide, options));
      const [transport] = await connecting;
      const secure = await loop.startTls(transport, client, clientSide, {
        serverHostname: 'localhost',
      });
      await upgrading;
      secure.write(Buffer.from('hello'));
      const got = await peer.got;
      secure.close();
      await client.lost;
      return got;
    });
    expect(text).toBe('hello');
  });

  test('sendfile', async () => {
    const sent = await run(async () => {
      const loop = running();
      const peer = new Told(100);
      const server = await loop.createServer(() => peer, '127.0.0.1', 0);
      const [, port] = server.sockets[0].getsockname();
      const [transport] = await loop.createConnection(() => new Told(), '127.0.0.1', port);
      const file = await open(new URL(import.meta.url));
      const length = await loop.sendfile(transport, file, 0, 100);
      await file.close();
      const got = await peer.got;
      transport.close();
      server.close();
      await server.waitClosed();
      return [length, got.slice(0, 15)];
    });
    expect(sent).toEqual([100, '/** The methods']);
  });

  test('getaddrinfo and getnameinfo', async () => {
    const [found, names] = await run(async () => [
      await running().getaddrinfo('127.0.0.1', 80, { type: 'SOCK_STREAM' }),
      await running().getnameinfo(['127.0.0.1', 80], ['NI_NUMERICHOST', 'NI_NUMERICSERV']),
    ]);
    expect(found).toEqual([[4, 'SOCK_STREAM', 6, '', ['127.0.0.1', 80]]]);
    expect(names).toEqual(['127.0.0.1', '80']);
  });

  test('an overridden getaddrinfo is asked by createConnection and createServer', async () => {
    const asked: unknown[] = [];
    class Knowing extends EventLoop {
      override getaddrinfo(host: string | null, port: number | string | null, options = {}) {
        asked.push(host);
        return super.getaddrinfo('127.0.0.1', port, options);
      }
    }
    const loop = new Knowing();
    await loop.runUntilComplete(async () => {
      const server = await loop.createServer(() => new Protocol(), 'here.test', 0);
      const [, port] = server.sockets[0].getsockname();
      const [transport] = await loop.createConnection(() => new Protocol(), 'there.test', port);
      transport.close();
      server.close();
      await server.waitClosed();
    });
    expect(asked).toEqual(['here.test', 'there.test']);
    loop.close();
  });
});

test('under Python’s spelling', async () => {
  const { ca, server: identity } = certificates();
  const text = await asyncio.run(async () => {
    const loop = asyncio.get_running_loop();
    const path = join(folder, 'two.sock');
    const server_side = asyncio.create_default_context({ purpose: 'CLIENT_AUTH', ...identity });
    const client_side = new asyncio.SSLContext('PROTOCOL_TLS_CLIENT');
    client_side.load_verify_locations({ cadata: ca });
    client_side.set_alpn_protocols(['echo']);
    client_side.minimum_version = 'TLSv1.2';
    expect([client_side.verify_mode, client_side.check_hostname]).toEqual(['CERT_REQUIRED', true]);
    const peer = new Told();
    const server = await loop.create_unix_server(() => peer, path, {
      ssl: server_side,
      ssl_handshake_timeout: 10,
      start_serving: false,
      cleanup_socket: true,
    });
    await server.start_serving();
    const [transport, protocol] = await loop.create_unix_connection(() => new Told(), path, {
      ssl: client_side,
      server_hostname: 'localhost',
      ssl_shutdown_timeout: 10,
    });
    expect(transport.get_extra_info('sslcontext')).toBe(client_side);
    expect(transport.can_write_eof()).toBe(false);
    transport.write(Buffer.from('hello'));
    const got = await peer.got;
    transport.close();
    await protocol.lost;
    server.close();
    await server.wait_closed();

    const plain = await loop.create_server(() => new Told(), '127.0.0.1', 0);
    const [, port] = plain.sockets[0].getsockname();
    const [raw, mine] = await loop.create_connection(() => new Told(), '127.0.0.1', port);
    const upgrading = loop.start_tls(raw, mine, client_side, {
      server_hostname: 'localhost',
      ssl_handshake_timeout: 0.01,
    });
    await expect(upgrading).rejects.toMatchObject({ name: 'ConnectionAbortedError' });
    plain.close();
    plain.abort_clients();
    await plain.wait_closed();
    const error = new asyncio.SSLError('no');
    expect(error).toBeInstanceOf(asyncio.OSError);
    return got;
  });
  expect(text).toBe('hello');
});

/** Streams by the front door, under both spellings. Real sockets on loopback and in a folder of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';

import { afterAll, expect, test } from '@jest/globals';
import {
  createDefaultContext,
  fromDuplex,
  openUnixConnection,
  run,
  startUnixServer,
  StreamReader,
  StreamWriter,
} from 'asyncio-ts';
import asyncio from 'asyncio-ts/py';

import { certificates } from '../../../scripts/test/certificates.js';

const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('open_unix_connection, start_unix_server and start_tls', async () => {
  const { ca, server: identity } = certificates();
  const server_side = asyncio.create_default_context({ purpose: 'CLIENT_AUTH', ...identity });
  const client_side = asyncio.create_default_context({ cadata: ca });
  const path = join(folder, 'one.sock');

  const serve = async (reader: asyncio.StreamReader, writer: asyncio.StreamWriter) => {
    await writer.start_tls(server_side, { ssl_handshake_timeout: 20 });
    writer.writelines([await reader.readuntil([Buffer.from('.'), Buffer.from('!')])]);
    await writer.drain();
    writer.close();
    await writer.wait_closed();
  };

  const main = function* () {
    const server = yield* asyncio.start_unix_server(serve, path, { cleanup_socket: true });
    const [reader, writer] = yield* asyncio.open_unix_connection(path, { limit: 100 });
    yield* writer.start_tls(client_side, { server_hostname: 'localhost' });
    expect(writer.get_extra_info('sslcontext')).toBe(client_side);
    expect([writer.is_closing(), writer.can_write_eof()]).toEqual([false, false]);
    writer.write(Buffer.from('safe! and more'));
    const answer = yield* reader.read();
    expect(reader.at_eof()).toBe(true);
    writer.close();
    yield* writer.wait_closed();
    server.close();
    yield* server.wait_closed();
    return answer.toString();
  };
  expect(await asyncio.run(main)).toBe('safe!');
});

test('streams of Node and of the web, under Python’s spelling', async () => {
  const texts = await asyncio.run(async () => {
    const reader = asyncio.StreamReader.from(Readable.from(['one\n', 'two']));
    const line = await reader.readline();
    const left = await reader.to_readable({ keep_open: true, high_water_mark: 10 }).toArray();
    const [back, forth] = asyncio.from_duplex(new PassThrough());
    forth.write(Buffer.from('there and back'));
    forth.write_eof();
    const text = await new Response(back.to_readable_stream() as ReadableStream).text();
    forth.close();
    const sink = new PassThrough();
    const writer = asyncio.StreamWriter.from(sink);
    writer.to_writable({ keep_open: true }).end('the end');
    const written = await asyncio.StreamReader.from(sink).read();
    const [one, other] = asyncio.from_duplex(new PassThrough());
    const duplex = asyncio.to_duplex(one, other, { high_water_mark: 10 });
    duplex.end('echo');
    const echo = await duplex.toArray();
    for (const end of [other, writer]) end.close();
    return [line, ...left, text, written, ...echo].map(String);
  });
  expect(texts).toEqual(['one\n', 'two', 'there and back', 'the end', 'echo']);
});

test('the same in JavaScript’s case', async () => {
  const path = join(folder, 'two.sock');
  const { ca, server: identity } = certificates();
  const text = await run(async () => {
    const server = await startUnixServer(async (reader, writer) => {
      await writer.startTls(createDefaultContext({ purpose: 'CLIENT_AUTH', ...identity }));
      for await (const line of reader) writer.write(line);
      writer.close();
    }, path);
    const [reader, writer] = await openUnixConnection(path);
    await writer.startTls(createDefaultContext({ cadata: ca }), { serverHostname: 'localhost' });
    writer.write(Buffer.from('line\n'));
    const line = await reader.readline();
    writer.close();
    server.close();
    await server.waitClosed();
    expect(StreamReader.from(Readable.from([]))).toBeInstanceOf(StreamReader);
    const [, through] = fromDuplex(new PassThrough());
    expect(through).toBeInstanceOf(StreamWriter);
    through.close();
    return line.toString();
  });
  expect(text).toBe('line\n');
});

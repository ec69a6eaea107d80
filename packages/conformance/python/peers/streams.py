"""The other end of a connection: python streams.py client|server <port> <scene> [ca or cert file] [key file].

A server prints its port in the first line. Whatever a scene finds is printed as one line of JSON; it asserts what it must.
"""

import asyncio
import hashlib
import json
import ssl
import sys

BIG = 50_000_000
PIECE = bytes(range(256)) * 256


def pieces():
    left = BIG
    while left > 0:
        yield PIECE[:left]
        left -= len(PIECE)


def big_sum():
    digest = hashlib.sha256()
    for piece in pieces():
        digest.update(piece)
    return digest.hexdigest()


async def outcome(awaitable):
    try:
        result = await awaitable
        return bytes(result).decode()
    except asyncio.IncompleteReadError as error:
        return ['IncompleteReadError', error.partial.decode(), error.expected]
    except asyncio.LimitOverrunError as error:
        return ['LimitOverrunError', error.consumed]
    except (ValueError, OSError) as error:
        return [type(error).__name__]


# Each scene is played in two roles. The one that talks writes; the one that listens reads in every manner.


async def reads_listen(reader, writer):
    said = []
    said.append(await outcome(reader.readline()))
    said.append(await outcome(reader.readuntil(b'END')))
    said.append(await outcome(reader.readexactly(5)))
    said.append(await outcome(reader.read(4)))
    said.append(await outcome(reader.readuntil(b'never')))
    said.append(await outcome(reader.readexactly(40)))
    said.append(await outcome(reader.readline()))
    said.append(await outcome(reader.readline()))
    said.append(await outcome(reader.readexactly(100)))
    said.append(await outcome(reader.readline()))
    said.append(reader.at_eof())
    writer.write(b'heard\n')
    writer.close()
    await writer.wait_closed()
    return said


async def reads_talk(reader, writer):
    writer.write(b'a line\nup to END' + b'exact' + b'some')
    writer.write(b'x' * 40)
    writer.write(b'y' * 41 + b'\n')
    writer.write(b'last line\n')
    writer.write(b'the rest')
    await writer.drain()
    writer.write_eof()
    heard = await outcome(reader.read())
    writer.close()
    await writer.wait_closed()
    return heard


async def big_talk(reader, writer):
    for piece in pieces():
        writer.write(piece)
        await writer.drain()
    said = await outcome(reader.readline())
    writer.close()
    await writer.wait_closed()
    return [said == big_sum() + '\n']


async def big_listen(reader, writer):
    digest = hashlib.sha256()
    left = BIG
    while left > 0:
        data = await reader.read(1 << 20)
        if not data:
            break
        digest.update(data)
        left -= len(data)
    writer.write(digest.hexdigest().encode() + b'\n')
    await writer.drain()
    ended = await outcome(reader.read())
    writer.close()
    await writer.wait_closed()
    return [left, ended]


async def abort_talk(reader, writer):
    writer.write(b'hello\n')
    await reader.readline()
    # Something unread, then gone: a reset.
    import socket
    import struct

    sock = writer.get_extra_info('socket')
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    writer.transport.abort()
    return ['aborted']


async def abort_listen(reader, writer):
    first = await outcome(reader.readline())
    writer.write(b'go\n')
    await writer.drain()
    second = await outcome(reader.readexactly(10))
    writer.close()
    return [first, second]


async def upgrade_talk(reader, writer, context):
    writer.write(b'STARTTLS\n')
    said = [await outcome(reader.readline())]
    await writer.start_tls(context, server_hostname='localhost')
    said.append(writer.get_extra_info('ssl_object') is not None)
    writer.write(b'secret\n')
    await writer.drain()
    said.append(await outcome(reader.readline()))
    writer.close()
    await writer.wait_closed()
    return said


async def upgrade_listen(reader, writer, context):
    said = [await outcome(reader.readline())]
    writer.write(b'go ahead\n')
    await writer.start_tls(context)
    line = await outcome(reader.readline())
    said.append(line)
    said.append(writer.get_extra_info('ssl_object') is not None)
    writer.write(line.upper().encode())
    await writer.drain()
    said.append(await outcome(reader.read()))
    writer.close()
    await writer.wait_closed()
    return said


async def main():
    role, port, scene, side, *files = sys.argv[1:]
    options = {'limit': 40} if scene == 'reads' else {}
    context = None
    if files:
        purpose = ssl.Purpose.SERVER_AUTH if role == 'client' else ssl.Purpose.CLIENT_AUTH
        context = ssl.create_default_context(purpose)
        if role == 'client':
            context.load_verify_locations(files[0])
            # The authority of the tests is a plain one: it has no key usages.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        else:
            context.load_cert_chain(*files)
    play = globals()[f'{scene}_{side}']
    arguments = [context] if scene == 'upgrade' else []
    secure = context if scene != 'upgrade' else None
    if role == 'client':
        if secure is not None:
            options |= {'ssl': secure, 'server_hostname': 'localhost'}
        reader, writer = await asyncio.open_connection('127.0.0.1', int(port), **options)
        said = await play(reader, writer, *arguments)
    else:
        done = asyncio.get_running_loop().create_future()

        async def serve(reader, writer):
            try:
                done.set_result(await play(reader, writer, *arguments))
            except BaseException as error:
                done.set_exception(error)

        server = await asyncio.start_server(serve, '127.0.0.1', 0, ssl=secure, **options)
        print(server.sockets[0].getsockname()[1], flush=True)
        said = await done
        server.close()
        await server.wait_closed()
    print(json.dumps(said), flush=True)


asyncio.run(main())

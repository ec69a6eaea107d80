"""Streams over loopback: what both sides see, in the order in which one follows from the other."""
import asyncio

TIMED = False


async def _serve(handler, **options):
    server = await asyncio.start_server(handler, '127.0.0.1', 0, **options)
    return server, server.sockets[0].getsockname()[1]


async def echo_by_lines(log):
    async def handler(reader, writer):
        while line := await reader.readline():
            log('server', line)
            writer.write(line.upper())
            await writer.drain()
        log('server sees the end')
        writer.close()

    server, port = await _serve(handler)
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    for line in (b'one\n', b'two\n'):
        writer.write(line)
        log('client', await reader.readline())
    writer.close()
    await writer.wait_closed()
    await asyncio.sleep(0)
    server.close()
    await server.wait_closed()
    log('closed')


async def half_close(log):
    async def handler(reader, writer):
        log('server', await reader.read(), reader.at_eof())
        writer.write(b'after your end')
        writer.close()

    server, port = await _serve(handler)
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'all I have to say')
    log(writer.can_write_eof())
    writer.write_eof()
    log('client', await reader.read(), reader.at_eof())
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()


async def incomplete_record(log):
    async def handler(reader, writer):
        writer.write(b'0123')
        writer.close()

    server, port = await _serve(handler)
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    try:
        await reader.readexactly(10)
    except asyncio.IncompleteReadError as error:
        log(error, error.partial, error.expected)
    try:
        await reader.readuntil(b'\n')
    except asyncio.IncompleteReadError as error:
        log(error, error.partial, error.expected)
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()


async def line_beyond_the_limit_of_the_server(log):
    async def handler(reader, writer):
        try:
            await reader.readuntil(b'\n')
        except asyncio.LimitOverrunError as error:
            log('server', error)
        writer.write(b'too long\n')
        writer.close()

    server, port = await _serve(handler, limit=16)
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'x' * 40)
    log('client', await reader.readline())
    writer.close()
    server.close()
    await server.wait_closed()


async def nobody_listens(log):
    server, port = await _serve(lambda reader, writer: None)
    server.close()
    await server.wait_closed()
    log(server.is_serving())
    try:
        await asyncio.open_connection('127.0.0.1', port)
    except ConnectionRefusedError as error:
        log(error, isinstance(error, OSError))


async def several_clients_at_once(log):
    async def handler(reader, writer):
        n = int(await reader.readline())
        writer.write(b'%d\n' % (n * n))
        await writer.drain()
        writer.close()

    async def client(n):
        reader, writer = await asyncio.open_connection('127.0.0.1', port)
        writer.write(b'%d\n' % n)
        square = int(await reader.readline())
        writer.close()
        await writer.wait_closed()
        return square

    server, port = await _serve(handler)
    async with server:
        log(await asyncio.gather(*[client(n) for n in range(5)]))
    log(server.is_serving())


async def cancelled_handler_and_client(log):
    async def handler(reader, writer):
        handlers.append(asyncio.current_task())
        try:
            await reader.read()
        except asyncio.CancelledError:
            log('handler cancelled')
            raise
        finally:
            writer.close()

    handlers = []
    server, port = await _serve(handler)
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(b'x')
    await writer.drain()
    while not handlers:
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    task = asyncio.create_task(reader.read())
    await asyncio.sleep(0)
    handlers[0].cancel()
    log('client', await task)
    writer.close()
    server.close()
    await server.wait_closed()


async def upload_with_back_pressure(log):
    async def handler(reader, writer):
        total = 0
        while data := await reader.read(65536):
            total += len(data)
        writer.write(b'%d' % total)
        writer.close()

    server, port = await _serve(handler)
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    for _ in range(64):
        writer.write(b'x' * 65536)
        await writer.drain()
    writer.write_eof()
    log(await reader.read())
    writer.close()
    await writer.wait_closed()
    log(writer.is_closing())
    server.close()
    await server.wait_closed()

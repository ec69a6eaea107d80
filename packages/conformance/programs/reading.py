"""StreamReader: what comes in pieces is read as lines, counts and records."""
import asyncio

from stage import Boom


def _reader(**options):
    return asyncio.StreamReader(loop=asyncio.get_running_loop(), **options)


async def lines_from_pieces(log):
    reader = _reader()
    loop = asyncio.get_running_loop()
    for delay, piece in ((1, b'one\ntw'), (2, b'o\n'), (3, b'three')):
        loop.call_later(delay, reader.feed_data, piece)
    loop.call_later(4, reader.feed_eof)
    while line := await reader.readline():
        log(line, reader.at_eof())
    log(reader.at_eof(), await reader.readline())


async def some_bytes_and_all_bytes(log):
    reader = _reader()
    loop = asyncio.get_running_loop()
    reader.feed_data(b'abcdef')
    log(await reader.read(4))
    log(await reader.read(0))
    log(await reader.read(100))
    loop.call_later(1, reader.feed_data, b'gh')
    log(await reader.read(100))
    loop.call_later(1, reader.feed_data, b'ij')
    loop.call_later(2, reader.feed_data, b'kl')
    loop.call_later(3, reader.feed_eof)
    log(await reader.read())
    log(await reader.read(10), reader.at_eof())


async def exactly_so_many_bytes(log):
    reader = _reader()
    loop = asyncio.get_running_loop()
    for delay in (1, 2, 3):
        loop.call_later(delay, reader.feed_data, b'abc')
    log(await reader.readexactly(4))
    log(await reader.readexactly(0))
    loop.call_later(2, reader.feed_eof)
    try:
        await reader.readexactly(9)
    except asyncio.IncompleteReadError as error:
        log(error, error.partial, error.expected)
    log(await reader.read())


async def until_a_separator(log):
    reader = _reader()
    reader.feed_data(b'one--two-')
    log(await reader.readuntil(b'--'))
    asyncio.get_running_loop().call_later(1, reader.feed_data, b'-three')
    log(await reader.readuntil(b'--'))
    reader.feed_eof()
    try:
        await reader.readuntil(b'--')
    except asyncio.IncompleteReadError as error:
        log(error, error.partial, error.expected)


async def until_one_of_several_separators(log):
    reader = _reader()
    reader.feed_data(b'a;b,c;;d')
    for _ in range(4):
        log(await reader.readuntil((b';', b',')))
    reader.feed_eof()
    log(await reader.read())


async def separator_beyond_the_limit(log):
    reader = _reader(limit=4)
    reader.feed_data(b'abcdefgh')
    try:
        await reader.readuntil(b'\n')
    except asyncio.LimitOverrunError as error:
        log(error, error.consumed)
    log(await reader.readexactly(5))
    reader.feed_data(b'\n')
    log(await reader.readuntil(b'\n'))


async def separator_found_beyond_the_limit(log):
    reader = _reader(limit=4)
    reader.feed_data(b'abcdefgh\nij\n')
    try:
        await reader.readuntil(b'\n')
    except asyncio.LimitOverrunError as error:
        log(error, error.consumed)
    try:
        await reader.readline()
    except ValueError as error:
        log('ValueError')
    log(await reader.readline())


async def line_too_long_is_dropped(log):
    reader = _reader(limit=4)
    reader.feed_data(b'abcdefgh')
    try:
        await reader.readline()
    except ValueError as error:
        log('ValueError')
    reader.feed_data(b'ij\n')
    log(await reader.readline())


async def only_one_may_wait(log):
    reader = _reader()
    task = asyncio.create_task(reader.read(10))
    await asyncio.sleep(0)
    try:
        await reader.readline()
    except RuntimeError as error:
        log(error)
    reader.feed_data(b'for the first')
    log(await task, await reader.read(10))


async def reader_that_is_told_of_an_error(log):
    reader = _reader()
    task = asyncio.create_task(reader.readline())
    await asyncio.sleep(0)
    reader.feed_data(b'no line')
    reader.set_exception(Boom('lost'))
    try:
        await task
    except Boom as error:
        log(error, reader.exception())
    try:
        await reader.read(3)
    except Boom as error:
        log(error)


async def cancelled_read_loses_nothing(log):
    reader = _reader()
    task = asyncio.create_task(reader.readexactly(6))
    await asyncio.sleep(0)
    reader.feed_data(b'abc')
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    reader.feed_data(b'def')
    log(task.cancelled(), await reader.readexactly(6))


async def reader_is_iterated_by_lines(log):
    reader = _reader()
    reader.feed_data(b'one\n\ntwo\nrest')
    asyncio.get_running_loop().call_later(1, reader.feed_eof)
    async for line in reader:
        log(line)
    log('end')


async def read_within_a_time_limit(log):
    reader = _reader()
    asyncio.get_running_loop().call_later(2, reader.feed_data, b'late\n')
    try:
        await asyncio.wait_for(reader.readline(), 1)
    except TimeoutError as error:
        log(error)
    log(await reader.readline())

"""async for, async with, async generators."""
import asyncio

from stage import Boom


class _Numbers:
    """Counts, with a wait before each number."""

    def __init__(self, log, end):
        self.log = log
        self.end = end
        self.n = 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        await asyncio.sleep(1)
        if self.n == self.end:
            self.log('no more')
            raise StopAsyncIteration
        self.n += 1
        return self.n


class _Manager:
    def __init__(self, log, name, swallow=False):
        self.log = log
        self.name = name
        self.swallow = swallow

    async def __aenter__(self):
        self.log('enters', self.name)
        await asyncio.sleep(1)
        return self.name

    async def __aexit__(self, kind, error, traceback):
        self.log('leaves', self.name, error)
        await asyncio.sleep(1)
        return self.swallow


async def loop_to_the_end(log):
    async for n in _Numbers(log, 3):
        log('item', n)
    else:
        log('else')


async def loop_that_is_left(log):
    async for n in _Numbers(log, 5):
        log('item', n)
        if n == 2:
            break
    else:
        log('never')
    log('after')


async def loop_whose_body_waits_and_fails(log):
    try:
        async for n in _Numbers(log, 5):
            await asyncio.sleep(1)
            log('item', n)
            if n == 2:
                raise Boom('body')
    except Boom as error:
        log(error)


async def loop_that_is_cancelled(log):
    async def body():
        try:
            async for n in _Numbers(log, 5):
                log('item', n)
        finally:
            log('finally')

    task = asyncio.create_task(body())
    await asyncio.sleep(2.5)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def items_one_by_one(log):
    numbers = _Numbers(log, 2)
    log(await anext(numbers))
    log(await anext(numbers))
    log(await anext(numbers, 'fallback'))
    try:
        await anext(numbers)
    except StopAsyncIteration as error:
        log(error)


async def generator_that_waits(log):
    async def numbers():
        log('begins')
        try:
            for n in range(3):
                await asyncio.sleep(1)
                yield n
        finally:
            log('ends')

    async for n in numbers():
        log('item', n)
    log('after')


async def generator_that_fails(log):
    async def numbers():
        yield 1
        await asyncio.sleep(1)
        raise Boom('generator')

    try:
        async for n in numbers():
            log('item', n)
    except Boom as error:
        log(error)


async def generator_that_is_closed_early(log):
    async def numbers():
        try:
            for n in range(5):
                yield n
        finally:
            log('closing')
            await asyncio.sleep(1)
            log('closed')

    iterator = numbers()
    log(await anext(iterator))
    log(await anext(iterator))
    await iterator.aclose()
    log(await anext(iterator, 'no more'))


async def two_consumers_of_one_queue_of_items(log):
    async def consumer(name, numbers):
        async for n in numbers:
            log(name, n)
        log(name, 'ends')

    await asyncio.gather(consumer('a', _Numbers(log, 2)), consumer('b', _Numbers(log, 3)))


async def managers_nested(log):
    async with _Manager(log, 'outer') as outer:
        async with _Manager(log, 'inner') as inner:
            log('body', outer, inner)
    log('after')


async def manager_that_swallows(log):
    async with _Manager(log, 'swallows', swallow=True):
        raise Boom('body')
    log('after')


async def manager_that_lets_it_through(log):
    try:
        async with _Manager(log, 'outer', swallow=False):
            async with _Manager(log, 'inner'):
                raise Boom('body')
    except Boom as error:
        log('outside', error)


async def manager_that_is_cancelled(log):
    async def body():
        async with _Manager(log, 'manager'):
            await asyncio.sleep(10)

    for seconds in (0.5, 2):
        task = asyncio.create_task(body())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.wait([task])
        log(seconds, task.cancelled())

"""Eager tasks: their first step runs at once, inside the call that makes them."""
import asyncio
import contextvars

from stage import Boom


def _eager():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)


async def runs_up_to_its_first_wait(log):
    async def body():
        log('begins')
        await asyncio.sleep(1)
        log('goes on')
        return 'result'

    _eager()
    task = asyncio.create_task(body())
    log('made', task.done())
    log(await task)


async def that_never_waits_is_done_at_once(log):
    async def body():
        return 'result'

    async def failing():
        raise Boom('at once')

    _eager()
    task = asyncio.create_task(body())
    log(task.done(), task.result(), await task)
    task = asyncio.create_task(failing())
    log(task.done(), task.exception())


async def knows_itself(log):
    async def body(name):
        log(name, asyncio.current_task() is not outer)
        await asyncio.sleep(0)
        log(name, asyncio.current_task().get_name())

    _eager()
    outer = asyncio.current_task()
    task = asyncio.create_task(body('child'), name='eager')
    log(asyncio.current_task() is outer)
    await task


async def nested_in_one_another(log):
    async def body(n):
        log('begins', n)
        if n > 0:
            task = asyncio.create_task(body(n - 1))
            log('made', n - 1)
            await task
        await asyncio.sleep(0)
        log('ends', n)

    _eager()
    await asyncio.create_task(body(3))


async def cancelled_after_its_first_step(log):
    async def body():
        log('begins')
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            log('cancelled')
            raise

    _eager()
    task = asyncio.create_task(body())
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def in_groups_and_gathers(log):
    async def body(n):
        log('begins', n)
        if n % 2 == 0:
            await asyncio.sleep(n)
        log('ends', n)
        return n

    _eager()
    log(await asyncio.gather(*[body(n) for n in range(4)]))
    async with asyncio.TaskGroup() as group:
        for n in range(3):
            group.create_task(body(n))
        log('body ends')


async def failing_at_once_in_a_group(log):
    async def failing():
        raise Boom('at once')

    _eager()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
            log('body goes on')
            await asyncio.sleep(1)
            log('never')
    except BaseExceptionGroup as error:
        log(error)


async def with_a_context_of_its_own(log):
    name = contextvars.ContextVar('name', default='nobody')

    async def body():
        name.set('child')
        log('inside', name.get())
        await asyncio.sleep(0)
        log('later', name.get())

    _eager()
    name.set('main')
    task = asyncio.create_task(body())
    log('outside', name.get())
    await task
    log('outside', name.get())


async def timeouts_begun_in_the_first_step(log):
    async def body():
        try:
            async with asyncio.timeout(1):
                await asyncio.sleep(5)
        except TimeoutError as error:
            log(error, asyncio.current_task().cancelling())

    _eager()
    await asyncio.create_task(body())
    log('main', asyncio.current_task().cancelling())

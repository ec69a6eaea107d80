"""Where groups and gatherings meet cancels, limits and each other, often in the same turn."""
import asyncio

from stage import Boom, soon


async def cancelled_task_enters_a_group(log):
    async def failing():
        await asyncio.sleep(1)
        raise Boom('child')

    async def body():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(failing())
                    await asyncio.sleep(5)
            except BaseException as error:
                log(error, asyncio.current_task().cancelling())
            await asyncio.sleep(0)
            log('goes on')
            raise

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def body_that_cancels_its_own_task_in_a_group(log):
    async def child():
        try:
            await asyncio.sleep(5)
        finally:
            log('child ends')

    async def body():
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await asyncio.sleep(1)
            asyncio.current_task().cancel()
            log('body ends')

    task = asyncio.create_task(body())
    await asyncio.wait([task])
    log(task.cancelled(), task.cancelling())


async def child_that_cancels_its_parent(log):
    async def child(parent):
        await asyncio.sleep(1)
        parent.cancel()
        log('parent cancelled')
        await asyncio.sleep(1)
        log('never')

    async def body():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(child(asyncio.current_task()))
        except BaseException as error:
            log(error)
            raise

    task = asyncio.create_task(body())
    await asyncio.wait([task])
    log(task.cancelled())


async def two_children_fail_in_one_turn(log):
    async def failing(text):
        await asyncio.sleep(1)
        raise Boom(text)

    async def slow():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('slow', 'cancelled')
            await asyncio.sleep(1)
            raise Boom('slow')

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(slow())
            group.create_task(failing('a'))
            group.create_task(failing('b'))
    except BaseExceptionGroup as error:
        log(error)


async def child_fails_as_the_body_is_cancelled(log):
    async def failing():
        await asyncio.sleep(1)
        raise Boom('child')

    async def body():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(failing())
                await asyncio.sleep(5)
        except BaseException as error:
            log(error, asyncio.current_task().cancelling())
            raise

    for first in ('cancel', 'child'):
        if first == 'cancel':
            soon(1, lambda: task.cancel())
        task = asyncio.create_task(body())
        await asyncio.sleep(0)
        if first == 'child':
            await asyncio.sleep(0)
            soon(1, lambda: task.cancel())
        await asyncio.wait([task])
        log(first, task.cancelled(), task.cancelling())


async def group_in_a_timeout_in_a_group(log):
    async def slow(name):
        try:
            await asyncio.sleep(10)
        finally:
            log(name, 'ends')

    async def limited():
        try:
            async with asyncio.timeout(2):
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(slow('inner'))
        except TimeoutError as error:
            log(error)
            raise Boom('limited')

    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(slow('outer'))
            outer.create_task(limited())
    except BaseExceptionGroup as error:
        log(error)


async def group_whose_child_is_a_base_exception(log):
    class Halt(BaseException):
        pass

    async def child():
        await asyncio.sleep(1)
        raise Halt

    async def slow():
        try:
            await asyncio.sleep(5)
        finally:
            log('slow ends')

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(slow())
            group.create_task(child())
    except BaseException as error:
        log(error)


async def group_that_is_cancelled_twice(log):
    async def child():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('child cleans')
            try:
                await asyncio.sleep(3)
                log('clean')
            except asyncio.CancelledError:
                log('interrupted')
                raise

    async def body():
        async with asyncio.TaskGroup() as group:
            group.create_task(child())

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled(), task.cancelling())


async def gather_cancelled_as_its_last_child_ends(log):
    async def body(gathered):
        try:
            log(await gathered)
        except asyncio.CancelledError:
            log('cancelled', gathered.cancelled())

    for first in ('child', 'cancel'):
        if first == 'cancel':
            soon(1, lambda: task.cancel())
        children = [asyncio.create_task(asyncio.sleep(1, n)) for n in range(2)]
        await asyncio.sleep(0)
        gathered = asyncio.gather(*children)
        task = asyncio.create_task(body(gathered))
        if first == 'child':
            soon(1, lambda: task.cancel())
        await task
        log(first, [child.cancelled() for child in children])


async def gather_whose_child_swallows_the_cancel(log):
    async def child():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('swallowed')
        return 'kept'

    async def body():
        try:
            log(await asyncio.gather(child(), asyncio.sleep(5)))
        except asyncio.CancelledError as error:
            log(error)

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await task

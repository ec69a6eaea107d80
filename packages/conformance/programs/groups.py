"""TaskGroup and exception groups: tasks that end together."""
import asyncio

from stage import Boom


async def waits_for_its_children(log):
    async def child(n):
        await asyncio.sleep(n)
        log('child', n)
        return n

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(child(n)) for n in (2, 1)]
        log('body ends')
    log([task.result() for task in tasks])


async def without_children(log):
    async with asyncio.TaskGroup():
        log('body')
    log('after')


async def failing_child_cancels_the_others(log):
    async def child(n):
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('child cancelled', n)
            raise

    async def failing():
        await asyncio.sleep(1)
        raise Boom('child')

    try:
        async with asyncio.TaskGroup() as group:
            for n in range(3):
                group.create_task(child(n))
            group.create_task(failing())
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                log('body cancelled', asyncio.current_task().cancelling())
                raise
    except BaseExceptionGroup as error:
        log(error, asyncio.current_task().cancelling())


async def failing_body_cancels_the_children(log):
    async def child():
        try:
            await asyncio.sleep(10)
        finally:
            await asyncio.sleep(1)
            log('child ends')

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await asyncio.sleep(1)
            raise Boom('body')
    except BaseExceptionGroup as error:
        log(error)


async def several_errors_in_one_group(log):
    async def failing(text, seconds):
        try:
            await asyncio.sleep(seconds)
        finally:
            raise Boom(text)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing('a', 5))
            group.create_task(failing('b', 1))
            group.create_task(failing('c', 9))
            raise Boom('body')
    except BaseExceptionGroup as error:
        log(error)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing('a', 5))
            group.create_task(failing('b', 1))
    except BaseExceptionGroup as error:
        log(error)


async def cancelled_from_outside(log):
    async def child(n):
        try:
            await asyncio.sleep(10)
        finally:
            log('child ends', n)

    async def outer():
        async with asyncio.TaskGroup() as group:
            group.create_task(child(1))
            group.create_task(child(2))

    for seconds in (0, 1):
        task = asyncio.create_task(outer())
        await asyncio.sleep(seconds)
        task.cancel()
        await asyncio.wait([task])
        log(task.cancelled(), task.cancelling())


async def cancelled_from_outside_and_a_child_fails(log):
    async def child():
        try:
            await asyncio.sleep(10)
        finally:
            raise Boom('in its cleanup')

    async def outer():
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await asyncio.sleep(10)

    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    try:
        await task
    except BaseException as error:
        log(error, task.cancelling())


async def cancelled_children_are_no_error(log):
    async def child(n):
        await asyncio.sleep(n)
        log('child', n)

    async with asyncio.TaskGroup() as group:
        first = group.create_task(child(1))
        second = group.create_task(child(2))
        await asyncio.sleep(0)
        second.cancel()
    log(first.cancelled(), second.cancelled())


async def nested_groups(log):
    async def failing():
        await asyncio.sleep(1)
        raise Boom('inner child')

    async def inner():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(failing())
                await asyncio.sleep(5)
        except BaseExceptionGroup as error:
            log('inner', error)
            raise

    async def beside():
        try:
            await asyncio.sleep(5)
        finally:
            log('beside ends')

    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(inner())
            outer.create_task(beside())
    except BaseExceptionGroup as error:
        log('outer', error)


async def children_made_by_children(log):
    async def child(group, n):
        log('child', n)
        await asyncio.sleep(1)
        if n > 0:
            group.create_task(child(group, n - 1))

    async with asyncio.TaskGroup() as group:
        group.create_task(child(group, 2))
    log('all')


async def task_made_too_late_or_too_early(log):
    async def child():
        log('never')

    async def failing():
        raise Boom('child')

    group = asyncio.TaskGroup()
    for stage in ('before', 'after'):
        coroutine = child()
        try:
            group.create_task(coroutine)
        except RuntimeError as error:
            log(stage, error)
            coroutine.close()
        if stage == 'before':
            async with group:
                pass
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
            try:
                await asyncio.sleep(1)
            finally:
                coroutine = child()
                try:
                    group.create_task(coroutine)
                except RuntimeError as error:
                    log('while it shuts down', error)
                    coroutine.close()
    except BaseExceptionGroup as error:
        log(error)


async def inside_a_timeout(log):
    async def child():
        try:
            await asyncio.sleep(10)
        finally:
            log('child ends')

    try:
        async with asyncio.timeout(1):
            async with asyncio.TaskGroup() as group:
                group.create_task(child())
    except TimeoutError as error:
        log(error, asyncio.current_task().cancelling())


async def with_timeouts_inside(log):
    async def child(n):
        async with asyncio.timeout(n):
            await asyncio.sleep(2)
            log('child', n)

    try:
        async with asyncio.TaskGroup() as group:
            for n in (3, 1, 4):
                group.create_task(child(n))
    except BaseExceptionGroup as error:
        log(error)


async def child_that_fails_while_the_body_ends(log):
    async def failing():
        await asyncio.sleep(0)
        raise Boom('child')

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
            await asyncio.sleep(0)
            log('body ends')
    except BaseExceptionGroup as error:
        log(error)
    await asyncio.sleep(0)
    log(asyncio.current_task().cancelling())


async def body_that_swallows_the_cancel(log):
    async def failing():
        await asyncio.sleep(1)
        raise Boom('child')

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(failing())
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                log('swallowed')
            await asyncio.sleep(1)
            log('body goes on')
    except BaseExceptionGroup as error:
        log(error)


async def exception_groups_are_split(log):
    group = ExceptionGroup('outer', [
        Boom('a'), ValueError('b'), ExceptionGroup('inner', [Boom('c'), TypeError('d')]),
    ])
    log(group, group.message)
    log(*group.split(Boom))
    log(group.subgroup(ValueError))
    log(group.subgroup(SyntaxError))
    log(group.subgroup(lambda error: isinstance(error, Boom) and error.args[0] == 'c'))
    log(BaseExceptionGroup('cancelled', [asyncio.CancelledError(), Boom('e')]))
    log(type(BaseExceptionGroup('plain', [Boom('f')])) is ExceptionGroup)
    for wrong in (lambda: ExceptionGroup('nothing', []), lambda: ExceptionGroup('no list', 7)):
        try:
            wrong()
        except (ValueError, TypeError) as error:
            log(error)

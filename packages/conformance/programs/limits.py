"""timeout, timeout_at and wait_for: until when something may take."""
import asyncio

from stage import Boom


async def timeout_that_expires(log):
    try:
        async with asyncio.timeout(1) as limit:
            log(limit.when(), limit.expired())
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError as error:
                log('inside', error, asyncio.current_task().cancelling())
                raise
    except TimeoutError as error:
        log(error, limit.expired(), asyncio.current_task().cancelling())


async def timeout_that_does_not_expire(log):
    async with asyncio.timeout(5) as limit:
        await asyncio.sleep(1)
        log('inside')
    log(limit.expired())
    await asyncio.sleep(10)
    log('much later')


async def timeout_of_zero_and_in_the_past(log):
    for seconds in (0, -1):
        try:
            async with asyncio.timeout(seconds):
                log('body begins')
                await asyncio.sleep(0)
                log('one turn')
                await asyncio.sleep(1)
                log('never')
        except TimeoutError as error:
            log(error)


async def timeout_without_a_limit(log):
    async with asyncio.timeout(None) as limit:
        log(limit.when())
        await asyncio.sleep(100)
        limit.reschedule(asyncio.get_running_loop().time() + 1)
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('over', limit.expired())


async def timeout_rescheduled(log):
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(2) as limit:
            await asyncio.sleep(1)
            limit.reschedule(loop.time() + 3)
            await asyncio.sleep(2)
            log('longer', limit.when())
            limit.reschedule(loop.time() + 0.5)
            await asyncio.sleep(2)
    except TimeoutError as error:
        log(error)
    try:
        limit.reschedule(100)
    except RuntimeError as error:
        log(error)


async def timeouts_nested_the_inner_one_expires(log):
    async with asyncio.timeout(5) as outer:
        try:
            async with asyncio.timeout(1) as inner:
                await asyncio.sleep(10)
        except TimeoutError:
            log('inner', inner.expired(), outer.expired())
        await asyncio.sleep(1)
        log('outer goes on')


async def timeouts_nested_the_outer_one_expires(log):
    try:
        async with asyncio.timeout(1) as outer:
            try:
                async with asyncio.timeout(5) as inner:
                    await asyncio.sleep(10)
            except asyncio.CancelledError as error:
                log('passes the inner one', error, inner.expired())
                raise
    except TimeoutError as error:
        log(error, outer.expired())


async def timeouts_nested_both_expire_at_once(log):
    try:
        async with asyncio.timeout(1) as outer:
            try:
                async with asyncio.timeout(1) as inner:
                    await asyncio.sleep(10)
            except BaseException as error:
                log('inner', error, inner.expired(), outer.expired())
                raise
    except TimeoutError as error:
        log('outer', error, outer.expired(), asyncio.current_task().cancelling())


async def timeout_whose_cancel_is_swallowed(log):
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                log('swallowed')
            await asyncio.sleep(2)
            log('goes on')
    except TimeoutError as error:
        log(error)
    log(limit.expired(), asyncio.current_task().cancelling())


async def timeout_and_a_cancel_from_outside(log):
    async def body():
        try:
            async with asyncio.timeout(2) as limit:
                await asyncio.sleep(10)
        except BaseException as error:
            log(error, limit.expired(), asyncio.current_task().cancelling())
            raise

    for seconds in (1, 2, 3):
        task = asyncio.create_task(body())
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(seconds, task.cancel)
        await asyncio.wait([task])
        log(seconds, task.cancelled())
    await asyncio.sleep(5)


async def timeout_whose_body_fails_in_its_cleanup(log):
    try:
        async with asyncio.timeout(1):
            try:
                await asyncio.sleep(10)
            finally:
                raise Boom('cleanup')
    except Boom as error:
        log(error, asyncio.current_task().cancelling())


async def timeout_around_a_loop_of_waits(log):
    seen = []
    try:
        async with asyncio.timeout(3.5):
            for n in range(10):
                await asyncio.sleep(1)
                seen.append(n)
    except TimeoutError:
        log('over', seen)


async def timeout_entered_twice(log):
    limit = asyncio.timeout(1)
    async with limit:
        pass
    try:
        async with limit:
            log('never')
    except RuntimeError as error:
        log(error)


async def timeout_at_a_time(log):
    loop = asyncio.get_running_loop()
    await asyncio.sleep(1)
    try:
        async with asyncio.timeout_at(loop.time() + 2) as limit:
            log(limit.when())
            await asyncio.sleep(10)
    except TimeoutError as error:
        log(error)


async def wait_for_in_time(log):
    async def body():
        log('inside', asyncio.current_task() is main)
        await asyncio.sleep(1)
        return 'result'

    main = asyncio.current_task()
    log(await asyncio.wait_for(body(), 2))
    log(await asyncio.wait_for(body(), None))


async def wait_for_too_long(log):
    async def body():
        try:
            await asyncio.sleep(10)
        finally:
            log('cleaning')
            await asyncio.sleep(1)
            log('clean')

    try:
        await asyncio.wait_for(body(), 2)
    except TimeoutError as error:
        log(error)


async def wait_for_with_no_time_at_all(log):
    async def body():
        log('never')

    done = asyncio.get_running_loop().create_future()
    done.set_result('done')
    log(await asyncio.wait_for(done, 0))
    pending = asyncio.get_running_loop().create_future()
    for awaitable in (pending, body()):
        try:
            await asyncio.wait_for(awaitable, 0)
        except TimeoutError as error:
            log(error)
    log(pending.cancelled())


async def wait_for_a_task_that_swallows(log):
    async def body():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('swallowed')
        return 'late'

    task = asyncio.create_task(body())
    try:
        log('got', await asyncio.wait_for(task, 1))
    except TimeoutError as error:
        log(error)
    log(task.done(), task.cancelled())


async def wait_for_that_is_cancelled(log):
    async def body():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('inside')
            raise

    async def outer():
        try:
            await asyncio.wait_for(body(), 5)
        except asyncio.CancelledError as error:
            log('outside', error)
            raise

    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def wait_for_that_fails(log):
    async def body():
        await asyncio.sleep(1)
        raise Boom('inside')

    try:
        await asyncio.wait_for(body(), 5)
    except Boom as error:
        log(error)


async def wait_for_a_shielded_task(log):
    task = asyncio.create_task(asyncio.sleep(3, 'result'))
    try:
        await asyncio.wait_for(asyncio.shield(task), 1)
    except TimeoutError as error:
        log(error, task.done())
    log(await task)

"""Where several things meet: cancels, limits and what waits, often in the same turn."""
import asyncio

from stage import soon


async def cancel_in_the_turn_in_which_the_child_ends(log):
    async def child():
        await asyncio.sleep(1)
        log('child ends')
        return 'result'

    async def parent(task):
        try:
            log('got', await task)
            await asyncio.sleep(1)
            log('slept')
        except asyncio.CancelledError:
            log('cancelled', task.done(), task.cancelled())

    for early in (True, False):
        inner = asyncio.create_task(child())
        outer = asyncio.create_task(parent(inner))
        if early:
            soon(1, outer.cancel)
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(0)
            inner.add_done_callback(lambda _: outer.cancel())
        await outer


async def outside_cancel_and_timeout_in_one_turn(log):
    async def body():
        try:
            async with asyncio.timeout(1) as limit:
                await asyncio.sleep(5)
        except BaseException as error:
            log(error, limit.expired(), asyncio.current_task().cancelling())
            if not isinstance(error, TimeoutError):
                raise

    for cancel_first in (True, False):
        if cancel_first:
            soon(1, lambda: task.cancel())
        task = asyncio.create_task(body())
        await asyncio.sleep(0)
        if not cancel_first:
            soon(1, task.cancel)
        await asyncio.wait([task])
        log(cancel_first, task.cancelled(), task.cancelling())


async def uncancel_inside_a_timeout(log):
    async def body():
        task = asyncio.current_task()
        try:
            async with asyncio.timeout(2) as limit:
                try:
                    await asyncio.sleep(5)
                except asyncio.CancelledError:
                    log('cancelled', task.uncancel())
                await asyncio.sleep(5)
        except TimeoutError as error:
            log(error, limit.expired(), task.cancelling())

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await task


async def cancelled_task_enters_a_timeout(log):
    async def body():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            try:
                async with asyncio.timeout(1):
                    await asyncio.sleep(5)
            except TimeoutError as error:
                log(error, asyncio.current_task().cancelling())
            raise

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def shield_in_a_timeout_in_a_wait_for(log):
    async def inner():
        await asyncio.sleep(3)
        log('inner ends')
        return 'inner'

    async def middle(task):
        try:
            async with asyncio.timeout(1):
                return await asyncio.shield(task)
        except TimeoutError as error:
            log('middle', error)
            return await asyncio.shield(task)

    task = asyncio.create_task(inner())
    try:
        await asyncio.wait_for(middle(task), 2)
    except TimeoutError as error:
        log('outer', error)
    log(await task, task.cancelling())


async def wait_for_in_a_cancelled_cleanup(log):
    async def body():
        try:
            await asyncio.sleep(5)
        finally:
            try:
                await asyncio.wait_for(asyncio.sleep(5), 1)
            except TimeoutError as error:
                log('cleanup', error)
            log(asyncio.current_task().cancelling())

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def wait_for_whose_inside_swallows_an_outside_cancel(log):
    async def inner():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('swallowed')
        return 'result'

    async def outer():
        log(await asyncio.wait_for(inner(), 3))
        log(asyncio.current_task().cancelling())
        await asyncio.sleep(0)
        return 'outer'

    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    log(await task)


async def timeout_rescheduled_by_a_callback(log):
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(10) as limit:
            soon(1, limit.reschedule, loop.time() + 2)
            soon(1.5, limit.reschedule, loop.time() - 5)
            await asyncio.sleep(5)
    except TimeoutError as error:
        log(error, limit.when())


async def timeout_put_off_after_it_was_due(log):
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                try:
                    limit.reschedule(loop.time() + 10)
                except RuntimeError as error:
                    log(error)
                raise
    except TimeoutError as error:
        log(error)


async def timeouts_in_sequence_under_one_task(log):
    for n in range(3):
        try:
            async with asyncio.timeout(1):
                await asyncio.sleep(n)
                log('in time', n)
        except TimeoutError:
            log('too late', n)
    log(asyncio.current_task().cancelling())


async def future_set_and_task_cancelled_by_one_callback(log):
    loop = asyncio.get_running_loop()

    async def waiter(future):
        try:
            log('got', await future)
        except asyncio.CancelledError:
            log('cancelled', future.done())
        await asyncio.sleep(0)
        log('goes on')

    for order in ('set first', 'cancel first'):
        future = loop.create_future()
        task = asyncio.create_task(waiter(future))
        await asyncio.sleep(0)

        def both():
            if order == 'set first':
                future.set_result(1)
                log(task.cancel())
            else:
                log(task.cancel())
                log(future.done())

        loop.call_soon(both)
        await asyncio.wait([task])
        log(order, task.cancelled(), task.cancelling())


async def callbacks_of_a_task_and_those_who_wait_for_it(log):
    async def child():
        await asyncio.sleep(1)
        return 'child'

    async def waiter(n):
        log('waiter', n, await task)

    task = asyncio.create_task(child())
    task.add_done_callback(lambda _: log('first callback'))
    one = asyncio.create_task(waiter(1))
    await asyncio.sleep(0)
    task.add_done_callback(lambda _: log('second callback'))
    gathered = asyncio.gather(task, one)
    two = asyncio.create_task(waiter(2))
    limited = asyncio.create_task(asyncio.wait_for(task, 5))
    limited.add_done_callback(lambda _: log('wait_for'))
    gathered.add_done_callback(lambda _: log('gather'))
    await asyncio.wait([two, gathered, limited])
    log(await gathered)


async def as_completed_with_cancelled_and_repeated(log):
    tasks = [asyncio.create_task(asyncio.sleep(n, n)) for n in (3, 1, 2)]
    soon(1.5, tasks[2].cancel)
    for next_one in asyncio.as_completed([*tasks, tasks[0]]):
        try:
            log(await next_one)
        except asyncio.CancelledError as error:
            log(error, asyncio.current_task().cancelling())


async def wait_on_tasks_that_end_in_one_turn(log):
    event = asyncio.Event()

    async def waiter(n):
        await event.wait()
        return n

    tasks = [asyncio.create_task(waiter(n)) for n in range(3)]
    soon(1, event.set)
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    log(sorted(task.result() for task in done), len(pending))


async def spawned_in_finally_after_a_cancel(log):
    async def helper():
        await asyncio.sleep(1)
        log('helper')

    async def body():
        try:
            await asyncio.sleep(5)
        finally:
            helpers.append(asyncio.create_task(helper()))
            await helpers[0]
            log('after the helper')

    helpers = []
    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled(), helpers[0].cancelled())

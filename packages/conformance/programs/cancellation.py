"""Cancelling: what is thrown where, what may be done about it, and what is counted."""
import asyncio

from stage import Boom


async def before_the_first_step(log):
    async def body():
        log('never')

    task = asyncio.create_task(body())
    log(task.cancel('early'), task.cancelling(), task.cancelled())
    try:
        await task
    except asyncio.CancelledError as error:
        log(list(error.args))
    log(task.cancelled(), task.cancel())


async def thrown_where_the_task_waits(log):
    async def body():
        log('begins')
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('cancelled')
            raise
        finally:
            log('finally')

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    log('asked', task.done())
    try:
        await task
    except asyncio.CancelledError:
        log('main sees it', task.cancelled())


async def finally_may_wait(log):
    async def body():
        try:
            await asyncio.sleep(10)
        finally:
            log('cleaning')
            await asyncio.sleep(2)
            log('clean')

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def second_cancel_interrupts_the_cleanup(log):
    async def body():
        try:
            await asyncio.sleep(10)
        finally:
            try:
                await asyncio.sleep(5)
                log('never')
            finally:
                log('cleanup interrupted', asyncio.current_task().cancelling())

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled(), task.cancelling())


async def swallowed(log):
    async def body():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('swallowed', asyncio.current_task().cancelling())
        await asyncio.sleep(1)
        log('goes on')
        return 'result'

    task = asyncio.create_task(body())
    await asyncio.sleep(0)
    task.cancel()
    log(await task, task.cancelled(), task.cancelling())


async def uncancelled(log):
    async def body():
        task = asyncio.current_task()
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log(task.cancelling(), task.uncancel(), task.uncancel(), task.uncancel())
        await asyncio.sleep(0)
        return task.cancelling()

    task = asyncio.create_task(body())
    await asyncio.sleep(0)
    log(task.cancel(), task.cancel())
    log(await task)


async def uncancelled_before_it_was_delivered(log):
    async def body():
        task = asyncio.current_task()
        task.cancel()
        log(task.uncancel())
        try:
            await asyncio.sleep(1)
            log('slept')
        except asyncio.CancelledError:
            log('cancelled')

    await asyncio.create_task(body())


async def of_itself_is_thrown_at_the_next_wait(log):
    async def body():
        asyncio.current_task().cancel('self')
        log('still runs')
        try:
            await asyncio.sleep(0)
            log('never')
        except asyncio.CancelledError as error:
            log('thrown', list(error.args))
        await asyncio.sleep(0)
        log('goes on')

    await asyncio.create_task(body())


async def of_itself_and_then_the_end(log):
    async def returns():
        asyncio.current_task().cancel()
        return 'result'

    async def raises():
        asyncio.current_task().cancel()
        raise Boom('instead')

    for body in (returns, raises):
        task = asyncio.create_task(body())
        await asyncio.wait([task])
        log(task.cancelled(), None if task.cancelled() else task.exception())


async def replaced_by_another_error(log):
    async def body():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise Boom('replaced')

    task = asyncio.create_task(body())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except Boom as error:
        log(error, task.cancelled())


async def reaches_through_awaited_tasks(log):
    async def inner():
        try:
            await asyncio.sleep(10)
        finally:
            log('inner ends')

    async def outer():
        child = asyncio.create_task(inner())
        try:
            await child
        finally:
            log('outer ends', child.cancelled(), child.cancelling())

    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    log(task.cancelling())
    await asyncio.wait([task])
    log(task.cancelled())


async def of_one_waiter_cancels_the_future_for_all(log):
    future = asyncio.get_running_loop().create_future()

    async def waiter(name):
        try:
            await future
        except asyncio.CancelledError:
            log(name, 'cancelled', asyncio.current_task().cancelling())

    tasks = [asyncio.create_task(waiter(name)) for name in ('a', 'b', 'c')]
    await asyncio.sleep(0)
    tasks[1].cancel()
    log(future.cancelled())
    await asyncio.gather(*tasks)


async def of_a_future_that_was_just_set(log):
    future = asyncio.get_running_loop().create_future()

    async def body():
        try:
            log('got', await future)
            await asyncio.sleep(0)
            log('never')
        except asyncio.CancelledError:
            log('cancelled')

    task = asyncio.create_task(body())
    await asyncio.sleep(0)
    future.set_result('value')
    task.cancel()
    log(future.cancelled())
    await task


async def inner_task_that_swallows_it(log):
    async def inner():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('inner swallows')
            return 'inner result'

    async def outer():
        child = asyncio.create_task(inner())
        log('outer got', await child)
        log(asyncio.current_task().cancelling())
        await asyncio.sleep(1)
        return 'outer result'

    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    log(await task)


async def while_waiting_for_a_coroutine_runs_finally_inside_out(log):
    async def depth(n):
        try:
            if n == 0:
                await asyncio.sleep(10)
            else:
                await depth(n - 1)
        finally:
            log('leaves', n)

    task = asyncio.create_task(depth(3))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def twice_in_one_turn_is_one_error(log):
    async def body():
        for n in range(3):
            try:
                await asyncio.sleep(1)
                log('slept', n)
            except asyncio.CancelledError as error:
                log('cancelled', n, list(error.args))

    task = asyncio.create_task(body())
    await asyncio.sleep(0)
    log(task.cancel('one'), task.cancel('two'), task.cancelling())
    await task


async def shield_protects(log):
    async def inner():
        await asyncio.sleep(2)
        log('inner ends')
        return 'inner'

    async def outer(child):
        try:
            await asyncio.shield(child)
        except asyncio.CancelledError:
            log('outer cancelled', child.done())
            raise

    child = asyncio.create_task(inner())
    task = asyncio.create_task(outer(child))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(await child, child.cancelling())


async def shield_whose_inside_is_cancelled(log):
    child = asyncio.create_task(asyncio.sleep(5))
    outer = asyncio.shield(child)
    await asyncio.sleep(1)
    child.cancel()
    try:
        await outer
    except asyncio.CancelledError:
        log(outer.cancelled(), child.cancelled())


async def shield_left_alone_lets_the_inside_run_on(log):
    async def inner():
        await asyncio.sleep(2)
        log('inner ends')

    child = asyncio.create_task(inner())
    outer = asyncio.shield(child)
    await asyncio.sleep(1)
    outer.cancel()
    await asyncio.sleep(2)
    log(outer.cancelled(), child.done())


async def shield_of_what_is_done(log):
    future = asyncio.get_running_loop().create_future()
    future.set_result('done')
    log(asyncio.shield(future) is future, await asyncio.shield(future))

"""gather, wait and as_completed: many are waited for."""
import asyncio

from stage import Boom


async def _after(seconds, result):
    await asyncio.sleep(seconds)
    return result


async def _failing(seconds, text):
    await asyncio.sleep(seconds)
    raise Boom(text)


async def results_in_the_order_of_the_arguments(log):
    async def child(n, seconds):
        log('begins', n)
        await asyncio.sleep(seconds)
        log('ends', n)
        return n

    log(await asyncio.gather(child(1, 3), child(2, 1), child(3, 2)))


async def gather_of_nothing(log):
    future = asyncio.gather()
    log(future.done())
    log(await future)


async def first_error_leaves_the_others_running(log):
    async def slow():
        await asyncio.sleep(3)
        log('slow ends')

    other = asyncio.create_task(slow())
    try:
        await asyncio.gather(_failing(1, 'one'), _failing(2, 'two'), other)
    except Boom as error:
        log(error, other.done())
    await other


async def errors_in_their_places(log):
    log(await asyncio.gather(_after(2, 'a'), _failing(1, 'b'), _after(0, 'c'), return_exceptions=True))


async def cancelled_child_of_gather(log):
    child = asyncio.create_task(_after(5, 'never'))
    other = asyncio.create_task(_after(2, 'other'))
    gathered = asyncio.gather(child, other)
    await asyncio.sleep(1)
    child.cancel()
    try:
        await gathered
    except asyncio.CancelledError:
        log('gather', gathered.cancelled(), gathered.done(), other.done())
    log(await asyncio.gather(child, other, return_exceptions=True))


async def cancelled_gather_cancels_its_children(log):
    async def child(n):
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('child', n)
            await asyncio.sleep(n)
            log('child ends', n)
            raise

    async def outer():
        try:
            await asyncio.gather(child(1), child(2))
        except asyncio.CancelledError:
            log('outer', asyncio.current_task().cancelling())
            raise

    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def cancelled_gather_with_errors_in_places(log):
    async def stubborn():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            return 'stubborn'

    gathered = asyncio.gather(stubborn(), _after(5, 'x'), return_exceptions=True)
    await asyncio.sleep(1)
    log(gathered.cancel())
    try:
        log(await gathered)
    except asyncio.CancelledError as error:
        log(error, gathered.cancelled())


async def same_future_gathered_twice(log):
    task = asyncio.create_task(_after(1, 'once'))
    log(await asyncio.gather(task, task, _after(2, 'other'), task))


async def nested_gathers(log):
    inner = asyncio.gather(_after(2, 'a'), _after(1, 'b'))
    log(await asyncio.gather(inner, _after(3, 'c')))
    inner = asyncio.gather(_failing(2, 'a'), _after(1, 'b'))
    log(await asyncio.gather(inner, _after(1, 'c'), return_exceptions=True))


async def wait_for_all(log):
    tasks = [asyncio.create_task(_after(n, n)) for n in (3, 1, 2)]
    done, pending = await asyncio.wait(tasks)
    log(sorted(task.result() for task in done), len(pending))


async def wait_for_the_first(log):
    tasks = [asyncio.create_task(_after(n, n)) for n in (3, 1, 2)]
    pending = tasks
    while pending:
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        log(sorted(task.result() for task in done), len(pending))


async def wait_for_the_first_error(log):
    tasks = [
        asyncio.create_task(_after(1, 'a')),
        asyncio.create_task(_failing(2, 'b')),
        asyncio.create_task(_after(3, 'c')),
    ]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    log(len(done), len(pending), tasks[1].exception())
    tasks[2].cancel()
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    log(len(done), len(pending), tasks[2].cancelled())


async def wait_with_a_time_limit(log):
    tasks = [asyncio.create_task(_after(n, n)) for n in (1, 2, 3)]
    for timeout in (0, 1.5, 0.5, 9):
        done, pending = await asyncio.wait(tasks, timeout=timeout)
        log(timeout, len(done), len(pending))


async def cancelled_wait_leaves_its_tasks_alone(log):
    child = asyncio.create_task(_after(3, 'child'))

    async def waiter():
        await asyncio.wait([child])

    task = asyncio.create_task(waiter())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled(), child.done())
    log(await child)


async def wait_takes_neither_nothing_nor_coroutines(log):
    try:
        await asyncio.wait([])
    except ValueError as error:
        log(error)
    task = asyncio.create_task(_after(0, 1))
    try:
        await asyncio.wait(task)
    except TypeError as error:
        log(error)
    try:
        await asyncio.wait([task], return_when='WHENEVER')
    except ValueError as error:
        log(error)
    log(await task)


async def as_completed_gives_the_first_that_ends(log):
    for next_one in asyncio.as_completed([_after(3, 'c'), _after(1, 'a'), _after(2, 'b')]):
        log(await next_one)


async def as_completed_gives_the_tasks_themselves(log):
    tasks = [asyncio.create_task(_after(n, n)) for n in (2, 1)]
    async for task in asyncio.as_completed(tasks):
        log(tasks.index(task), task.result())


async def as_completed_with_a_time_limit(log):
    tasks = [asyncio.create_task(_after(n, n)) for n in (1, 3)]
    for next_one in asyncio.as_completed(tasks, timeout=2):
        try:
            log(await next_one)
        except TimeoutError as error:
            log(error, tasks[1].done())
    log(await tasks[1])


async def as_completed_with_errors(log):
    for next_one in asyncio.as_completed([_after(2, 'a'), _failing(1, 'b'), _failing(3, 'c')]):
        try:
            log(await next_one)
        except Boom as error:
            log(error)


async def as_completed_of_what_is_done(log):
    loop = asyncio.get_running_loop()
    futures = [loop.create_future() for _ in range(3)]
    for n in (2, 0):
        futures[n].set_result(n)
    loop.call_later(1, futures[1].set_result, 1)
    for next_one in asyncio.as_completed(futures):
        log(await next_one)

"""Tasks: when they run, what they give, what can be asked of them."""
import asyncio

from stage import Boom


async def awaited_before_and_after_it_is_done(log):
    async def body():
        log('child begins')
        await asyncio.sleep(1)
        log('child ends')
        return 'result'

    child = asyncio.create_task(body())
    log('made', child.done())
    log(await child)
    log('again', await child, child.result(), child.exception())


async def started_in_the_order_of_their_making(log):
    async def body(n):
        log(n, 'begins')
        await asyncio.sleep(0)
        log(n, 'goes on')
        await asyncio.sleep(0)
        log(n, 'ends')
        return n * n

    tasks = [asyncio.create_task(body(n)) for n in range(3)]
    log('made')
    await asyncio.sleep(0)
    log('main, one turn later')
    for task in tasks:
        log(await task)


async def several_wait_for_one(log):
    async def body():
        await asyncio.sleep(1)
        return 'value'

    async def waiter(name, task):
        log(name, 'waits')
        log(name, 'got', await task)

    child = asyncio.create_task(body())
    waiters = [asyncio.create_task(waiter(name, child)) for name in ('a', 'b', 'c')]
    for task in reversed(waiters):
        await task
    log('all')


async def error_seen_by_each_who_waits(log):
    async def body():
        await asyncio.sleep(0)
        raise Boom('broken')

    async def waiter(name, task):
        try:
            await task
        except Boom as error:
            log(name, error)

    child = asyncio.create_task(body())
    waiters = [asyncio.create_task(waiter(name, child)) for name in ('a', 'b')]
    await asyncio.gather(*waiters)
    log(child.exception())
    try:
        child.result()
    except Boom as error:
        log('result', error)


async def names_and_states(log):
    async def body():
        await asyncio.sleep(1)

    task = asyncio.create_task(body(), name='named')
    other = asyncio.create_task(body())
    log(task.get_name(), task.done(), task.cancelled(), task.cancelling())
    task.set_name(7)
    log(task.get_name(), other.get_name().startswith('Task-'))
    for ask in (task.result, task.exception):
        try:
            ask()
        except asyncio.InvalidStateError as error:
            log(error)
    for tell in (lambda: task.set_result(1), lambda: task.set_exception(Boom('no'))):
        try:
            tell()
        except RuntimeError as error:
            log(error)
    await asyncio.wait([task, other])
    log(task.done(), task.result())


async def current_task_and_all_tasks(log):
    def names():
        return sorted(task.get_name() for task in asyncio.all_tasks())

    async def inner():
        log('inner', asyncio.current_task().get_name())

    async def body():
        log('begins', asyncio.current_task().get_name(), names())
        await inner()
        await asyncio.sleep(0)
        log('ends', names())

    asyncio.current_task().set_name('main')
    first = asyncio.create_task(body(), name='first')
    second = asyncio.create_task(body(), name='second')
    asyncio.get_running_loop().call_soon(lambda: log('callback', asyncio.current_task()))
    log(names())
    await first
    log('first is done', names())
    await second
    log('second is done', names())


async def deep_chain_of_coroutines_is_one_step(log):
    async def depth(n):
        if n == 0:
            log('bottom')
            await asyncio.sleep(0)
            log('bottom again')
            return 0
        return 1 + await depth(n - 1)

    async def beside():
        for _ in range(4):
            log('beside')
            await asyncio.sleep(0)

    other = asyncio.create_task(beside())
    chain = asyncio.create_task(depth(20))
    log(await chain)
    log('main')
    await other


async def waiting_for_a_done_future_takes_no_turn(log):
    done = asyncio.get_running_loop().create_future()
    done.set_result('there')
    asyncio.get_running_loop().call_soon(log, 'the next turn')
    log(await done)
    log(await done)
    await asyncio.sleep(0)
    log('after one turn')


async def task_that_ends_at_once_takes_two_turns_to_be_seen(log):
    async def nothing():
        log('runs')
        return 'nothing'

    def tick(n):
        log('turn', n)
        if n < 4:
            asyncio.get_running_loop().call_soon(tick, n + 1)

    asyncio.get_running_loop().call_soon(tick, 1)
    log(await asyncio.create_task(nothing()))
    log(await nothing())


async def cannot_wait_for_itself(log):
    async def body():
        try:
            await asyncio.current_task()
        except RuntimeError as error:
            log(error)
        await asyncio.sleep(0)
        log('goes on')

    await asyncio.create_task(body())
    log('done')

"""Futures: set, failed, cancelled; who is told of it, and when."""
import asyncio

from stage import Boom


async def set_once_and_for_all(log):
    future = asyncio.get_running_loop().create_future()
    log(future.done(), future.cancelled())
    future.set_result('first')
    for again in (lambda: future.set_result('second'), lambda: future.set_exception(Boom('late'))):
        try:
            again()
        except asyncio.InvalidStateError as error:
            log(error)
    log(future.cancel(), future.result(), future.exception())


async def waiters_and_callbacks_in_the_order_they_came(log):
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    async def waiter(name):
        log(name, await future)

    future.add_done_callback(lambda f: log('callback before', f.result()))
    first = asyncio.create_task(waiter('first'))
    second = asyncio.create_task(waiter('second'))
    await asyncio.sleep(0)
    future.add_done_callback(lambda f: log('callback after', f.result()))
    loop.call_soon(log, 'called before it is set')
    future.set_result('value')
    loop.call_soon(log, 'called after it is set')
    log('set')
    await asyncio.gather(first, second)


async def callback_added_to_a_done_future_comes_in_the_next_turn(log):
    future = asyncio.get_running_loop().create_future()
    future.set_result(1)
    future.add_done_callback(lambda f: log('callback', f.result()))
    log('added')
    await asyncio.sleep(0)
    log('one turn later')


async def callbacks_are_removed_by_equality(log):
    future = asyncio.get_running_loop().create_future()

    def twice(f):
        log('twice')

    def once(f):
        log('once')

    future.add_done_callback(twice)
    future.add_done_callback(once)
    future.add_done_callback(twice)
    log(future.remove_done_callback(twice), future.remove_done_callback(twice))
    future.set_result(None)
    log(future.remove_done_callback(once))
    await asyncio.sleep(0)
    log('end')


async def awaited_future_that_fails(log):
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_later(2, future.set_exception, Boom('two seconds'))
    try:
        await future
    except Boom as error:
        log(error)
    try:
        await future
    except Boom as error:
        log('again', error)
    log(future.exception())


async def cancelled_future_tells_its_message(log):
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    async def waiter():
        try:
            await future
        except asyncio.CancelledError as error:
            log('waiter', list(error.args))
            raise

    task = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    log(future.cancel('why'), future.cancel('again'), future.cancelled())
    await asyncio.wait([task])
    log(task.cancelled(), task.cancelling())
    for ask in (future.result, future.exception):
        try:
            ask()
        except asyncio.CancelledError as error:
            log(error)


async def only_awaitable_things_are_awaited(log):
    for wrong in (7, 'text', None):
        try:
            asyncio.ensure_future(wrong)
        except TypeError as error:
            log(error)
    future = asyncio.get_running_loop().create_future()
    log(asyncio.ensure_future(future) is future, asyncio.isfuture(future), asyncio.isfuture(7))
    future.cancel()


async def callback_that_fails_does_not_stop_the_others(log):
    future = asyncio.get_running_loop().create_future()

    def fail(f):
        raise Boom('callback')

    future.add_done_callback(lambda f: log('one'))
    future.add_done_callback(fail)
    future.add_done_callback(lambda f: log('three'))
    future.set_result(None)
    await future
    log('awaited')
    await asyncio.sleep(0)

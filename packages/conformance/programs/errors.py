"""Errors: who is told, when nobody asked; and those that leave the loop."""
import asyncio

from stage import Boom


async def task_error_never_retrieved(log):
    async def failing(text):
        raise Boom(text)

    asyncio.create_task(failing('one'))
    seen = asyncio.create_task(failing('seen'))
    asyncio.create_task(failing('two'))
    await asyncio.sleep(1)
    log(seen.exception())


async def future_error_never_retrieved(log):
    future = asyncio.get_running_loop().create_future()
    future.set_exception(Boom('forgotten'))
    await asyncio.sleep(1)
    log('end')


async def pending_task_at_the_end(log):
    async def forgotten():
        await asyncio.sleep(100)

    asyncio.create_task(forgotten())
    await asyncio.sleep(1)
    log('end')


async def cancelled_task_is_not_reported(log):
    async def body():
        await asyncio.sleep(100)

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(1)
    log(task.cancelled())


async def error_of_main(log):
    await asyncio.sleep(1)
    log('raises')
    raise Boom('main')


async def main_that_waits_for_ever(log):
    log('waits')
    await asyncio.get_running_loop().create_future()


async def two_tasks_that_wait_for_each_other(log):
    tasks = []

    async def waiter(n):
        log('waits', n)
        await tasks[1 - n]

    tasks.extend(asyncio.create_task(waiter(n)) for n in range(2))
    await tasks[0]


async def error_passes_through_finally(log):
    async def inner():
        try:
            await asyncio.sleep(1)
            raise Boom('inner')
        finally:
            log('inner finally')

    async def outer():
        try:
            await inner()
        except Boom as error:
            log('caught', error)
            await asyncio.sleep(1)
            raise ValueError from error
        finally:
            log('outer finally')

    try:
        await outer()
    except ValueError as error:
        log(error, error.__cause__)


async def exception_handler_of_ones_own(log):
    loop = asyncio.get_running_loop()

    def fail(text):
        raise Boom(text)

    usual = loop.get_exception_handler()

    def handler(loop, context):
        log('handler', context['exception'], sorted(key for key in context if key != 'source_traceback'))

    loop.set_exception_handler(handler)
    loop.call_soon(fail, 'callback')
    await asyncio.sleep(0)
    loop.set_exception_handler(usual)
    loop.call_exception_handler({'message': 'by hand', 'exception': Boom('hand')})
    log('end')


def system_exit_leaves_the_loop(log, new_loop):
    async def child():
        raise SystemExit(3)

    async def main():
        task = asyncio.create_task(child())
        try:
            await task
        finally:
            log('main is left')

    async def later():
        await asyncio.sleep(1)
        log('the loop runs again')

    loop = new_loop()
    task = loop.create_task(main())
    try:
        loop.run_until_complete(task)
    except SystemExit as error:
        log(error, error.code, task.done())
    again = loop.create_task(later())
    for _ in range(2):
        try:
            loop.run_until_complete(again)
        except SystemExit as error:
            log('main', error, task.exception())


def keyboard_interrupt_in_a_callback(log, new_loop):
    def interrupt():
        raise KeyboardInterrupt

    async def main():
        await asyncio.sleep(2)
        return 'result'

    loop = new_loop()
    loop.call_later(1, interrupt)
    task = loop.create_task(main())
    try:
        loop.run_until_complete(task)
    except KeyboardInterrupt as error:
        log(error, task.done())
    log(loop.run_until_complete(task))

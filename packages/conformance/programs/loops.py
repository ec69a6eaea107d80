"""Loops and runners: run, stop, close, and what is left over."""
import asyncio

from stage import Boom


def run_until_complete_several_times(log, new_loop):
    async def child(n):
        await asyncio.sleep(n)
        return n

    loop = new_loop()
    for n in (1, 2):
        log(loop.run_until_complete(child(n)))
    future = loop.create_future()
    loop.call_later(1, future.set_result, 'future')
    log(loop.run_until_complete(future), loop.is_running(), loop.is_closed())
    loop.close()
    log(loop.is_closed())


def stopped_in_the_middle(log, new_loop):
    async def child():
        log('child begins')
        await asyncio.sleep(2)
        log('child ends')
        return 'result'

    loop = new_loop()
    task = loop.create_task(child())
    loop.call_later(1, loop.stop)
    try:
        loop.run_until_complete(task)
    except RuntimeError as error:
        log(error, task.done())
    log(loop.run_until_complete(task))


def run_forever_until_it_is_stopped(log, new_loop):
    loop = new_loop()

    def tick(n):
        log('tick', n)
        if n == 3:
            loop.stop()
        loop.call_later(1, tick, n + 1)

    loop.call_soon(tick, 1)
    loop.run_forever()
    log('stopped')
    loop.call_later(1.5, loop.stop)
    loop.run_forever()
    log('stopped again')


def stop_before_the_run_is_one_turn(log, new_loop):
    loop = new_loop()

    def nested():
        log('first turn')
        loop.call_soon(log, 'second turn')

    loop.call_soon(nested)
    loop.stop()
    loop.run_forever()
    log('stopped')
    loop.stop()
    loop.run_forever()


def stop_lets_the_turn_end(log, new_loop):
    loop = new_loop()
    loop.call_soon(log, 'before')
    loop.call_soon(loop.stop)
    loop.call_soon(log, 'after')
    loop.call_later(0, log, 'timer')
    loop.run_forever()
    log('stopped')


def closed_loop_takes_nothing(log, new_loop):
    loop = new_loop()
    loop.call_later(1, log, 'never')
    loop.call_soon(log, 'never')
    loop.close()
    loop.close()
    for wrong in (
        lambda: loop.call_soon(log), lambda: loop.call_later(1, log),
        lambda: loop.call_at(1, log), loop.run_forever,
    ):
        try:
            wrong()
        except RuntimeError as error:
            log(error)


async def running_loop_is_not_closed_nor_is_another_run(log):
    async def body():
        log('never')

    loop = asyncio.get_running_loop()
    log(loop.is_running())
    try:
        loop.close()
    except RuntimeError as error:
        log(error)
    coroutine = body()
    try:
        asyncio.run(coroutine)
    except RuntimeError as error:
        log(error)
    coroutine.close()
    await asyncio.sleep(0)
    log('goes on', loop.is_running(), loop is asyncio.get_running_loop())


def error_of_the_main_task(log, new_loop):
    async def main():
        await asyncio.sleep(1)
        raise Boom('main')

    async def cancelled():
        asyncio.current_task().cancel()
        await asyncio.sleep(1)

    loop = new_loop()
    for body in (main, cancelled):
        try:
            loop.run_until_complete(body())
        except BaseException as error:
            log(error)


def future_of_another_loop(log, new_loop):
    first = new_loop()
    future = first.create_future()

    async def waiter():
        try:
            await future
        except RuntimeError as error:
            log(error)

    second = new_loop()
    try:
        second.run_until_complete(future)
    except ValueError as error:
        log(error)
    second.run_until_complete(waiter())
    future.cancel()


def runner_cancels_what_is_left(log, new_loop):
    async def leftover(name):
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            log('cancelled', name)
            await asyncio.sleep(1)
            log('ends', name)
            raise

    async def main():
        for name in ('a', 'b'):
            asyncio.create_task(leftover(name))
        await asyncio.sleep(1)
        return 'main'

    with asyncio.Runner(loop_factory=new_loop) as runner:
        log(runner.run(main()))
        log('run')
    log('closed', runner._loop)


def runner_reports_errors_of_the_cleanup(log, new_loop):
    async def leftover():
        try:
            await asyncio.sleep(100)
        finally:
            raise Boom('cleanup')

    async def main():
        asyncio.create_task(leftover())
        await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())
    log('closed')


def runner_keeps_its_loop_and_context(log, new_loop):
    import contextvars
    name = contextvars.ContextVar('name', default='nobody')

    async def first():
        name.set('first')
        return asyncio.get_running_loop()

    async def second():
        return name.get(), asyncio.get_running_loop()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        loop = runner.run(first())
        value, again = runner.run(second())
        log(value, loop is again, loop is runner.get_loop(), name.get())
    try:
        runner.get_loop()
    except RuntimeError as error:
        log(error)


def runner_whose_main_fails(log, new_loop):
    async def main():
        asyncio.create_task(asyncio.sleep(100))
        await asyncio.sleep(1)
        raise Boom('main')

    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(main())
    except Boom as error:
        log(error)


def async_generators_are_shut_down(log, new_loop):
    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(1)
            log('closed')

    async def main():
        iterator = numbers()
        log(await anext(iterator))
        kept.append(iterator)

    kept = []
    loop = new_loop()
    loop.run_until_complete(main())
    log('main has ended')
    loop.run_until_complete(loop.shutdown_asyncgens())
    log('shut down')

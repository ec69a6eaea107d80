"""call_soon, call_later, call_at, and the contexts they run in."""
import asyncio
import contextvars

from stage import Boom


async def soon_is_the_next_turn(log):
    loop = asyncio.get_running_loop()

    def nested(n):
        log('nested', n)
        if n > 0:
            loop.call_soon(nested, n - 1)

    loop.call_soon(nested, 2)
    loop.call_soon(log, 'beside')
    for n in range(4):
        log('turn', n)
        await asyncio.sleep(0)


async def later_in_the_order_of_their_times(log):
    loop = asyncio.get_running_loop()
    start = loop.time()
    for delay in (3, 1, 2, 1, 0):
        loop.call_later(delay, log, 'after', delay)
    loop.call_at(start + 1.5, log, 'at 1.5')
    loop.call_at(start - 5, log, 'in the past')
    loop.call_soon(log, 'soon')
    await asyncio.sleep(4)
    log('end')


async def equal_times_in_the_order_of_their_making(log):
    loop = asyncio.get_running_loop()

    async def sleeper(n):
        await asyncio.sleep(1)
        log('sleeper', n)

    when = loop.time() + 1
    loop.call_at(when, log, 'first')
    tasks = [asyncio.create_task(sleeper(n)) for n in range(2)]
    loop.call_later(1, log, 'second')
    await asyncio.sleep(0)
    loop.call_at(when, log, 'third')
    await asyncio.gather(*tasks)


async def cancelled_handles_do_not_run(log):
    loop = asyncio.get_running_loop()
    soon = loop.call_soon(log, 'never')
    later = loop.call_later(1, log, 'never')
    victim = loop.call_later(2, log, 'never')
    loop.call_later(1.5, victim.cancel)
    log(soon.cancelled(), later.when(), later.cancelled())
    soon.cancel()
    later.cancel()
    later.cancel()
    log(soon.cancelled(), later.cancelled())
    await asyncio.sleep(3)
    log(victim.cancelled())


async def handle_cancelled_by_another_of_the_same_turn(log):
    loop = asyncio.get_running_loop()
    handles = []

    def first():
        log('first')
        handles[1].cancel()
        handles[3].cancel()

    handles.append(loop.call_soon(first))
    for n in (1, 2, 3):
        handles.append(loop.call_soon(log, 'handle', n))
    await asyncio.sleep(0)
    for n in range(4):
        handles.append(loop.call_later(1, log, 'timer', n))
    handles[5].cancel()
    await asyncio.sleep(1)
    await asyncio.sleep(0)
    log('end')


async def failing_callback_is_reported(log):
    loop = asyncio.get_running_loop()

    def fail(text):
        raise Boom(text)

    loop.call_soon(fail, 'soon')
    loop.call_soon(log, 'beside')
    loop.call_later(1, fail, 'later')
    await asyncio.sleep(2)
    log('end')


async def callback_that_adds_work_waits_its_turn(log):
    loop = asyncio.get_running_loop()

    async def child():
        log('child')

    def make():
        log('callback')
        asyncio.ensure_future(child(), loop=loop)
        loop.call_soon(log, 'callback of a callback')
        future.set_result('set')

    future = loop.create_future()
    loop.call_soon(make)
    log(await future)
    await asyncio.sleep(0)
    log('end')


async def arguments_are_handed_on(log):
    loop = asyncio.get_running_loop()
    loop.call_soon(log)
    loop.call_soon(log, 1, None, 'three', [4, 5])
    loop.call_later(1, log, True, 0.5)
    await asyncio.sleep(2)


async def task_has_a_copy_of_the_context(log):
    name = contextvars.ContextVar('name', default='nobody')

    async def child():
        log('child begins', name.get())
        name.set('child')
        await asyncio.sleep(0)
        log('child ends', name.get())

    name.set('main')
    task = asyncio.create_task(child())
    name.set('main, later')
    await task
    log('main', name.get())


async def awaited_coroutine_shares_the_context(log):
    name = contextvars.ContextVar('name', default='nobody')

    async def inner():
        name.set('inner')
        await asyncio.sleep(0)

    log(name.get())
    await inner()
    log(name.get())


async def callback_has_the_context_of_its_registration(log):
    loop = asyncio.get_running_loop()
    name = contextvars.ContextVar('name', default='nobody')
    future = loop.create_future()
    name.set('one')
    loop.call_soon(lambda: log('soon', name.get()))
    loop.call_later(1, lambda: log('later', name.get()))
    future.add_done_callback(lambda f: log('done', name.get()))
    name.set('two')
    future.set_result(None)
    await asyncio.sleep(2)
    log('main', name.get())


async def context_that_is_given(log):
    loop = asyncio.get_running_loop()
    name = contextvars.ContextVar('name', default='nobody')
    context = contextvars.copy_context()
    context.run(name.set, 'given')

    async def child():
        log('child', name.get())
        name.set('changed by the child')

    loop.call_soon(lambda: log('callback', name.get()), context=context)
    await loop.create_task(child(), context=context)
    log('main', name.get(), context.get(name), context.run(name.get))


async def tokens_reset(log):
    name = contextvars.ContextVar('name', default='nobody')
    first = name.set('one')
    second = name.set('two')
    name.reset(second)
    log(name.get())
    name.reset(first)
    log(name.get())
    try:
        name.reset(first)
    except RuntimeError as error:
        log(error)

    async def child(token):
        try:
            name.reset(token)
        except ValueError as error:
            log(error)

    await asyncio.create_task(child(name.set('three')))
    log(name.get())

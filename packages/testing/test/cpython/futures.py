"""Corner programs of futures and the tasks that wait for them."""
import asyncio
from asyncio import CancelledError, InvalidStateError, ensure_future, sleep, wait

from player import E, corner, name_of, outcome


@corner
async def callbacks_remove_callbacks(t):
    f = t.future()

    def a(_):
        t.log('a', f.remove_done_callback(b), f.remove_done_callback(c))
        f.add_done_callback(last)

    def b(_):
        t.log('b')

    def c(_):
        t.log('c')

    def last(_):
        t.log('d')
    f.add_done_callback(a)
    f.add_done_callback(b)
    f.add_done_callback(c)
    f.add_done_callback(b)
    f.set_result(1)
    t.log('set')
    await sleep(0)
    t.log('1')
    await sleep(0)
    t.log('2')
    await sleep(0)


@corner
async def a_callback_adds_itself_again(t):
    f = t.future()
    n = [0]

    def a(_):
        n[0] += 1
        t.log('a', n[0])
        if n[0] < 3:
            f.add_done_callback(a)
    f.add_done_callback(a)
    f.cancel()
    for i in range(4):
        await sleep(0)
        t.log('turn')


@corner
async def other_loop(t):
    l2 = asyncio.new_event_loop()
    f = l2.create_future()

    async def go():
        try:
            await f
        except RuntimeError as e:
            t.log('rt')
        await sleep(0)
        return 'on'
    w = t.task(go())
    await t.attempt('aw', w)
    t.log(outcome(f))
    l2.close()


@corner
async def other_loop_done(t):
    l2 = asyncio.new_event_loop()
    f = l2.create_future()
    f.set_result('ok')
    await t.attempt('f', f)
    l2.close()


@corner
async def other_loop_cancelled_meanwhile(t):
    l2 = asyncio.new_event_loop()
    f = l2.create_future()
    w = t.waiter('w', f)
    await sleep(0)
    t.log(w.cancel('m'))
    await t.attempt('aw', w)
    t.log(outcome(f))
    l2.close()


@corner
async def await_self(t):
    h = {}

    async def go():
        try:
            await h['t']
        except RuntimeError:
            t.log('rt')
        await sleep(0)
        return 'on'
    h['t'] = t.task(go())
    await t.attempt('aw', h['t'])


@corner
async def a_done_callback_fails(t):
    f = t.future()

    def bad(_):
        t.log('bad')
        raise E('cb')
    f.add_done_callback(bad)
    f.add_done_callback(lambda _: t.log('good'))
    w = t.waiter('w', f)
    await sleep(0)
    f.set_result(1)
    await t.attempt('aw', w)


@corner
async def set_result_in_a_callback(t):
    f = t.future()
    f.add_done_callback(lambda x: x.set_result(2))
    f.set_result(1)
    await sleep(0)
    t.log(outcome(f))
    await sleep(0)


@corner
async def two_waiters_same_error(t):
    f = t.future()
    got = []

    async def go():
        try:
            await f
        except E as e:
            got.append(e)
    a, b = (t.task(go()), t.task(go()))
    await sleep(0)
    f.set_exception(E('s'))
    await a
    await b
    t.log(got[0] is got[1])


@corner
async def order_of_callbacks_and_waiters(t):

    async def ok():
        return 1
    a = t.task(ok())
    a.add_done_callback(lambda x: t.log('cb1'))
    w = t.waiter('w1', a)
    await sleep(0)
    a.add_done_callback(lambda x: t.log('cb2'))
    w2 = t.waiter('w2', a)
    t.log('here')
    await w
    await w2
    await sleep(0)


@corner
async def call_soon_in_a_callback(t):
    f = t.future()
    f.add_done_callback(lambda _: (t.log('a'), t.loop.call_soon(t.log, 'soon')))
    f.add_done_callback(lambda _: t.log('b'))
    t.loop.call_soon(t.log, 's1')
    f.set_result(1)
    t.loop.call_soon(t.log, 's2')
    await sleep(0)
    t.log('turn')
    await sleep(0)
    t.log('turn2')


@corner
async def await_done_task_no_suspend(t):

    async def ok():
        return 1
    a = t.task(ok())
    await sleep(0)
    t.loop.call_soon(t.log, 'soon')
    await a
    await a
    t.log('no turn')
    await sleep(0)


@corner
async def coroutine_reuse(t):

    async def c():
        await sleep(0)
        return 1
    x = c()
    t.log(await x)
    try:
        await x
    except RuntimeError:
        t.log('rt')


@corner
async def coroutine_awaited_by_two(t):

    async def c():
        await sleep(0)
        return 1
    x = c()
    a = t.waiter('a', x)
    b = t.waiter('b', x)
    await wait([a, b])
    b.exception()


@corner
async def foreign_coroutine(t):

    class C:

        def __init__(s):
            s.n = 0

        def send(s, v):
            s.n += 1
            t.log('send', s.n)
            if s.n == 1:
                return None
            if s.n == 2:
                s.f = t.future()
                s.f._asyncio_future_blocking = True
                return s.f
            if s.n == 3:
                raise StopIteration('ret')

        def throw(s, e, *a):
            t.log('throw', name_of(e))
            raise StopIteration('thrown')

        def close(s):
            t.log('close')

        def __await__(s):
            return s

        def __iter__(s):
            return s

        def __next__(s):
            return s.send(None)
    import collections.abc
    collections.abc.Coroutine.register(C)
    c = C()
    a = t.task(c)
    await sleep(0)
    await sleep(0)
    c.f.set_result(1)
    await t.attempt('a', a)
    c = C()
    a = t.task(c)
    await sleep(0)
    await sleep(0)
    a.cancel('m')
    await t.attempt('a', a)
    t.log(outcome(a))
    c = C()
    a = t.task(c)
    a.cancel('m')
    await t.attempt('a', a)
    t.log(outcome(a))


@corner
async def task_result_is_future(t):
    f = t.future()

    async def go():
        return [f]
    r = await t.task(go())
    t.log(r[0] is f, outcome(f))


@corner
async def remove_done_callback_of_task(t):

    async def ok():
        return 1
    a = t.task(ok())

    def cb(_):
        t.log('cb')
    a.add_done_callback(cb)
    a.add_done_callback(cb)
    t.log(a.remove_done_callback(cb))
    await a
    await sleep(0)
    t.log(a.remove_done_callback(cb))


@corner
async def set_exception_class(t):
    f = t.future()
    f.set_exception(ValueError)
    t.log(name_of(f.exception()))
    try:
        f.set_exception(E('x'))
    except InvalidStateError:
        t.log('ise')


@corner
async def cancel_message_types(t):
    for m in (None, None, 0, '', False):
        f = t.future()
        f.cancel(m)
        await t.attempt('f', f)


@corner
async def cancelled_error_args_many_awaits(t):
    f = t.future()
    f.cancel('m')
    await t.attempt('1', f)
    await t.attempt('2', f)
    try:
        f.exception()
    except CancelledError as e:
        t.log(name_of(e))


@corner
async def ensure_future_variants(t):
    f = t.future()
    t.log(ensure_future(f) is f)
    a = ensure_future(sleep(0, 's'))
    t.log(await a)
    try:
        ensure_future(5)
    except TypeError:
        t.log('te')


@corner
async def order_of_callbacks_after_a_cancel(t):

    async def go():
        await sleep(1)
    a = t.task(go())
    a.add_done_callback(lambda x: t.log('cb', x.cancelled()))
    w = t.waiter('w', a)
    await sleep(0)
    await sleep(0)
    a.cancel('q')
    t.loop.call_soon(t.log, 'soon')
    for i in range(4):
        await sleep(0)
        t.log(i)


@corner
async def a_done_callback_raises_cancelled(t):
    f = t.future()

    def bad(_):
        raise CancelledError('cb')
    f.add_done_callback(bad)
    f.set_result(1)
    await sleep(0)
    t.log('on')

"""Corner programs of `wait`, `as_completed` and eager tasks."""
import asyncio
from asyncio import (
    FIRST_COMPLETED, FIRST_EXCEPTION, CancelledError, TimeoutError,
    all_tasks, as_completed, current_task, gather, sleep, wait,
)

from player import E, corner, name_of, outcome


@corner
async def as_completed_duplicates(t):
    f1, f2 = (t.future(), t.future())
    n = 0
    its = list(as_completed([f1, f2, f1]))
    t.log(len(its))
    f2.set_result('b')
    f1.set_result('a')
    for c in its:
        t.log(await c)


@corner
async def as_completed_abandon(t):
    fs = [t.future() for _ in range(3)]
    it = as_completed(fs)
    fs[1].set_exception(E('1'))
    for c in it:
        await t.attempt('c', c)
        break
    fs[0].set_result('0')
    fs[2].cancel('2')
    for c in it:
        await t.attempt('c', c)


@corner
async def as_completed_async_resume(t):
    fs = [t.future() for _ in range(3)]
    it = as_completed(fs)
    fs[2].set_result('2')
    async for f in it:
        t.log(f is fs[2], outcome(f))
        break
    fs[0].cancel('x')
    fs[1].set_exception(E('1'))
    async for f in it:
        t.log(outcome(f))


@corner
async def as_completed_all_done_before(t):
    fs = [t.future() for _ in range(3)]
    for i in (2, 0, 1):
        fs[i].set_result(i)
    res = []
    for c in as_completed(fs, timeout=0):
        res.append(await c)
    t.log(sorted(res))


@corner
async def as_completed_timeout_mid(t):
    fs = [t.future() for _ in range(3)]
    fs[0].set_result('r')
    for c in as_completed(fs, timeout=0.02):
        await t.attempt('c', c)
    t.log([outcome(f) for f in fs])


@corner
async def as_completed_timeout_async(t):
    fs = [t.future() for _ in range(2)]
    fs[0].set_result('r')
    try:
        async for f in as_completed(fs, timeout=0.02):
            t.log(outcome(f))
    except TimeoutError as e:
        t.log('timeout')


@corner
async def wait_first_exception_cancelled(t):
    fs = [t.future() for _ in range(3)]
    w = t.task(wait(fs, return_when=FIRST_EXCEPTION))
    await sleep(0)
    fs[0].cancel()
    await sleep(0)
    await sleep(0)
    t.log(w.done())
    fs[1].set_exception(E('e'))
    dn, pn = await w
    t.log(len(dn), len(pn))
    fs[1].exception()


@corner
async def wait_for_what_has_failed_before(t):
    fs = [t.future() for _ in range(3)]
    fs[0].set_exception(E('q'))
    dn, pn = await wait(fs, return_when=FIRST_EXCEPTION)
    t.log(len(dn), len(pn))
    dn, pn = await wait(fs, return_when=FIRST_COMPLETED)
    t.log(len(dn), len(pn))
    dn, pn = await wait(fs, timeout=0)
    t.log(len(dn), len(pn))
    dn, pn = await wait(fs, timeout=-1)
    t.log(len(dn), len(pn))
    fs[0].exception()


@corner
async def wait_cancelled_as_it_is_released(t):
    f = t.future()
    w = t.task(wait([f]))
    await sleep(0)
    f.set_result(1)
    await sleep(0)
    t.log(w.done(), w.cancel('m'))
    await t.attempt('aw', w)


@corner
async def wait_cancelled_before_it_hears(t):
    f = t.future()
    w = t.task(wait([f]))
    await sleep(0)
    f.set_result(1)
    t.log(w.cancel('m'))
    await t.attempt('aw', w)


@corner
async def eager_basic(t):

    async def go():
        t.log('in', current_task().get_name())
        await sleep(0)
        t.log('later')
        return 'x'
    t.log('before')
    a = asyncio.eager_task_factory(t.loop, go(), name='eag')
    t.log('after', a.done(), current_task() is not a)
    t.log(await a)

    async def quick():
        t.log('q', len(all_tasks()))
        return 1
    b = asyncio.eager_task_factory(t.loop, quick(), name='q')
    t.log(b.done(), len(all_tasks()))


@corner
async def eager_cancel_self(t):

    async def go():
        current_task().cancel('e')
        t.log('on')
        await sleep(0)
        t.log('no')
    a = asyncio.eager_task_factory(t.loop, go())
    t.log(outcome(a))
    await t.attempt('a', a)

    async def go2():
        current_task().cancel('e2')
        return 1
    a = asyncio.eager_task_factory(t.loop, go2())
    t.log(outcome(a))
    await t.attempt('a', a)

    async def go3():
        raise E('eg')
    a = asyncio.eager_task_factory(t.loop, go3())
    t.log(outcome(a))

    async def go4():
        f.set_result('from eager')
        return f
    f = t.future()
    a = asyncio.eager_task_factory(t.loop, go4())
    t.log(outcome(f))


@corner
async def eager_nested(t):

    async def inner():
        t.log('inner', current_task().get_name())
        await sleep(0)
        t.log('inner2', current_task().get_name())

    async def outer():
        i = asyncio.eager_task_factory(t.loop, inner(), name='i')
        t.log('outer', current_task().get_name())
        await i
        t.log('outer2', current_task().get_name())
    a = asyncio.eager_task_factory(t.loop, outer(), name='o')
    t.log('main', current_task() is not a)
    await a


@corner
async def sleep_order(t):

    async def s(n, k):
        for i in range(k):
            t.log(n, i)
            await sleep(0)
    await gather(s('a', 3), s('b', 2), s('c', 1))
    t.log('all')


@corner
async def task_wait_cancel_member_cb(t):
    h = {}
    f = t.future()
    f.add_done_callback(lambda _: h['w'].cancel('cb'))
    h['w'] = t.task(wait([f]))
    await sleep(0)
    f.set_result(1)
    await t.attempt('aw', h['w'])


@corner
async def wait_duplicates_and_cancelled_wait(t):
    f = t.future()
    dn, pn = await wait([f, f], timeout=0.01)
    t.log(len(dn), len(pn))
    w = t.task(wait([f]))
    await sleep(0)
    w.cancel('m')
    await t.attempt('w', w)
    t.log(outcome(f), len(f._callbacks or []))


@corner
async def wait_first_completed_two_same_turn(t):
    a, b, c = (t.future(), t.future(), t.future())
    w = t.task(wait([a, b, c], return_when=FIRST_COMPLETED))
    await sleep(0)
    b.set_result(1)
    c.cancel()
    dn, pn = await w
    t.log(len(dn), len(pn), a in pn)


@corner
async def wait_error_and_cancel_mixed(t):
    a, b = (t.future(), t.future())
    w = t.task(wait([a, b], return_when=FIRST_EXCEPTION))
    await sleep(0)
    a.set_exception(CancelledError('exc'))
    await sleep(0)
    await sleep(0)
    t.log(w.done())
    b.set_result(1)
    dn, pn = await w
    t.log(len(dn))


@corner
async def eager_awaits_done_and_fails(t):
    f = t.future()
    f.set_result(1)

    async def go():
        t.log(await f)
        g = t.future()
        t.loop.call_soon(g.set_exception, E('g'))
        await g
    a = asyncio.eager_task_factory(t.loop, go())
    t.log(outcome(a))
    await t.attempt('a', a)


@corner
async def eager_cancel_creator(t):

    async def go():
        creator.cancel('by eager')
        await sleep(0)
        return 'e'
    creator = None

    async def make():
        nonlocal creator
        creator = current_task()
        e = asyncio.eager_task_factory(t.loop, go())
        t.log('made')
        try:
            await e
        except CancelledError as x:
            t.log(name_of(x), outcome(e))
            await sleep(0)
            t.log(outcome(e))
            raise
    await t.attempt('m', t.task(make()))


@corner
async def as_completed_cancel_waiting(t):
    fs = [t.future() for _ in range(2)]
    it = as_completed(fs)
    c1 = next(it)
    w = t.waiter('w', c1)
    await sleep(0)
    w.cancel('m')
    await t.attempt('aw', w)
    fs[0].set_result('f0')
    fs[1].set_result('f1')
    for c in it:
        await t.attempt('c', c)


@corner
async def as_completed_concurrent_awaits(t):
    fs = [t.future() for _ in range(3)]
    cs = list(as_completed(fs))
    ws = [t.waiter('w%d' % i, c) for i, c in enumerate(cs)]
    await sleep(0)
    fs[2].set_result('z')
    fs[0].set_result('x')
    fs[1].cancel('y')
    await wait(ws)


@corner
async def as_completed_timeout_all_done_in_time(t):
    fs = [t.future() for _ in range(2)]
    t.loop.call_later(0.005, fs[0].set_result, 0)
    t.loop.call_later(0.01, fs[1].set_result, 1)
    for c in as_completed(fs, timeout=1):
        await t.attempt('c', c)

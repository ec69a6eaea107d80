"""Corner programs of `wait_for`."""
from asyncio import CancelledError, TimeoutError, current_task, sleep, wait_for

from player import E, corner, name_of, outcome


@corner
async def wait_for_done_zero(t):
    f = t.future()
    f.set_result('d')
    await t.attempt('0', wait_for(f, 0))
    await t.attempt('-1', wait_for(f, -1))
    await t.attempt('1', wait_for(f, 1))
    g = t.future()
    await t.attempt('g0', wait_for(g, 0))
    t.log(outcome(g))
    h = t.future()
    h.set_exception(E('h'))
    await t.attempt('h0', wait_for(h, 0))
    k = t.future()
    k.cancel('k')
    await t.attempt('k0', wait_for(k, 0))
    await t.attempt('k1', wait_for(k, 1))
    await t.attempt('kN', wait_for(k, None))


@corner
async def wait_for_zero_task_turns(t):

    async def go():
        try:
            t.log('start')
            await sleep(1)
        finally:
            t.log('c')
            await sleep(0)
            t.log('c2')
    a = t.task(go())
    await sleep(0)
    await t.attempt('w', wait_for(a, 0))
    t.log(outcome(a))
    b = t.task(go())
    await t.attempt('w', wait_for(b, 0))
    t.log(outcome(b))


@corner
async def wait_for_zero_swallow(t):

    async def go():
        try:
            await sleep(1)
        except CancelledError:
            t.log('swallowed')
        return 'sw'
    a = t.task(go())
    await sleep(0)
    await t.attempt('w', wait_for(a, 0))

    async def go2():
        try:
            await sleep(1)
        except CancelledError:
            raise E('cl')
    a = t.task(go2())
    await sleep(0)
    await t.attempt('w', wait_for(a, 0))


@corner
async def wait_for_timeout_future_shared(t):
    f = t.future()
    w1 = t.waiter('w1', wait_for(f, 0.01))
    w2 = t.waiter('w2', f)
    await t.attempt('aw1', w1)
    await t.attempt('aw2', w2)
    t.log(w2.cancelled(), w2.cancelling(), w1.cancelled(), w1.cancelling())


@corner
async def wait_for_inner_swallow_cancel_outer(t):

    async def go():
        try:
            await sleep(1)
        except CancelledError:
            t.log('sw')
            await sleep(0.01)
            return 'late'

    async def outer():
        try:
            return await wait_for(go(), 10)
        finally:
            t.log('outer fin', current_task().cancelling())
    w = t.task(outer())
    await sleep(0)
    w.cancel('m')
    await t.attempt('aw', w)
    t.log(w.cancelling())


@corner
async def wait_for_timeout_and_cancel_same_turn(t):
    f = t.future()

    async def outer():
        try:
            return await wait_for(f, 0.01)
        finally:
            t.log('fin', current_task().cancelling())
    w = t.task(outer())
    await sleep(0)
    t.loop.call_later(0.01, lambda: None)
    f.add_done_callback(lambda _: t.log('cb', w.cancel('late')))
    await t.attempt('aw', w)
    t.log(w.cancelling())


@corner
async def wait_for_inner_finishes_as_cancelled(t):
    f = t.future()
    w = t.waiter('w', wait_for(f, 10))
    await sleep(0)
    f.set_result('r')
    t.log(w.cancel('m'))
    await t.attempt('aw', w)
    t.log(outcome(f))


@corner
async def wait_for_nested(t):
    f = t.future()
    await t.attempt('outer', wait_for(wait_for(f, 0.01), 0.05))
    t.log(outcome(f))
    f = t.future()
    await t.attempt('outer', wait_for(wait_for(f, 0.05), 0.01))
    t.log(outcome(f))


@corner
async def wait_for_zero_nested(t):
    f = t.future()

    async def go():
        t.log('ran')
        return await wait_for(f, 0)
    await t.attempt('o', wait_for(go(), 1))
    f = t.future()
    await t.attempt('o', wait_for(go(), 0))


@corner
async def wait_for_none_cancel(t):
    f = t.future()
    w = t.waiter('w', wait_for(f, None))
    await sleep(0)
    t.log(w.cancel('n'))
    await t.attempt('aw', w)
    t.log(outcome(f))


@corner
async def wait_for_task_raises_timeout_itself(t):

    async def go():
        raise TimeoutError()
    await t.attempt('a', wait_for(go(), 1))

    async def go2():
        try:
            await sleep(1)
        except CancelledError:
            raise TimeoutError() from None
    await t.attempt('b', wait_for(t.task(go2()), 0.01))


@corner
async def wait_for_cancel_zero_while_waiting(t):

    async def stubborn():
        while True:
            try:
                await sleep(0.02)
                return 'end'
            except CancelledError as e:
                t.log('no', name_of(e))
    a = t.task(stubborn())
    await sleep(0)
    w = t.waiter('w', wait_for(a, 0))
    await sleep(0)
    await sleep(0)
    t.log(w.cancel('c'))
    await t.attempt('aw', w)
    t.log(outcome(a))
    await t.attempt('a', a)


@corner
async def wait_for_self_cancel_inside(t):

    async def inner():
        current_task().cancel('in')
        await sleep(0)
        t.log('no')

    async def outer():
        try:
            await wait_for(inner(), 1)
        except CancelledError as e:
            t.log(name_of(e), current_task().cancelling())
            current_task().uncancel()
        await sleep(0)
        return 'ok'
    await t.attempt('aw', t.task(outer()))


@corner
async def uncancel_in_except_then_wait(t):

    async def go():
        try:
            await sleep(1)
        except CancelledError:
            t.log(current_task().uncancel())
        try:
            await wait_for(t.future(), 0.01)
        except TimeoutError:
            t.log('timeout', current_task().cancelling())
        return 'x'
    a = t.task(go())
    await sleep(0)
    a.cancel()
    await t.attempt('a', a)


@corner
async def swallow_then_wait_for(t):

    async def go():
        try:
            await sleep(1)
        except CancelledError:
            pass
        try:
            await wait_for(t.future(), 0.01)
        except TimeoutError:
            t.log('timeout', current_task().cancelling())
        except CancelledError:
            t.log('cancelled', current_task().cancelling())
        return 'x'
    a = t.task(go())
    await sleep(0)
    a.cancel()
    await t.attempt('a', a)

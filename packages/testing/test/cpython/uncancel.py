"""Corner programs of cancels that are taken back, handed on or swallowed."""
import asyncio
from asyncio import CancelledError, current_task, sleep

from player import E, corner, name_of, outcome


@corner
async def two_cancels_are_swallowed_as_one(t):
    f = t.future()

    async def go():
        try:
            await f
        except CancelledError as e:
            t.log('c1', name_of(e), current_task().cancelling())
        try:
            await sleep(0)
            t.log('went on')
        except CancelledError as e:
            t.log('c2', name_of(e))
        return 'end'
    b = t.task(go())
    await sleep(0)
    b.cancel('one')
    b.cancel('two')
    await t.attempt('aw', b)
    t.log(b.cancelling())


@corner
async def uncancel_before_start(t):

    async def go():
        t.log('ran')
        return current_task().cancelling()
    b = t.task(go())
    b.cancel('x')
    t.log(b.uncancel())
    await t.attempt('aw', b)


@corner
async def uncancel_one_of_two_before_start(t):

    async def go():
        t.log('ran')
    b = t.task(go())
    b.cancel('x')
    b.cancel('y')
    t.log(b.uncancel())
    await t.attempt('aw', b)


@corner
async def uncancel_when_waiting(t):
    f = t.future()
    b = t.waiter('b', f)
    await sleep(0)
    b.cancel('x')
    t.log(b.uncancel())
    await t.attempt('aw', b)


@corner
async def uncancel_when_waiting_two(t):
    f = t.future()

    async def go():
        try:
            await f
        except CancelledError as e:
            t.log('c1', name_of(e))
        await sleep(0)
        t.log('second ok')
        await sleep(0)
        return 'fine'
    b = t.task(go())
    await sleep(0)
    b.cancel('x')
    b.cancel('y')
    b.uncancel()
    t.log(b.uncancel(), b.uncancel())
    await t.attempt('aw', b)


@corner
async def uncancel_then_cancel(t):

    async def go():
        try:
            await sleep(0)
            t.log('ok')
        except CancelledError as e:
            t.log(name_of(e))
    b = t.task(go())
    await sleep(0)
    b.cancel('a')
    b.uncancel()
    b.cancel('b')
    await t.attempt('aw', b)
    t.log(b.cancelling())


@corner
async def uncancel_inside_self(t):

    async def go():
        me = current_task()
        me.cancel('a')
        t.log(me.cancelling(), me.uncancel())
        await sleep(0)
        t.log('still')
        me.cancel('b')
        me.cancel('c')
        t.log(me.uncancel())
        try:
            await sleep(0)
        except CancelledError as e:
            t.log(name_of(e), me.uncancel())
        return 'r'
    await t.attempt('aw', t.task(go()))


@corner
async def a_message_through_a_chain(t):
    f = t.future()

    async def c():
        try:
            await f
        except CancelledError as e:
            t.log('c', name_of(e))
            raise
    tc = t.task(c())

    async def b():
        try:
            await tc
        except CancelledError as e:
            t.log('b', name_of(e))
            raise
    tb = t.task(b())

    async def a():
        try:
            await tb
        except CancelledError as e:
            t.log('a', name_of(e))
            raise
    ta = t.task(a())
    await sleep(0)
    await sleep(0)
    ta.cancel('msg')
    t.log(ta.cancelling(), tb.cancelling(), tc.cancelling())
    for i in range(4):
        await sleep(0)
        t.log(outcome(f), outcome(tc), outcome(tb), outcome(ta))
    await t.attempt('aw', ta)


@corner
async def reraised_with_another_message(t):
    f = t.future()

    async def go():
        try:
            await f
        except CancelledError:
            raise CancelledError('other')
    b = t.task(go())
    await sleep(0)
    b.cancel('orig')
    await t.attempt('aw', b)
    t.log(b.cancelled())


@corner
async def raise_cancelled_spontaneously(t):

    async def go():
        raise CancelledError('self made')
    b = t.task(go())
    await t.attempt('aw', b)
    t.log(b.cancelled(), b.cancelling())


@corner
async def set_cancelled_exception_on_future(t):
    f = t.future()
    f.set_exception(CancelledError('as exc'))
    t.log(f.cancelled(), name_of(f.exception()))
    w = t.waiter('w', f)
    await t.attempt('aw', w)
    t.log(w.cancelled())


@corner
async def future_cancel_false_then_uncancel(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            t.log('asked', msg)
            return False
    f = F(loop=t.loop)
    w = t.waiter('w', f)
    await sleep(0)
    t.log(w.cancel('m'), w.uncancel())
    f.set_result('v')
    await t.attempt('aw', w)


@corner
async def future_cancel_raises(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            raise E('no')
    f = F(loop=t.loop)
    w = t.waiter('w', f)
    await sleep(0)
    try:
        w.cancel('m')
    except E as e:
        t.log('raised', name_of(e), w.cancelling())
    f.set_result('v')
    await t.attempt('aw', w)


@corner
async def cancel_woken_uncancel(t):
    f = t.future()
    w = t.waiter('w', f)
    await sleep(0)
    f.set_result(3)
    w.cancel('m')
    w.uncancel()
    await t.attempt('aw', w)


@corner
async def cancel_of_nested_coroutines(t):

    async def c():
        try:
            await sleep(1)
        finally:
            t.log('c')
            await sleep(0)
            t.log('c2')

    async def b():
        try:
            await c()
        finally:
            t.log('b')
            await sleep(0)
            t.log('b2')
    x = t.task(b())
    await sleep(0)
    x.cancel('m')
    for i in range(5):
        await sleep(0)
        t.log(i, outcome(x))


@corner
async def await_in_except_of_cancel(t):
    f = t.future()

    async def go():
        try:
            await sleep(1)
        except CancelledError:
            t.log(await f)
            raise
    a = t.task(go())
    await sleep(0)
    a.cancel('m')
    await sleep(0)
    t.log(outcome(a))
    f.set_result('cleanup value')
    await t.attempt('a', a)


@corner
async def cancel_waiter_of_shared_task(t):

    async def work():
        try:
            await sleep(1)
        except CancelledError as e:
            t.log('work', name_of(e))
            raise
    k = t.task(work())
    a = t.waiter('a', k)
    b = t.waiter('b', k)
    await sleep(0)
    await sleep(0)
    a.cancel('x')
    for _ in range(4):
        await sleep(0)
        t.log(outcome(k), outcome(a), outcome(b))
    t.log(k.cancelling(), a.cancelling(), b.cancelling())


@corner
async def cancel_waiter_of_swallowing_task(t):

    async def work():
        try:
            await sleep(1)
        except CancelledError as e:
            t.log('sw', name_of(e))
        return 'result'
    k = t.task(work())
    a = t.waiter('a', k)
    await sleep(0)
    await sleep(0)
    a.cancel('x')
    await t.attempt('aa', a)
    t.log(a.cancelling(), outcome(k))


@corner
async def cancel_behind_a_chain_of_callbacks(t):
    a, b = (t.future(), t.future())
    a.add_done_callback(lambda _: b.set_result('via cb') if not b.done() else t.log('b done'))
    w = t.waiter('w', b)
    await sleep(0)
    a.set_result(1)
    w.cancel('m')
    await t.attempt('aw', w)
    await sleep(0)


@corner
async def deep_chain_of_tasks_cancel(t):

    async def deep(n):
        try:
            if n == 0:
                await sleep(1)
            else:
                await t.task(deep(n - 1))
        except CancelledError as e:
            t.log(n, name_of(e))
            raise
    a = t.task(deep(4))
    for _ in range(7):
        await sleep(0)
    a.cancel('d')
    await t.attempt('a', a)


@corner
async def cancel_mid_deep_chain(t):
    ts = {}

    async def deep(n):
        ts[n] = current_task()
        try:
            if n == 0:
                await sleep(1)
            else:
                await t.task(deep(n - 1))
        except CancelledError as e:
            t.log(n, name_of(e), current_task().cancelling())
            if n == 2:
                return 'stop here'
            raise
        t.log(n, 'normal')
    a = t.task(deep(4))
    for _ in range(7):
        await sleep(0)
    ts[1].cancel('mid')
    await t.attempt('a', a)


@corner
async def two_uncancel_floor(t):

    async def go():
        await sleep(1)
    a = t.task(go())
    await sleep(0)
    t.log(a.uncancel(), a.cancelling())
    a.cancel()
    t.log(a.uncancel(), a.uncancel())
    await t.attempt('a', a)


@corner
async def cancel_returns_after_handler_cancels_child(t):

    async def child():
        try:
            await sleep(1)
        except CancelledError as e:
            t.log('child', name_of(e))
            raise

    async def parent():
        c = t.task(child())
        try:
            await sleep(1)
        except CancelledError:
            c.cancel('by parent')
            try:
                await c
            except CancelledError as e:
                t.log('p', name_of(e), current_task().cancelling())
            raise
    p = t.task(parent())
    await sleep(0)
    await sleep(0)
    p.cancel('top')
    await t.attempt('p', p)

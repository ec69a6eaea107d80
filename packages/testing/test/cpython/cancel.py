"""Corner programs of cancels of tasks."""
import asyncio
from asyncio import CancelledError, current_task, gather, sleep

from player import E, corner, name_of, outcome


@corner
async def cancel_in_a_callback_before_the_waiter(t):
    f = t.future()
    h = {}
    f.add_done_callback(lambda _: t.log('cb', h['b'].cancel('m')))
    h['b'] = t.waiter('b', f)
    await sleep(0)
    f.set_result(5)
    await sleep(0)
    t.log('turn')
    await sleep(0)
    t.log(outcome(h['b']), h['b'].cancelling())


@corner
async def cancel_in_a_callback_behind_the_waiter(t):
    f = t.future()
    h = {}
    h['b'] = t.waiter('b', f)
    await sleep(0)
    f.add_done_callback(lambda _: t.log('cb', h['b'].cancel('m')))
    f.set_result(5)
    await sleep(0)
    t.log('turn')
    await sleep(0)
    t.log(outcome(h['b']))


@corner
async def two_messages_while_waiting(t):
    f = t.future()
    b = t.waiter('b', f)
    await sleep(0)
    t.log(b.cancel('one'), b.cancel('two'), b.cancelling())
    await t.attempt('aw', b)
    t.log(f.cancelled())


@corner
async def two_messages_while_ready(t):

    async def go():
        try:
            await sleep(0)
            await sleep(0)
        except BaseException as e:
            t.log(name_of(e))
            raise
    b = t.task(go())
    await sleep(0)
    t.log(b.cancel('one'), b.cancel('two'), b.cancelling())
    await t.attempt('aw', b)


@corner
async def cancel_again_in_handler(t):
    f = t.future()

    async def go():
        me = current_task()
        try:
            await f
        except CancelledError as e:
            t.log('c1', name_of(e))
            me.cancel('again')
        t.log('before')
        try:
            await sleep(0)
            t.log('went on')
        except CancelledError as e:
            t.log('c2', name_of(e), me.cancelling())
        await sleep(0)
        t.log('last')
    b = t.task(go())
    await sleep(0)
    b.cancel('x')
    await t.attempt('aw', b)


@corner
async def cancel_in_finally(t):

    async def go():
        me = current_task()
        try:
            return 'value'
        finally:
            me.cancel('fin')
            try:
                await sleep(0)
                t.log('no')
            except CancelledError as e:
                t.log('fin', name_of(e))
            t.log('out', me.cancelling())
    b = t.task(go())
    await t.attempt('aw', b)


@corner
async def cancel_in_finally_without_a_wait(t):

    async def go():
        try:
            return 'value'
        finally:
            current_task().cancel('fin')
    b = t.task(go())
    await t.attempt('aw', b)
    t.log(outcome(b))


@corner
async def cancel_self_raise(t):

    async def go():
        current_task().cancel('s')
        raise E('x')
    b = t.task(go())
    await t.attempt('aw', b)
    t.log(outcome(b), b.cancelling())


@corner
async def cancel_self_await_done(t):
    f = t.future()
    f.set_result('done')

    async def go():
        me = current_task()
        me.cancel('s')
        t.log('got', await f)
        g = t.future()
        try:
            await g
        except CancelledError as e:
            t.log(name_of(e), g.cancelled())
        await sleep(0)
        return 'ok'
    b = t.task(go())
    await t.attempt('aw', b)


@corner
async def cancel_self_await_task(t):

    async def inner():
        t.log('inner start')
        try:
            await sleep(0.01)
        except CancelledError as e:
            t.log('inner', name_of(e))
            raise

    async def go():
        current_task().cancel('s')
        c = t.task(inner())
        try:
            await c
        except CancelledError as e:
            t.log('outer', name_of(e), c.cancelled())
        return 'z'
    await t.attempt('aw', t.task(go()))


@corner
async def future_cancel_false(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            t.log('asked', msg)
            return False
    f = F(loop=t.loop)
    w = t.waiter('w', f)
    await sleep(0)
    t.log(w.cancel('m'))
    await sleep(0)
    t.log(w.done())
    f.set_result('v')
    await t.attempt('aw', w)


@corner
async def future_cancel_false_fails(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            return False
    f = F(loop=t.loop)
    w = t.waiter('w', f)
    await sleep(0)
    w.cancel('m')
    f.set_exception(E('v'))
    await t.attempt('aw', w)


@corner
async def cancel_done(t):

    async def ok():
        return 1

    async def bad():
        raise E('b')
    a, b = (t.task(ok()), t.task(bad()))
    await sleep(0)
    t.log(a.cancel(), b.cancel(), a.cancelling(), b.cancelling(), a.uncancel())
    c = t.task(ok())
    c.cancel()
    await sleep(0)
    t.log(c.cancel(), c.cancelling(), c.uncancel(), c.cancelling())


@corner
async def cancel_in_own_done_cb(t):

    async def ok():
        return 1
    a = t.task(ok())
    a.add_done_callback(lambda x: t.log(x is a, x.cancel()))
    await a
    await sleep(0)


@corner
async def cancel_woken(t):
    f = t.future()
    w = t.waiter('w', f)
    await sleep(0)
    f.set_result(3)
    t.log(w.cancel('m'), w.cancelling())
    await sleep(0)
    t.log(outcome(w))
    await t.attempt('aw', w)


@corner
async def cancel_woken_by_error(t):
    f = t.future()
    w = t.waiter('w', f)
    await sleep(0)
    f.set_exception(E('q'))
    w.cancel('m')
    await t.attempt('aw', w)


@corner
async def cancel_during_cleanup(t):

    async def go():
        try:
            await sleep(1)
        finally:
            try:
                t.log('cleanup')
                await sleep(1)
                t.log('no')
            except CancelledError as e:
                t.log('again', name_of(e), current_task().cancelling())
                raise
    b = t.task(go())
    await sleep(0)
    b.cancel('1')
    await sleep(0)
    b.cancel('2')
    await t.attempt('aw', b)
    t.log(b.cancelled())


@corner
async def cancel_then_error_in_finally_await(t):

    async def go():
        try:
            await sleep(1)
        finally:
            await sleep(0)
            raise E('fin')
    b = t.task(go())
    await sleep(0)
    b.cancel()
    await t.attempt('aw', b)
    t.log(b.cancelled(), b.cancelling())


@corner
async def cancel_of_a_task_whose_task_is_done(t):

    async def quick():
        return 'q'
    a = t.task(quick())
    w = t.waiter('w', a)
    await sleep(0)
    t.log(outcome(a), outcome(w))
    t.log(w.cancel('m'))
    await t.attempt('aw', w)


@corner
async def gather_of_one_future_twice(t):
    f = t.future()
    g1 = gather(f)
    g2 = gather(f)
    t.log(g1.cancel('one'))
    await t.attempt('g1', g1)
    await t.attempt('g2', g2)
    t.log(g1.cancelled(), g2.cancelled())


@corner
async def cancel_all_siblings(t):
    ts = []

    async def go(n):
        try:
            await sleep(1)
        except CancelledError:
            for x in ts:
                t.log(n, 'cancel', x.cancel('from %d' % n))
            raise
    ts.extend((t.task(go(i)) for i in range(3)))
    await sleep(0)
    ts[0].cancel('start')
    for x in ts:
        await t.attempt('x', x)
    t.log([x.cancelling() for x in ts])


@corner
async def cancel_between_set_and_wake_other(t):
    f = t.future()
    a = t.waiter('a', f)
    b = t.waiter('b', f)
    await sleep(0)
    f.set_result('r')
    a.cancel('x')
    await t.attempt('aa', a)
    await t.attempt('bb', b)


@corner
async def task_finishes_in_turn_of_cancel(t):

    async def work():
        await sleep(0)
        return 'w'
    k = t.task(work())
    a = t.waiter('a', k)
    await sleep(0)
    await sleep(0)
    t.log(outcome(k))
    t.log(a.cancel('x'))
    await t.attempt('aa', a)


@corner
async def cancel_first_step_with_waiters(t):

    async def go():
        t.log('never')
    a = t.task(go())
    w = t.waiter('w', a)
    a.cancel('early')
    await t.attempt('aw', w)
    t.log(w.cancelled())

"""Corner programs of futures, tasks, gather, wait and wait_for, with the traces CPython's asyncio gives for them.

    python3.13 -W ignore future_corners.py > future_corners.json

The `*-corners*.test.ts` one folder up hold the same programs, by the same names, over this library.
"""
import asyncio
import json
import sys
from asyncio import *

PROGRAMS = {}


def corner(function):
    PROGRAMS[function.__name__] = function
    return function


class E(Exception):
    pass


def name_of(error):
    if error is None:
        return 'null'
    if isinstance(error, (asyncio.CancelledError, E)):
        return f'{type(error).__name__}({", ".join(map(text, error.args))})'
    return type(error).__name__


def text(value):
    if value is None:
        return 'null'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f'[{", ".join(map(text, value))}]'
    return str(value)


def outcome(future):
    if not future.done():
        return 'pending'
    if future.cancelled():
        return 'cancelled'
    error = future.exception()
    return text(future.result()) if error is None else name_of(error)


class Scene:
    def __init__(self, loop):
        self.loop = loop
        self.trace = []

    def log(self, *words):
        self.trace.append(' '.join(map(text, words)))

    def future(self):
        return self.loop.create_future()

    def task(self, coro):
        return self.loop.create_task(coro)


async def attempt(t, label, awaitable):
    try:
        t.log(label, 'gave', await awaitable)
    except BaseException as error:
        t.log(label, 'raised', name_of(error))


def waiter(t, label, awaitable):
    async def go():
        try:
            t.log(label, 'gave', await awaitable)
        except BaseException as error:
            t.log(label, 'raised', name_of(error))
            raise

    return t.task(go())


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
async def cancel_in_a_callback_before_the_waiter(t):
    f = t.future()
    h = {}
    f.add_done_callback(lambda _: t.log('cb', h['b'].cancel('m')))
    h['b'] = waiter(t, 'b', f)
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
    h['b'] = waiter(t, 'b', f)
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
    b = waiter(t, 'b', f)
    await sleep(0)
    t.log(b.cancel('one'), b.cancel('two'), b.cancelling())
    await attempt(t, 'aw', b)
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
    await attempt(t, 'aw', b)


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
    await attempt(t, 'aw', b)
    t.log(b.cancelling())


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
    await attempt(t, 'aw', b)


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
    await attempt(t, 'aw', b)


@corner
async def cancel_in_finally_without_a_wait(t):

    async def go():
        try:
            return 'value'
        finally:
            current_task().cancel('fin')
    b = t.task(go())
    await attempt(t, 'aw', b)
    t.log(outcome(b))


@corner
async def cancel_self_raise(t):

    async def go():
        current_task().cancel('s')
        raise E('x')
    b = t.task(go())
    await attempt(t, 'aw', b)
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
    await attempt(t, 'aw', b)


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
    await attempt(t, 'aw', t.task(go()))


@corner
async def uncancel_before_start(t):

    async def go():
        t.log('ran')
        return current_task().cancelling()
    b = t.task(go())
    b.cancel('x')
    t.log(b.uncancel())
    await attempt(t, 'aw', b)


@corner
async def uncancel_one_of_two_before_start(t):

    async def go():
        t.log('ran')
    b = t.task(go())
    b.cancel('x')
    b.cancel('y')
    t.log(b.uncancel())
    await attempt(t, 'aw', b)


@corner
async def uncancel_when_waiting(t):
    f = t.future()
    b = waiter(t, 'b', f)
    await sleep(0)
    b.cancel('x')
    t.log(b.uncancel())
    await attempt(t, 'aw', b)


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
    await attempt(t, 'aw', b)


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
    await attempt(t, 'aw', b)
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
    await attempt(t, 'aw', t.task(go()))


@corner
async def gather_of_gathers_cancel(t):

    async def leaf(n):
        try:
            await sleep(1)
        except CancelledError as e:
            t.log(n, name_of(e))
            raise
        finally:
            t.log('fin', n)
    g = gather(gather(leaf(1), leaf(2)), gather(leaf(3), leaf(4)))
    await sleep(0)
    t.log(g.cancel('m'))
    t.log(g.done())
    await attempt(t, 'g', g)
    t.log(g.cancelled())


@corner
async def gather_child_cancelled(t):
    f1, f2 = (t.future(), t.future())
    g = gather(f1, f2)
    f1.cancel('c')
    await sleep(0)
    t.log(g.done(), g.cancelled())
    t.log('exc', name_of(g.exception()))
    w = waiter(t, 'w', g)
    await attempt(t, 'aw', w)
    t.log(w.cancelled(), w.cancelling())
    t.log(g.cancel())
    f2.set_result(1)


@corner
async def gather_child_cancelled_return_exceptions(t):
    f1, f2 = (t.future(), t.future())
    g = gather(f1, f2, return_exceptions=True)
    f1.cancel('c')
    await sleep(0)
    t.log(g.done())
    f2.set_exception(E('z'))
    r = await g
    t.log([name_of(x) for x in r])


@corner
async def gather_cancel_child_swallows(t):

    async def sw():
        try:
            await sleep(1)
        except CancelledError:
            t.log('swallow')
        return 'v'
    g = gather(sw(), sw())
    await sleep(0)
    g.cancel('m')
    await attempt(t, 'g', g)
    t.log(g.cancelled(), name_of(g.exception()) if not g.cancelled() else '')


@corner
async def gather_cancel_child_raises(t):

    async def a():
        try:
            await sleep(1)
        except CancelledError:
            raise E('from a')

    async def b():
        try:
            await sleep(1)
        finally:
            await sleep(0)
            t.log('b done')
    g = gather(a(), b())
    await sleep(0)
    t.log(g.cancel('m'))
    await attempt(t, 'g', g)
    t.log('after')
    await sleep(0)
    await sleep(0)


@corner
async def gather_cancel_some_done(t):
    f1, f2 = (t.future(), t.future())
    g = gather(f1, f2)
    f1.set_result(1)
    await sleep(0)
    t.log(g.cancel('q'), f2.cancelled(), g.done())
    await attempt(t, 'g', g)
    t.log(g.cancel())


@corner
async def gather_duplicates(t):
    f = t.future()
    g = gather(f, f, f)
    f.set_result('x')
    t.log(await g)
    h = t.future()
    g2 = gather(h, h, return_exceptions=True)
    h.cancel('k')
    r = await g2
    t.log([name_of(x) for x in r], r[0] is r[1])


@corner
async def gather_cancel_same_turn_done(t):
    f = t.future()
    g = gather(f)
    w = waiter(t, 'w', g)
    await sleep(0)
    f.set_result(1)
    t.log(w.cancel('l'), w.cancelling())
    await attempt(t, 'aw', w)
    t.log(outcome(g))


@corner
async def gather_cancel_when_outer_done(t):
    f = t.future()
    g = gather(f)
    w = waiter(t, 'w', g)
    await sleep(0)
    f.set_result(1)
    await sleep(0)
    t.log(g.done(), w.cancel('l'))
    await attempt(t, 'aw', w)
    t.log(outcome(g))


@corner
async def gather_callback_cancels_sibling(t):
    f1, f2 = (t.future(), t.future())
    f1.add_done_callback(lambda _: t.log('cb', f2.cancel('sib')))
    g = gather(f1, f2)
    f1.set_exception(E('one'))
    await attempt(t, 'g', g)
    t.log(f2.cancelled())


@corner
async def gather_two_fail_same_turn(t):
    f1, f2 = (t.future(), t.future())
    g = gather(f1, f2)
    f2.set_exception(E('two'))
    f1.set_exception(E('one'))
    await attempt(t, 'g', g)


@corner
async def gather_done_and_pending(t):
    f1, f2 = (t.future(), t.future())
    f1.set_exception(E('pre'))
    g = gather(f2, f1)
    t.log(g.done())
    await attempt(t, 'g', g)
    f2.set_result(0)
    f3 = t.future()
    f3.set_result(3)
    g = gather(f3)
    t.log(g.done(), await g)


@corner
async def shield_shield(t):
    f = t.future()
    s1 = shield(f)
    s2 = shield(s1)
    w = waiter(t, 'w', s2)
    await sleep(0)
    t.log(w.cancel('m'))
    await attempt(t, 'aw', w)
    t.log(outcome(s2), outcome(s1), outcome(f))
    f.set_result(9)
    await sleep(0)
    await sleep(0)
    t.log(outcome(s1))


@corner
async def shield_inner_cancel(t):
    f = t.future()
    s = shield(f)
    f.cancel('im')
    t.log(s.done())
    await attempt(t, 's', s)
    t.log(s.cancelled())


@corner
async def shield_both_same_turn(t):
    f = t.future()
    s = shield(f)
    f.set_result(1)
    t.log(s.cancel('z'))
    await attempt(t, 's', s)
    t.log(outcome(f))


@corner
async def shield_both_cancel_same_turn(t):
    f = t.future()
    s = shield(f)
    t.log(s.cancel('a'), f.cancel('b'))
    await attempt(t, 's', s)
    await attempt(t, 'f', f)


@corner
async def shield_fail_with_waiter(t):
    f = t.future()
    s = shield(f)
    w = waiter(t, 'w', s)
    await sleep(0)
    f.set_exception(E('s'))
    await attempt(t, 'aw', w)


@corner
async def shield_waiter_cancel_inner_done_same_turn(t):
    f = t.future()
    s = shield(f)
    w = waiter(t, 'w', s)
    await sleep(0)
    f.set_result(1)
    t.log(w.cancel('c'))
    await attempt(t, 'aw', w)
    t.log(outcome(s), outcome(f))


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
        await attempt(t, 'c', c)
        break
    fs[0].set_result('0')
    fs[2].cancel('2')
    for c in it:
        await attempt(t, 'c', c)


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
        await attempt(t, 'c', c)
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
async def wait_for_done_zero(t):
    f = t.future()
    f.set_result('d')
    await attempt(t, '0', wait_for(f, 0))
    await attempt(t, '-1', wait_for(f, -1))
    await attempt(t, '1', wait_for(f, 1))
    g = t.future()
    await attempt(t, 'g0', wait_for(g, 0))
    t.log(outcome(g))
    h = t.future()
    h.set_exception(E('h'))
    await attempt(t, 'h0', wait_for(h, 0))
    k = t.future()
    k.cancel('k')
    await attempt(t, 'k0', wait_for(k, 0))
    await attempt(t, 'k1', wait_for(k, 1))
    await attempt(t, 'kN', wait_for(k, None))


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
    await attempt(t, 'w', wait_for(a, 0))
    t.log(outcome(a))
    b = t.task(go())
    await attempt(t, 'w', wait_for(b, 0))
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
    await attempt(t, 'w', wait_for(a, 0))

    async def go2():
        try:
            await sleep(1)
        except CancelledError:
            raise E('cl')
    a = t.task(go2())
    await sleep(0)
    await attempt(t, 'w', wait_for(a, 0))


@corner
async def wait_for_timeout_future_shared(t):
    f = t.future()
    w1 = waiter(t, 'w1', wait_for(f, 0.01))
    w2 = waiter(t, 'w2', f)
    await attempt(t, 'aw1', w1)
    await attempt(t, 'aw2', w2)
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
    await attempt(t, 'aw', w)
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
    await attempt(t, 'aw', w)
    t.log(w.cancelling())


@corner
async def wait_for_inner_finishes_as_cancelled(t):
    f = t.future()
    w = waiter(t, 'w', wait_for(f, 10))
    await sleep(0)
    f.set_result('r')
    t.log(w.cancel('m'))
    await attempt(t, 'aw', w)
    t.log(outcome(f))


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
    await attempt(t, 'aw', w)


@corner
async def wait_cancelled_before_it_hears(t):
    f = t.future()
    w = t.task(wait([f]))
    await sleep(0)
    f.set_result(1)
    t.log(w.cancel('m'))
    await attempt(t, 'aw', w)


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
    await attempt(t, 'aw', ta)


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
    await attempt(t, 'aw', b)
    t.log(b.cancelled())


@corner
async def raise_cancelled_spontaneously(t):

    async def go():
        raise CancelledError('self made')
    b = t.task(go())
    await attempt(t, 'aw', b)
    t.log(b.cancelled(), b.cancelling())


@corner
async def set_cancelled_exception_on_future(t):
    f = t.future()
    f.set_exception(CancelledError('as exc'))
    t.log(f.cancelled(), name_of(f.exception()))
    w = waiter(t, 'w', f)
    await attempt(t, 'aw', w)
    t.log(w.cancelled())


@corner
async def future_cancel_false(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            t.log('asked', msg)
            return False
    f = F(loop=t.loop)
    w = waiter(t, 'w', f)
    await sleep(0)
    t.log(w.cancel('m'))
    await sleep(0)
    t.log(w.done())
    f.set_result('v')
    await attempt(t, 'aw', w)


@corner
async def future_cancel_false_then_uncancel(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            t.log('asked', msg)
            return False
    f = F(loop=t.loop)
    w = waiter(t, 'w', f)
    await sleep(0)
    t.log(w.cancel('m'), w.uncancel())
    f.set_result('v')
    await attempt(t, 'aw', w)


@corner
async def future_cancel_false_fails(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            return False
    f = F(loop=t.loop)
    w = waiter(t, 'w', f)
    await sleep(0)
    w.cancel('m')
    f.set_exception(E('v'))
    await attempt(t, 'aw', w)


@corner
async def future_cancel_raises(t):

    class F(asyncio.Future):

        def cancel(self, msg=None):
            raise E('no')
    f = F(loop=t.loop)
    w = waiter(t, 'w', f)
    await sleep(0)
    try:
        w.cancel('m')
    except E as e:
        t.log('raised', name_of(e), w.cancelling())
    f.set_result('v')
    await attempt(t, 'aw', w)


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
    await attempt(t, 'aw', w)
    t.log(outcome(f))
    l2.close()


@corner
async def other_loop_done(t):
    l2 = asyncio.new_event_loop()
    f = l2.create_future()
    f.set_result('ok')
    await attempt(t, 'f', f)
    l2.close()


@corner
async def other_loop_cancelled_meanwhile(t):
    l2 = asyncio.new_event_loop()
    f = l2.create_future()
    w = waiter(t, 'w', f)
    await sleep(0)
    t.log(w.cancel('m'))
    await attempt(t, 'aw', w)
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
    await attempt(t, 'aw', h['t'])


@corner
async def a_done_callback_fails(t):
    f = t.future()

    def bad(_):
        t.log('bad')
        raise E('cb')
    f.add_done_callback(bad)
    f.add_done_callback(lambda _: t.log('good'))
    w = waiter(t, 'w', f)
    await sleep(0)
    f.set_result(1)
    await attempt(t, 'aw', w)


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
async def order_of_callbacks_and_waiters(t):

    async def ok():
        return 1
    a = t.task(ok())
    a.add_done_callback(lambda x: t.log('cb1'))
    w = waiter(t, 'w1', a)
    await sleep(0)
    a.add_done_callback(lambda x: t.log('cb2'))
    w2 = waiter(t, 'w2', a)
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
async def waiter_cancelled_then_result(t):
    f = t.future()
    w1 = waiter(t, 'w1', shield(f))
    w2 = waiter(t, 'w2', f)
    await sleep(0)
    w1.cancel('a')
    await sleep(0)
    f.set_result('r')
    await attempt(t, 'aw1', w1)
    await attempt(t, 'aw2', w2)


@corner
async def cancel_woken(t):
    f = t.future()
    w = waiter(t, 'w', f)
    await sleep(0)
    f.set_result(3)
    t.log(w.cancel('m'), w.cancelling())
    await sleep(0)
    t.log(outcome(w))
    await attempt(t, 'aw', w)


@corner
async def cancel_woken_uncancel(t):
    f = t.future()
    w = waiter(t, 'w', f)
    await sleep(0)
    f.set_result(3)
    w.cancel('m')
    w.uncancel()
    await attempt(t, 'aw', w)


@corner
async def cancel_woken_by_error(t):
    f = t.future()
    w = waiter(t, 'w', f)
    await sleep(0)
    f.set_exception(E('q'))
    w.cancel('m')
    await attempt(t, 'aw', w)


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
    a = waiter(t, 'a', x)
    b = waiter(t, 'b', x)
    await wait([a, b])
    b.exception()


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
    await attempt(t, 'aw', b)
    t.log(b.cancelled())


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
    await attempt(t, 'a', a)

    async def go2():
        current_task().cancel('e2')
        return 1
    a = asyncio.eager_task_factory(t.loop, go2())
    t.log(outcome(a))
    await attempt(t, 'a', a)

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
    await attempt(t, 'aw', h['w'])


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
    await attempt(t, 'aw', b)
    t.log(b.cancelled(), b.cancelling())


@corner
async def cancel_of_a_task_whose_task_is_done(t):

    async def quick():
        return 'q'
    a = t.task(quick())
    w = waiter(t, 'w', a)
    await sleep(0)
    t.log(outcome(a), outcome(w))
    t.log(w.cancel('m'))
    await attempt(t, 'aw', w)


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
    await attempt(t, 'a', a)
    c = C()
    a = t.task(c)
    await sleep(0)
    await sleep(0)
    a.cancel('m')
    await attempt(t, 'a', a)
    t.log(outcome(a))
    c = C()
    a = t.task(c)
    a.cancel('m')
    await attempt(t, 'a', a)
    t.log(outcome(a))


@corner
async def gather_of_one_future_twice(t):
    f = t.future()
    g1 = gather(f)
    g2 = gather(f)
    t.log(g1.cancel('one'))
    await attempt(t, 'g1', g1)
    await attempt(t, 'g2', g2)
    t.log(g1.cancelled(), g2.cancelled())


@corner
async def gather_same_future_other_gather_wins(t):
    f, h = (t.future(), t.future())
    g1 = gather(f, h)
    g2 = gather(h)
    g1.cancel('one')
    t.log(outcome(f), outcome(h))
    await attempt(t, 'g2', g2)
    await attempt(t, 'g1', g1)


@corner
async def gather_cancel_twice(t):

    async def slow():
        try:
            await sleep(1)
        except CancelledError as e:
            t.log('c', name_of(e))
            await sleep(0)
            raise
    g = gather(slow())
    await sleep(0)
    t.log(g.cancel('a'))
    await sleep(0)
    t.log(g.cancel('b'))
    await attempt(t, 'g', g)


@corner
async def gather_cancel_then_child_cancelled_elsewhere(t):
    a, b = (t.future(), t.future())
    g = gather(a, b, return_exceptions=True)
    a.cancel('self')
    await sleep(0)
    t.log(g.done())
    g.cancel('g')
    await attempt(t, 'g', g)


@corner
async def gather_first_error_then_outer_cancel(t):
    a, b = (t.future(), t.future())
    g = gather(a, b)
    a.set_exception(E('a'))
    await sleep(0)
    t.log(g.done(), g.cancel('late'), outcome(b))
    await attempt(t, 'g', g)
    b.set_exception(E('b'))
    await sleep(0)


@corner
async def gather_empty_inside(t):
    t.log(await gather(), await gather(gather(), gather()))


@corner
async def shield_already_cancelled(t):
    f = t.future()
    f.cancel('pre')
    t.log(shield(f) is f)
    await attempt(t, 's', shield(f))


@corner
async def shield_two_cancel_one(t):
    f = t.future()
    s1, s2 = (shield(f), shield(f))
    s1.cancel('1')
    f.set_result('r')
    await attempt(t, 's1', s1)
    await attempt(t, 's2', s2)


@corner
async def shield_cancel_message(t):

    async def go():
        try:
            await shield(f)
        except CancelledError as e:
            t.log(name_of(e))
            t.log(await f)
            return 'after'
    f = t.future()
    w = t.task(go())
    await sleep(0)
    w.cancel('msg')
    await sleep(0)
    t.loop.call_soon(f.set_result, 7)
    await attempt(t, 'aw', w)


@corner
async def wait_for_nested(t):
    f = t.future()
    await attempt(t, 'outer', wait_for(wait_for(f, 0.01), 0.05))
    t.log(outcome(f))
    f = t.future()
    await attempt(t, 'outer', wait_for(wait_for(f, 0.05), 0.01))
    t.log(outcome(f))


@corner
async def wait_for_zero_nested(t):
    f = t.future()

    async def go():
        t.log('ran')
        return await wait_for(f, 0)
    await attempt(t, 'o', wait_for(go(), 1))
    f = t.future()
    await attempt(t, 'o', wait_for(go(), 0))


@corner
async def wait_for_none_cancel(t):
    f = t.future()
    w = waiter(t, 'w', wait_for(f, None))
    await sleep(0)
    t.log(w.cancel('n'))
    await attempt(t, 'aw', w)
    t.log(outcome(f))


@corner
async def wait_for_task_raises_timeout_itself(t):

    async def go():
        raise TimeoutError()
    await attempt(t, 'a', wait_for(go(), 1))

    async def go2():
        try:
            await sleep(1)
        except CancelledError:
            raise TimeoutError() from None
    await attempt(t, 'b', wait_for(t.task(go2()), 0.01))


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
    w = waiter(t, 'w', wait_for(a, 0))
    await sleep(0)
    await sleep(0)
    t.log(w.cancel('c'))
    await attempt(t, 'aw', w)
    t.log(outcome(a))
    await attempt(t, 'a', a)


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
    await attempt(t, 'aw', t.task(outer()))


@corner
async def wait_duplicates_and_cancelled_wait(t):
    f = t.future()
    dn, pn = await wait([f, f], timeout=0.01)
    t.log(len(dn), len(pn))
    w = t.task(wait([f]))
    await sleep(0)
    w.cancel('m')
    await attempt(t, 'w', w)
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
async def task_result_is_future(t):
    f = t.future()

    async def go():
        return [f]
    r = await t.task(go())
    t.log(r[0] is f, outcome(f))


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
        await attempt(t, 'x', x)
    t.log([x.cancelling() for x in ts])


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
    await attempt(t, 'a', a)


@corner
async def cancel_between_set_and_wake_other(t):
    f = t.future()
    a = waiter(t, 'a', f)
    b = waiter(t, 'b', f)
    await sleep(0)
    f.set_result('r')
    a.cancel('x')
    await attempt(t, 'aa', a)
    await attempt(t, 'bb', b)


@corner
async def cancel_waiter_of_shared_task(t):

    async def work():
        try:
            await sleep(1)
        except CancelledError as e:
            t.log('work', name_of(e))
            raise
    k = t.task(work())
    a = waiter(t, 'a', k)
    b = waiter(t, 'b', k)
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
    a = waiter(t, 'a', k)
    await sleep(0)
    await sleep(0)
    a.cancel('x')
    await attempt(t, 'aa', a)
    t.log(a.cancelling(), outcome(k))


@corner
async def task_finishes_in_turn_of_cancel(t):

    async def work():
        await sleep(0)
        return 'w'
    k = t.task(work())
    a = waiter(t, 'a', k)
    await sleep(0)
    await sleep(0)
    t.log(outcome(k))
    t.log(a.cancel('x'))
    await attempt(t, 'aa', a)


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
    await attempt(t, 'a', a)


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
    await attempt(t, 'a', a)


@corner
async def cancel_behind_a_chain_of_callbacks(t):
    a, b = (t.future(), t.future())
    a.add_done_callback(lambda _: b.set_result('via cb') if not b.done() else t.log('b done'))
    w = waiter(t, 'w', b)
    await sleep(0)
    a.set_result(1)
    w.cancel('m')
    await attempt(t, 'aw', w)
    await sleep(0)


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
        await attempt(t, 'f', f)


@corner
async def cancelled_error_args_many_awaits(t):
    f = t.future()
    f.cancel('m')
    await attempt(t, '1', f)
    await attempt(t, '2', f)
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
    await attempt(t, 'a', a)


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
    await attempt(t, 'a', a)


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
    await attempt(t, 'a', a)


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
    await attempt(t, 'm', t.task(make()))


@corner
async def as_completed_cancel_waiting(t):
    fs = [t.future() for _ in range(2)]
    it = as_completed(fs)
    c1 = next(it)
    w = waiter(t, 'w', c1)
    await sleep(0)
    w.cancel('m')
    await attempt(t, 'aw', w)
    fs[0].set_result('f0')
    fs[1].set_result('f1')
    for c in it:
        await attempt(t, 'c', c)


@corner
async def as_completed_concurrent_awaits(t):
    fs = [t.future() for _ in range(3)]
    cs = list(as_completed(fs))
    ws = [waiter(t, 'w%d' % i, c) for i, c in enumerate(cs)]
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
        await attempt(t, 'c', c)


@corner
async def order_of_callbacks_after_a_cancel(t):

    async def go():
        await sleep(1)
    a = t.task(go())
    a.add_done_callback(lambda x: t.log('cb', x.cancelled()))
    w = waiter(t, 'w', a)
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


@corner
async def two_uncancel_floor(t):

    async def go():
        await sleep(1)
    a = t.task(go())
    await sleep(0)
    t.log(a.uncancel(), a.cancelling())
    a.cancel()
    t.log(a.uncancel(), a.uncancel())
    await attempt(t, 'a', a)


@corner
async def cancel_first_step_with_waiters(t):

    async def go():
        t.log('never')
    a = t.task(go())
    w = waiter(t, 'w', a)
    a.cancel('early')
    await attempt(t, 'aw', w)
    t.log(w.cancelled())


@corner
async def error_then_wait_then_shield(t):
    f = t.future()
    f.set_exception(E('x'))
    t.log(shield(f) is f)
    dn, _ = await wait([f])
    t.log([outcome(one) for one in dn])
    await attempt(t, 'g', gather(f))
    r = await gather(f, return_exceptions=True)
    t.log(name_of(r[0]))


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
    await attempt(t, 'p', p)


async def play(program):
    loop = asyncio.get_running_loop()
    t = Scene(loop)
    loop.set_exception_handler(lambda _, context: t.log('reported', name_of(context.get('exception'))))
    await program(t)
    return t.trace


json.dump({name: asyncio.run(play(program)) for name, program in PROGRAMS.items()}, sys.stdout, indent=1)
print()

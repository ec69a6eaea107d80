"""Corner programs of `gather` and `shield`."""
from asyncio import CancelledError, gather, shield, sleep, wait

from player import E, corner, name_of, outcome


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
    await t.attempt('g', g)
    t.log(g.cancelled())


@corner
async def gather_child_cancelled(t):
    f1, f2 = (t.future(), t.future())
    g = gather(f1, f2)
    f1.cancel('c')
    await sleep(0)
    t.log(g.done(), g.cancelled())
    t.log('exc', name_of(g.exception()))
    w = t.waiter('w', g)
    await t.attempt('aw', w)
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
    await t.attempt('g', g)
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
    await t.attempt('g', g)
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
    await t.attempt('g', g)
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
    w = t.waiter('w', g)
    await sleep(0)
    f.set_result(1)
    t.log(w.cancel('l'), w.cancelling())
    await t.attempt('aw', w)
    t.log(outcome(g))


@corner
async def gather_cancel_when_outer_done(t):
    f = t.future()
    g = gather(f)
    w = t.waiter('w', g)
    await sleep(0)
    f.set_result(1)
    await sleep(0)
    t.log(g.done(), w.cancel('l'))
    await t.attempt('aw', w)
    t.log(outcome(g))


@corner
async def gather_callback_cancels_sibling(t):
    f1, f2 = (t.future(), t.future())
    f1.add_done_callback(lambda _: t.log('cb', f2.cancel('sib')))
    g = gather(f1, f2)
    f1.set_exception(E('one'))
    await t.attempt('g', g)
    t.log(f2.cancelled())


@corner
async def gather_two_fail_same_turn(t):
    f1, f2 = (t.future(), t.future())
    g = gather(f1, f2)
    f2.set_exception(E('two'))
    f1.set_exception(E('one'))
    await t.attempt('g', g)


@corner
async def gather_done_and_pending(t):
    f1, f2 = (t.future(), t.future())
    f1.set_exception(E('pre'))
    g = gather(f2, f1)
    t.log(g.done())
    await t.attempt('g', g)
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
    w = t.waiter('w', s2)
    await sleep(0)
    t.log(w.cancel('m'))
    await t.attempt('aw', w)
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
    await t.attempt('s', s)
    t.log(s.cancelled())


@corner
async def shield_both_same_turn(t):
    f = t.future()
    s = shield(f)
    f.set_result(1)
    t.log(s.cancel('z'))
    await t.attempt('s', s)
    t.log(outcome(f))


@corner
async def shield_both_cancel_same_turn(t):
    f = t.future()
    s = shield(f)
    t.log(s.cancel('a'), f.cancel('b'))
    await t.attempt('s', s)
    await t.attempt('f', f)


@corner
async def shield_fail_with_waiter(t):
    f = t.future()
    s = shield(f)
    w = t.waiter('w', s)
    await sleep(0)
    f.set_exception(E('s'))
    await t.attempt('aw', w)


@corner
async def shield_waiter_cancel_inner_done_same_turn(t):
    f = t.future()
    s = shield(f)
    w = t.waiter('w', s)
    await sleep(0)
    f.set_result(1)
    t.log(w.cancel('c'))
    await t.attempt('aw', w)
    t.log(outcome(s), outcome(f))


@corner
async def waiter_cancelled_then_result(t):
    f = t.future()
    w1 = t.waiter('w1', shield(f))
    w2 = t.waiter('w2', f)
    await sleep(0)
    w1.cancel('a')
    await sleep(0)
    f.set_result('r')
    await t.attempt('aw1', w1)
    await t.attempt('aw2', w2)


@corner
async def gather_same_future_other_gather_wins(t):
    f, h = (t.future(), t.future())
    g1 = gather(f, h)
    g2 = gather(h)
    g1.cancel('one')
    t.log(outcome(f), outcome(h))
    await t.attempt('g2', g2)
    await t.attempt('g1', g1)


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
    await t.attempt('g', g)


@corner
async def gather_cancel_then_child_cancelled_elsewhere(t):
    a, b = (t.future(), t.future())
    g = gather(a, b, return_exceptions=True)
    a.cancel('self')
    await sleep(0)
    t.log(g.done())
    g.cancel('g')
    await t.attempt('g', g)


@corner
async def gather_first_error_then_outer_cancel(t):
    a, b = (t.future(), t.future())
    g = gather(a, b)
    a.set_exception(E('a'))
    await sleep(0)
    t.log(g.done(), g.cancel('late'), outcome(b))
    await t.attempt('g', g)
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
    await t.attempt('s', shield(f))


@corner
async def shield_two_cancel_one(t):
    f = t.future()
    s1, s2 = (shield(f), shield(f))
    s1.cancel('1')
    f.set_result('r')
    await t.attempt('s1', s1)
    await t.attempt('s2', s2)


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
    await t.attempt('aw', w)


@corner
async def error_then_wait_then_shield(t):
    f = t.future()
    f.set_exception(E('x'))
    t.log(shield(f) is f)
    dn, _ = await wait([f])
    t.log([outcome(one) for one in dn])
    await t.attempt('g', gather(f))
    r = await gather(f, return_exceptions=True)
    t.log(name_of(r[0]))

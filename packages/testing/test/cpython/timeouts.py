"""Corner programs of time limits."""
import asyncio
from asyncio import CancelledError, TaskGroup, current_task, sleep, timeout, timeout_at

from player import corner, name_of


def limits(first, second):
    """Two nested limits whose deadlines pass while the loop is busy; what the body does is the point."""
    async def program(t, body):
        outer, inner = timeout_at(first), timeout_at(second)

        async def within():
            async with inner:
                await body(t, inner, outer)
                t.log('body over')

        async def around():
            async with outer:
                try:
                    await within()
                except BaseException as error:
                    t.log('inner raised', name_of(error), 'cancelling', current_task().cancelling())
                    raise
                await sleep(0)
                t.log('after inner')
        await t.attempt('outer', around())
        t.log('expired', inner.expired(), outer.expired())
        await t.attempt('next', sleep(0))
    return program


def nested(name, first, second, body):
    async def program(t):
        await limits(first, second)(t, body)
    program.__name__ = name
    corner(program)


async def busy(t, inner, outer):
    t.loop.advance(5)
    await sleep(10)


async def swallows(t, inner, outer):
    t.loop.advance(5)
    try:
        await sleep(10)
    except CancelledError:
        t.log('swallowed')


async def swallows_and_waits(t, inner, outer):
    t.loop.advance(5)
    try:
        await sleep(10)
    except CancelledError:
        t.log('swallowed')
    await sleep(1)
    t.log('waited')


async def converts(t, inner, outer):
    t.loop.advance(5)
    try:
        await sleep(10)
    except CancelledError:
        raise ValueError('converted') from None


async def reschedules_between(t, inner, outer):
    t.at(1.5, lambda: (t.log('moved'), inner.reschedule(20)))
    t.loop.advance(5)
    await sleep(10)


async def reschedules_outer_between(t, inner, outer):
    t.at(1.5, lambda: (t.log('moved'), outer.reschedule(20)))
    t.loop.advance(5)
    await sleep(10)


async def removes_both_between(t, inner, outer):
    t.at(0.5, lambda: (t.log('removed'), inner.reschedule(None), outer.reschedule(None)))
    t.loop.advance(5)
    await sleep(10)


async def cleans_up(t, inner, outer):
    try:
        await sleep(10)
    finally:
        t.log('cleanup', current_task().cancelling())
        await sleep(3)
        t.log('cleaned up')


async def uncancels(t, inner, outer):
    t.loop.advance(5)
    try:
        await sleep(10)
    except CancelledError:
        t.log('uncancel', current_task().uncancel())


async def cancelled_before(t, inner, outer):
    task = current_task()
    t.at(0.5, lambda: task.cancel())
    t.loop.advance(5)
    await sleep(10)


async def cancelled_between(t, inner, outer):
    task = current_task()
    t.at(1.5, lambda: task.cancel())
    t.loop.advance(5)
    await sleep(10)


async def cancelled_after(t, inner, outer):
    task = current_task()
    t.at(3, lambda: task.cancel())
    t.loop.advance(5)
    await sleep(10)


for _body in (busy, swallows, swallows_and_waits, converts, reschedules_between, reschedules_outer_between,
              removes_both_between, cleans_up, uncancels, cancelled_before, cancelled_between, cancelled_after):
    nested(f'inner_first_{_body.__name__}', 2, 1, _body)
    nested(f'outer_first_{_body.__name__}', 1, 2, _body)


@corner
async def limit_in_all_states(t):
    limit = timeout(None)
    states = []

    def tried(name, when):
        try:
            limit.reschedule(when)
            t.log(name, limit.when(), limit.expired())
        except RuntimeError as error:
            t.log(name, 'RuntimeError')
    tried('created', 1)

    async def body():
        async with limit:
            tried('entered', 3)
            tried('to the past', -1)
            tried('away', None)
            await sleep(1)
            tried('back', 2)
            try:
                await sleep(10)
            except CancelledError:
                tried('expiring', 5)
                tried('expiring', None)
                raise
    await t.attempt('body', body())
    tried('expired', 5)
    t.log('when', limit.when())


@corner
async def limit_moved_to_the_past_and_back(t):
    async with timeout(10) as limit:
        limit.reschedule(-1)
        limit.reschedule(5)
        await sleep(0)
        t.log('not interrupted')
        limit.reschedule(0)
        limit.reschedule(None)
        await sleep(1)
        t.log('not interrupted')
    t.log('expired', limit.expired())


@corner
async def limit_moved_by_another_task(t):
    async def body(limit):
        async with limit:
            await sleep(10)
    limit = timeout(5)
    task = t.task(body(limit))
    await sleep(1)
    limit.reschedule(0)
    t.log('moved')
    await t.attempt('task', task)


@corner
async def limit_and_result_in_one_turn(t):
    for first, second in ((1, 2), (2, 1)):
        base = t.loop.time()
        future = t.loop.create_future()
        t.at(base + first, lambda: future.done() or future.set_result('result'))

        async def body():
            async with timeout_at(base + second):
                t.loop.advance(5)
                return await future
        await t.attempt(f'{first} {second}', body())
        t.log('future', future.cancelled())


@corner
async def limit_left_before_its_handle(t):
    """The body's last step comes before the deadline's callback, in the same turn."""
    future = t.loop.create_future()

    def wake():
        future.set_result('result')
        t.loop.advance(5)

    async def body():
        async with timeout(1) as limit:
            t.loop.call_soon(wake)
            value = await future
            return f'{value} {limit.expired()}'
    await t.attempt('body', body())
    await t.attempt('next', sleep(0))


@corner
async def limit_swallowed_then_waits(t):
    async with timeout(1) as limit:
        try:
            await sleep(10)
        except CancelledError:
            t.log('swallowed', current_task().cancelling())
        await sleep(5)
        t.log('went on', limit.expired())
    t.log('left', current_task().cancelling())


@corner
async def limit_in_a_cancelled_body(t):
    async def body():
        async with timeout(5):
            current_task().cancel()
            t.log('asked')
            async with timeout(0):
                await sleep(1)
    await t.attempt('body', t.task(body()))


@corner
async def limit_zero_in_a_task_that_cancels_itself(t):
    async def body():
        current_task().cancel()
        try:
            async with timeout(0):
                await sleep(1)
        finally:
            t.log('cancelling', current_task().cancelling())
    await t.attempt('body', t.task(body()))


@corner
async def limit_around_wait_for_both_orders(t):
    for outer, inner in ((1, 2), (2, 1)):
        base = t.loop.time()

        async def slow():
            try:
                t.loop.advance(5)
                await sleep(10)
            finally:
                t.log('cleanup')

        async def body():
            async with timeout_at(base + outer):
                try:
                    await asyncio.wait_for(slow(), inner)
                except BaseException as error:
                    t.log('wait_for raised', name_of(error))
                    raise
        await t.attempt(f'{outer} {inner}', body())


@corner
async def limit_around_gather_and_shield(t):
    kept = t.task(t.say('kept', 3))

    async def body():
        async with timeout(1):
            await asyncio.gather(t.say('a', 5), asyncio.shield(kept), t.say('b', 6))
    await t.attempt('body', body())
    await t.attempt('kept', kept)


@corner
async def limit_around_wait_leaves_tasks(t):
    tasks = [t.task(t.say('a', 2)), t.task(t.say('b', 3))]

    async def body():
        async with timeout(1):
            await asyncio.wait(tasks)
    await t.attempt('body', body())
    await t.attempt('a', tasks[0])
    await t.attempt('b', tasks[1])


@corner
async def limit_in_a_child_of_a_group(t):
    async def child():
        async with timeout(1):
            await t.say('child', 10)

    async def body():
        async with TaskGroup() as group:
            group.create_task(child())
            group.create_task(t.say('sibling', 5))
            await t.say('body', 7)
    await t.attempt('group', body())


@corner
async def limit_and_group_failing_in_one_turn(t):
    for when in (0.5, 2):
        base = t.loop.time()

        async def child():
            future = t.loop.create_future()
            t.at(base + when, lambda: future.done() or future.set_exception(ValueError('child')))
            await future

        async def body():
            async with timeout_at(base + 1):
                async with TaskGroup() as group:
                    group.create_task(child())
                    await sleep(0)
                    t.loop.advance(5)
                    await sleep(10)
        await t.attempt(f'{when}', body())
        await t.attempt('next', sleep(0))


@corner
async def limits_three_deep(t):
    async def third():
        async with timeout(3):
            await sleep(10)

    async def second():
        async with timeout(2):
            try:
                await third()
            except CancelledError:
                t.log('middle swallows')
            await t.attempt('middle', sleep(0.5))

    async def first():
        async with timeout(1):
            await second()
            t.log('first goes on')
            await sleep(1)
    await t.attempt('first', first())
    t.log('cancelling', current_task().cancelling())

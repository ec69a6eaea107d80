"""Corner programs of task groups."""
import asyncio
from asyncio import CancelledError, TaskGroup, current_task, sleep
from unittest.mock import patch

from player import E, corner


def create_task_of_3_14(group, coro, **options):
    """As 3.14 has it: a child that ended within the call is heard of in the next turn, as any other."""
    task = group._loop.create_task(coro, **options)
    group._tasks.add(task)
    task.add_done_callback(group._on_task_done)
    return task


async def fails(t, name, seconds=0):
    await sleep(seconds)
    raise ValueError(name)


async def group_of(t, *children, body=None):
    async with TaskGroup() as group:
        for child in children:
            group.create_task(child)
        if body is not None:
            await body


@corner
async def group_cancelled_and_child_failing_in_one_turn(t):
    for cancel, fail in ((1, 2), (2, 1)):
        for waits in (True, False):
            base = t.loop.time()

            async def child():
                future = t.loop.create_future()
                t.at(base + fail, lambda: future.done() or future.set_exception(ValueError('child')))
                await future

            async def parent():
                body = t.say('body', 30) if waits else None
                await t.attempt('group', group_of(t, child(), t.say('sibling', 40), body=body))
                await t.attempt('next', sleep(0))
                await t.attempt('after next', sleep(0))
            task = t.task(parent())
            t.at(base + cancel, lambda: t.log('cancel', task.cancel()))
            await sleep(0)
            await sleep(0)
            await sleep(0)
            t.loop.advance(5)
            await t.attempt(f'{cancel} {fail} {waits}', task)


@corner
async def group_cancelled_and_child_failing_in_cleanup(t):
    async def cleaning():
        try:
            await sleep(10)
        finally:
            await sleep(1)
            raise ValueError('cleanup')

    async def parent():
        await t.attempt('group', group_of(t, cleaning(), t.stubborn('stubborn', 10, 3)))
        await t.attempt('next', sleep(0))
    task = t.task(parent())
    await sleep(1)
    task.cancel()
    await t.attempt('parent', task)


@corner
async def group_body_and_child_failing_in_one_turn(t):
    for first, second in ((1, 2), (2, 1)):
        base = t.loop.time()

        async def at(when, error):
            future = t.loop.create_future()
            t.at(base + when, lambda: future.done() or future.set_exception(error))
            await future

        async def body():
            await sleep(0)
            t.loop.advance(5)
            await at(first, ValueError('body'))
        await t.attempt(f'{first}', group_of(t, at(second, E('child')), body=body()))
        await t.attempt('next', sleep(0))


@corner
async def group_cancelled_twice_while_it_waits(t):
    async def parent():
        await group_of(t, t.stubborn('child', 10, 3))
    task = t.task(parent())
    await sleep(1)
    t.log('cancel', task.cancel())
    await sleep(1)
    t.log('cancel', task.cancel())
    await t.attempt('task', task)
    t.log('cancelling', task.cancelling())


@corner
async def group_cancelled_twice_with_errors_in_cleanup(t):
    async def parent():
        await t.attempt('group', group_of(t, t.stubborn('child', 10, 3, ValueError('cleanup'))))
        await t.attempt('first', sleep(1))
        await t.attempt('second', sleep(1))
    task = t.task(parent())
    await sleep(1)
    task.cancel()
    await sleep(1)
    task.cancel()
    await t.attempt('task', task)


@corner
async def group_nested_both_failing_in_one_turn(t):
    for inner_first in (True, False):
        async def at(when, error, base):
            future = t.loop.create_future()
            t.at(base + when, lambda: future.done() or future.set_exception(error))
            await future
        base = t.loop.time()
        first, second = (1, 2) if inner_first else (2, 1)

        async def body():
            await t.attempt('inner', group_of(t, at(first, ValueError('inner'), base), body=sleep(40)))
            await t.attempt('between', sleep(0))
        async def busy():
            await sleep(0)
            t.loop.advance(5)
        await t.attempt('outer', group_of(t, at(second, E('outer'), base), busy(), body=body()))
        await t.attempt('next', sleep(0))


@corner
async def group_nested_and_outer_task_cancelled(t):
    async def inner():
        await t.attempt('inner', group_of(t, t.say('deep', 10), t.stubborn('stubborn', 10, 1, ValueError('deep'))))
        await t.attempt('after inner', sleep(0))

    async def parent():
        await t.attempt('outer', group_of(t, t.say('child', 10), body=inner()))
        await t.attempt('after outer', sleep(0))
    task = t.task(parent())
    await sleep(1)
    task.cancel()
    await t.attempt('task', task)


@corner
async def group_entered_with_a_cancel_pending(t):
    async def empty():
        current_task().cancel()
        async with TaskGroup():
            t.log('entered')
        t.log('left')
        await sleep(0)
        t.log('never')

    async def with_child():
        current_task().cancel()
        async with TaskGroup() as group:
            group.create_task(t.say('child', 5))
        t.log('never')
    await t.attempt('empty', t.task(empty()))
    await t.attempt('with child', t.task(with_child()))


@corner
async def group_in_the_cleanup_of_a_cancelled_task(t):
    async def parent(failing):
        try:
            await sleep(10)
        finally:
            children = [t.say('child', 1), fails(t, 'cleanup', 0.5)] if failing else [t.say('child', 1)]
            await t.attempt('group', group_of(t, *children))
            await t.attempt('next', sleep(0))
    for failing in (False, True):
        task = t.task(parent(failing))
        await sleep(1)
        task.cancel()
        await t.attempt('task', task)


@corner
async def group_cancelled_again_in_the_cleanup(t):
    async def parent():
        try:
            await sleep(10)
        finally:
            await t.attempt('group', group_of(t, t.say('child', 5)))
    task = t.task(parent())
    await sleep(1)
    task.cancel()
    await sleep(1)
    task.cancel()
    await t.attempt('task', task)
    t.log('cancelling', task.cancelling())


@corner
async def group_refuses_children_of_cleanups(t):
    async def child(group):
        try:
            await sleep(10)
        finally:
            late = t.say('late', 1)
            try:
                group.create_task(late)
            except RuntimeError:
                t.log('refused')
                late.close()
                raise

    async def body():
        async with TaskGroup() as group:
            group.create_task(child(group))
            group.create_task(fails(t, 'x', 1))
    await t.attempt('group', body())


@corner
async def group_late_children_while_it_waits(t):
    group = TaskGroup()

    def add(name, seconds):
        coroutine = t.say(name, seconds)
        try:
            group.create_task(coroutine)
            t.log('added', name)
        except RuntimeError:
            coroutine.close()
            t.log('refused', name)

    async def body():
        async with group:
            group.create_task(t.say('first', 2))
    t.at(1, add, 'second', 3)
    t.at(3.5, add, 'third', 1)
    t.at(5, add, 'fourth', 1)
    await t.attempt('group', body())
    await sleep(3)


@corner
async def group_body_raises_a_cancel_of_its_own(t):
    async def body(group):
        async with group:
            group.create_task(t.say('child', 5))
            await sleep(1)
            raise CancelledError('by hand')
    await t.attempt('group', body(TaskGroup()))
    t.log('cancelling', current_task().cancelling())


@corner
async def group_child_raises_a_cancel_of_its_own(t):
    async def child():
        await sleep(1)
        raise CancelledError('by hand')
    await t.attempt('group', group_of(t, child(), t.say('sibling', 3), body=t.say('body', 2)))


@corner
async def group_body_awaits_a_cancelled_child(t):
    async def body():
        async with TaskGroup() as group:
            child = group.create_task(t.say('child', 5))
            group.create_task(t.say('sibling', 6))
            t.loop.call_later(1, child.cancel)
            await child
    await t.attempt('group', body())
    await t.attempt('next', sleep(0))


@corner
async def group_body_swallows_the_cancel(t):
    async def body():
        async with TaskGroup() as group:
            group.create_task(fails(t, 'x', 1))
            try:
                await sleep(10)
            except CancelledError:
                t.log('swallowed', current_task().cancelling())
            await sleep(2)
            t.log('body over')
    await t.attempt('group', body())
    await t.attempt('next', sleep(0))


@corner
async def group_body_uncancels_by_hand(t):
    async def body():
        async with TaskGroup() as group:
            group.create_task(fails(t, 'x', 1))
            try:
                await sleep(10)
            except CancelledError:
                t.log('uncancel', current_task().uncancel())
                raise
    await t.attempt('group', body())
    t.log('cancelling', current_task().cancelling())


@corner
async def group_child_cancels_the_parent(t):
    async def child(parent):
        await sleep(1)
        t.log('cancel', parent.cancel())
        await t.say('child', 3)

    async def parent():
        await t.attempt('group', group_of(t, child(current_task()), t.say('sibling', 5)))
        await t.attempt('next', sleep(0))
    await t.attempt('parent', t.task(parent()))


@corner
async def group_child_cancels_the_parent_and_fails(t):
    async def child(parent):
        await sleep(1)
        parent.cancel()
        raise ValueError('child')

    async def parent(waits):
        body = sleep(10) if waits else None
        await t.attempt('group', group_of(t, child(current_task()), t.say('sibling', 5), body=body))
        await t.attempt('next', sleep(0))
    for waits in (True, False):
        await t.attempt('parent', t.task(parent(waits)))


@corner
async def group_children_fail_in_one_turn(t):
    await t.attempt('all', group_of(t, fails(t, 'a', 1), fails(t, 'b', 1), fails(t, 'c', 1), body=sleep(5)))
    await t.attempt('at once', group_of(t, fails(t, 'a'), fails(t, 'b'), t.say('c', 0)))


@corner
async def group_and_gather(t):
    async def body():
        async with TaskGroup() as group:
            group.create_task(t.say('child', 5))
            await asyncio.gather(t.say('a', 5), fails(t, 'gathered', 1))
    await t.attempt('group', body())
    await sleep(1)


@corner
async def group_around_shield(t):
    kept = t.task(t.say('kept', 4))

    async def shielded():
        await asyncio.shield(kept)
    await t.attempt('group', group_of(t, shielded(), fails(t, 'x', 1)))
    await t.attempt('kept', kept)


@corner
async def group_counts_cancels_of_nested_groups(t):
    async def parent():
        async with TaskGroup() as outer:
            outer.create_task(fails(t, 'outer', 1))
            try:
                async with TaskGroup() as inner:
                    inner.create_task(fails(t, 'inner', 1))
                    try:
                        await sleep(10)
                    finally:
                        t.log('inside', current_task().cancelling())
            finally:
                t.log('between', current_task().cancelling())
    await t.attempt('parent', t.task(parent()))


@corner
async def group_never_entered_by_a_task_cancelled_early(t):
    async def parent():
        t.log('never')
        await group_of(t, t.say('child', 1))
    task = t.task(parent())
    task.cancel()
    await t.attempt('parent', task)


@corner
async def group_by_hand(t):
    group = TaskGroup()
    await group.__aenter__()
    group.create_task(fails(t, 'x', 1))
    try:
        await sleep(10)
    except CancelledError as error:
        t.log('interrupted', current_task().cancelling())
        await t.attempt('exit', group.__aexit__(type(error), error, None))
    t.log('cancelling', current_task().cancelling())
    await t.attempt('enter', group.__aenter__())


@corner
@patch.object(TaskGroup, 'create_task', create_task_of_3_14)
async def group_of_eager_children(t):
    t.loop.set_task_factory(asyncio.eager_task_factory)

    async def fails_at_once():
        raise ValueError('eager')

    async def body():
        async with TaskGroup() as group:
            group.create_task(t.say('a', 0))
            t.log('a made')
            group.create_task(fails_at_once())
            t.log('failing made')
            await sleep(10)
    await t.attempt('group', body())
    await t.attempt('next', sleep(0))


@corner
@patch.object(TaskGroup, 'create_task', create_task_of_3_14)
async def group_of_children_that_end_eagerly(t):
    t.loop.set_task_factory(asyncio.eager_task_factory)

    async def ends(name):
        t.log(name)
        return name

    async def body():
        async with TaskGroup() as group:
            tasks = [group.create_task(ends(name)) for name in 'abc']
            t.log('done', *[task.done() for task in tasks])
            t.loop.call_soon(t.log, 'next turn')
        t.log('left')
    await body()

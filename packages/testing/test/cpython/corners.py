"""Corner programs of time limits, groups and loops, run under CPython's asyncio on virtual time, with their traces.

    python3.13 -W ignore corners.py > corners.json

The `corners-*.test.ts` beside hold the same programs, by the same names, over this library.
"""
import asyncio
import json
import sys
from asyncio import CancelledError, TaskGroup, current_task, sleep, timeout, timeout_at

PROGRAMS = {}


def create_task_of_3_14(group, coro, **options):
    """As 3.14 has it: a child that ended within the call is heard of in the next turn, as any other."""
    task = group._loop.create_task(coro, **options)
    group._tasks.add(task)
    task.add_done_callback(group._on_task_done)
    return task


original = TaskGroup.create_task


class ByAge(dict):
    """CPython keeps the children of a group in a set, whose order is nobody's promise: here it is that of their age."""

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)


def init(group, original=TaskGroup.__init__):
    original(group)
    group._tasks = ByAge()


TaskGroup.__init__ = init


def corner(function):
    PROGRAMS[function.__name__] = function
    return function


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self._now = 0.0
        self._clock_resolution = 1e-9
        self._selector.select = self._jump

    def _jump(self, seconds):
        if seconds is None:
            raise RuntimeError('stuck')
        self._now += max(0, seconds)
        return []

    def time(self):
        return self._now

    def advance(self, seconds):
        self._now += seconds


def name_of(error):
    if error is None:
        return 'null'
    if isinstance(error, BaseExceptionGroup):
        kind = 'ExceptionGroup' if isinstance(error, Exception) else 'BaseExceptionGroup'
        return f'{kind}[{", ".join(name_of(one) for one in error.exceptions)}]'
    if isinstance(error, (ValueError, LookupError)):
        return f'{type(error).__name__}({error.args[0]})'
    return type(error).__name__


class Scene:
    def __init__(self):
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self.reported)
        self.trace = []

    def reported(self, loop, context):
        self.log('reported', *context['message'].split(' ')[:3], name_of(context.get('exception')))

    def log(self, *words):
        texts = ['true' if word is True else 'false' if word is False else 'null' if word is None else str(word)
                 for word in words]
        self.trace.append(f'{self.loop.time():g} ' + ' '.join(texts))

    async def attempt(self, name, awaitable):
        try:
            self.log(name, 'gave', await awaitable)
        except BaseException as error:
            self.log(name, 'raised', name_of(error), 'cancelling', current_task().cancelling())

    async def say(self, name, seconds, error=None):
        """Sleeps, says so, and fails if it is told to."""
        try:
            await sleep(seconds)
            self.log(name, 'slept')
        except CancelledError:
            self.log(name, 'cancelled')
            raise
        if error is not None:
            raise error
        return name

    async def stubborn(self, name, seconds, again, error=None):
        """Swallows its cancel, and then sleeps again."""
        try:
            await sleep(seconds)
        except CancelledError:
            self.log(name, 'swallowed')
        await sleep(again)
        self.log(name, 'over')
        if error is not None:
            raise error

    def at(self, when, function, *args):
        return self.loop.call_at(when, function, *args)

    def task(self, coroutine, **options):
        return self.loop.create_task(coroutine, **options)


def run(function):
    scene = Scene()
    loop = scene.loop
    if asyncio.iscoroutinefunction(function):
        try:
            scene.log('returned', loop.run_until_complete(function(scene)))
        except BaseException as error:
            scene.log('raised', name_of(error))
    else:
        function(scene)
    TaskGroup.create_task = original
    if not loop.is_closed():
        loop.close()
    return scene.trace


# --- time limits


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


# --- groups


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
        await t.attempt(f'{first}', group_of(t, at(second, LookupError('child')), body=body()))
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
        await t.attempt('outer', group_of(t, at(second, LookupError('outer'), base), busy(), body=body()))
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
async def group_of_eager_children(t):
    # Python 3.14's rule.
    TaskGroup.create_task = create_task_of_3_14
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
async def group_of_children_that_end_eagerly(t):
    TaskGroup.create_task = create_task_of_3_14
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


# --- loops, without a task of their own unless they say so


@corner
def loop_cancels_in_a_batch(t):
    handles = {}

    def cancel(name, *others):
        t.log(name)
        for other in others:
            handles[other].cancel()
    soon = t.loop.call_soon
    handles['a'] = soon(cancel, 'a', 'b', 'd', 'a')
    handles['b'] = soon(cancel, 'b', 'c')
    handles['c'] = soon(cancel, 'c', 'b')
    handles['d'] = soon(cancel, 'd')
    handles['e'] = soon(lambda: (cancel('e', 'f'), soon(t.log, 'born')))
    handles['f'] = soon(cancel, 'f')
    t.loop.call_later(1, t.loop.stop)
    t.loop.run_forever()
    t.log(*[handles[name].cancelled() for name in 'abcdef'])


@corner
def loop_cancels_timers_in_a_batch(t):
    timers = {}

    def cancel(name, *others):
        t.log(name)
        for other in others:
            timers[other].cancel()
    for name, when, others in (('a', 1, 'bz'), ('b', 1.1, 'c'), ('c', 1.2, 'b'), ('d', 3, 'e'), ('e', 3.5, ''),
                               ('z', 9, '')):
        timers[name] = t.at(when, cancel, name, *others)
    t.at(0.5, t.loop.advance, 2)
    t.at(1.15, lambda: (t.loop.call_soon(t.log, 'soon'), t.loop.call_later(0, t.log, 'later'),
                        t.loop.call_at(-1, t.log, 'past')))
    t.at(5, t.loop.stop)
    t.loop.run_forever()
    t.log(*[timers[name].cancelled() for name in 'abcdez'])


@corner
def loop_cancel_storm(t):
    timers = [t.at(1 + n / 1000, t.log, n) for n in range(300)]
    for n in range(300):
        if n % 50:
            timers[n].cancel()
    for n in (0, 100, 100):
        timers[n].cancel()
    t.at(2, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_stop_within_a_batch(t):
    def first():
        t.log('first')
        t.loop.call_soon(t.log, 'next run')
        t.loop.stop()
        t.loop.stop()
        t.loop.call_later(0, t.log, 'timer')
    t.loop.call_soon(first)
    t.loop.call_soon(t.log, 'second')
    t.loop.run_forever()
    t.log('stopped')
    t.loop.stop()
    t.loop.run_forever()
    t.log('one pass')
    t.loop.stop()
    t.loop.run_forever()
    t.log('another')


@corner
def loop_stop_before_the_run_with_timers(t):
    t.at(0, t.log, 'due')
    t.at(1, t.log, 'later')
    t.loop.call_soon(lambda: (t.log('soon'), t.loop.call_soon(t.log, 'born')))
    t.loop.stop()
    t.loop.run_forever()
    t.log('over')
    t.at(2, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_stop_in_a_task(t):
    async def main():
        t.log('main')
        t.loop.stop()
        t.log('goes on')
        await sleep(0)
        t.log('next run')
        await sleep(0)
        return 'result'
    task = t.task(main())
    t.loop.run_forever()
    t.log('stopped', task.done())
    t.log(t.loop.run_until_complete(task))


@corner
def loop_stopped_before_complete(t):
    async def main():
        await sleep(1)
        return 'result'
    task = t.task(main())
    t.at(0.5, t.loop.stop)
    try:
        t.loop.run_until_complete(task)
    except RuntimeError as error:
        t.log(str(error))
    t.log(t.loop.run_until_complete(task))
    t.loop.call_soon(t.log, 'soon')
    t.log('again', t.loop.run_until_complete(task))


@corner
def loop_run_until_complete_of_a_done_future(t):
    future = t.loop.create_future()
    future.set_result('result')
    t.loop.call_soon(lambda: (t.log('soon'), t.loop.call_soon(t.log, 'second turn')))
    t.log(t.loop.run_until_complete(future))
    t.loop.stop()
    t.loop.run_forever()


@corner
def loop_done_callbacks_around_the_end(t):
    future = t.loop.create_future()
    future.add_done_callback(lambda f: t.log('early'))

    def last():
        t.log('last')
        future.set_result('result')
        future.add_done_callback(lambda f: (t.log('late'), t.loop.call_soon(t.log, 'lost')))
        t.loop.call_soon(t.log, 'behind')
    t.loop.call_soon(last)
    t.log(t.loop.run_until_complete(future))
    t.loop.run_until_complete(sleep(0))


@corner
def loop_interrupted_by_a_callback(t):
    def interrupt():
        t.log('interrupt')
        raise KeyboardInterrupt
    t.loop.call_soon(interrupt)
    t.loop.call_soon(t.log, 'same batch')
    t.at(1, t.log, 'timer')
    for _ in range(2):
        try:
            t.at(2, t.loop.stop)
            t.loop.run_forever()
            t.log('stopped')
        except KeyboardInterrupt:
            t.log('left', t.loop.is_running())


@corner
def loop_interrupted_by_a_task(t):
    async def inner():
        await sleep(1)
        raise SystemExit(3)

    async def main():
        await t.attempt('inner', t.task(inner()))
        return 'main'
    task = t.task(main())
    try:
        t.loop.run_until_complete(task)
    except SystemExit as error:
        t.log('left with', error.code, task.done())
    t.log(t.loop.run_until_complete(task))


@corner
def loop_run_again_from_inside(t):
    async def main():
        for coroutine in (sleep(0), t.say('never', 0)):
            try:
                t.loop.run_until_complete(coroutine)
            except RuntimeError as error:
                t.log(type(error).__name__)
                coroutine.close()
        other = VirtualLoop()
        try:
            other.run_forever()
        except RuntimeError as error:
            t.log(type(error).__name__, other.is_running())
        other.close()
        try:
            t.loop.close()
        except RuntimeError:
            t.log('close refused')
        await sleep(0)
        return 'main'
    t.log(t.loop.run_until_complete(main()))


@corner
def loop_closed_with_handles(t):
    soon = t.loop.call_soon(t.log, 'never')
    timer = t.at(1, t.log, 'never')
    t.loop.close()
    t.loop.close()
    soon.cancel()
    timer.cancel()
    t.log(soon.cancelled(), timer.cancelled(), t.loop.is_closed())
    for call in (lambda: t.loop.call_soon(t.log), lambda: t.loop.call_later(1, t.log), lambda: t.at(1, t.log),
                 t.loop.run_forever):
        try:
            call()
        except RuntimeError:
            t.log('refused')
    t.loop.stop()


@corner
def loop_errors_of_callbacks(t):
    def fail(name, error):
        t.log(name)
        raise error
    future = t.loop.create_future()
    future.add_done_callback(lambda f: fail('first callback', ValueError('first')))
    future.add_done_callback(lambda f: t.log('second callback'))
    t.loop.call_soon(fail, 'soon', ValueError('soon'))
    t.at(1, fail, 'timer', LookupError('timer'))
    t.at(1.5, future.set_result, None)
    t.at(1.7, fail, 'cancelled', CancelledError())
    t.at(2, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_exception_handler_contexts(t):
    def handler(loop, context):
        t.log(*sorted(context), name_of(context['exception']), loop is t.loop)
    t.loop.set_exception_handler(handler)

    def fail():
        raise ValueError('x')
    future = t.loop.create_future()
    future.add_done_callback(lambda f: fail())
    future.set_result(None)
    t.loop.call_soon(fail)
    t.loop.call_later(1, fail)
    t.loop.call_exception_handler({'message': 'mine', 'exception': ValueError('mine')})
    t.at(2, t.loop.stop)
    t.loop.run_forever()
    t.loop.set_exception_handler(None)
    t.log(t.loop.get_exception_handler())


@corner
def loop_handler_that_raises_an_interrupt(t):
    def handler(loop, context):
        t.log('handler', context['message'].split(' ')[0])
        raise KeyboardInterrupt
    t.loop.set_exception_handler(handler)

    def fail():
        raise ValueError('x')
    t.loop.call_soon(fail)
    t.loop.call_soon(t.log, 'same batch')
    try:
        t.loop.run_forever()
    except KeyboardInterrupt:
        t.log('left')
    t.loop.stop()
    t.loop.run_forever()


@corner
def loop_timers_born_in_timers(t):
    def tick(n):
        t.log('tick', n)
        t.loop.call_soon(t.log, 'soon', n)
        t.loop.call_later(0, t.log, 'later', n)
        t.loop.call_later(-1, t.log, 'past', n)
        if n < 3:
            t.loop.call_later(0.5, tick, n + 1)
    t.at(1, tick, 1)
    t.at(4, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_turns_of_a_task_among_callbacks(t):
    async def main():
        for n in range(3):
            t.log('step', n)
            t.loop.call_soon(t.log, 'soon', n)
            await sleep(0)
        future = t.loop.create_future()
        t.loop.call_soon(future.set_result, None)
        t.loop.call_soon(t.log, 'behind the result')
        await future
        t.log('woken')
        t.loop.call_soon(t.log, 'after the end')
    task = t.task(main())
    task.add_done_callback(lambda f: (t.log('done'), t.loop.call_soon(t.loop.stop)))
    t.loop.run_forever()


# --- context variables and task factories


from contextvars import ContextVar, copy_context  # noqa: E402

variable = ContextVar('variable', default='none')


@corner
async def context_of_every_callback(t):
    variable.set('main')
    future = t.loop.create_future()
    see = lambda name: (t.log(name, variable.get()), variable.set(name))  # noqa: E731
    t.loop.call_soon(see, 'soon')
    t.loop.call_later(1, see, 'later')
    t.at(2, see, 'at')
    future.add_done_callback(lambda f: see('callback'))
    t.loop.call_soon_threadsafe(see, 'threadsafe')
    variable.set('changed')
    t.loop.call_soon(see, 'soon again')
    future.add_done_callback(lambda f: see('callback again'))
    context = copy_context()
    context.run(variable.set, 'given')
    context.run(future.add_done_callback, lambda f: see('callback of a context'))
    future.set_result(None)
    await sleep(3)
    t.log('main', variable.get(), 'given', context[variable])


@corner
async def context_of_tasks(t):
    async def child(name):
        t.log(name, variable.get())
        variable.set(name)
        await sleep(1)
        t.log(name, variable.get())
        t.task(grandchild(name))
        variable.set('after')

    async def grandchild(name):
        t.log('grandchild of', name, variable.get())

    async def called():
        variable.set('called')
    variable.set('main')
    first = t.task(child('first'))
    variable.set('between')
    second = t.task(child('second'))
    await called()
    t.log('main', variable.get())
    await asyncio.gather(first, second, child('gathered'))
    await asyncio.wait_for(child('waited for'), 5)
    t.log('main', variable.get())
    async with TaskGroup() as group:
        variable.set('group')
        group.create_task(child('of the group'))
    async with timeout(5):
        variable.set('limit')
    t.log('main', variable.get())
    await sleep(0)


@corner
async def context_that_is_shared(t):
    context = copy_context()

    async def child(name):
        t.log(name, variable.get())
        variable.set(name)
        await sleep(1)
        t.log(name, variable.get())
    first = t.task(child('first'), context=context)
    second = t.task(child('second'), context=context)
    await asyncio.wait([first, second])
    t.log('main', variable.get(), 'shared', context[variable])
    async with TaskGroup() as group:
        group.create_task(child('third'), context=context)
    t.log('main', variable.get(), 'shared', context[variable])


@corner
async def context_of_reports(t):
    t.loop.set_exception_handler(lambda loop, context: t.log('reported', variable.get()))

    def fail(name):
        variable.set(name)
        raise ValueError(name)
    variable.set('main')
    t.loop.call_soon(fail, 'soon')
    t.loop.call_later(1, fail, 'later')
    future = t.loop.create_future()
    future.add_done_callback(lambda f: fail('callback'))
    future.set_result(None)
    variable.set('changed')
    await sleep(2)


@corner
async def context_of_eager_tasks(t):
    async def child(name):
        t.log(name, variable.get())
        variable.set(name)
        await sleep(1)
        t.log(name, variable.get())
    t.loop.set_task_factory(asyncio.eager_task_factory)
    variable.set('main')
    task = t.task(child('eager'), name='named')
    t.log('main', variable.get(), current_task() is not task)
    context = copy_context()
    shared = t.task(child('shared'), context=context, name='shared')
    t.log('main', variable.get(), context[variable])
    await asyncio.wait([task, shared])
    t.log('main', variable.get(), context[variable])


@corner
async def factory_makes_all_tasks(t):
    made = []

    class Special(asyncio.Task):
        pass

    def factory(loop, coro, **options):
        made.append(getattr(coro, '__name__', '?'))
        return Special(coro, loop=loop, **options)
    t.log(t.loop.get_task_factory())
    t.loop.set_task_factory(factory)
    t.log(t.loop.get_task_factory() is factory)

    async def one():
        return type(current_task()).__name__

    async def two():
        await sleep(0)
        return type(current_task()).__name__
    t.log(await t.task(one(), name='named'))
    t.log(await asyncio.create_task(one()))
    t.log(await asyncio.ensure_future(one()))
    t.log(*await asyncio.gather(one(), two()))
    async with TaskGroup() as group:
        child = group.create_task(two(), name='child')
    t.log(child.result(), child.get_name())
    await asyncio.wait([t.task(one())])
    for future in asyncio.as_completed([one(), two()]):
        t.log(await future)
    t.log(await asyncio.shield(two()))
    t.log(*made)
    t.loop.set_task_factory(None)
    t.log(await t.task(one()))


@corner
async def factory_that_fails(t):
    def factory(loop, coro, **options):
        coro.close()
        raise LookupError('factory')
    t.loop.set_task_factory(factory)

    async def body():
        async with TaskGroup() as group:
            group.create_task(t.say('never', 1))

    async def gathered():
        await asyncio.gather(t.say('never', 1), t.say('neither', 1))
    for name, make in (('create_task', lambda: t.task(t.say('never', 1))),
                       ('ensure_future', lambda: asyncio.ensure_future(t.say('never', 1)))):
        try:
            make()
        except LookupError as error:
            t.log(name, name_of(error))
    await t.attempt('group', body())
    await t.attempt('wait_for', asyncio.wait_for(t.say('runs here', 0), 1))


@corner
async def eager_order_and_current_task(t):
    t.loop.set_task_factory(asyncio.eager_task_factory)
    mine = current_task()

    async def inner():
        t.log('inner', current_task() is not mine, len(asyncio.all_tasks()))
        await sleep(0)
        t.log('inner goes on')
        return 'inner'

    async def outer():
        t.log('outer')
        task = t.task(inner())
        t.log('outer made', task.done(), len(asyncio.all_tasks()))
        return await task
    t.loop.call_soon(t.log, 'soon')
    task = t.task(outer())
    t.log('mine again', current_task() is mine, task.done())
    t.log(await task)


@corner
async def eager_cancelled_and_failing(t):
    t.loop.set_task_factory(asyncio.eager_task_factory)

    async def fails_at_once():
        raise ValueError('eager')

    async def cancels_itself(waits):
        current_task().cancel()
        if waits:
            await sleep(0)
        return 'through'
    failed = t.task(fails_at_once())
    t.log(failed.done(), failed.cancel(), name_of(failed.exception()))
    for waits in (False, True):
        task = t.task(cancels_itself(waits))
        t.log(task.done(), task.cancelled(), task.cancelling())
        await t.attempt('task', task)
    blocked = t.task(t.say('blocked', 1))
    t.log(blocked.cancel('why'))
    await t.attempt('blocked', blocked)


@corner
async def eager_gather_and_wait_for(t):
    t.loop.set_task_factory(asyncio.eager_task_factory)

    async def ends(name):
        return name
    gathered = asyncio.gather(ends('a'), ends('b'))
    t.log('gathered', gathered.done())
    t.log(*await gathered)
    t.loop.call_soon(t.log, 'next turn')
    t.log(*await asyncio.gather(ends('c'), ends('d')))
    t.log(await asyncio.wait_for(ends('e'), 1))
    done, pending = await asyncio.wait([t.task(ends('f'))])
    t.log(len(done), len(pending))
    await t.attempt('mixed', asyncio.gather(ends('g'), t.say('slow', 1, ValueError('slow'))))


@corner
def eager_without_a_running_loop(t):
    t.loop.set_task_factory(asyncio.eager_task_factory)

    async def main():
        t.log('main')
        return 'result'
    task = t.task(main())
    t.log('made', task.done())
    t.log(t.loop.run_until_complete(task))


if __name__ == '__main__':
    traces = {name: run(program) for name, program in PROGRAMS.items()}
    json.dump(traces, sys.stdout, indent=1)
    print()

"""Corner programs of context variables, task factories and eager tasks."""
import asyncio
from asyncio import TaskGroup, current_task, sleep, timeout
from contextvars import ContextVar, copy_context

from player import E, corner, name_of

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
        raise E('factory')
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
        except E as error:
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

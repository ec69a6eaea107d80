"""Overrides in subclasses are obeyed, and extension points are called."""
import asyncio

from stage import Boom


async def loop_whose_time_and_call_soon_are_watched(log):
    loop = asyncio.get_running_loop()
    usual = loop.call_soon

    def call_soon(callback, *args, context=None):
        seen.append('soon')
        return usual(callback, *args, context=context)

    async def child():
        await asyncio.sleep(0)

    seen = []
    loop.call_soon = call_soon
    future = loop.create_future()
    future.add_done_callback(lambda f: None)
    future.set_result(None)
    log('callback', len(seen))
    task = asyncio.Task(child(), loop=loop)
    log('task', len(seen) > 1)
    await task
    del loop.call_soon


async def loop_that_makes_futures_of_its_own(log):
    loop = asyncio.get_running_loop()
    made = []
    usual = loop.create_future

    def create_future():
        made.append(1)
        return usual()

    loop.create_future = create_future
    await asyncio.sleep(1)
    log('sleep', len(made))
    await asyncio.wait([asyncio.ensure_future(asyncio.sleep(0))])
    log('wait', len(made))
    lock = asyncio.Lock()
    async with lock:
        log('free lock', len(made))
    asyncio.shield(asyncio.create_task(asyncio.sleep(1)))
    log('shield', len(made))
    del loop.create_future


async def task_factory_of_ones_own(log):
    loop = asyncio.get_running_loop()

    def factory(loop, coro, **options):
        task = asyncio.Task(coro, loop=loop, **options)
        made.append(task)
        return task

    made = []
    loop.set_task_factory(factory)
    log(loop.get_task_factory() is factory)
    await asyncio.create_task(asyncio.sleep(0), name='named')
    await asyncio.gather(asyncio.sleep(1), asyncio.sleep(1))
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))
    log(len(made), made[0].get_name())
    loop.set_task_factory(None)


async def queue_that_keeps_its_items_its_own_way(log):
    class Unique(asyncio.Queue):
        def _init(self, maxsize):
            log('init', maxsize)
            self._queue = []

        def _put(self, item):
            if item not in self._queue:
                self._queue.append(item)

        def _get(self):
            return self._queue.pop()

    queue = Unique(3)
    for item in ('a', 'b', 'a'):
        await queue.put(item)
    log(queue.qsize(), queue.full())
    log(await queue.get(), queue.get_nowait(), queue.empty())


async def future_whose_cancel_is_refused(log):
    class Stubborn(asyncio.Future):
        def cancel(self, msg=None):
            log('asked')
            return False

    future = Stubborn()

    async def waiter():
        try:
            log('got', await future)
            await asyncio.sleep(0)
            log('never')
        except asyncio.CancelledError:
            log('cancelled')

    task = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    log(task.cancel())
    await asyncio.sleep(0)
    log(task.done(), task.cancelling())
    future.set_result('value')
    await task


async def awaitable_that_is_not_a_future(log):
    class Thing:
        def __await__(self):
            log('awaited')
            yield
            yield from asyncio.sleep(1, 'slept').__await__()
            return 'thing'

    log(await Thing())
    log(await asyncio.ensure_future(Thing()))


async def lock_like_condition_with_a_lock_given(log):
    lock = asyncio.Lock()
    condition = asyncio.Condition(lock)

    async def waiter():
        async with condition:
            log('waits', lock.locked())
            await condition.wait()
            log('woken', lock.locked())

    task = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    log('free', lock.locked())
    async with lock:
        condition.notify()
        await asyncio.sleep(1)
    await task


async def task_that_is_told_by_its_callbacks(log):
    class Watched(asyncio.Task):
        def add_done_callback(self, callback, *, context=None):
            added.append(1)
            super().add_done_callback(callback, context=context)

    async def child():
        raise Boom('child')

    added = []
    task = Watched(child(), loop=asyncio.get_running_loop())
    done, _ = await asyncio.wait([task])
    log(len(added), task in done, task.exception())

"""Where several things meet: cancels, limits, groups and locks, often in the same turn."""
import asyncio

from stage import Boom


def _soon(seconds, callback, *args):
    return asyncio.get_running_loop().call_later(seconds, callback, *args)


async def cancel_in_the_turn_in_which_the_child_ends(log):
    async def child():
        await asyncio.sleep(1)
        log('child ends')
        return 'result'

    async def parent(task):
        try:
            log('got', await task)
            await asyncio.sleep(1)
            log('slept')
        except asyncio.CancelledError:
            log('cancelled', task.done(), task.cancelled())

    for early in (True, False):
        inner = asyncio.create_task(child())
        outer = asyncio.create_task(parent(inner))
        if early:
            _soon(1, outer.cancel)
            await asyncio.sleep(0)
        else:
            await asyncio.sleep(0)
            inner.add_done_callback(lambda _: outer.cancel())
        await outer


async def item_and_timeout_at_the_same_time(log):
    async def getter(queue):
        try:
            return await asyncio.wait_for(queue.get(), 1)
        except TimeoutError:
            return 'too late'

    for put_first in (True, False):
        queue = asyncio.Queue()
        if put_first:
            _soon(1, queue.put_nowait, 'item')
        task = asyncio.create_task(getter(queue))
        await asyncio.sleep(0)
        if not put_first:
            _soon(1, queue.put_nowait, 'item')
        log(put_first, await task, queue.qsize())
        await asyncio.sleep(1)
        log(queue.qsize())


async def outside_cancel_and_timeout_in_one_turn(log):
    async def body():
        try:
            async with asyncio.timeout(1) as limit:
                await asyncio.sleep(5)
        except BaseException as error:
            log(error, limit.expired(), asyncio.current_task().cancelling())
            if not isinstance(error, TimeoutError):
                raise

    for cancel_first in (True, False):
        if cancel_first:
            _soon(1, lambda: task.cancel())
        task = asyncio.create_task(body())
        await asyncio.sleep(0)
        if not cancel_first:
            _soon(1, task.cancel)
        await asyncio.wait([task])
        log(cancel_first, task.cancelled(), task.cancelling())


async def uncancel_inside_a_timeout(log):
    async def body():
        task = asyncio.current_task()
        try:
            async with asyncio.timeout(2) as limit:
                try:
                    await asyncio.sleep(5)
                except asyncio.CancelledError:
                    log('cancelled', task.uncancel())
                await asyncio.sleep(5)
        except TimeoutError as error:
            log(error, limit.expired(), task.cancelling())

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await task


async def cancelled_task_enters_a_timeout(log):
    async def body():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            try:
                async with asyncio.timeout(1):
                    await asyncio.sleep(5)
            except TimeoutError as error:
                log(error, asyncio.current_task().cancelling())
            raise

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def cancelled_task_enters_a_group(log):
    async def failing():
        await asyncio.sleep(1)
        raise Boom('child')

    async def body():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(failing())
                    await asyncio.sleep(5)
            except BaseException as error:
                log(error, asyncio.current_task().cancelling())
            await asyncio.sleep(0)
            log('goes on')
            raise

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def body_that_cancels_its_own_task_in_a_group(log):
    async def child():
        try:
            await asyncio.sleep(5)
        finally:
            log('child ends')

    async def body():
        async with asyncio.TaskGroup() as group:
            group.create_task(child())
            await asyncio.sleep(1)
            asyncio.current_task().cancel()
            log('body ends')

    task = asyncio.create_task(body())
    await asyncio.wait([task])
    log(task.cancelled(), task.cancelling())


async def child_that_cancels_its_parent(log):
    async def child(parent):
        await asyncio.sleep(1)
        parent.cancel()
        log('parent cancelled')
        await asyncio.sleep(1)
        log('never')

    async def body():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(child(asyncio.current_task()))
        except BaseException as error:
            log(error)
            raise

    task = asyncio.create_task(body())
    await asyncio.wait([task])
    log(task.cancelled())


async def two_children_fail_in_one_turn(log):
    async def failing(text):
        await asyncio.sleep(1)
        raise Boom(text)

    async def slow():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('slow', 'cancelled')
            await asyncio.sleep(1)
            raise Boom('slow')

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(slow())
            group.create_task(failing('a'))
            group.create_task(failing('b'))
    except BaseExceptionGroup as error:
        log(error)


async def child_fails_as_the_body_is_cancelled(log):
    async def failing():
        await asyncio.sleep(1)
        raise Boom('child')

    async def body():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(failing())
                await asyncio.sleep(5)
        except BaseException as error:
            log(error, asyncio.current_task().cancelling())
            raise

    for first in ('cancel', 'child'):
        if first == 'cancel':
            _soon(1, lambda: task.cancel())
        task = asyncio.create_task(body())
        await asyncio.sleep(0)
        if first == 'child':
            await asyncio.sleep(0)
            _soon(1, lambda: task.cancel())
        await asyncio.wait([task])
        log(first, task.cancelled(), task.cancelling())


async def group_in_a_timeout_in_a_group(log):
    async def slow(name):
        try:
            await asyncio.sleep(10)
        finally:
            log(name, 'ends')

    async def limited():
        try:
            async with asyncio.timeout(2):
                async with asyncio.TaskGroup() as inner:
                    inner.create_task(slow('inner'))
        except TimeoutError as error:
            log(error)
            raise Boom('limited')

    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(slow('outer'))
            outer.create_task(limited())
    except BaseExceptionGroup as error:
        log(error)


async def group_whose_child_is_a_base_exception(log):
    class Halt(BaseException):
        pass

    async def child():
        await asyncio.sleep(1)
        raise Halt

    async def slow():
        try:
            await asyncio.sleep(5)
        finally:
            log('slow ends')

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(slow())
            group.create_task(child())
    except BaseException as error:
        log(error)


async def group_that_is_cancelled_twice(log):
    async def child():
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            log('child cleans')
            try:
                await asyncio.sleep(3)
                log('clean')
            except asyncio.CancelledError:
                log('interrupted')
                raise

    async def body():
        async with asyncio.TaskGroup() as group:
            group.create_task(child())

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled(), task.cancelling())


async def gather_cancelled_as_its_last_child_ends(log):
    async def body(gathered):
        try:
            log(await gathered)
        except asyncio.CancelledError:
            log('cancelled', gathered.cancelled())

    for first in ('child', 'cancel'):
        if first == 'cancel':
            _soon(1, lambda: task.cancel())
        children = [asyncio.create_task(asyncio.sleep(1, n)) for n in range(2)]
        await asyncio.sleep(0)
        gathered = asyncio.gather(*children)
        task = asyncio.create_task(body(gathered))
        if first == 'child':
            _soon(1, lambda: task.cancel())
        await task
        log(first, [child.cancelled() for child in children])


async def gather_whose_child_swallows_the_cancel(log):
    async def child():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('swallowed')
        return 'kept'

    async def body():
        try:
            log(await asyncio.gather(child(), asyncio.sleep(5)))
        except asyncio.CancelledError as error:
            log(error)

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await task


async def lock_is_given_back_in_the_turn_of_a_cancel(log):
    async def waiter(n):
        try:
            async with lock:
                log('has', n)
                await asyncio.sleep(1)
        except asyncio.CancelledError:
            log('cancelled', n)

    for order in ('release', 'cancel'):
        lock = asyncio.Lock()
        await lock.acquire()
        tasks = [asyncio.create_task(waiter(n)) for n in range(3)]
        await asyncio.sleep(0)
        if order == 'release':
            lock.release()
            tasks[0].cancel()
        else:
            tasks[0].cancel()
            lock.release()
        await asyncio.gather(*tasks)
        log(order, lock.locked())


async def lock_within_a_time_limit(log):
    lock = asyncio.Lock()

    async def holder():
        async with lock:
            await asyncio.sleep(2)

    async def waiter(n):
        try:
            async with asyncio.timeout(n):
                async with lock:
                    log('has', n)
                    await asyncio.sleep(5)
        except TimeoutError as error:
            log(n, error, lock.locked())

    await asyncio.gather(holder(), waiter(1), waiter(3), waiter(4))


async def condition_cancelled_twice_while_it_wants_its_lock(log):
    condition = asyncio.Condition()

    async def waiter():
        try:
            async with condition:
                try:
                    await condition.wait()
                finally:
                    log('lock is held', condition.locked())
        except asyncio.CancelledError:
            log('cancelled', asyncio.current_task().cancelling())
            raise

    task = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    await condition.acquire()
    condition.notify()
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(1)
    log('released')
    condition.release()
    await asyncio.wait([task])
    log(task.cancelled(), condition.locked())


async def condition_with_a_time_limit(log):
    condition = asyncio.Condition()

    async def waiter(n):
        async with condition:
            try:
                await asyncio.wait_for(condition.wait(), n)
                log('woken', n)
            except TimeoutError as error:
                log(n, error, condition.locked())

    tasks = [asyncio.create_task(waiter(n)) for n in (1, 3, 4)]
    await asyncio.sleep(2)
    async with condition:
        condition.notify()
    await asyncio.gather(*tasks)


async def semaphore_and_many_cancels(log):
    semaphore = asyncio.Semaphore(1)

    async def worker(n):
        try:
            async with semaphore:
                log('in', n)
                await asyncio.sleep(1)
        except asyncio.CancelledError:
            log('cancelled', n)

    tasks = [asyncio.create_task(worker(n)) for n in range(6)]
    await asyncio.sleep(0.5)
    tasks[0].cancel()
    tasks[1].cancel()
    await asyncio.sleep(0)
    tasks[2].cancel()
    await asyncio.sleep(0)
    tasks[4].cancel()
    await asyncio.gather(*tasks)
    log(semaphore.locked())


async def barrier_whose_waiter_is_cancelled_while_they_leave(log):
    barrier = asyncio.Barrier(3)

    async def runner(n):
        try:
            place = await barrier.wait()
            log(n, place)
        except BaseException as error:
            log(n, error)

    tasks = [asyncio.create_task(runner(n)) for n in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.gather(*tasks)
    log(barrier.n_waiting, barrier.broken)
    await asyncio.gather(*[runner(n) for n in range(3)])


async def barrier_with_a_newcomer_while_they_leave(log):
    barrier = asyncio.Barrier(2)

    async def runner(n):
        log('comes', n)
        log('goes', n, await barrier.wait())

    tasks = [asyncio.create_task(runner(n)) for n in range(3)]
    await asyncio.sleep(0)
    tasks.append(asyncio.create_task(runner(3)))
    await asyncio.gather(*tasks)


async def barrier_within_a_time_limit(log):
    barrier = asyncio.Barrier(2)
    try:
        async with asyncio.timeout(1):
            await barrier.wait()
    except TimeoutError as error:
        log(error, barrier.n_waiting, barrier.broken)
    log(await asyncio.gather(barrier.wait(), barrier.wait()))


async def queue_whose_putter_and_getter_are_cancelled_in_turn(log):
    queue = asyncio.Queue(1)

    async def putter(n):
        try:
            await queue.put(n)
            log('put', n)
        except asyncio.CancelledError:
            log('put cancelled', n)

    async def getter(n):
        try:
            log('got', n, await queue.get())
        except asyncio.CancelledError:
            log('get cancelled', n)

    putters = [asyncio.create_task(putter(n)) for n in range(3)]
    await asyncio.sleep(0)
    getters = [asyncio.create_task(getter(n)) for n in range(2)]
    putters[1].cancel()
    await asyncio.sleep(0)
    getters[0].cancel()
    await asyncio.sleep(0)
    await asyncio.gather(*putters, *getters)
    log(queue.qsize())


async def join_with_a_time_limit(log):
    queue = asyncio.Queue()
    queue.put_nowait('item')
    try:
        await asyncio.wait_for(queue.join(), 1)
    except TimeoutError as error:
        log(error)
    queue.task_done()
    await queue.join()
    log('joined')


async def shield_in_a_timeout_in_a_wait_for(log):
    async def inner():
        await asyncio.sleep(3)
        log('inner ends')
        return 'inner'

    async def middle(task):
        try:
            async with asyncio.timeout(1):
                return await asyncio.shield(task)
        except TimeoutError as error:
            log('middle', error)
            return await asyncio.shield(task)

    task = asyncio.create_task(inner())
    try:
        await asyncio.wait_for(middle(task), 2)
    except TimeoutError as error:
        log('outer', error)
    log(await task, task.cancelling())


async def wait_for_in_a_cancelled_cleanup(log):
    async def body():
        try:
            await asyncio.sleep(5)
        finally:
            try:
                await asyncio.wait_for(asyncio.sleep(5), 1)
            except TimeoutError as error:
                log('cleanup', error)
            log(asyncio.current_task().cancelling())

    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled())


async def wait_for_whose_inside_swallows_an_outside_cancel(log):
    async def inner():
        try:
            await asyncio.sleep(5)
        except asyncio.CancelledError:
            log('swallowed')
        return 'result'

    async def outer():
        log(await asyncio.wait_for(inner(), 3))
        log(asyncio.current_task().cancelling())
        await asyncio.sleep(0)
        return 'outer'

    task = asyncio.create_task(outer())
    await asyncio.sleep(1)
    task.cancel()
    log(await task)


async def timeout_rescheduled_by_a_callback(log):
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(10) as limit:
            _soon(1, limit.reschedule, loop.time() + 2)
            _soon(1.5, limit.reschedule, loop.time() - 5)
            await asyncio.sleep(5)
    except TimeoutError as error:
        log(error, limit.when())


async def timeout_put_off_after_it_was_due(log):
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(1) as limit:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                try:
                    limit.reschedule(loop.time() + 10)
                except RuntimeError as error:
                    log(error)
                raise
    except TimeoutError as error:
        log(error)


async def timeouts_in_sequence_under_one_task(log):
    for n in range(3):
        try:
            async with asyncio.timeout(1):
                await asyncio.sleep(n)
                log('in time', n)
        except TimeoutError:
            log('too late', n)
    log(asyncio.current_task().cancelling())


async def future_set_and_task_cancelled_by_one_callback(log):
    loop = asyncio.get_running_loop()

    async def waiter(future):
        try:
            log('got', await future)
        except asyncio.CancelledError:
            log('cancelled', future.done())
        await asyncio.sleep(0)
        log('goes on')

    for order in ('set first', 'cancel first'):
        future = loop.create_future()
        task = asyncio.create_task(waiter(future))
        await asyncio.sleep(0)

        def both():
            if order == 'set first':
                future.set_result(1)
                log(task.cancel())
            else:
                log(task.cancel())
                log(future.done())

        loop.call_soon(both)
        await asyncio.wait([task])
        log(order, task.cancelled(), task.cancelling())


async def callbacks_of_a_task_and_those_who_wait_for_it(log):
    async def child():
        await asyncio.sleep(1)
        return 'child'

    async def waiter(n):
        log('waiter', n, await task)

    task = asyncio.create_task(child())
    task.add_done_callback(lambda _: log('first callback'))
    one = asyncio.create_task(waiter(1))
    await asyncio.sleep(0)
    task.add_done_callback(lambda _: log('second callback'))
    gathered = asyncio.gather(task, one)
    two = asyncio.create_task(waiter(2))
    limited = asyncio.create_task(asyncio.wait_for(task, 5))
    limited.add_done_callback(lambda _: log('wait_for'))
    gathered.add_done_callback(lambda _: log('gather'))
    await asyncio.wait([two, gathered, limited])
    log(await gathered)


async def as_completed_with_cancelled_and_repeated(log):
    tasks = [asyncio.create_task(asyncio.sleep(n, n)) for n in (3, 1, 2)]
    _soon(1.5, tasks[2].cancel)
    for next_one in asyncio.as_completed([*tasks, tasks[0]]):
        try:
            log(await next_one)
        except asyncio.CancelledError as error:
            log(error, asyncio.current_task().cancelling())


async def wait_on_tasks_that_end_in_one_turn(log):
    event = asyncio.Event()

    async def waiter(n):
        await event.wait()
        return n

    tasks = [asyncio.create_task(waiter(n)) for n in range(3)]
    _soon(1, event.set)
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    log(sorted(task.result() for task in done), len(pending))


async def spawned_in_finally_after_a_cancel(log):
    async def helper():
        await asyncio.sleep(1)
        log('helper')

    async def body():
        try:
            await asyncio.sleep(5)
        finally:
            helpers.append(asyncio.create_task(helper()))
            await helpers[0]
            log('after the helper')

    helpers = []
    task = asyncio.create_task(body())
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(0.5)
    task.cancel()
    await asyncio.wait([task])
    log(task.cancelled(), helpers[0].cancelled())

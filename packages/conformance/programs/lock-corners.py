"""Where locks, conditions, semaphores, barriers and queues meet cancels and limits, often in the same turn."""
import asyncio

from stage import soon


async def item_and_timeout_at_the_same_time(log):
    async def getter(queue):
        try:
            return await asyncio.wait_for(queue.get(), 1)
        except TimeoutError:
            return 'too late'

    for put_first in (True, False):
        queue = asyncio.Queue()
        if put_first:
            soon(1, queue.put_nowait, 'item')
        task = asyncio.create_task(getter(queue))
        await asyncio.sleep(0)
        if not put_first:
            soon(1, queue.put_nowait, 'item')
        log(put_first, await task, queue.qsize())
        await asyncio.sleep(1)
        log(queue.qsize())


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

"""Locks, events, conditions, semaphores and barriers."""
import asyncio


async def lock_is_passed_on_in_order(log):
    lock = asyncio.Lock()

    async def worker(n):
        log('wants', n)
        async with lock:
            log('has', n, lock.locked())
            await asyncio.sleep(1)
        log('gave', n)

    await asyncio.gather(*[worker(n) for n in range(3)])
    log(lock.locked())


async def lock_released_and_taken_again_at_once(log):
    lock = asyncio.Lock()

    async def waiter(n):
        async with lock:
            log('waiter', n)

    await lock.acquire()
    tasks = [asyncio.create_task(waiter(n)) for n in range(2)]
    await asyncio.sleep(0)
    lock.release()
    log('released', lock.locked())
    await lock.acquire()
    log('main again')
    lock.release()
    await asyncio.gather(*tasks)


async def lock_waiter_that_is_cancelled(log):
    lock = asyncio.Lock()

    async def waiter(n):
        try:
            async with lock:
                log('has', n)
        except asyncio.CancelledError:
            log('cancelled', n)
            raise

    await lock.acquire()
    tasks = [asyncio.create_task(waiter(n)) for n in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.sleep(0)
    lock.release()
    tasks[1].cancel()
    log(await asyncio.gather(*tasks, return_exceptions=True))
    log(lock.locked())


async def lock_released_by_nobody(log):
    lock = asyncio.Lock()
    try:
        lock.release()
    except RuntimeError as error:
        log(error)
    log(await lock.acquire())


async def event_wakes_all_who_wait(log):
    event = asyncio.Event()

    async def waiter(n):
        log('waits', n)
        log(await event.wait(), n)

    tasks = [asyncio.create_task(waiter(n)) for n in range(3)]
    await asyncio.sleep(1)
    event.set()
    event.clear()
    log('set and cleared', event.is_set())
    await asyncio.gather(*tasks)
    event.set()
    log(await event.wait())


async def event_waiter_that_is_cancelled(log):
    event = asyncio.Event()
    tasks = [asyncio.create_task(event.wait()) for _ in range(2)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.sleep(0)
    event.set()
    log(await asyncio.gather(*tasks, return_exceptions=True))


async def condition_notifies_some_and_all(log):
    condition = asyncio.Condition()

    async def waiter(n):
        async with condition:
            log('waits', n)
            await condition.wait()
            log('woken', n)

    tasks = [asyncio.create_task(waiter(n)) for n in range(4)]
    await asyncio.sleep(1)
    async with condition:
        condition.notify(2)
        log('notified two')
        await asyncio.sleep(1)
    await asyncio.sleep(1)
    async with condition:
        condition.notify_all()
        log('notified all')
    await asyncio.gather(*tasks)
    log(condition.locked())


async def condition_waits_for_a_predicate(log):
    condition = asyncio.Condition()
    numbers = []

    async def waiter():
        async with condition:
            log('got', await condition.wait_for(lambda: len(numbers) > 2 and sum(numbers)))

    task = asyncio.create_task(waiter())
    for n in range(4):
        await asyncio.sleep(1)
        async with condition:
            numbers.append(n)
            log('puts', n)
            condition.notify()
    await task


async def condition_waiter_that_is_cancelled_has_the_lock_again(log):
    condition = asyncio.Condition()

    async def waiter():
        async with condition:
            try:
                await condition.wait()
            except asyncio.CancelledError:
                log('cancelled', condition.locked())
                raise

    task = asyncio.create_task(waiter())
    await asyncio.sleep(1)
    async with condition:
        task.cancel()
        await asyncio.sleep(1)
        log('still held')
    await asyncio.wait([task])
    log(task.cancelled(), condition.locked())


async def condition_notified_waiter_that_is_cancelled_passes_it_on(log):
    condition = asyncio.Condition()

    async def waiter(n):
        async with condition:
            await condition.wait()
            log('woken', n)

    tasks = [asyncio.create_task(waiter(n)) for n in range(2)]
    await asyncio.sleep(1)
    async with condition:
        condition.notify()
        tasks[0].cancel()
    log(await asyncio.gather(*tasks, return_exceptions=True))


async def condition_without_its_lock(log):
    condition = asyncio.Condition()
    for wrong in (condition.notify, condition.notify_all):
        try:
            wrong()
        except RuntimeError as error:
            log(error)
    try:
        await condition.wait()
    except RuntimeError as error:
        log(error)


async def semaphore_lets_so_many_in(log):
    semaphore = asyncio.Semaphore(2)

    async def worker(n, seconds):
        async with semaphore:
            log('in', n, semaphore.locked())
            await asyncio.sleep(seconds)
        log('out', n, semaphore.locked())

    await asyncio.gather(*[worker(n, seconds) for n, seconds in enumerate((3, 1, 2, 1))])


async def semaphore_waiters_that_are_cancelled(log):
    semaphore = asyncio.Semaphore(0)

    async def waiter(n):
        await semaphore.acquire()
        log('has', n)

    tasks = [asyncio.create_task(waiter(n)) for n in range(4)]
    await asyncio.sleep(0)
    semaphore.release()
    tasks[0].cancel()
    tasks[2].cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    log(semaphore.locked())
    semaphore.release()
    log(await asyncio.gather(*tasks, return_exceptions=True))
    log(semaphore.locked())


async def semaphore_is_fair(log):
    semaphore = asyncio.Semaphore(1)

    async def waiter(n):
        async with semaphore:
            log('waiter', n)

    await semaphore.acquire()
    tasks = [asyncio.create_task(waiter(n)) for n in range(2)]
    await asyncio.sleep(0)
    semaphore.release()
    log('locked for newcomers', semaphore.locked())
    async with semaphore:
        log('main')
    await asyncio.gather(*tasks)


async def bounded_semaphore_released_too_often(log):
    semaphore = asyncio.BoundedSemaphore(1)
    await semaphore.acquire()
    semaphore.release()
    try:
        semaphore.release()
    except ValueError as error:
        log(error)
    try:
        asyncio.Semaphore(-1)
    except ValueError as error:
        log(error)


async def barrier_lets_all_go_at_once(log):
    barrier = asyncio.Barrier(3)

    async def runner(n):
        await asyncio.sleep(n)
        log('comes', n, barrier.n_waiting)
        place = await barrier.wait()
        log('goes', n, place, barrier.n_waiting)

    await asyncio.gather(*[runner(n) for n in (2, 1, 3)])
    await asyncio.gather(*[runner(n) for n in (4, 5, 6)])
    log(barrier.broken, barrier.parties)


async def barrier_that_is_aborted(log):
    barrier = asyncio.Barrier(3)

    async def runner(n):
        try:
            await barrier.wait()
        except asyncio.BrokenBarrierError as error:
            log(n, error)

    tasks = [asyncio.create_task(runner(n)) for n in range(2)]
    await asyncio.sleep(1)
    await barrier.abort()
    log('aborted', barrier.broken)
    await asyncio.gather(*tasks, runner('late'))
    await barrier.reset()
    log(barrier.broken)
    await asyncio.gather(*[runner(n) for n in range(3)])


async def barrier_reset_while_some_wait(log):
    barrier = asyncio.Barrier(2)

    async def runner(n):
        try:
            log(n, 'place', await barrier.wait())
        except asyncio.BrokenBarrierError as error:
            log(n, error)

    task = asyncio.create_task(runner('first'))
    await asyncio.sleep(1)
    await barrier.reset()
    await task
    log(barrier.broken, barrier.n_waiting)
    await asyncio.gather(runner('a'), runner('b'))


async def barrier_waiter_that_is_cancelled(log):
    barrier = asyncio.Barrier(2)
    task = asyncio.create_task(barrier.wait())
    await asyncio.sleep(0)
    log(barrier.n_waiting)
    task.cancel()
    await asyncio.wait([task])
    log(barrier.n_waiting, barrier.broken)
    log(await asyncio.gather(barrier.wait(), barrier.wait()))

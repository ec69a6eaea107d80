"""Queues of all kinds: who gets what, who waits, and how they end."""
import asyncio


async def producer_and_consumer(log):
    queue = asyncio.Queue(2)

    async def produce():
        for n in range(4):
            await queue.put(n)
            log('put', n, queue.qsize(), queue.full())
        await queue.put(None)

    async def consume():
        while (item := await queue.get()) is not None:
            log('got', item)
            await asyncio.sleep(1)

    await asyncio.gather(produce(), consume())
    log(queue.empty())


async def getters_are_served_in_order(log):
    queue = asyncio.Queue()

    async def getter(n):
        log(n, await queue.get())

    tasks = [asyncio.create_task(getter(n)) for n in range(3)]
    await asyncio.sleep(0)
    for item in ('a', 'b', 'c'):
        queue.put_nowait(item)
    log('put all', queue.qsize())
    await asyncio.gather(*tasks)


async def putters_are_let_in_in_order(log):
    queue = asyncio.Queue(1)

    async def putter(n):
        await queue.put(n)
        log('put', n)

    tasks = [asyncio.create_task(putter(n)) for n in range(4)]
    await asyncio.sleep(1)
    for _ in range(4):
        log('got', await queue.get())
        await asyncio.sleep(1)
    await asyncio.gather(*tasks)


async def nowait_when_it_would_have_to_wait(log):
    queue = asyncio.Queue(1)
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty as error:
        log(error)
    queue.put_nowait('one')
    try:
        queue.put_nowait('two')
    except asyncio.QueueFull as error:
        log(error)
    log(queue.get_nowait(), queue.maxsize)


async def cancelled_getter_loses_nothing(log):
    queue = asyncio.Queue()

    async def getter(n):
        try:
            log(n, await queue.get())
        except asyncio.CancelledError:
            log(n, 'cancelled')
            raise

    tasks = [asyncio.create_task(getter(n)) for n in range(3)]
    await asyncio.sleep(0)
    queue.put_nowait('a')
    tasks[0].cancel()
    tasks[2].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    log(queue.qsize())


async def cancelled_putter_puts_nothing(log):
    queue = asyncio.Queue(1)
    queue.put_nowait('first')
    tasks = [asyncio.create_task(queue.put(n)) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    log(queue.get_nowait())
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    log([task.cancelled() for task in tasks], queue.qsize(), queue.get_nowait())


async def joined_until_all_is_done(log):
    queue = asyncio.Queue()

    async def worker(name):
        while True:
            item = await queue.get()
            await asyncio.sleep(item)
            log(name, 'did', item)
            queue.task_done()

    for item in (3, 1, 2):
        queue.put_nowait(item)
    workers = [asyncio.create_task(worker(name)) for name in ('a', 'b')]
    await queue.join()
    log('joined')
    await queue.join()
    for worker in workers:
        worker.cancel()
    await asyncio.wait(workers)
    try:
        queue.task_done()
    except ValueError as error:
        log(error)


async def last_in_first_out(log):
    queue = asyncio.LifoQueue()
    for n in range(3):
        await queue.put(n)
    log([await queue.get() for _ in range(3)])


async def by_priority(log):
    queue = asyncio.PriorityQueue()
    for item in ((3, 'c'), (1, 'z'), (2, 'b'), (1, 'a'), (0, '')):
        queue.put_nowait(item)
    log([queue.get_nowait() for _ in range(5)])

    async def getter():
        return await queue.get()

    tasks = [asyncio.create_task(getter()) for _ in range(2)]
    await asyncio.sleep(0)
    queue.put_nowait((9, 'late'))
    queue.put_nowait((1, 'early'))
    log(await asyncio.gather(*tasks))


async def shut_down_while_some_wait(log):
    queue = asyncio.Queue()

    async def getter(n):
        try:
            log(n, await queue.get())
        except asyncio.QueueShutDown as error:
            log(n, error)

    tasks = [asyncio.create_task(getter(n)) for n in range(2)]
    await asyncio.sleep(1)
    queue.shutdown()
    log('shut down')
    await asyncio.gather(*tasks)
    try:
        await queue.put(1)
    except asyncio.QueueShutDown as error:
        log(error)


async def shut_down_with_items_left(log):
    queue = asyncio.Queue(2)
    queue.put_nowait('a')
    queue.put_nowait('b')

    async def putter():
        try:
            await queue.put('c')
        except asyncio.QueueShutDown as error:
            log('putter', error)

    task = asyncio.create_task(putter())
    await asyncio.sleep(0)
    queue.shutdown()
    await task
    log(queue.get_nowait(), await queue.get())
    for _ in range(2):
        try:
            await queue.get()
        except asyncio.QueueShutDown as error:
            log(error)


async def shut_down_at_once(log):
    queue = asyncio.Queue()
    for n in range(3):
        queue.put_nowait(n)

    async def joiner():
        await queue.join()
        log('joined')

    task = asyncio.create_task(joiner())
    await asyncio.sleep(0)
    log(queue.get_nowait())
    queue.shutdown(immediate=True)
    log(queue.qsize(), queue.empty())
    await asyncio.sleep(0)
    queue.task_done()
    await task


async def getter_that_was_woken_and_robbed(log):
    queue = asyncio.Queue()

    async def getter():
        log('getter', await queue.get())

    task = asyncio.create_task(getter())
    await asyncio.sleep(0)
    queue.put_nowait('first')
    log('robbed', queue.get_nowait())
    await asyncio.sleep(1)
    queue.put_nowait('second')
    await task

import asyncio


async def worker(n):
    await asyncio.sleep(0)
    return n


async def main(size):
    if size["eager"]:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    tasks = [asyncio.create_task(worker(n)) for n in range(size["tasks"])]
    return sum(await asyncio.gather(*tasks))

import asyncio


async def worker(n):
    await asyncio.sleep(0)
    return n


async def main(size):
    tasks = [asyncio.create_task(worker(n)) for n in range(size["tasks"])]
    return sum(await asyncio.gather(*tasks))

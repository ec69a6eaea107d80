import asyncio


async def produce(queue, items):
    for n in range(items):
        await queue.put(n)


async def consume(queue, items):
    total = 0
    for _ in range(items):
        total += await queue.get()
    return total


async def main(size):
    queue = asyncio.Queue(size["maxsize"])
    producing = asyncio.create_task(produce(queue, size["items"]))
    total = await consume(queue, size["items"])
    await producing
    return total

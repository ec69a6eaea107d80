import asyncio


async def sleeper(count):
    try:
        await asyncio.sleep(3600)
    finally:
        count["finals"] += 1


async def main(size):
    count = {"finals": 0, "cancelled": 0}
    tasks = [asyncio.create_task(sleeper(count)) for _ in range(size["tasks"])]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    count["cancelled"] = sum(task.cancelled() for task in tasks)
    return count

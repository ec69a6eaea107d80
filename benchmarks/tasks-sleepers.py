import asyncio


async def sleeper(seconds):
    await asyncio.sleep(seconds)
    return 1


async def main(size):
    seconds = size["milliseconds"] / 1000
    tasks = [asyncio.create_task(sleeper(seconds)) for _ in range(size["tasks"])]
    return sum(await asyncio.gather(*tasks))

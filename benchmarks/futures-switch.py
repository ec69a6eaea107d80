import asyncio


async def worker(yields):
    done = 0
    while done < yields:
        await asyncio.sleep(0)
        done += 1
    return done


async def main(size):
    tasks = [asyncio.create_task(worker(size["yields"])) for _ in range(size["tasks"])]
    return sum(await asyncio.gather(*tasks))

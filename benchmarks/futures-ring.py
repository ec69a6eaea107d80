import asyncio

OVER = -1


async def member(loop, waiting, result, n):
    after = (n + 1) % len(waiting)
    while True:
        token = await waiting[n]
        waiting[n] = loop.create_future()
        if token > 0:
            waiting[after].set_result(token - 1)
            continue
        if token != OVER:
            result["at"] = n
        result["ended"] += 1
        if after != result["at"]:
            waiting[after].set_result(OVER)
        return


async def main(size):
    loop = asyncio.get_running_loop()
    waiting = [loop.create_future() for _ in range(size["tasks"])]
    result = {"at": OVER, "ended": 0}
    tasks = [
        asyncio.create_task(member(loop, waiting, result, n)) for n in range(size["tasks"])
    ]
    waiting[0].set_result(size["passes"])
    await asyncio.gather(*tasks)
    return result

import asyncio

CHILDREN = 10


async def skynet(first, leaves):
    if leaves == 1:
        return first
    each = leaves // CHILDREN
    tasks = [asyncio.create_task(skynet(first + n * each, each)) for n in range(CHILDREN)]
    return sum([await task for task in tasks])


async def main(size):
    if size["eager"]:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    return await skynet(0, CHILDREN ** size["levels"])

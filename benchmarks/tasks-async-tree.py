import asyncio


async def workload(size):
    if size["milliseconds"]:
        await asyncio.sleep(size["milliseconds"] / 1000)


def is_leaf(count, level):
    count["coroutines"] += 1
    if level:
        return False
    count["leaves"] += 1
    return True


async def with_gather(size, count, level):
    if is_leaf(count, level):
        await workload(size)
    else:
        await asyncio.gather(
            *(with_gather(size, count, level - 1) for _ in range(size["branches"]))
        )


async def with_group(size, count, level):
    if is_leaf(count, level):
        await workload(size)
    else:
        async with asyncio.TaskGroup() as group:
            for _ in range(size["branches"]):
                group.create_task(with_group(size, count, level - 1))


async def main(size):
    if size["eager"]:
        asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    count = {"coroutines": 0, "leaves": 0}
    grow = with_group if size["group"] else with_gather
    await grow(size, count, size["levels"])
    return count

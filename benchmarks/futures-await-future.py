import asyncio


async def player(loop, table, rounds):
    total = 0
    for round in range(rounds):
        mine = loop.create_future()
        other, table["waiting"] = table["waiting"], mine
        if other is not None:
            other.set_result(round)
        total += await mine
    if table["waiting"] is not None:
        table["waiting"].set_result(0)
        table["waiting"] = None
    return total


async def main(size):
    loop = asyncio.get_running_loop()
    table = {"waiting": None}
    one = loop.create_task(player(loop, table, size["rounds"]))
    two = loop.create_task(player(loop, table, size["rounds"]))
    return await one + await two

import asyncio


def delays(size):
    state = 42
    for _ in range(size["timers"]):
        state = (state * 1664525 + 1013904223) % 2**32
        yield state / 2**32


async def main(size):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    staying = (size["timers"] + 1) // 2
    fired = total = 0

    def fire(n):
        nonlocal fired, total
        fired += 1
        total += n
        if fired == staying:
            done.set_result(total)

    seconds = size["milliseconds"] / 1000
    handles = [
        loop.call_later(delay * seconds, fire, n) for n, delay in enumerate(delays(size))
    ]
    for handle in handles[1::2]:
        handle.cancel()
    return await done

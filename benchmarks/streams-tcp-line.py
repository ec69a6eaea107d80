import asyncio


async def main(size):
    pings = 0

    async def serve(reader, writer):
        nonlocal pings
        while line := await reader.readline():
            if line.startswith(b"P"):
                pings += 1
            writer.write(b"+PONG\r\n")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = await asyncio.create_subprocess_exec(
        "redis-benchmark",
        *("-h", "127.0.0.1", "-p", str(port), "-t", "ping_inline", "--csv"),
        *("-n", str(size["requests"]), "-c", "50", "-P", str(size["pipeline"])),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    await client.communicate()
    server.close()
    await server.wait_closed()
    return pings

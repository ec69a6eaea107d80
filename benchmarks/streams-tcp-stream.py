import asyncio

MARK = 42


async def main(size):
    async def serve(reader, writer):
        block = bytearray(size["bytes"])
        block[0] = block[-1] = MARK
        for _ in range(size["messages"]):
            writer.write(block)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    arrived = {"bytes": 0, "marks": 0}
    for _ in range(size["messages"]):
        data = await reader.readexactly(size["bytes"])
        arrived["bytes"] += len(data)
        arrived["marks"] += data[0] + data[-1]
    writer.close()
    server.close()
    await server.wait_closed()
    return arrived

# thousand: many connections at once, all open before the first request.
#
#     thousand.py HOST PORT COUNT     prints how many were answered with 200
import asyncio
import resource
import sys


async def connect(host, port, gate, ready):
    reader, writer = await asyncio.open_connection(host, port)
    ready.append(writer)
    await gate.wait()
    writer.write(b"GET /ok HTTP/1.1\r\nHost: %s\r\n\r\n" % host.encode())
    head = await reader.readuntil(b"\r\n")
    writer.close()
    return head.startswith(b"HTTP/1.1 200")


async def main(host, port, count):
    gate, ready = asyncio.Event(), []
    tasks = [
        asyncio.create_task(connect(host, port, gate, ready)) for _ in range(count)
    ]
    while len(ready) < count and not any(task.done() for task in tasks):
        await asyncio.sleep(0.01)
    gate.set()
    print(sum(await asyncio.gather(*tasks)))


hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))

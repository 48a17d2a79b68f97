"""Python's httpx over HTTP/2: URLs asked for at once, on one connection.

For each, in the order given, "HTTP/2 200 body", or what went wrong.
"""

import asyncio
import ssl
import sys

import httpx


async def get(client, url):
    try:
        response = await client.get(url)
        return f"{response.http_version} {response.status_code} {response.text}"
    except httpx.HTTPError as error:
        return type(error).__name__


async def main(urls):
    context = ssl.create_default_context()
    async with httpx.AsyncClient(http2=True, verify=context) as client:
        for line in await asyncio.gather(*(get(client, url) for url in urls)):
            print(line)


asyncio.run(main(sys.argv[1:]))

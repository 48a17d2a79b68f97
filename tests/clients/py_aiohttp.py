"""Python's aiohttp: asyncio, TLS over memory buffers. See pieces.py."""

import asyncio

import aiohttp

import pieces


async def fetch(url, take):
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        async with session.get(url) as response:
            async for piece in response.content.iter_any():
                take(piece)


def get(url):
    parts = []
    asyncio.run(fetch(url, parts.append))
    return b"".join(parts)


def stream(url):
    asyncio.run(fetch(url, pieces.tell))


pieces.run(get, stream)

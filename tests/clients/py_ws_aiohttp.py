"""py_ws_aiohttp.py URL WORD... [-- ...]: aiohttp's client; the arguments are those of
py_ws_websockets.py."""
import asyncio

import aiohttp

import pieces


async def talk(ws, words):
    if ws.protocol:
        print("protocol " + ws.protocol)
    for word in words:
        kind, _, rest = word.partition(":")
        if kind == "text":
            await ws.send_str(rest)
        elif kind == "binary":
            await ws.send_bytes(b"a" * int(rest))
        elif kind == "ping":
            await ws.ping(b"are you there")
    while True:
        message = await ws.receive()
        if message.type == aiohttp.WSMsgType.TEXT:
            print(message.data, flush=True)
        elif message.type == aiohttp.WSMsgType.BINARY:
            print("(%d bytes)" % len(message.data), flush=True)
        elif message.type == aiohttp.WSMsgType.PONG:
            print("pong")
        elif message.type == aiohttp.WSMsgType.PING:
            await ws.pong(message.data)
        else:
            code = ws.close_code or 1006
            reason = message.extra if isinstance(message.extra, str) else ""
            print(("closed %d %s" % (code, reason)).strip())
            return


async def main(url, *words):
    protocols = [w[9:] for w in words if w.startswith("protocol:")]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url, protocols=protocols, max_msg_size=0,
                                      autoping=False) as ws:
            await talk(ws, words)


pieces.talk_all(lambda *dialogue: asyncio.run(main(*dialogue)))

"""py_ws_websocket.py URL WORD... [-- ...]: Python's websocket-client; the arguments are
those of py_ws_websockets.py."""
import struct

import websocket

import pieces


def show(opcode, data):
    """Whether it was the end."""
    if opcode == websocket.ABNF.OPCODE_TEXT:
        print(data.decode(), flush=True)
    elif opcode == websocket.ABNF.OPCODE_BINARY:
        print("(%d bytes)" % len(data), flush=True)
    elif opcode == websocket.ABNF.OPCODE_PONG:
        print("pong")
    elif opcode == websocket.ABNF.OPCODE_CLOSE:
        code = struct.unpack("!H", data[:2])[0] if data else 1005
        print(("closed %d %s" % (code, data[2:].decode())).strip())
        return True
    return False


def main(url, *words):
    protocols = [w[9:] for w in words if w.startswith("protocol:")]
    ws = websocket.create_connection(url, timeout=30, subprotocols=protocols)
    if ws.getsubprotocol():
        print("protocol " + ws.getsubprotocol())
    for word in words:
        kind, _, rest = word.partition(":")
        if kind == "text":
            ws.send(rest)
        elif kind == "binary":
            ws.send_binary(b"a" * int(rest))
        elif kind == "ping":
            ws.ping("are you there")
    while True:
        opcode, data = ws.recv_data(control_frame=True)
        if show(opcode, data):
            return


def talk(*dialogue):
    try:
        main(*dialogue)
    except (websocket.WebSocketConnectionClosedException,
            ConnectionResetError):
        print("closed 1006")


pieces.talk_all(talk)

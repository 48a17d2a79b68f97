# stranger: another user of the machine, who has found the host's port and the
# address of one of its programs. Begun as root; prints what it got.
#
#     stranger.py PID-OF-HOST
import os
import re
import socket
import sys


def listening_port(pid):
    held = set()
    for fd in os.listdir(f"/proc/{pid}/fd"):
        match = re.match(r"socket:\[(\d+)\]", os.readlink(f"/proc/{pid}/fd/{fd}"))
        if match:
            held.add(match[1])
    with open("/proc/net/tcp") as table:
        for line in table:
            cells = line.split()
            if cells[3] == "0A" and cells[9] in held:
                return int(cells[1].split(":")[1], 16)
    sys.exit("the host listens nowhere")


port = listening_port(sys.argv[1])
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
client = socket.socket()
client.bind(("127.84.0.1", 0))
client.connect(("127.83.0.1", port))
try:
    client.sendall(b"GET /ok HTTP/1.1\r\nHost: api.test\r\n\r\n")
    print(client.recv(100) or "dropped")
except OSError:
    print("dropped")

# A pool of two connections that are kept, and a third one that comes while they
# are open. Prints what becomes of it, and of one that comes when one has ended.
#
#     py_pool.py HOST [then]      then: the third waits until one has ended
import http.client
import socket
import sys
import time

host, waits = sys.argv[1], len(sys.argv) > 2


def attempt(connection):
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__


pool = [http.client.HTTPConnection(host, timeout=60) for _ in range(2)]
print("pool", *[attempt(connection) for connection in pool])
third = http.client.HTTPConnection(host, timeout=60)
try:
    third.connect()
    third.sock.settimeout(0.3 if waits else 60)
    third.sock.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % host.encode())
    print("third", third.sock.recv(12).decode() or "closed")
except socket.timeout:
    print("third waits")
except OSError as error:
    print("third", type(error).__name__)
pool[0].close()
if third.sock and waits:
    third.sock.settimeout(60)
    print("and then", third.sock.recv(12).decode())
pool[1].close()
# That they have ended may not have come to the other side yet.
for _ in range(1000):
    said = attempt(http.client.HTTPConnection(host, timeout=60))
    if said == "ok":
        break
    time.sleep(0.05)
print("fourth", said)

"""A client that takes the server's certificate for a stranger's, and says so.

    tls_distrust.py HOST

It speaks TLS 1.2, where the alert (RFC 5246, 7.2) goes in the clear, and stays
until the server has read it: who closes at once may take it along.
"""
import socket
import ssl
import sys

UNKNOWN_CA = bytes([21, 3, 3, 0, 2, 2, 48])

host = sys.argv[1]
context = ssl.create_default_context()
context.maximum_version = ssl.TLSVersion.TLSv1_2
sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
client = context.wrap_bio(received, sent, server_hostname=host)
try:
    client.do_handshake()
except ssl.SSLWantReadError:
    pass
with socket.create_connection((host, 443)) as connection:
    connection.sendall(sent.read())
    connection.recv(1)
    connection.sendall(UNKNOWN_CA)
    while connection.recv(65536):
        pass

"""A name server for tests, over UDP and TCP: each name in .test has the address
that is given, others do not exist. One line NAME TYPE goes to LOG for each
query; READY is made when it listens.

    name_server.py LOG READY ADDRESS IP...
"""
import socket
import struct
import sys
import threading

A, AAAA, TXT, ANY = 1, 28, 16, 255


def read_name(query):
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += query[at] + 1
    return '.'.join(labels).lower(), at + 1


def answer(query, log, address):
    name, at = read_name(query)
    kind, = struct.unpack_from('!H', query, at)
    log.write(f'{name} {kind}\n')
    log.flush()
    here = name.endswith('.test')
    data = b'\xc0\x0c\x00\x01\x00\x01\0\0\0\0\x00\x04' + socket.inet_aton(
        address) if here and kind in (A, ANY) else b''
    flags = 0x8180 | (0 if here else 3)
    head = query[:2] + struct.pack('!HHHHH', flags, 1, 1 if data else 0, 0, 0)
    return head + query[12:at + 4] + data


def serve_udp(server, log, address):
    while True:
        query, peer = server.recvfrom(4096)
        server.sendto(answer(query, log, address), peer)


def serve_tcp(server, log, address):
    while True:
        with server.accept()[0] as client:
            file = client.makefile('rb')
            size = file.read(2)
            if len(size) < 2:
                continue
            query = file.read(struct.unpack('!H', size)[0])
            if len(query) > 16:
                reply = answer(query, log, address)
                client.sendall(struct.pack('!H', len(reply)) + reply)


def main():
    log = open(sys.argv[1], 'a')
    for ip in sys.argv[4:]:
        family = socket.AF_INET6 if ':' in ip else socket.AF_INET
        udp = socket.socket(family, socket.SOCK_DGRAM)
        udp.bind((ip, 53))
        tcp = socket.create_server((ip, 53), family=family)
        for serve, server in (serve_udp, udp), (serve_tcp, tcp):
            threading.Thread(target=serve, args=(server, log, sys.argv[3]),
                             daemon=True).start()
    open(sys.argv[2], 'w').close()
    threading.Event().wait()


main()

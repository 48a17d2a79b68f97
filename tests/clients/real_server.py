"""real_server.py CERTIFICATE KEY PORTFILE: the real host of 60-curl.t, https.

/real says "real", /back sends back to the known host, /to-NAME to its /NAME,
the rest is a 404.
"""
import http.server
import os
import ssl
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"real" if self.path in ("/real", "/") else b""
        status = 200 if body else 404
        name = "ok" if self.path == "/back" else ""
        if self.path.startswith("/to-"):
            name = self.path[len("/to-"):]
        if name:
            status = 302
        self.send_response(status)
        if name:
            self.send_header("Location", "https://api.example.com/" + name)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # Twenty clients come at once: who finds no room asks again a second later.
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True,
                                    do_handshake_on_connect=False)
with open(sys.argv[3] + ".new", "w", encoding="ascii") as out:
    out.write(str(server.server_address[1]))
os.rename(sys.argv[3] + ".new", sys.argv[3])
server.serve_forever()

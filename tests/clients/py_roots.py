"""py_roots.py serve CERTIFICATE KEY PORTFILE KNOWN: a real https server; every
answer says "real", but /back leads back to KNOWN.
py_roots.py stats: how many certificates the default context has, both ways.
py_roots.py visit URL...: each URL once, by eight threads with one context;
prints what each said, or the verification's error.
Called by tests/system/63-roots.t.
"""
import concurrent.futures
import http.server
import os
import ssl
import sys
import urllib.error
import urllib.request


def serve(certificate, key, port_file, known):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            back = self.path == "/back"
            self.send_response(302 if back else 200)
            if back:
                self.send_header("Location", known)
            self.send_header("Content-Length", "0" if back else "4")
            self.end_headers()
            self.wfile.write(b"" if back else b"real")

        def log_message(self, *args):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
    with open(port_file + ".new", "w", encoding="ascii") as out:
        out.write(str(server.server_address[1]))
    os.rename(port_file + ".new", port_file)
    server.serve_forever()


def stats():
    context = ssl.create_default_context()
    counted = context.cert_store_stats()["x509"]
    print(counted, len(context.get_ca_certs()))


def visit(context, url):
    try:
        with urllib.request.urlopen(url, context=context) as answer:
            return answer.read().decode()
    except urllib.error.URLError as error:
        return type(error.reason).__name__


def visit_all(urls):
    context = ssl.create_default_context()
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        said = threads.map(lambda url: visit(context, url), urls * 8)
        print(" ".join(sorted(set(said))))


if sys.argv[1] == "serve":
    serve(*sys.argv[2:])
elif sys.argv[1] == "stats":
    stats()
else:
    visit_all(sys.argv[2:])

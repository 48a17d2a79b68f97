# A program that sends a message by Twilio's SDK and gets the message's status
# at a port of its own, signed; it checks the signature with the SDK. Unchanged
# production code: no base URL, no CA, no switch. Prints what it saw.
#
#     py_twilio.py TOKEN
import http.server
import sys
import threading
import urllib.parse

from twilio.request_validator import RequestValidator
from twilio.rest import Client

token = sys.argv[1]
came = threading.Event()
seen = {}


class Status(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        signature = self.headers.get("X-Twilio-Signature", "")
        url = "http://localhost:%d%s" % (self.server.server_port, self.path)
        seen["form"] = form
        seen["valid"] = RequestValidator(token).validate(url, form, signature)
        seen["forged"] = RequestValidator("x").validate(url, form, signature)
        self.send_response(204)
        self.end_headers()
        came.set()

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Status)
threading.Thread(target=server.serve_forever, daemon=True).start()
message = Client("AC" + 32 * "0", token).messages.create(
    to="+15005550006", from_="+15005550001", body="hi",
    status_callback="http://localhost:%d/status?of=1" % server.server_port)
print("sent", message.status)
print("came", came.wait(20))
print("same", seen["form"]["MessageSid"] == message.sid)
print("status", seen["form"]["MessageStatus"], seen["form"]["Text"])
print("valid", seen["valid"], "forged", seen["forged"])

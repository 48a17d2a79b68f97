# A WhatsApp bot as people write it: it checks Twilio's signature, answers in
# TwiML, and sends what takes longer by the API. Unchanged production code.
#
#     py_bot.py TOKEN [PUBLIC-URL]     prints its port, then what came
#
# What it is told decides what it does: two, nothing, plain, broken, fail,
# send WORDS (by the API, in the background), quit; all else is greeted.
import http.server
import json
import sys
import threading
import urllib.parse

from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

token = sys.argv[1]
public = sys.argv[2] if len(sys.argv) > 2 else None


def twiml(*texts):
    response = MessagingResponse()
    for text in texts:
        response.message(text)
    return str(response)


def send(form, words):
    Client("AC" + 32 * "0", token).messages.create(
        to=form["From"], from_=form["To"], body=words)


class Bot(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        pairs = urllib.parse.parse_qs(body, keep_blank_values=True)
        form = {name: values[0] for name, values in pairs.items()}
        url = public or "http://%s%s" % (self.headers["Host"], self.path)
        signature = self.headers.get("X-Twilio-Signature", "")
        print(json.dumps(form, sort_keys=True), flush=True)
        if not RequestValidator(token).validate(url, form, signature):
            self.answer("forged", 403, "text/plain")
            return
        if "MessageStatus" in form:
            self.answer("", 204)
            return
        self.talk(form, form["Body"])

    def talk(self, form, said):
        if said == "two":
            response = MessagingResponse()
            response.message("One & <only>")
            response.message("Look").media("https://example.com/a.png")
            self.answer(str(response))
        elif said == "nothing":
            self.answer(twiml())
        elif said == "plain":
            self.answer("Just text", kind="text/plain")
        elif said == "broken":
            self.answer("<html>oops</html>")
        elif said == "fail":
            self.answer("it broke", 500, "text/plain")
        elif said.startswith("send "):
            threading.Thread(target=send, args=(form, said[5:])).start()
            self.answer(twiml("One moment"))
        elif said == "quit":
            self.answer(twiml("Bye"))
            threading.Thread(target=server.shutdown).start()
        else:
            self.answer(twiml("Hello %s, you said: %s"
                              % (form.get("ProfileName", "you"), said)))

    def answer(self, text, status=200, kind="text/xml"):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bot)
print(server.server_port, flush=True)
server.serve_forever()

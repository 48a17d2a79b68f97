"""Twilio's SDK for Python (Debian's python3-twilio) on the pack twilio; run.py
says how to read it."""
import http.server
import threading
import urllib.parse

import twilio
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from run import Check, Table

ACCOUNT, TOKEN = "AC" + 31 * "0" + "1", "12345"
HI = {"to": "+15551230000", "from_": "+15005550006", "body": "hi"}
REFUSED = [
    ({"to": "+15005550001"}, 21211), ({"to": "+15005550002"}, 21612),
    ({"to": "+15005550003"}, 21408), ({"to": "+15005550004"}, 21610),
    ({"to": "+15005550009"}, 21614), ({"from_": "+15005550001"}, 21212),
    ({"from_": "+15005550007"}, 21606), ({"from_": "+15005550008"}, 21611),
]


class Listener:
    """A port of the program's own for call backs, each looked at as Twilio says."""

    def __init__(self, count):
        self.seen, self.done = [], threading.Event()
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
                url = f"http://localhost:{listener.port}{self.path}"
                signature = self.headers.get("X-Twilio-Signature", "")
                form["valid"] = RequestValidator(TOKEN).validate(url, form, signature)
                listener.seen.append(form)
                self.send_response(204)
                self.end_headers()
                if len(listener.seen) == count:
                    listener.done.set()

            def log_message(self, *arguments):
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://localhost:{self.port}/status?of=1"


def delivered(client, t):
    listener = Listener(2)
    message = client.messages.create(**HI, status_callback=listener.url)
    t.session.advance("10s")
    t.ok(listener.done.wait(60), "no call backs came")
    t.ok(all(form["valid"] and form["MessageSid"] == message.sid
             for form in listener.seen))
    t.equal(sorted(form["MessageStatus"] for form in listener.seen),
            ["delivered", "sent"])
    t.session.advance("10s")
    return client.messages(message.sid).fetch()


def refused(client, t):
    for what, code in REFUSED:
        t.fails(lambda: client.messages.create(**{**HI, **what}),
                TwilioRestException, status=400, code=code)


def sent(client, t):
    message = client.messages.create(**HI)
    t.session.advance("10s")
    return client.messages(message.sid)


def removed(client, t):
    message = sent(client, t)
    t.ok(message.delete())
    t.fails(message.fetch, TwilioRestException, status=404)


def several(client, t):
    for _ in range(5):
        client.messages.create(**HI)
    return client.messages.list(page_size=2)


def each_error(client, t):
    for status in (400, 401, 403, 404, 409, 422, 429, 500, 503, 529):
        t.fails(client.api.accounts(ACCOUNT).fetch, TwilioRestException, status=status)


TABLE = Table(
    pack="twilio", sdk="twilio (Python, Debian 12)", version=twilio.__version__,
    open=lambda: Client(ACCOUNT, TOKEN), checks=[
        Check("accounts.fetch", "one",
              lambda c, t: c.api.accounts(ACCOUNT).fetch(),
              lambda a, t: t.has(a, sid=ACCOUNT, status="active")),
        Check("messages.create", "queued",
              lambda c, t: c.messages.create(**HI),
              lambda m, t: t.has(m, status="queued", to=HI["to"], body="hi",
                                 direction="outbound-api", account_sid=ACCOUNT)),
        Check("messages.create", "delivered, with signed call backs", delivered,
              lambda m, t: t.has(m, status="delivered", error_code=None)),
        Check("messages.create", "refused", refused),
        Check("messages.fetch", "unknown",
              lambda c, t: c.messages("SM" + 32 * "0").fetch(),
              throws=(TwilioRestException, {"status": 404, "code": 20404})),
        Check("messages.list", "all, by pages", several,
              lambda found, t: t.equal(len(found), 5)),
        Check("messages.update", "redact",
              lambda c, t: sent(c, t).update(body=""),
              lambda m, t: t.has(m, body="")),
        Check("messages.remove", "remove", removed),
        Check("accounts.fetch", "503, no retries",
              lambda c, t: c.api.accounts(ACCOUNT).fetch(),
              scenario="outage", by=["outage"], calls=1,
              throws=(TwilioRestException, {"status": 503})),
        Check("messages.list", "503 is no page", lambda c, t: c.messages.list(),
              scenario="outage", by=["outage"], calls=1,
              throws=(TwilioException, {})),
        Check("accounts.fetch", "each its status", each_error,
              scenario="api_errors", by=["error"]),
    ])

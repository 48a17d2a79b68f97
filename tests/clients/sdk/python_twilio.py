"""Twilio's SDK for Python (Debian's python3-twilio) on the pack twilio; run.py
says how to read it."""
import datetime
import http.server
import threading
import urllib.parse

import requests
import twilio
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.util.retry import Retry

from run import PATIENCE, Check, Sweep, Table

ACCOUNT, TOKEN = "AC" + 31 * "0" + "1", "12345"
HI = {"to": "+15551230000", "from_": "+15005550006", "body": "hi"}
REFUSED = [
    ({"to": "+15005550001"}, 21211), ({"to": "+15005550002"}, 21612),
    ({"to": "+15005550003"}, 21408), ({"to": "+15005550004"}, 21610),
    ({"to": "+15005550005"}, 21608), ({"to": "+15005550009"}, 21614),
    ({"from_": "+15005550001"}, 21212), ({"from_": "+15005550007"}, 21606),
    ({"from_": "+15005550008"}, 21611), ({"from_": None}, 21603), ({"body": None}, 21602),
    ({"body": "x" * 1601}, 21617), ({"to": "whatsapp:+15551230000"}, 63007),
    ({"media_url": ["a"]}, 21620), ({"media_url": 11 * ["http://a/b"]}, 21623),
    ({"schedule_type": "fixed"}, 35118),
]
STATUSES = (400, 401, 403, 404, 409, 422, 429, 500, 503, 529)
SERVICE, NUMBER = "MG" + 32 * "0", "PN" + 32 * "0"


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
    t.ok(listener.done.wait(PATIENCE), "no call backs came")
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


def each_error_of(call):
    def each(client, t):
        for status in STATUSES:
            t.fails(lambda: call(client), TwilioRestException, status=status)
    return each


def arrives(more, **end):
    """What becomes of a message to such a number."""
    def call(client, t):
        message = client.messages.create(**{**HI, **more})
        t.session.advance("1m")
        return client.messages(message.sid).fetch()
    return call, lambda message, t: t.has(message, **end)


def by_service(client, t):
    listener = Listener(4)
    service = client.messaging.services.create(friendly_name="Shop",
                                               status_callback=listener.url)
    message = client.messages.create(to="whatsapp:+15551230000", body="hi",
                                     messaging_service_sid=service.sid)
    t.has(message, status="accepted", from_=None)
    t.session.advance("1m")
    t.ok(listener.done.wait(PATIENCE), "no call backs came")
    t.ok(all(form["valid"] for form in listener.seen))
    t.equal(sorted(form["MessageStatus"] for form in listener.seen),
            ["delivered", "queued", "read", "sent"])
    return client.messages(message.sid).fetch()


def cancelled(client, t):
    later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    message = client.messages.create(to=HI["to"], body="later", schedule_type="fixed",
                                     messaging_service_sid=SERVICE, send_at=later)
    t.equal(message.status, "scheduled")
    return client.messages(message.sid).update(status="canceled")


def filtered(client, t):
    client.messages.create(**HI)
    client.messages.create(**{**HI, "to": "+15551230001"})
    t.equal(len(client.messages.list(to=HI["to"])), 1)
    t.equal(len(client.messages.list(from_=HI["from_"])), 2)
    tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    t.equal(len(client.messages.list(date_sent_after=tomorrow)), 0)


def media(client, t):
    message = client.messages.create(**HI, media_url=["https://a/b.png", "https://a/c.pdf"])
    t.equal(message.num_media, "2")
    found = client.messages(message.sid).media.list()
    t.equal([one.content_type for one in found], ["image/png", "application/pdf"])
    one = client.messages(message.sid).media(found[0].sid).fetch()
    t.equal(one.parent_sid, message.sid)
    picture = client.http_client.request("GET", "https://api.twilio.com"
                                         + one.uri.removesuffix(".json"),
                                         auth=(ACCOUNT, TOKEN), allow_redirects=True)
    t.equal(picture.status_code, 200)
    t.ok(client.messages(message.sid).media(one.sid).delete())
    return client.messages(message.sid).media.list()


def accounts(client, t):
    one = client.api.accounts.create(friendly_name="Sub")
    t.has(one, friendly_name="Sub", owner_account_sid=ACCOUNT)
    client.api.accounts(one.sid).update(status="suspended")
    t.equal(client.api.accounts(one.sid).fetch().status, "suspended")
    return client.api.accounts.list()


def numbers(client, t):
    of = client.incoming_phone_numbers
    one = of.create(phone_number=HI["from_"], sms_url="http://a/")
    t.ok(one.capabilities["sms"])
    of(one.sid).update(friendly_name="Shop")
    t.equal(of(one.sid).fetch().friendly_name, "Shop")
    t.equal(len(of.list(phone_number=HI["from_"])), 1)
    t.ok(of(one.sid).delete())
    t.fails(lambda: of.create(phone_number="+15005550000"), TwilioRestException, code=21422)


def services(client, t):
    of = client.messaging.services
    one = of.create(friendly_name="Shop")
    t.has(one, account_sid=ACCOUNT, validity_period=14400)
    of(one.sid).update(sticky_sender=False)
    t.equal(of(one.sid).fetch().sticky_sender, False)
    for name in "abc":
        of.create(friendly_name=name)
    t.equal(len(of.list(page_size=2)), 4)
    t.ok(of(one.sid).delete())


def service_numbers(client, t):
    service = client.messaging.services.create(friendly_name="Shop")
    of = client.messaging.services(service.sid).phone_numbers
    one = of.create(phone_number_sid=NUMBER)
    t.equal(of(one.sid).fetch().country_code, "US")
    t.equal(len(of.list()), 1)
    t.fails(lambda: of.create(phone_number_sid=NUMBER), TwilioRestException,
            status=409, code=21710)
    t.ok(of(one.sid).delete())


def looked_up(client, t):
    t.fails(lambda: client.lookups.v1.phone_numbers("12").fetch(), TwilioRestException,
            status=404, code=20404)
    return client.lookups.v1.phone_numbers("+14155552671").fetch(type=["carrier"])


def rate_limited(client, t):
    for _ in range(3):
        client.messages.create(**HI)
    t.fails(lambda: client.messages.create(**HI), TwilioRestException, status=429, code=20429)
    t.session.advance("1s")
    return client.messages.create(**HI)


def flaky(client, t):
    for _ in range(2):
        t.fails(lambda: client.messages.create(**HI), TwilioRestException, status=429)
    return client.messages.create(**HI)


def retried(_, t):
    again = Retry(total=2, backoff_factor=0, status_forcelist=[429], allowed_methods=None)
    return Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(max_retries=again)) \
        .messages.create(**HI)


def timeouts(client, t):
    short = Client(ACCOUNT, TOKEN, http_client=TwilioHttpClient(timeout=0.5))
    t.time_out("timeouts", 2, lambda: short.messages.create(**HI), requests.Timeout)
    return client.messages.create(**HI)


def malformed(call):
    def each(client, t):
        for _ in range(3):
            t.fails(lambda: call(client), (TwilioException, requests.RequestException,
                                           ValueError))
    return each


def failures(client, t):
    codes = []
    for _ in range(5):
        message = client.messages.create(**HI)
        t.session.advance("10s")
        codes.append(client.messages(message.sid).fetch().error_code)
    t.equal(codes, [30003, 30005, 30006, 30007, 30008])


def is_delivered(scenario):
    call, check = arrives({}, status="delivered")
    return Check("messages.create", "sent and delivered", call, check, scenario=scenario,
                 by=["successful", "messages.create", "messages.fetch"])


def names(group, *verbs):
    return [f"{group}.{verb}" for verb in verbs]


READ = arrives({"to": "whatsapp:+15551234567", "from_": "whatsapp:+14155238886"},
               status="read", error_code=None)
FAILED = arrives({"to": "+15550030001"}, status="failed", error_code=30001)
UNDELIVERED = arrives({"to": "+15550030003"}, status="undelivered", error_code=30003)


def any_message(client):
    return client.messages("SM" + 32 * "0")


def service(client):
    return client.messaging.services(SERVICE)


# The least that calls each route, with ids of nothing.
WAYS = {
    "balance.fetch": lambda c: c.balance.fetch(),
    "accounts.create": lambda c: c.api.accounts.create(),
    "accounts.list": lambda c: c.api.accounts.list(),
    "accounts.fetch": lambda c: c.api.accounts(ACCOUNT).fetch(),
    "accounts.update": lambda c: c.api.accounts(ACCOUNT).update(friendly_name="a"),
    "incomingPhoneNumbers.create": lambda c: c.incoming_phone_numbers.create(
        phone_number=HI["from_"]),
    "incomingPhoneNumbers.list": lambda c: c.incoming_phone_numbers.list(),
    "incomingPhoneNumbers.fetch": lambda c: c.incoming_phone_numbers(NUMBER).fetch(),
    "incomingPhoneNumbers.update": lambda c: c.incoming_phone_numbers(NUMBER).update(),
    "incomingPhoneNumbers.remove": lambda c: c.incoming_phone_numbers(NUMBER).delete(),
    "messages.create": lambda c: c.messages.create(**HI),
    "messages.list": lambda c: c.messages.list(),
    "feedback.create": lambda c: any_message(c).feedback.create(outcome="confirmed"),
    "messages.fetch": lambda c: any_message(c).fetch(),
    "messages.update": lambda c: any_message(c).update(body=""),
    "messages.remove": lambda c: any_message(c).delete(),
    "media.list": lambda c: any_message(c).media.list(),
    "media.fetch": lambda c: any_message(c).media("ME" + 32 * "0").fetch(),
    "media.remove": lambda c: any_message(c).media("ME" + 32 * "0").delete(),
    "services.create": lambda c: c.messaging.services.create(friendly_name="a"),
    "services.list": lambda c: c.messaging.services.list(),
    "services.fetch": lambda c: service(c).fetch(),
    "services.update": lambda c: service(c).update(),
    "services.remove": lambda c: service(c).delete(),
    "services.phoneNumbers.create": lambda c: service(c).phone_numbers.create(
        phone_number_sid=NUMBER),
    "services.phoneNumbers.list": lambda c: service(c).phone_numbers.list(),
    "services.phoneNumbers.fetch": lambda c: service(c).phone_numbers(NUMBER).fetch(),
    "services.phoneNumbers.remove": lambda c: service(c).phone_numbers(NUMBER).delete(),
    "phoneNumbers.fetch": lambda c: c.lookups.v1.phone_numbers(HI["from_"]).fetch(),
}


def raised(status):
    """Of a page that is none the SDK tells by another class."""
    return lambda error, number, t: t.ok(
        isinstance(error, TwilioException) and
        (getattr(error, "status", status) == status), f"{error!r}")


SWEEPS = [
    Sweep("api_errors", "one error after the other", ["error"], calls=1,
          ends=lambda error, number, t: raised(STATUSES[number % len(STATUSES)])(
              error, number, t)),
    Sweep("flaky", "no retries by itself", ["flaky"], raised(429), calls=1, anew=True),
    Sweep("slow", "waits as long as it takes", ["slow", "*"], calls=1,
          first=lambda _, t: t.session.hurry(), ends=lambda error, _, t: t.ok(
              error is None or isinstance(error, TwilioException), f"{error!r}")),
    Sweep("outage", "503", ["outage"], raised(503), calls=1),
]

TABLE = Table(
    pack="twilio", sdk="twilio (Python, Debian 12)", version=twilio.__version__,
    open=lambda: Client(ACCOUNT, TOKEN), ways=WAYS, sweeps=SWEEPS, checks=[
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
        Check("messages.create", "WhatsApp, read", *READ,
              by=["messages.create", "messages.fetch"]),
        Check("messages.create", "failed, by the number", *FAILED,
              by=["messages.create", "messages.fetch"]),
        Check("messages.create", "undelivered, by the number", *UNDELIVERED,
              by=["messages.create", "messages.fetch"]),
        Check("messages.create", "by a service: accepted, queued, read", by_service,
              lambda m, t: t.equal(m.status, "read"),
              by=["services.create", "messages.create", "messages.fetch"]),
        Check("messages.list", "by numbers and dates", filtered),
        Check("messages.update", "cancel what is scheduled", cancelled,
              lambda m, t: t.equal(m.status, "canceled")),
        Check("messages.update", "not what is on its way",
              lambda c, t: c.messages(c.messages.create(**HI).sid).update(status="canceled"),
              throws=(TwilioRestException, {"status": 400, "code": 30409})),
        Check("feedback.create", "one",
              lambda c, t: c.messages(c.messages.create(**HI).sid).feedback.create(
                  outcome="unconfirmed"),
              lambda f, t: t.has(f, outcome="unconfirmed", account_sid=ACCOUNT)),
        Check("media.list", "list, fetch, bytes, remove", media,
              lambda found, t: t.equal(len(found), 1),
              by=names("media", "list", "fetch", "content", "bytes", "remove")),
        Check("accounts.create", "create, change, list", accounts,
              lambda found, t: t.equal([one.status for one in found],
                                       ["suspended", "active"]),
              by=names("accounts", "create", "update", "fetch", "list")),
        Check("balance.fetch", "one", lambda c, t: c.balance.fetch(),
              lambda b, t: t.has(b, balance="100.00", currency="USD")),
        Check("incomingPhoneNumbers.create", "buy, change, list, release", numbers,
              by=names("incomingPhoneNumbers", "create", "update", "fetch", "list",
                       "remove")),
        Check("services.create", "create, change, list, remove", services,
              by=names("services", "create", "update", "fetch", "list", "remove")),
        Check("services.phoneNumbers.create", "add, list, take out", service_numbers,
              by=names("services.phoneNumbers", "create", "fetch", "list", "remove")),
        Check("phoneNumbers.fetch", "looked up, by version 1", looked_up,
              lambda n, t: t.has(n, country_code="US", national_format="(415) 555-2671",
                                 carrier=lambda of: of["type"] == "mobile"),
              by=["phoneNumbers.fetch: version 1"]),

        Check("accounts.fetch", "each its status",
              each_error_of(lambda c: c.api.accounts(ACCOUNT).fetch()),
              scenario="api_errors", by=["error"], calls=len(STATUSES)),
        Check("messages.create", "each its status",
              each_error_of(lambda c: c.messages.create(**HI)),
              scenario="api_errors", by=["error"], calls=len(STATUSES)),
        Check("messages.create", "three at once, then 429, then again", rate_limited,
              scenario="rate_limited", by=["rate_limited", "messages.create"], calls=5),
        Check("messages.create", "no retries by itself", flaky,
              scenario="flaky", by=["flaky", "messages.create"], calls=3),
        Check("messages.create", "tries again if it is told to", retried,
              lambda m, t: t.equal(m.status, "queued"),
              scenario="flaky", by=["flaky", "messages.create"], calls=3),
        Check("messages.create", "twice no answer", timeouts,
              scenario="timeouts", by=["timeouts", "messages.create"]),
        Check("messages.create", "waits as long as it takes",
              lambda c, t: t.session.resume() or c.messages.create(**HI),
              scenario="slow", by=["slow", "messages.create"]),
        Check("messages.create", "each an error",
              malformed(lambda c: c.messages.create(**HI)),
              scenario="malformed", by=["malformed"], calls=3),
        Check("messages.fetch", "each an error",
              malformed(lambda c: c.messages("SM" + 32 * "0").fetch()),
              scenario="malformed", by=["malformed"], calls=3),
        Check("messages.create", "each its error", failures, scenario="message_failures",
              by=["messages.create", "messages.fetch"]),
        is_delivered("successful_messaging"), is_delivered("successful_conversation"),
    ])
